"""Whose turn it is where every customer comes monthly, or once a quarter.

A quarterly customer has the same month of every quarter, by its number alone: customers are spread
evenly over the months, and nobody moves when others come or go.
"""

MONTHS = 3

# Multiplicative hashing (Knuth): numbers that have a pattern, as ids of companies among those of
# their contacts, are spread as well.
FACTOR, RANGE = 2654435761, 2**32


def month_of_quarter(number):
    """Return which month of a quarter is that of a customer, 0 to 2.

    :param number: id of the customer
    """
    return (number * FACTOR % RANGE) * MONTHS // RANGE


def is_due(frequency, number, day):
    """Return whether a customer has its turn in the month of a day.

    :param frequency: "never", "monthly" or "quarterly"
    :param number: id of the customer
    :param day: any day of the month
    """
    if frequency == "quarterly":
        return (day.month - 1) % MONTHS == month_of_quarter(number)
    return frequency == "monthly"
