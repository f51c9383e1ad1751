"""The meaning of numbers written by people: 1,234.50 or 1.234,50 or 12.500 (P4-02).

A text is read only where it has one meaning. "12.500" has two, twelve and a half or twelve
thousand five hundred, unless another number of its column shows what the dot is there, or the
separators that were chosen leave one. A text that contradicts the separators is refused:
"13,75" is not 1375.
"""

import re
import unicodedata
from dataclasses import dataclass

DECIMAL, THOUSANDS = "decimal", "thousands"
# Signs that are thousands separators only.
GROUPING = " '"
# Typographic apostrophe and minus.
ALIKE = str.maketrans("\u2019\u2212", "'-")

UNREADABLE, AMBIGUOUS, SEPARATOR = "unreadable", "ambiguous", "separator"


@dataclass(frozen=True)
class Reading:
    #: as Odoo reads it back without doubt: a dot, never three digits behind it; None: refused
    number: str | None = None
    #: why it was refused: UNREADABLE, AMBIGUOUS, SEPARATOR (contradicts the chosen ones)
    fault: str | None = None
    #: the two meanings of an ambiguous text
    meanings: tuple = ()


def read_numbers(texts, thousands=None, decimal=".", symbols=()):
    """Return the meaning of each text of a column.

    :param texts: the column, without blank cells
    :param thousands: the separator chosen; "" = none is used, None = not known
    :param symbols: of the currency, may stand before or after the number
    :return: list of `Reading`
    """
    cells = [_get_meanings(text, symbols) for text in texts]
    shown = {}
    for meanings in cells:
        if len(meanings) == 1:
            for sign, role in next(iter(meanings)):
                shown.setdefault(sign, set()).add(role)
    return [_choose(meanings, shown, thousands, decimal) for meanings in cells]


def _choose(meanings, shown, thousands, decimal):
    if not meanings:
        return Reading(fault=UNREADABLE)
    if len(meanings) == 1:
        [(roles, number)] = meanings.items()
        # A text with two kinds of signs, or one of them twice, explains itself.
        if roles == {(sign := next(iter(roles))[0] if roles else None, DECIMAL)}:
            if sign != decimal:
                return Reading(fault=SEPARATOR)
        return Reading(number)
    by_role = {role: (sign, number) for [(sign, role)], number in meanings.items()}
    sign = by_role[DECIMAL][0]
    known = shown.get(sign, set())
    if known == {THOUSANDS} or sign == thousands and not known:
        return Reading(by_role[THOUSANDS][1])
    if known == {DECIMAL} and sign != thousands or sign == decimal and thousands == "":
        return Reading(by_role[DECIMAL][1])
    both = (by_role[DECIMAL][1].rstrip("0").rstrip("."), by_role[THOUSANDS][1])
    return Reading(fault=AMBIGUOUS, meanings=both)


def _get_meanings(text, symbols):
    """Return {frozenset of (sign, role): number} for every meaning that a text can have."""
    text = unicodedata.normalize("NFKC", text).translate(ALIKE).strip()
    minus = ""
    if text.startswith("(") and text.endswith(")"):
        text, minus = text[1:-1].strip(), "-"
    text, below = _strip_sign(text)
    for symbol in sorted((unicodedata.normalize("NFKC", s) for s in symbols if s), key=len)[::-1]:
        if text.startswith(symbol) or text.endswith(symbol):
            text = text.removeprefix(symbol).removesuffix(symbol).strip()
            break
    if not below:
        text, below = _strip_sign(text)
    if minus and below:
        return {}
    minus = minus or below.strip("+")
    signs = re.findall(r"[^0-9]", text)
    if not signs:
        return {frozenset(): minus + text} if text else {}
    meanings = {}
    last, kinds = signs[-1], set(signs)
    if last in ".," and signs.count(last) == 1:
        whole, _last, fraction = text.rpartition(last)
        others = kinds - {last}
        if fraction and (_is_grouped(whole, others) if others else not signs[1:]):
            fraction += "0" * (len(fraction) == 3)
            roles = {(last, DECIMAL), *((sign, THOUSANDS) for sign in others)}
            whole = re.sub("[^0-9]", "", whole) or "0"
            meanings[frozenset(roles)] = f"{minus}{whole}.{fraction}"
    if _is_grouped(text, kinds):
        meanings[frozenset({(last, THOUSANDS)})] = minus + re.sub("[^0-9]", "", text)
    return meanings


def _strip_sign(text):
    return (text[1:].strip(), text[0]) if text[:1] in ("+", "-") else (text, "")


def _is_grouped(text, signs):
    """Return whether one sign parts the text into thousands, or as in India into lakhs."""
    if len(signs) != 1 or not signs <= set(GROUPING + ".,"):
        return False
    sign = re.escape(*signs)
    return bool(
        re.fullmatch(
            rf"[1-9][0-9]{{0,2}}(?:{sign}[0-9]{{3}})+|[1-9][0-9]?(?:{sign}[0-9]{{2}})+{sign}[0-9]{{3}}",
            text,
        )
    )
