"""Length of a payment term in days, independent of the day on which it starts (P4-06).

A month counts 30 days, as in P4-08, so that "30 days, end of month" is the same term
in February and in March and can be compared with the term a customer was granted.
"""

MONTH_DAYS = 30


def term_line_days(delay_type, nb_days, day_of_next_month=0):
    """Days of credit that one line of a payment term grants at the most.

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


def term_days(lines):
    """Days until the last instalment of a payment term is due.

    :param lines: iterable of (delay_type, nb_days, day_of_next_month); none = immediate payment
    """
    return max((term_line_days(*line) for line in lines), default=0)
