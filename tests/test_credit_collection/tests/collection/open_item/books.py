"""A customer's books in plain Python: what was entered, and what may be asked for by the definition.

Nothing here knows Odoo or the add-on. A plan is a list of `Step`s; `Books.enter` applies one, and
`Books.get_answer` sets off, one credit after the other, as `docs/architecture.md` says under "What
is owed, what is due, what may be asked". Days count from today; amounts are `Decimal`.
"""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

NONE = Decimal(0)
DIGITS = {"USD": 2, "EUR": 2, "JPY": 0}
#: (percent, days) of the instalments
PARTS = {None: [(100, 0)], "term": [(30, 0), (30, 30), (40, 60)]}


def rounded(amount, currency):
    return amount.quantize(Decimal(1).scaleb(-DIGITS[currency]), ROUND_HALF_UP)


@dataclass
class Step:
    """Something that happens: `what` names the method of `Books` and of the test that enters it."""

    what: str
    key: str
    values: dict = field(default_factory=dict)
    #: keys of steps that must come first
    after: tuple = ()


@dataclass
class Item:
    """An instalment of an invoice, or money that went back to the customer."""

    key: tuple
    currency: str
    due: int
    left: Decimal
    rank: int
    promise: "Promise" = None
    in_agreement: bool = False
    #: as entered
    original: Decimal = NONE
    #: taken off it today, by credit notes matched with it
    today: Decimal = NONE

    def __post_init__(self):
        self.original = self.left


@dataclass
class Promise:
    amount: Decimal
    start: Decimal
    is_open: bool = True


@dataclass
class Credit:
    key: str
    currency: str
    date: int
    left: Decimal
    rank: int
    is_note: bool = False
    names: tuple = ()


@dataclass
class Invoice:
    key: str
    currency: str
    items: list
    is_excluded: bool = False
    #: still contested: lowered by credit notes matched since
    contested: Decimal = NONE
    registered: Decimal = NONE


@dataclass
class Answer:
    """What the set-off leaves: {item: open, to ask}, and [(credit, item, amount)] of one currency."""

    net: dict
    ask: dict
    pairs: list


class Books:
    def __init__(self, rates):
        #: {currency: units for one of the company's currency, today}
        self.rates = rates
        self.invoices, self.items, self.credits = {}, {}, {}
        self.payments, self.agreements = {}, {}

    # ------------------------------------------------------------------ what happens

    def enter(self, step):
        getattr(self, step.what)(step.key, **step.values)

    def invoice(self, key, currency, amount, date, term, **_where):
        items = [
            Item((key, place), currency, date + days, rounded(amount * share / 100, currency),
                 len(self.items) + place)
            for place, (share, days) in enumerate(PARTS[term])
        ]  # fmt: skip
        self.items |= {item.key: item for item in items}
        self.invoices[key] = Invoice(key, currency, items)

    def back(self, key, amount, date):
        """A line of the bank's statement: money that went back."""
        self.invoices[key] = Invoice(
            key, "USD", [Item((key, 0), "USD", date, amount, len(self.items))]
        )
        self.items[key, 0] = self.invoices[key].items[0]

    def _match(self, invoice, amount):
        taken = []
        for item in sorted(self.invoices[invoice].items, key=lambda item: item.due):
            part = min(item.left, amount)
            item.left -= part
            amount -= part
            taken.append((item, part))
        return taken

    def _match_today(self, invoice, amount):
        for item, part in self._match(invoice, amount):
            item.today += part

    def pay(self, key, invoice, amount, **_when):
        self.payments[key] = self._match(invoice, amount)

    def reopen(self, key, payment, how):
        for item, part in self.payments.pop(payment):
            item.left += part

    def receive(self, key, currency, amount, date, names=(), **_where):
        self.credits[key] = Credit(key, currency, date, amount, len(self.credits), names=names)

    def note(self, key, currency, amount, date, names=(), **_where):
        self.credits[key] = Credit(key, currency, date, amount, len(self.credits), True, names)

    def reverse(self, key, invoice, amount, is_matched):
        """Odoo's Reverse of a part of an invoice."""
        found = self.invoices[invoice]
        if is_matched:
            self._match_today(invoice, amount)
            found.contested = max(found.contested - amount, NONE)
        else:
            self.note(key, found.currency, amount, 0, (invoice,))

    def replace(self, key, invoice):
        """Odoo's Reverse and Create Invoice; the new invoice stays a draft."""
        for item in self.invoices[invoice].items:
            item.left = NONE
        self.invoices[invoice].contested = NONE

    def dispute(self, key, invoice, amount):
        self.invoices[invoice].contested = amount

    def accept(self, key, invoice, amount):
        """The button of the dispute: a credit note of it, matched at once, ends it."""
        self.invoices[invoice].contested = NONE
        self._match_today(invoice, amount)

    def exclude(self, key, invoice, how):
        self.invoices[invoice].is_excluded = True

    def register(self, key, invoice, amount):
        self.invoices[invoice].registered += amount

    def promise(self, key, invoice, share):
        """Part of what may be asked of the first instalment of which anything may."""
        answer = self.get_answer()
        for item in self.invoices[invoice].items:
            amount = rounded(answer.ask.get(item.key, NONE) * share, item.currency)
            if amount > 0:
                item.promise = Promise(amount, answer.net[item.key])
                return

    def agree(self, key, invoice):
        """An agreement of three instalments over what is open of an invoice."""
        net = self.get_answer().net
        items = [item for item in self.invoices[invoice].items if net.get(item.key)]
        self.agreements[key] = {item.key: net[item.key] for item in items}
        for item in items:
            item.in_agreement = True

    # ------------------------------------------------------------------ what may be asked for

    def get_open(self):
        """Return open items, the oldest due date first."""
        return sorted(
            (item for item in self.items.values() if item.left > 0),
            key=lambda item: (item.due, item.original, item.rank),
        )

    def get_answer(self, until=None):
        """Set off the credits (dated until a day) one after the other."""
        return _SetOff(self, until).get_answer()

    def expire(self):
        """The days of promises are over; agreements paid in full are kept."""
        for items in self.agreements.values():
            if all(self.get_paid(item, start, 0) >= start for item, start in items.items()):
                for item in items:
                    self.items[item].in_agreement = False
        for item in self.items.values():
            if item.promise:
                item.promise.is_open = False

    def get_paid(self, item, start, until):
        """Return what of the open amount `start` of an item was paid until a day: later money never came."""
        left = self.get_answer(until).net.get(item, NONE)
        if until < 0:
            left += self.items[item].today
        return max(start - left, NONE)


