"""The arithmetic of assessments (P5-03, P5-04): plain numbers in, plain numbers out.

Points come from options, a reviewer's total from points, the score from the average of
the reviewers, the grade from the range the score falls in. None means "nothing known"
and is never taken for zero.
"""

#: Least score of each grade where no policy says otherwise (P5-04).
DEFAULT_RANGES = ((90.0, "A"), (80.0, "B"), (60.0, "C"), (0.0, "D"))


def pick_option(value, options):
    """Return the option whose range holds `value`.

    A range starts at its own lower bound and ends below the next one, so that there are
    neither gaps nor overlaps; the lowest range is open downwards, the highest upwards.

    :param value: figure from the books, None when there is none
    :param options: iterable of (lower bound, option)
    :return: the option, None without a value or without options
    """
    ranges = sorted(options, key=lambda item: item[0])
    if value is None or not ranges:
        return None
    chosen = ranges[0][1]
    for lower, option in ranges:
        if lower <= value:
            chosen = option
    return chosen


def total(points, maxima):
    """Return points of one reviewer on a scale of 100; for a card of 100 points their sum.

    :param points: points given, per criterion
    :param maxima: most points possible, per criterion
    """
    most = sum(maxima)
    return 100.0 * sum(points) / most if most else 0.0


def average(totals):
    """Return the average of the reviewers' totals (P5-03), None when nobody has scored."""
    totals = list(totals)
    return sum(totals) / len(totals) if totals else None


def grade_for(score, ranges=DEFAULT_RANGES):
    """Return the grade of a score: the one with the highest least score that is reached.

    A score between two ranges belongs to the lower one: 89.5 is not yet 90.

    :param ranges: iterable of (least score, grade)
    :return: the grade; the lowest one when none is reached, None without score or ranges
    """
    # Two digits: an average of 89.99999999 is 90.
    return pick_option(None if score is None else round(score, 2), ranges)


def weighted_average(pairs):
    """Return the average of values weighted by amount.

    :param pairs: iterable of (amount, value)
    :return: the average, None when the amounts add up to nothing
    """
    pairs = list(pairs)
    weight = sum(amount for amount, _value in pairs)
    return sum(amount * value for amount, value in pairs) / weight if weight else None


def days_late(settled_on, due_on):
    """Return days past the due date, negative for what is paid before it (P5-10)."""
    return (settled_on - due_on).days


def average_days_late(pairs):
    """Return the average days late weighted by amount, None without amounts.

    Paying early never makes up for paying late: what is early counts as 0 days then. Where nothing
    is late, the average is of the days before the due date, and negative.

    :param pairs: iterable of (amount, days late)
    """
    pairs = list(pairs)
    late = weighted_average((amount, max(0, days)) for amount, days in pairs)
    return late or weighted_average(pairs)


def days_of_payment(settlements):
    """Return the speed of payment, weighted by amount (P5-03, P5-05).

    :param settlements: iterable of (amount, invoice date, due date, date settled)
    :return: (average days late, average days to pay), each None without settlements
    """
    settlements = list(settlements)
    return (
        average_days_late(
            (amount, days_late(paid, due)) for amount, _inv, due, paid in settlements
        ),
        weighted_average((amount, (paid - inv).days) for amount, inv, _due, paid in settlements),
    )


def years_between(first, last):
    """Return years from one date to another by the calendar: five years on the very day are 5.0.

    :return: full years plus the part of the year begun, 0.0 when `last` is not later
    """
    if last <= first:
        return 0.0
    years = last.year - first.year
    if _anniversary(first, years) > last:
        years -= 1
    begun = _anniversary(first, years)
    length = (_anniversary(first, years + 1) - begun).days
    return years + (last - begun).days / length


def _anniversary(day, years):
    # Born on 29 February, the year is full on 1 March.
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, month=3, day=1)


def deviates(stated, actual, tolerance_percent):
    """Return whether a figure that was stated differs from the ledger by more than a share of it."""
    return abs(stated - actual) > abs(actual) * tolerance_percent / 100.0
