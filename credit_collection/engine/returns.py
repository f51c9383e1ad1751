"""The payments that returned money takes back (P5-05): a returned payment is no payment.

A return that names its payment takes that payment back. Others use up the customer's money
on account, as a refund does; then the payment of the same amount, then the latest ones.
"""

from collections import namedtuple

#: Money that went back: id, day, amount (not matched with an earlier credit of the customer),
#: undoes (the entry it reverses, or None).
Return = namedtuple("Return", "id day amount undoes")

#: A payment or credit note: id, entry, day, amount, free (not applied), settled (applied to
#: claims; 0 of other credits).
Credit = namedtuple("Credit", "id entry day amount free settled")


def take_back(returns, credits):
    """Return [(return id, credit id, amount)] of the payments of one customer that went back.

    :param returns: iterable of `Return`
    :param credits: iterable of `Credit`
    """
    free = {credit.id: credit.free for credit in credits}
    settled = {credit.id: credit.settled for credit in credits}
    taken = []
    for back in sorted(returns, key=lambda r: (r.day, r.id)):
        earlier = sorted(
            (credit for credit in credits if credit.day <= back.day),
            key=lambda c: (c.day, c.id),
            reverse=True,
        )
        undone = [c for c in earlier if back.undoes and c.entry == back.undoes]
        same = [c for c in earlier if c.amount == back.amount]
        rest = back.amount
        for pool, candidates in (
            (settled, undone), (free, earlier), (settled, same), (settled, earlier),
        ):  # fmt: skip
            for credit in candidates:
                part = min(rest, pool[credit.id])
                if part <= 0:
                    continue
                rest -= part
                pool[credit.id] -= part
                if pool is settled:
                    taken.append((back.id, credit.id, part))
    return taken