class _SetOff:
    def __init__(self, books, until):
        self.books = books
        self.open = books.get_open()
        self.net = {item.key: item.left for item in self.open}
        self.owed = dict(self.net)
        self.credits = sorted(
            (credit for credit in books.credits.values() if until is None or credit.date <= until),
            key=lambda credit: (credit.date, credit.rank),
        )
        self.money = {credit.key: credit.left for credit in self.credits}
        self.contested = {}
        self.pairs = []

    def get_answer(self):
        self._registered()
        self._named()
        self._contested()
        self.room = {item.key: self._room(item) for item in self.open}
        for may_be_blocked in (False, True):
            for item in self.open:
                self._own_currency(item, may_be_blocked)
        self._other_currencies()
        ask = {item.key: self._ask(item) for item in self.open}
        return Answer(self.net, ask, self.pairs)

    def _pay(self, credit, item, amount):
        if amount > 0:
            self.net[item.key] -= amount
            self.money[credit.key] -= amount
            self.pairs.append((credit, item, amount))

    # 1. what is open
    def _registered(self):
        for invoice in self.books.invoices.values():
            amount = invoice.registered
            for item in sorted(invoice.items, key=lambda item: item.due):
                taken = min(self.net.get(item.key, NONE), amount)
                if taken:
                    self.net[item.key] -= taken
                    amount -= taken

    # 2. money goes where its text says
    def _named(self):
        wanted = defaultdict(dict)
        for credit in self.credits:
            left = credit.left
            for item in self.open:
                if item.key[0] in credit.names and left > 0:
                    factor = self._factor(credit, item)
                    taken = min(self.owed[item.key], left / factor)
                    wanted[item.key][credit.key] = (credit, taken, factor)
                    left -= taken * factor
        noted = defaultdict(Decimal)
        for item in self.open:
            total = sum((taken for _c, taken, _f in wanted[item.key].values()), NONE)
            for credit, taken, factor in wanted[item.key].values():
                share = taken * min(Decimal(1), self.owed[item.key] / total)
                part = rounded(share, item.currency)
                self.net[item.key] = max(self.net[item.key] - part, NONE)
                used = part if factor == 1 else share * factor
                used = rounded(used, credit.currency)
                self.money[credit.key] = max(self.money[credit.key] - used, NONE)
                if credit.is_note:
                    noted[item.key[0]] += part
                if factor == 1:
                    self.pairs.append((credit, item, part))
        # What is contested of an invoice lies on what is open of it, the oldest instalment first.
        for invoice in self.books.invoices.values():
            left = max(invoice.contested - noted[invoice.key], NONE)
            for item in self.open:
                if item.key[0] == invoice.key:
                    whole = item.in_agreement or invoice.is_excluded
                    part = min(left, self.net[item.key])
                    left -= part
                    self.contested[item.key] = NONE if whole else part

    def _factor(self, credit, item):
        if credit.currency == item.currency:
            return Decimal(1)
        return self.books.rates[credit.currency] / self.books.rates[item.currency]

    # 3. credit notes take down what is contested
    def _contested(self):
        for item in self.open:
            for credit in self.credits:
                if credit.is_note and credit.currency == item.currency:
                    taken = min(
                        self.contested[item.key], self.money[credit.key], self.net[item.key]
                    )
                    self.contested[item.key] -= taken
                    self._pay(credit, item, taken)

    # 4. the oldest that may be asked for, then what is blocked
    def _own_currency(self, item, may_be_blocked):
        for credit in self.credits:
            if credit.currency == item.currency:
                taken = min(self._left(item, may_be_blocked), self.money[credit.key])
                self.room[item.key] -= taken
                self._pay(credit, item, taken)

    def _left(self, item, may_be_blocked):
        left = self.net[item.key]
        return left if may_be_blocked else max(min(self.room[item.key], left), NONE)

    def _other_currencies(self):
        value = sum((self.money[c.key] / self.books.rates[c.currency] for c in self.credits), NONE)
        for may_be_blocked in (False, True):
            for item in self.open:
                room = self._left(item, may_be_blocked)
                rate = self.books.rates[item.currency]
                taken = min(value, room / rate)
                value -= taken
                whole = taken * rate >= room
                self.net[item.key] -= room if whole else rounded(taken * rate, item.currency)

    # 5. what is blocked is at most what is still open
    def _is_whole(self, item):
        return item.in_agreement or self.books.invoices[item.key[0]].is_excluded

    def _ask(self, item):
        if self._is_whole(item):
            return NONE
        return max(self.net[item.key] - self.contested[item.key] - self._promised(item), NONE)

    def _promised(self, item):
        if not item.promise or not item.promise.is_open:
            return NONE
        return max(item.promise.amount - max(item.promise.start - self.net[item.key], NONE), NONE)

    def _room(self, item):
        """Return what an item takes before blocked items.

        Where a part of it is promised, money for the item is money for the promise first.
        """
        promised = self._promised(item)
        left = self.net[item.key] - self.contested[item.key]
        if promised and not self._is_whole(item):
            beyond = max(self.net[item.key] - item.promise.start, NONE)
            if left - beyond > promised:
                return left
        return self._ask(item)


