"""What a target pays or costs, by its tiers (P2-03, P3-13). Amounts in one currency."""

from typing import NamedTuple


class Tier(NamedTuple):
    """A step of a target: what is due where the value lies beyond its threshold, never on it."""

    #: reward where the value is better than the threshold, penalty where it is worse
    is_reward: bool
    #: in the unit of the indicator: %, days or an amount
    threshold: float
    #: collected, excess (of collected over the base figure) or fixed
    basis: str
    #: % of the basis
    rate: float
    #: of a fixed one
    amount: float


def is_passed(tier, value, is_lower_better=False):
    """Return whether a value lies beyond the threshold of a tier; exactly on it is not beyond."""
    if value is None:
        return False
    distance = round(value - tier.threshold, 6)
    is_better = distance < 0 if is_lower_better else distance > 0
    is_worse = distance > 0 if is_lower_better else distance < 0
    return is_better if tier.is_reward else is_worse


def get_due(tier, collected, base):
    """Return what one passed tier is worth, unsigned."""
    if tier.basis == "fixed":
        return tier.amount
    basis = max(collected - base, 0.0) if tier.basis == "excess" else max(collected, 0.0)
    return basis * tier.rate / 100.0


def get_result(tiers, value, collected, base=0.0, is_lower_better=False):
    """Return (reward, penalty) of a value: every tier that is passed adds its own.

    :param value: the indicator of the period; None = it has none, nothing is due
    :param collected: money collected in the period
    :param base: base figure, above which `excess` begins
    """
    sums = {True: 0.0, False: 0.0}
    for tier in tiers:
        if is_passed(tier, value, is_lower_better):
            sums[tier.is_reward] += get_due(tier, collected, base)
    return sums[True], sums[False]
