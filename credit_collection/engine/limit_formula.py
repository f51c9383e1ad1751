"""Formulas that propose a credit limit: plain numbers in, plain numbers out.

Each returns a `Proposal`: the amount, in the currency of its inputs, and the steps of the
arithmetic, so that a form can show the computation in the reader's language. Nothing is
rounded before `round_limit`, which rounds down: no cap is ever exceeded by rounding.
"""

from dataclasses import dataclass
from math import floor

MONTH_DAYS = 30
#: Below this score a customer gets no credit (P1-03: grade D).
SCORE_MIN = 60.0
#: A proposal that misses the next step by less than this share of it still reaches it.
ROUNDING_SLACK = 1e-6


@dataclass(frozen=True)
class Step:
    """One line of the arithmetic: the operation (`code`), its numbers and its result."""

    code: str
    numbers: tuple
    result: float


@dataclass(frozen=True)
class Proposal:
    """A proposed limit and how it came about; the last step's result is the amount."""

    amount: float
    steps: tuple

    def then(self, step):
        """Return the proposal after one more step."""
        return Proposal(step.result, (*self.steps, step))


def _start(code, numbers, result):
    return Proposal(result, (Step(code, numbers, result),))


def term_months(days):
    """Return a term in months of 30 days (P4-08 counts a month so): 30 days = 1, 45 days = 1.5."""
    return max(0, days) / MONTH_DAYS


def from_term_sales(months, monthly_sales):
    """Return (term in months + 1) x expected monthly sales (P4-05).

    >>> from_term_sales(1, 20000).amount
    40000
    """
    months, sales = max(0, months), max(0, monthly_sales)
    return _start("term_sales", (months, sales), (months + 1) * sales)


def from_share(code, base, percent):
    """Return `percent` % of the customer's assets, yearly sales or registered capital (P4-20, P2-15).

    :param code: "share_assets", "share_sales" or "capital"
    """
    base, percent = max(0, base), max(0, percent)
    return _start(code, (base, percent), base * percent / 100.0)


def from_score(full_limit, score, score_min=SCORE_MIN):
    """Composite score of 0 to 100: that share of the limit at full score (P4-20).

    Below `score_min` there is no credit (P1-05, grade D).
    """
    score = min(100.0, max(0.0, score))
    if score < score_min:
        return _start("score_low", (score, score_min), 0.0)
    return _start("score", (full_limit, score), max(0, full_limit) * score / 100.0)


def apply_factor(proposal, percent):
    """Scale a proposal by the factor in % of the customer's grade (P1-05); 100 changes nothing."""
    if percent == 100:
        return proposal
    return proposal.then(
        Step("factor", (proposal.amount, percent), proposal.amount * percent / 100.0)
    )


def cap_amount(proposal, maximum):
    """At most `maximum`, the highest limit of the grade; 0 = none set."""
    if not maximum or proposal.amount <= maximum:
        return proposal
    return proposal.then(Step("maximum", (maximum,), maximum))


def first_limit_cap(registered_capital, percent):
    """Red line of a first limit: `percent` % of the registered capital (P2-15)."""
    return max(0.0, registered_capital) * percent / 100.0


def cap_first_limit(proposal, registered_capital, percent):
    """Cap a first limit at `percent` % of the registered capital (P2-15); 0 % = no red line."""
    cap = first_limit_cap(registered_capital, percent)
    if not percent or proposal.amount <= cap:
        return proposal
    return proposal.then(Step("first_limit", (registered_capital, percent), cap))


def round_limit(proposal, step):
    """Round down to a multiple of `step`; 0 = not rounded."""
    if not step or step < 0:
        return proposal
    rounded = floor(proposal.amount / step + ROUNDING_SLACK) * step
    if abs(rounded - proposal.amount) <= step * ROUNDING_SLACK:
        return Proposal(rounded, proposal.steps)
    return proposal.then(Step("rounded", (step,), rounded))


def is_large(limit, term_days, large_limit, large_term_days):
    """Return whether the next level decides too (P4-04): from the limit on, or above the term.

    :param term_days: N of the term as it is written, see `terms.written_days`
    :param large_limit: 0 = none, as `large_term_days`
    """
    return bool(
        (large_limit and limit >= large_limit) or (large_term_days and term_days > large_term_days)
    )