# ---------------------------------------------------------------------- random plans


def make_plan(seed, to_match=False):
    """Return (steps before, facts, steps after) of a customer: facts need what was before.

    :param to_match: nothing that makes matching change the answer: payments registered, and
        several credits that name one invoice
    """
    return _Plan(random.Random(seed), to_match).make()


class _Plan:
    def __init__(self, rng, to_match):
        self.rng, self.to_match = rng, to_match
        self.number = 0
        self.named = set()
        #: {invoice: what is open of it as far as the plan goes}
        self.left, self.currency, self.contested = {}, {}, {}

    def make(self):
        before = [self._invoice() for _n in range(self.rng.randint(5, 8))]
        invoices = [step.key for step in before]
        for invoice in invoices:
            before += self._first(invoice)
        before += [self._money(20, 40) for _n in range(self.rng.randint(0, 2))]
        facts = [step for invoice in invoices for step in self._fact(invoice)]
        after = [self._money(0, 14) for _n in range(self.rng.randint(1, 4))]
        for invoice in invoices:
            after += self._later(invoice)
        if self.rng.random() < 0.25:
            amount = Decimal(self.rng.randint(50, 3000))
            after.append(
                Step("back", self._key("B"), {"amount": amount, "date": -self.rng.randint(0, 20)})
            )
        return before, facts, after

    def _key(self, letter):
        self.number += 1
        return f"{letter}{self.number}"

    def _where(self):
        return {"branch": self.rng.random() < 0.35, "contact": self.rng.random() < 0.3}

    def _amount(self, currency, least, most):
        return Decimal(self.rng.randint(least, most) * (100 if currency == "JPY" else 1))

    def _invoice(self):
        key, rng = self._key("I"), self.rng
        currency = rng.choice(("USD", "USD", "EUR", "JPY"))
        amount = self._amount(currency, 1, 999) * 10
        self.left[key], self.currency[key] = amount, currency
        return Step(
            "invoice",
            key,
            {
                "currency": currency,
                "amount": amount,
                "date": -20 * rng.randint(0, 5),
                "term": rng.choice((None, "term")),
                **self._where(),
            },
        )

    def _part(self, invoice, shares):
        share = Decimal(self.rng.choice(shares))
        amount = rounded(self.left[invoice] * share, self.currency[invoice])
        return amount if amount > 0 else NONE

    def _first(self, invoice):
        """Payments of an invoice, some of which come back; credits of it."""
        rng, kind = self.rng, self.rng.random()
        if kind < 0.3:
            key, amount = self._key("P"), self._part(invoice, ("0.25", "0.5", "1"))
            values = {"invoice": invoice, "amount": amount, "date": -rng.randint(20, 40)}
            steps = [Step("pay", key, values, (invoice,))]
            if rng.random() < 0.5:
                how = rng.choice(("reversed", "cancelled"))
                steps.append(Step("reopen", self._key("R"), {"payment": key, "how": how}, (key,)))
            else:
                self.left[invoice] -= amount
            return steps
        if kind < 0.38:
            self.left[invoice] = NONE
            return [Step("replace", self._key("X"), {"invoice": invoice}, (invoice,))]
        return []

    def _money(self, least, most):
        rng, key = self.rng, self._key("M")
        currency = rng.choice(("USD", "USD", "EUR", "JPY"))
        open_ones = [invoice for invoice, left in self.left.items() if left]
        if self.to_match:
            open_ones = [invoice for invoice in open_ones if invoice not in self.named]
        names = ()
        if open_ones and rng.random() < 0.4:
            names = tuple(rng.sample(open_ones, min(len(open_ones), rng.randint(1, 2))))
        self.named.update(names)
        values = {
            "currency": currency,
            "amount": self._amount(currency, 1, 6000),
            "date": -rng.randint(least, most),
            "names": names,
            **self._where(),
        }
        return Step("receive" if rng.random() < 0.7 else "note", key, values, names)

    def _fact(self, invoice):
        rng, kind = self.rng, self.rng.random()
        if not self.left[invoice]:
            return []
        if kind < 0.2:
            how = rng.choice(("no_followup", "excluded"))
            return [Step("exclude", self._key("E"), {"invoice": invoice, "how": how}, (invoice,))]
        if kind < 0.45:
            amount = self._part(invoice, ("0.2", "0.5", "0.7", "1"))
            self.contested[invoice] = amount
            values = {"invoice": invoice, "amount": amount}
            return [Step("dispute", self._key("D"), values, (invoice,))] if amount else []
        if kind < 0.75:
            values = {"invoice": invoice, "share": Decimal(rng.choice(("0.4", "0.6", "1")))}
            return [Step("promise", self._key("W"), values, (invoice,))]
        if kind < 0.85:
            return [Step("agree", self._key("G"), {"invoice": invoice}, (invoice,))]
        return []

    def _later(self, invoice):
        rng, kind = self.rng, self.rng.random()
        amount = self._part(invoice, ("0.1", "0.3"))
        if not amount:
            return []
        values = {"invoice": invoice, "amount": amount}
        if self.contested.get(invoice) and rng.random() < 0.3:
            values["amount"] = self.contested[invoice]
            return [Step("accept", self._key("A"), values, (invoice,))]
        if kind < 0.12:
            return [Step("reverse", self._key("V"), {**values, "is_matched": True}, (invoice,))]
        if kind < 0.24 and not (self.to_match and invoice in self.named):
            return [Step("reverse", self._key("V"), {**values, "is_matched": False}, (invoice,))]
        if 0.24 < kind < 0.4 and not self.to_match:
            return [Step("register", self._key("S"), values, (invoice,))]
        return []


def shuffled(steps, rng, known=()):
    """Return steps in another order of entry, each after what it needs."""
    rest, done, result = list(steps), set(known), []
    while rest:
        ready = [step for step in rest if done.issuperset(step.after)]
        step = rng.choice(ready)
        rest.remove(step)
        done.add(step.key)
        result.append(step)
    return result
