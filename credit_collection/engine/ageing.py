"""Ageing of receivables: days past a date, and the column in which they stand.

Days count by the calendar, or by months of 30 days (30/360), as P4-08 counts the term of
notes: due 20 March, note to 20 June are 90 days, column 61-90, where the calendar has 92.
"""

from bisect import bisect_right

METHODS = ("actual", "30/360")
MONTH_DAYS = 30


def days_between(start, end, method="actual"):
    """Return days from `start` to `end`, negative when `end` is earlier.

    :param method: "actual", or "30/360": a month has 30 days, its 31st is its 30th
    :raise ValueError: the method is unknown
    """
    if method == "actual":
        return (end - start).days
    if method == "30/360":
        return (
            (end.year - start.year) * 360
            + (end.month - start.month) * MONTH_DAYS
            + min(end.day, MONTH_DAYS)
            - min(start.day, MONTH_DAYS)
        )
    raise ValueError(f"method must be one of {METHODS}, not {method!r}")


def column_of(days, starts):
    """Return the index of the column in which an item of `days` stands.

    :param starts: first day of each column, ascending; items below the first column's
        day (not due yet) stands in the first column too
    """
    return max(bisect_right(starts, days) - 1, 0)


def column_ranges(starts):
    """Return [(first day, last day)] of the columns; the last column has no last day (None)."""
    return [
        (start, starts[index + 1] - 1 if index + 1 < len(starts) else None)
        for index, start in enumerate(starts)
    ]


def column_months(starts):
    """Return months of 30 days after which an unpaid item has left each column, at least 1.

    None for the first column, which is left on the due date, and for the last, never left.
    """
    months = []
    for index, (first, last) in enumerate(column_ranges(starts)):
        inner = index > 0 and last is not None
        months.append(max(-(-(last - first + 1) // MONTH_DAYS), 1) if inner else None)
    return months
