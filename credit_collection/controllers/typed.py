"""Reads what visitors type into pages without log-in, which may be anything."""


def clean(text, size=None):
    """Return typed text without the NUL, which the database cannot keep, cut to a size."""
    return (text or "").replace("\0", "").strip()[:size]


def read_amount(currency, text, signed=False):
    """Return a typed amount, rounded to its currency; empty is zero.

    :param signed: an amount in the customer's favor is right, too
    :raise ValueError: no number, one too large, or a negative one
    """
    number = float(text.replace(",", "") or 0.0)
    if not (-1e15 if signed else 0) <= number < 1e15:  # also refuses what is not a number
        raise ValueError(text)
    return currency.round(number)
