"""The arithmetic of periodic reviews, early warning and risk (P1-14, P4-07, P5-05, P5-06)."""

from datetime import date, timedelta

#: Usual terms in days; a late payer goes down one step (P4-07).
TERM_STEPS = (0, 7, 15, 30, 45, 60, 75, 90, 120, 150, 180)
#: Breaches of the term count for two years (P4-33).
BREACH_MONTHS = 24
LEVELS = ("low", "medium", "high")


def shorter_term(days):
    """Return the next shorter usual term: 60 → 45, 50 → 45, 400 → 180; 0 stays 0."""
    return max((step for step in TERM_STEPS if step < days), default=0)


def last_quarter(day):
    """Return first and last day of the last full quarter before `day`."""
    first = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    end = first - timedelta(days=1)
    return date(end.year, end.month - 2, 1), end


def quarter_key(day):
    """Return the short sign of the quarter of a day: 2026Q3."""
    return f"{day.year}Q{(day.month - 1) // 3 + 1}"


def full_months(day, count, skip=0):
    """Return first and last day of the last `count` full months before `day`, `skip` months earlier."""
    end = date(day.year, day.month, 1)
    for _ in range(skip):
        end = (end - timedelta(days=1)).replace(day=1)
    start = end
    for _ in range(count):
        start = (start - timedelta(days=1)).replace(day=1)
    return start, end - timedelta(days=1)


def fell(now, average, percent):
    """Return whether a figure fell by more than `percent` of its own average; 0 = off."""
    return percent > 0 and average > 0 and now < average * (100.0 - percent) / 100.0


def rose(now, average, percent):
    """Return whether a figure departs as far upward as `fell` downward: at 50 half, or double; 0 = off."""
    return percent > 0 and average > 0 and now * (100.0 - percent) / 100.0 > average


def risk_level(facts, thresholds):
    """Return the risk of a customer and its reasons (P1-14).

    :param facts: is_last_grade, is_low_grade (medium risk), days_overdue,
        overdue and receivable (amounts), total (receivables of all customers), broken_promises
    :param thresholds: medium_days, high_days, share_percent, above which, and broken_medium,
        broken_high, from which number of broken promises a customer is a risk; 0 = off
    :return: (level, list of [code, figure]); the codes: last_grade, low_grade, overdue_high,
        overdue_medium, share, broken_high, broken_medium
    """
    found = []
    if facts["is_last_grade"]:
        found.append(("high", "last_grade", 0))
    elif facts["is_low_grade"]:
        found.append(("medium", "low_grade", 0))
    days = facts["days_overdue"]
    if 0 < thresholds["high_days"] < days:
        found.append(("high", "overdue_high", days))
    elif 0 < thresholds["medium_days"] < days:
        found.append(("medium", "overdue_medium", days))
    share = 100.0 * facts["receivable"] / facts["total"] if facts["total"] > 0 else 0.0
    if facts["overdue"] > 0 and 0 < thresholds["share_percent"] < share:
        found.append(("medium", "share", round(share, 1)))
    broken = facts["broken_promises"]
    if 0 < thresholds["broken_high"] <= broken:
        found.append(("high", "broken_high", broken))
    elif 0 < thresholds["broken_medium"] <= broken:
        found.append(("medium", "broken_medium", broken))
    level = max((item[0] for item in found), key=LEVELS.index, default="low")
    return level, [[code, figure] for _level, code, figure in found]
