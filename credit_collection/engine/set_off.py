"""The amounts of a customer's open items to ask for, computed one after the other.

The same as `credit.open.item` says in SQL for all customers at once: money and credit notes that
are not applied are set off first against the items they name (P4-14), credit notes then against
contested parts, then in their own currency against the amounts to ask for and the blocked ones,
each the oldest due date first (after the kind of claim, where the company lets one be paid first);
the money left of a currency pays other currencies at the rate of the day. The blocked part of an
item is at most its open amount. Amounts are `Decimal`.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

NONE = Decimal(0)


@dataclass(frozen=True)
class Item:
    """An instalment that the customer owes."""

    id: int
    currency: str
    date_maturity: date
    #: residual, in the item's currency
    amount: Decimal
    #: registered as payment of it, without an entry yet
    registered: Decimal = NONE
    #: under agreement, excluded: nothing of it may be asked for
    whole: bool = False
    #: contested part of its invoice
    contested: Decimal = NONE
    invoice: int = 0
    #: (amount promised, open amount of the item then)
    promised: tuple = ()
    #: amount before anything was matched with it; as `amount` when None
    original: Decimal = None
    #: what the company lets unnamed money pay first: 0 before 1, whatever the due dates
    turn: int = 0

    def rank(self):
        """Return what decides which item is paid first: the due date, then the smaller amount."""
        return self.date_maturity, self.amount if self.original is None else self.original, self.id


@dataclass(frozen=True)
class Credit:
    """A payment, credit note or entry in the customer's favour that is not applied."""

    id: int
    currency: str
    #: its remainder, positive, in its currency
    amount: Decimal
    is_note: bool = False
    #: ids of the items that its text names, or that it reverses
    named: frozenset = frozenset()


@dataclass
class _State:
    """The state of an item in the set-off so far."""

    item: Item
    left: Decimal
    #: part of `left` that is contested
    contested: Decimal = NONE

    def free(self):
        """Return what money pays before what is blocked; of a promise of a part that comes first."""
        if self.item.whole:
            return NONE
        promised = self.promised()
        least = min([self.left, *(start for _amount, start in self.item.promised)])
        if least - self.contested > promised:
            return self.left - self.contested
        return max(self.left - self.contested - promised, NONE)

    def promised(self):
        return sum(
            (
                max(amount - max(start - self.left, NONE), NONE)
                for amount, start in self.item.promised
            ),
            NONE,
        )

    def blocked(self):
        if self.item.whole:
            return self.left
        return min(self.left, self.contested + self.promised())


def set_off(items, credits, rates, digits):
    """Return {item id: (open after the set-off, of this to be asked for)} of one customer.

    :param items: iterable of `Item`
    :param credits: iterable of `Credit`
    :param rates: {currency: its units for one of the company's currency}, today
    :param digits: {currency: decimal places}
    """
    states = [
        _State(item, max(min(item.amount, item.amount - item.registered), NONE))
        for item in sorted(items, key=Item.rank)
    ]
    money = {credit.id: credit.amount for credit in credits}
    _pay_named(states, credits, money, rates, digits)
    states.sort(key=lambda state: (state.item.turn, *state.item.rank()))
    for currency in {credit.currency for credit in credits}:
        own = [state for state in states if state.item.currency == currency]
        theirs = [credit for credit in credits if credit.currency == currency]
        notes = sum((money[credit.id] for credit in theirs if credit.is_note), NONE)
        pool = sum((money[credit.id] for credit in theirs), NONE)
        # The contested part is fixed before money comes, or the order of payments would matter.
        for state in own:
            if not state.item.whole:
                taken = min(state.left, state.contested, notes)
                state.contested -= taken
                state.left -= taken
                notes -= taken
                pool -= taken
        money[currency] = _pay(own, pool, lambda state: Decimal(1), lambda taken, state: taken)
    value = sum(
        (money[currency] / rates[currency] for currency in {c.currency for c in credits}), NONE
    )
    _pay(
        states,
        value,
        lambda state: rates[state.item.currency],
        lambda taken, state: _round(taken, digits[state.item.currency]),
    )
    return {state.item.id: (state.left, state.left - state.blocked()) for state in states}


def _round(amount, places):
    return amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _pay_named(states, credits, money, rates, digits):
    """Apply each credit to the items it names; an excess of several goes back in proportion."""
    by_item, noted = defaultdict(dict), defaultdict(Decimal)
    for credit in credits:
        left = credit.amount
        for state in states:
            item = state.item
            if item.id in credit.named and left > 0:
                factor = Decimal(1)
                if item.currency != credit.currency:
                    factor = rates[credit.currency] / rates[item.currency]
                taken = min(item.amount, left / factor)
                by_item[item.id][credit] = (taken, factor)
                left -= taken * factor
    for state in states:
        item = state.item
        pairs = by_item[item.id]
        total = sum((taken for taken, _factor in pairs.values()), NONE)
        named = NONE
        for credit, (taken, factor) in pairs.items():
            taken *= min(Decimal(1), item.amount / total)
            share = _round(taken, digits[item.currency])
            named += share
            noted[item.invoice] += share if credit.is_note else NONE
            used = share if factor == 1 else taken * factor
            money[credit.id] -= _round(used, digits[credit.currency])
        state.left = max(state.left - named, NONE)
    for credit in credits:
        money[credit.id] = max(money[credit.id], NONE)
    # What is contested of an invoice lies on what is open of it now.
    before = defaultdict(Decimal)
    for state in states:
        invoice = state.item.invoice
        left = state.item.contested - noted[invoice] - before[invoice]
        state.contested = max(min(state.left, left), NONE)
        before[invoice] += state.left


def _pay(states, money, rate, rounded):
    """Pay amounts to ask for first, then blocked ones; return the money left."""
    free = {state.item.id: state.free() for state in states}
    unpaid = {state.item.id: state.left for state in states}
    for part in (free, {id_: unpaid[id_] - amount for id_, amount in free.items()}):
        for state in states:
            amount = part[state.item.id]
            taken = min(money, amount / rate(state))
            money -= taken
            whole = taken * rate(state) >= amount
            state.left -= amount if whole else rounded(taken * rate(state), state)
    return money
