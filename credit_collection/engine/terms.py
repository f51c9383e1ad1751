"""Length of a payment term in days, independent of the day on which it starts (P4-06).

A month counts 30 days, as in P4-08, so that "30 days, end of month" is the same term
in February and in March and can be compared with the term a customer was granted.

A term granted as "month-end plus N" is at most 30 + N days long, but N days only when the
invoice is of the last of the month. "60 days after the invoice" is therefore no such term,
though both are 60 days at the most: `month_end_line_days` measures the terms compared with it.
"""

MONTH_DAYS = 30


def term_line_days(delay_type, nb_days, day_of_next_month=0):
    """Return days of credit that one line of a payment term grants at the most.

    :param delay_type: Odoo's `account.payment.term.line.delay_type`
    :param nb_days: the days of the line
    :param day_of_next_month: day of the month for `days_end_of_month_on_the`, 0 = month end
    :return: number of days, months counted as 30 days
    """
    if delay_type == "days_after_end_of_month":
        return MONTH_DAYS + nb_days
    if delay_type == "days_after_end_of_next_month":
        return 2 * MONTH_DAYS + nb_days
    if delay_type == "days_end_of_month_on_the":
        return nb_days + MONTH_DAYS + day_of_next_month
    return nb_days


def month_end_line_days(delay_type, nb_days, day_of_next_month=0):
    """Return the same for a customer who pays "month-end plus N": 30 + N of the shortest N that covers it.

    The line is due no later than the N-th day after the end of the invoice's month, on
    whatever day the invoice is written. Parameters as in `term_line_days`.
    """
    if delay_type == "days_after":
        return MONTH_DAYS + nb_days if nb_days else 0
    if delay_type == "days_end_of_month_on_the":
        # From the last day of a month any days lead into the next one, 30 to its end.
        months = -(-nb_days // MONTH_DAYS)
        return MONTH_DAYS * (1 + months) + day_of_next_month
    return term_line_days(delay_type, nb_days, day_of_next_month)


def month_end_days(longest):
    """Return N of the term "month-end plus N" that is at most `longest` days; None where there is none."""
    return longest - MONTH_DAYS if longest >= MONTH_DAYS else None


def written_days(days, month_end):
    """Return N of a term of at most `days` days as it is written, which thresholds speak of (P4-06).

    :param month_end: whether the term is "month-end plus N"
    """
    return max(days - MONTH_DAYS, 0) if month_end else days


def written_term_days(lines):
    """Return the longest N of a payment term as it is written; `lines` as in `term_days`."""
    return max(
        (written_days(term_line_days(*line), line[0] != "days_after") for line in lines), default=0
    )


def term_days(lines, month_end=False):
    """Return days until the last instalment of a payment term is due.

    :param lines: iterable of (delay_type, nb_days, day_of_next_month); none = immediate payment
    :param month_end: measured for a customer who was granted "month-end plus N"
    """
    measure = month_end_line_days if month_end else term_line_days
    return max((measure(*line) for line in lines), default=0)
