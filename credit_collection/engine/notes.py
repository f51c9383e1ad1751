"""Notes receivable: days overdue by P4-08, and the interest of a discounted note.

Months count 30 days (30/360) where the term is in months; else real days count.
"""

from calendar import monthrange
from datetime import date


def _is_month_end(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]


def days_360(start: date, end: date) -> int:
    """Return days from `start` to `end` where every month has 30.

    The last day of a month that is too short for the day of `start` completes the month: from
    29 December or 31 December to 28 February are two months, as from 28 December.
    """
    first = 30 if _is_month_end(start) else start.day
    last = min(end.day, 30)
    if _is_month_end(end):
        last = max(last, first)
    return (end.year - start.year) * 360 + (end.month - start.month) * 30 + last - first


def is_month_term(invoice_date: date, date_due: date) -> bool:
    """Return whether a term is in months: due on the same day of a month, or 30, 60, 90 … days later."""
    if date_due <= invoice_date:
        return False
    aligned = date_due.day == invoice_date.day or (
        _is_month_end(date_due) and invoice_date.day >= date_due.day
    )
    return aligned or (date_due - invoice_date).days % 30 == 0


def term_days(invoice_date: date, date_due: date) -> int:
    """Return days of a term as agreed: of a monthly one 30 a month, else as in the calendar."""
    real = (date_due - invoice_date).days
    if real % 30 == 0 or not is_month_term(invoice_date, date_due):
        return real
    return days_360(invoice_date, date_due)


def days_overdue(
    maturity: date, invoice_date: date, date_due: date, monthly: bool | None = None
) -> int:
    """Return days overdue of a note = maturity − invoice date − term (P4-08); 0 when it is due in time.

    :param monthly: months count 30 days; None = as the term is
    """
    if maturity <= date_due:
        return 0  # also where the days of the term are fewer in months of 30
    if monthly is None:
        monthly = is_month_term(invoice_date, date_due)
    run = days_360(invoice_date, maturity) if monthly else (maturity - invoice_date).days
    term = term_days(invoice_date, date_due) if monthly else (date_due - invoice_date).days
    return max(0, run - term)


def discount_interest(amount: float, percent: float, start: date, maturity: date) -> float:
    """Return the interest that a bank keeps of a note of `amount` for the days left, by 360 days a year.

    Not rounded: the caller knows the currency.
    """
    return amount * percent / 100.0 * max(0, (maturity - start).days) / 360.0
