"""Reads what visitors type into pages without log-in, which may be anything."""

from odoo.tools import formatLang

from ..engine.number_texts import AMBIGUOUS, SEPARATOR, read_numbers


def clean(text, size=None):
    """Return typed text without the NUL, which the database cannot keep, cut to a size."""
    return (text or "").replace("\0", "").strip()[:size]


def read_amount(currency, text, signed=False):
    """Return a typed amount, rounded to its currency; empty is zero.

    The language of the page decides where a text has two meanings: 1.234 is no amount in English.

    :param signed: an amount in the customer's favor is right, too
    :raise ValueError: no number, one too large, a negative one, or one with two meanings
    """
    if not text:
        return 0.0
    lang = currency.env["res.lang"]._get_data(code=currency.env.lang or "en_US")
    signs = lang.thousands_sep or "", lang.decimal_point or "."
    symbols = (currency.symbol, currency.name)
    [reading] = read_numbers([text], *signs, symbols)
    if reading.fault == SEPARATOR:
        # 1234,56 means one thing in every language.
        other = "," if signs[1] == "." else "."
        [reading] = read_numbers([text], signs[1], other, symbols)
    if reading.fault == AMBIGUOUS and currency.decimal_places > 2:
        number = float(reading.meanings[0])
    elif reading.fault:
        raise ValueError(text)
    else:
        number = float(reading.number)
    if not (-1e15 if signed else 0) <= number < 1e15:  # also refuses what is not a number
        raise ValueError(text)
    return currency.round(number)


def write_amount(currency, amount):
    """Return an amount as `read_amount` reads it back, in the language of the page."""
    return formatLang(currency.env, amount, digits=currency.decimal_places, grouping=False)
