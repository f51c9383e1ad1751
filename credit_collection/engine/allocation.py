"""In which order a payment pays the open items of a customer (P4-14).

Items that the payment names come first, then those in its own currency, then the oldest.
"""

import re


def normalise(text):
    """Letters and digits only, in capitals: "INV/2026/00012" = "inv 2026 00012"."""
    return re.sub(r"[\W_]+", "", text or "").upper()


def is_named(words, names):
    """Whether a payment's words name a document by one of its names.

    A name counts as a whole: INV/2026/0001 is not named by INV/2026/00012. Names with fewer
    than four letters and digits, which any text may contain, count only as a word of their own.

    :param words: memo, reference and label of the payment
    :param names: number, payment reference and customer reference of the document
    """
    tokens = {normalise(token) for token in re.split(r"[\s,;:()+&]+", words or "")} - {""}
    whole = normalise(words)
    for name in names:
        name = normalise(name)
        if not name:
            continue
        if name in tokens:
            return True
        if len(name) >= 4 and re.search(rf"(?<!\d){re.escape(name)}(?!\d)", whole):
            return True
    return False


def order_items(items, currency):
    """The items in the order in which a payment pays them.

    :param items: dicts with id, named (bool), currency and date_maturity
    :param currency: of the payment
    :return: list of the same dicts
    """
    return sorted(
        items,
        key=lambda item: (
            not item["named"],
            item["currency"] != currency,
            item["date_maturity"],
            item["id"],
        ),
    )
