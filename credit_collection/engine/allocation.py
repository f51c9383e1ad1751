"""In which order a payment pays the open items of a customer (P4-14).

Items that the payment names come first, then those in its own currency, then those of the lowest
rank (principal, or interest and costs), then the oldest.
"""


def order_items(items, currency):
    """Return the items in the order in which a payment pays them.

    :param items: dicts with id, named (bool), currency, date_maturity and, where any, rank (int)
    :param currency: of the payment
    :return: list of the same dicts
    """
    return sorted(
        items,
        key=lambda item: (
            not item["named"],
            item["currency"] != currency,
            item.get("rank", 0),
            item["date_maturity"],
            item["id"],
        ),
    )
