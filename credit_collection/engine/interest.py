"""Interest on what is paid late (P2-16), day by day.

The day on which something falls due bears none, the day on which it is paid still does. Interest
bears no interest: events are principal alone.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

#: Days of a year; "actual" are those of the calendar year, 366 in a leap year.
DAY_COUNTS = (360, 365, "actual")


class Period(NamedTuple):
    """Days, both included, over which neither the principal nor the rate changes."""

    start: date
    end: date
    days: int
    principal: float
    #: Percent a year.
    rate: float
    #: Interest of the period, not rounded.
    amount: float


def accrue(events, rates, day_count, start, end):
    """Return the periods from `start` to `end`, both included, in which interest runs.

    :param events: [(date, amount)] in any order: positive what falls due on that day, negative what
        is received; the principal never counts below zero
    :param rates: [(first day, percent a year)] in any order, each until the next one begins
    :param day_count: 360, 365 or "actual"
    :raise ValueError: another day count; two rates from one day; a day with principal before the
        first rate
    """
    if day_count not in DAY_COUNTS:
        raise ValueError(f"day_count must be 360, 365 or 'actual', not {day_count!r}")
    changes, from_day = {}, {}
    for day, amount in events:
        # Exact: what is paid to the cent leaves nothing.
        changes[day] = changes.get(day, Decimal(0)) + Decimal(str(amount))
    for day, percent in rates:
        if from_day.setdefault(day, percent) != percent:
            raise ValueError(f"rates: two rates begin on {day}")
    periods = []
    for first, last in _unchanged(changes, from_day, day_count, start, end):
        principal = max(sum(amount for day, amount in changes.items() if day < first), Decimal(0))
        if not principal:
            continue
        known = [day for day in from_day if day <= first]
        if not known:
            raise ValueError(f"rates: no rate is known on {first}")
        rate = Decimal(str(from_day[max(known)]))
        days = (last - first).days + 1
        amount = principal * rate / 100 * days / _days_of_year(day_count, first)
        periods.append(Period(first, last, days, float(principal), float(rate), float(amount)))
    return periods


def _unchanged(changes, from_day, day_count, start, end):
    """Yield (first, last) of the stretches of days in which nothing changes."""
    one = timedelta(days=1)
    # An event counts from the day after it, a rate from its own day.
    begins = {start, *(day + one for day, amount in changes.items() if amount), *from_day}
    if day_count == "actual":
        begins |= {date(year, 1, 1) for year in range(start.year + 1, end.year + 1)}
    begins = sorted(day for day in begins if start <= day <= end)
    for index, first in enumerate(begins, 1):
        yield first, begins[index] - one if index < len(begins) else end


def _days_of_year(day_count, day):
    if day_count != "actual":
        return day_count
    return (date(day.year + 1, 1, 1) - date(day.year, 1, 1)).days


def struck(charged, now, before):
    """Return what was charged on a part that was never owed: [(first day, last day, principal)].

    :param charged: (first day, last day, principal) as it was charged
    :param now: [(first day, last day, principal)] as it is owed now; days without a row: none
    :param before: the same as if the part were owed
    """
    first, last, principal = charged
    after = last + timedelta(days=1)
    cuts = {first, after}
    for start, end, _amount in (*now, *before):
        cuts |= {day for day in (start, end + timedelta(days=1)) if first < day < after}
    cuts = sorted(cuts)
    found = []
    for start, following in zip(cuts, cuts[1:], strict=False):
        left, once = _principal_on(start, now), _principal_on(start, before)
        part = min(once, principal) - left
        if part > 0:
            found.append((start, following - timedelta(days=1), part))
    return found


def _principal_on(day, stretches):
    return next((amount for start, end, amount in stretches if start <= day <= end), 0)
