"""Figures of receivables; amounts in one currency, credit sales of the same scope.

Each returns a number, or None where the denominator is zero: no sales, no figure. Rates are
percentages. Sales of a period N days long are `sales`, tax included unless said otherwise.
"""

VAT_FACTOR = 1.13
MONTH_DAYS = 30
YEAR_DAYS = 360


def rate(part, whole):
    """Return `part` in % of `whole`: recovery (P1-16), overdue (P1-17), bad-debt rate (P1-18)."""
    return part / whole * 100.0 if whole else None


def capital_cost(amount_days, rate):
    """Return what overdue amounts cost (P3-13): amount × days × % a year ÷ 360."""
    return amount_days * rate / 100.0 / YEAR_DAYS


def average(total, count):
    """Return a total per unit: days late by amount paid, days of a case, money of a contact."""
    return total / count if count else None


def dso_policy(receivables, months_sales, vat_factor=VAT_FACTOR):
    """Return DSO by P4-01: receivables ÷ (average monthly sales × VAT factor) × 30.

    :param receivables: closing receivables, notes included
    :param months_sales: sales without tax of this month and the two before, group left out
    """
    if not months_sales:
        return None
    average = sum(months_sales) / len(months_sales) * vat_factor
    return receivables / average * MONTH_DAYS if average > 0 else None


def dso(receivables, sales, days):
    """Return simple DSO: receivables ÷ sales × days of the sales. With items not due: the best possible."""
    return receivables / sales * days if sales > 0 else None


def days_delinquent(receivables, current, sales, days):
    """Return the average days delinquent: DSO less the best possible DSO."""
    if sales <= 0:
        return None
    return dso(receivables, sales, days) - dso(current, sales, days)


def dso_count_back(receivables, months):
    """Return count-back DSO: the days of sales, from now backwards, that stand unpaid.

    A month without sales counts with its days and takes nothing.

    :param months: (sales, days) per month, the latest first
    :return: (days, exhausted); exhausted = the months given did not suffice: "at least"
    """
    rest, days = receivables, 0.0
    if rest <= 0:
        return 0.0, False
    for sales, length in months:
        if sales > 0 and rest <= sales:
            return days + rest / sales * length, False
        days += length
        rest -= max(sales, 0.0)
    return days, True


def effectiveness(opening, sales, closing, current):
    """Return the collection effectiveness index of one month, in %; 100 = nothing is past due.

    (opening + sales − closing) ÷ (opening + sales − part of closing not due) × 100
    """
    return rate(opening + sales - closing, opening + sales - current)
