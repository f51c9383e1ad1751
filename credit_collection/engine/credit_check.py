"""The arithmetic of the credit check (P4-09): plain numbers in, plain numbers out.

Every amount is in the currency of the document's company. Nothing here rounds or
compares with a tolerance of its own; the caller compares with the company currency.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class CreditFacts:
    """The facts of one customer and one order at the moment of a check."""

    control: str = "none"
    #: Of a verdict with reasons.
    approved_limit: float = 0.0
    effective_limit: float = 0.0
    approved_term: int = 0
    #: The approved term is "month-end plus N": both terms are measured from the month's end.
    approved_month_end: bool = False
    #: Exposure without this order.
    exposure: float = 0.0
    receivable: float = 0.0
    #: Past due by a day or more, credits that are not applied taken off.
    overdue: float = 0.0
    days_overdue: int = 0
    #: {days: amount past due by more than so many days, unapplied credits taken off}
    overdue_beyond: dict = field(default_factory=dict)
    #: Addition of this order to the exposure.
    order_amount: float = 0.0
    #: Worth of this order in all, tax included.
    order_total: float = 0.0
    order_term: int = 0
    #: Risk ranks of the order's payment term and of the approved one; 0 = not ranked.
    order_rank: int = 0
    approved_rank: int = 0
    #: Paid for this very order: online, by down payment, or from a credit balance.
    prepaid: float = 0.0
    #: Part of this order that valid letters of credit cover.
    letter_cover: float = 0.0
    #: Share in % that must be paid before the order goes out, by customers who prepay.
    prepayment_share: float = 0.0
    #: Limit that the customer shares with others, and the use of it by all of them; None = none.
    shared_limit: float | None = None
    shared_use: float = 0.0
    #: Customers on credit whose grade settles with a part prepaid; cash customers always do.
    part_prepaid: bool = False
    #: Customers on credit whose grade asks for a security, while none is valid (P1-05).
    lacks_security: bool = False
    #: The grade settles by letter of credit or in advance (P4-22).
    by_letter: bool = False
    #: Days of the customer's grade on top of those of the overdue rules.
    grace_days: int = 0
    #: ((name, control), ...) of the parties to the order that are frozen or blacklisted.
    blocked_parties: tuple = ()
    #: Payer in place of the buyer who was not named for it; "" = nobody.
    unnamed_payer: str = ""
    #: Worth of goods that leave beyond what was ordered, not part of the order.
    excess: float = 0.0
    #: ((kind, sub-limit, exposure of that kind without this order, addition to it), ...)
    sublimits: tuple = ()

    @property
    def total(self):
        """Exposure as it would be with this order."""
        return self.exposure + self.order_amount

    @property
    def is_covered(self):
        """Whether letters of credit pay for the whole order."""
        return self.letter_cover > 0 and self.letter_cover >= self.order_total

    @property
    def owed(self):
        """What can be collected: posted receivables, of all who share the limit."""
        return max(self.receivable, 0.0 if self.shared_limit is None else self.shared_use)

    @property
    def prepays(self):
        """Whether a share of the order is due in advance."""
        return self.control == "cash" or (
            self.control == "limit" and (self.part_prepaid or self.lacks_security)
        )

    @property
    def over_limit(self):
        """max(0, exposure + order - effective limit), the larger of own and shared limit.

        An unlimited customer has no limit of their own, but a shared one binds them too.
        """
        own = 0.0 if self.control == "none" else self.total - self.effective_limit
        shared = 0.0
        if self.shared_limit is not None:
            shared = self.shared_use + self.order_amount - self.shared_limit
        return max(0.0, own, shared)


@dataclass(frozen=True)
class Breach:
    """How far one rule is broken, and its cure.

    `collect`, `cut`: amounts that cure the breach when paid or taken off the order;
    None where no payment, or no cut, can cure it.
    """

    actual: float
    allowed: float
    collect: float | None = None
    cut: float | None = None


def allowed_exposure(limit, tolerance_percent=0.0, tolerance_amount=0.0):
    """Return the effective limit plus both tolerances."""
    return limit * (1.0 + tolerance_percent / 100.0) + tolerance_amount


def check_limit(facts, tolerance_percent=0.0, tolerance_amount=0.0):
    """Over the effective limit (P4-09). An order that adds nothing breaks no limit."""
    allowed = allowed_exposure(facts.effective_limit, tolerance_percent, tolerance_amount)
    excess = facts.total - allowed
    cut = excess if excess <= facts.order_amount else None
    return Breach(actual=facts.total, allowed=allowed, collect=excess, cut=cut)


def check_usage(facts, percent):
    """More of the effective limit in use, with the order, than `percent`."""
    allowed = facts.effective_limit * percent / 100.0
    excess = facts.total - allowed
    cut = excess if excess <= facts.order_amount else None
    return Breach(actual=facts.total, allowed=allowed, collect=excess, cut=cut)


def check_sublimit(amount, used, added):
    """More of one kind of exposure, with what is added, than the sub-limit for it.

    No payment cures it: what lowers orders is a delivery, what lowers deliveries an invoice.
    """
    total = used + added
    excess = total - amount
    return Breach(actual=total, allowed=amount, cut=excess if excess <= added else None)


def check_amount(facts, amount):
    """The order alone is worth more than `amount`: no payment cures it."""
    return Breach(
        actual=facts.order_total, allowed=amount, cut=max(0.0, facts.order_total - amount)
    )


def check_shared_limit(facts):
    """Over the limit shared with other customers; no tolerance, it binds several at once."""
    total = facts.shared_use + facts.order_amount
    excess = total - facts.shared_limit
    cut = excess if excess <= facts.order_amount else None
    return Breach(actual=total, allowed=facts.shared_limit, collect=excess, cut=cut)


def check_overdue(facts, days, amount_min=0.0):
    """Past due by more than `days`, above a minimum amount (P4-09)."""
    amount = facts.overdue_beyond.get(days, 0.0)
    return Breach(actual=amount, allowed=amount_min, collect=amount)


def required_prepayment(order_total, share):
    """Return the amount to be paid before the order goes out; `share` in % (P1-05)."""
    return max(0.0, order_total) * share / 100.0


def check_prepayment(facts):
    """Not paid in advance as far as the customer must (P1-05, P4-03).

    The part covered by a letter of credit needs no money in advance (P4-22).
    """
    open_part = max(0.0, facts.order_total - facts.letter_cover)
    required = required_prepayment(open_part, facts.prepayment_share)
    missing = required - facts.prepaid
    share = facts.prepayment_share / 100.0
    # A smaller order needs a smaller prepayment: the paid amount buys `prepaid / share`.
    cut = missing / share if share and facts.prepaid + facts.letter_cover > 0 else None
    return Breach(actual=facts.prepaid, allowed=required, collect=missing, cut=cut)


def cure(breaches):
    """Return the cure of all breaches at once.

    Money collected counts against every breach at the same time, so the largest
    amount is enough; the same holds for a cut of the order.

    :return: (collect, cut), each None where it cannot cure all of them
    """
    breaches = list(breaches)
    collects = [breach.collect for breach in breaches]
    cuts = [breach.cut for breach in breaches]
    collect = None if None in collects or not collects else max(collects)
    cut = None if None in cuts or not cuts else max(cuts)
    return collect, cut
