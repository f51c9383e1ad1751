"""The arithmetic of the credit check: worked examples, then properties of any numbers."""

import random
from dataclasses import replace

import pytest
from engine.credit_check import (
    Breach,
    CreditFacts,
    allowed_exposure,
    check_limit,
    check_overdue,
    check_prepayment,
    cure,
    required_prepayment,
)

# P4-09: limit 100,000, receivable 60,000, open orders 30,000, a new order of 25,000.
P4_09 = CreditFacts(
    control="limit",
    approved_limit=100_000,
    effective_limit=100_000,
    exposure=90_000,
    receivable=60_000,
    order_amount=25_000,
    order_total=25_000,
)


def about(value):
    return pytest.approx(value, abs=1e-6)


# --------------------------------------------------------------- worked examples


def test_total_is_exposure_and_order():
    assert P4_09.total == 115_000


def test_over_limit_is_what_exceeds_the_effective_limit():
    assert P4_09.over_limit == 15_000


def test_a_security_raises_the_effective_limit_not_the_approved_one():
    assert replace(P4_09, effective_limit=110_000).over_limit == 5_000


def test_over_limit_is_never_negative():
    assert replace(P4_09, exposure=0).over_limit == 0


def test_exactly_at_the_limit_is_not_over():
    assert replace(P4_09, exposure=75_000).over_limit == 0


def test_an_unlimited_customer_is_never_over_limit():
    assert replace(P4_09, control="none", effective_limit=0).over_limit == 0


@pytest.mark.parametrize("control", ["limit", "cash", "frozen", "blacklist"])
def test_a_limit_of_zero_is_no_credit(control):
    facts = CreditFacts(control=control, exposure=0, order_amount=1)
    assert facts.over_limit == 1


def test_limit_is_cured_by_the_excess():
    breach = check_limit(P4_09)
    assert (breach.actual, breach.allowed) == (115_000, 100_000)
    assert (breach.collect, breach.cut) == (15_000, 15_000)


def test_both_tolerances_add_up():
    assert allowed_exposure(100_000, 5, 1_000) == about(106_000)
    breach = check_limit(P4_09, tolerance_percent=5, tolerance_amount=1_000)
    assert (breach.allowed, breach.collect) == (about(106_000), about(9_000))


def test_no_cut_of_the_order_cures_what_was_over_before_it():
    breach = check_limit(replace(P4_09, exposure=110_000))
    assert breach.collect == 35_000
    assert breach.cut is None


def test_a_cut_of_the_whole_order_cures_when_the_limit_is_used_up_exactly():
    assert check_limit(replace(P4_09, exposure=100_000)).cut == 25_000


def test_overdue_takes_what_is_past_the_days_of_the_rule():
    facts = replace(P4_09, overdue=9_000, overdue_beyond={15: 7_000, 30: 2_000})
    assert check_overdue(facts, 15, 500) == Breach(actual=7_000, allowed=500, collect=7_000)
    assert check_overdue(facts, 30).actual == 2_000


def test_overdue_is_not_cured_by_a_smaller_order():
    facts = replace(P4_09, overdue_beyond={15: 7_000})
    assert check_overdue(facts, 15).cut is None


@pytest.mark.parametrize(("share", "required"), [(0, 0), (30, 300), (50, 500), (100, 1_000)])
def test_prepayment_by_share(share, required):
    assert required_prepayment(1_000, share) == required


def test_a_refund_needs_no_prepayment():
    assert required_prepayment(-1_000, 50) == 0


def test_prepayment_asks_for_what_is_missing():
    facts = replace(P4_09, control="cash", order_total=1_000, prepayment_share=30, prepaid=100)
    breach = check_prepayment(facts)
    assert (breach.actual, breach.allowed, breach.collect) == (100, about(300), about(200))
    # 100 buys 333.33 at 30 %.
    assert breach.cut == about(1_000 - 100 / 0.3)


def test_nothing_prepaid_is_cured_by_no_cut():
    facts = replace(P4_09, control="cash", order_total=1_000, prepayment_share=30)
    assert check_prepayment(facts).cut is None


def test_one_payment_cures_all_breaches():
    breaches = [Breach(0, 0, collect=500, cut=500), Breach(0, 0, collect=800, cut=100)]
    assert cure(breaches) == (800, 500)


def test_a_breach_without_cure_leaves_none():
    breaches = [Breach(0, 0, collect=500, cut=500), Breach(0, 0, collect=800), Breach(0, 0)]
    assert cure(breaches[:2]) == (800, None)
    assert cure(breaches) == (None, None)


def test_nothing_broken_needs_no_cure():
    assert cure([]) == (None, None)


# ------------------------------------------------------------- for any numbers


def random_facts(seed):
    rng = random.Random(seed)

    def money(top):
        return rng.choice([0, rng.randint(0, top * 100) / 100])

    total = money(50_000)
    return CreditFacts(
        control=rng.choice(["none", "limit", "cash", "frozen", "blacklist"]),
        effective_limit=money(100_000),
        exposure=money(150_000) - money(20_000),
        order_amount=rng.choice([total, money(50_000)]),
        order_total=total,
        prepaid=money(50_000),
        prepayment_share=rng.choice([0, 30, 50, 100, rng.uniform(0, 100)]),
        overdue_beyond={rng.randint(0, 90): money(10_000)},
    )


seeds = pytest.mark.parametrize("seed", range(100))


@seeds
def test_collecting_the_cure_cures(seed):
    facts = random_facts(seed)
    tolerance = random.Random(-seed).choice([0, 5, 12.5])
    breach = check_limit(facts, tolerance)
    after = check_limit(replace(facts, exposure=facts.exposure - breach.collect), tolerance)
    assert after.actual == about(after.allowed)

    breach = check_prepayment(facts)
    after = check_prepayment(replace(facts, prepaid=facts.prepaid + breach.collect))
    assert after.actual == about(after.allowed)


@seeds
def test_cutting_the_cure_cures(seed):
    facts = random_facts(seed)
    breach = check_limit(facts)
    if breach.cut is not None and breach.cut > 0:
        assert breach.cut <= facts.order_amount
        after = check_limit(replace(facts, order_amount=facts.order_amount - breach.cut))
        assert after.actual == about(after.allowed)
    breach = check_prepayment(facts)
    if breach.cut is not None and breach.cut > 0:
        assert breach.cut <= facts.order_total
        after = check_prepayment(replace(facts, order_total=facts.order_total - breach.cut))
        assert after.actual == about(after.allowed)


@seeds
def test_over_limit_and_the_rule_without_tolerance_agree(seed):
    facts = replace(random_facts(seed), control="limit")
    breach = check_limit(facts)
    assert facts.over_limit == about(max(0, breach.actual - breach.allowed))


@seeds
def test_more_debt_is_never_better(seed):
    facts = random_facts(seed)
    worse = replace(facts, exposure=facts.exposure + 1)
    assert worse.over_limit >= facts.over_limit
    assert check_limit(worse).collect > check_limit(facts).collect


@seeds
def test_a_tolerance_never_holds_more(seed):
    rng = random.Random(seed)
    limit = rng.uniform(0, 1e6)
    tolerant = allowed_exposure(limit, rng.uniform(0, 50), rng.uniform(0, 1e4))
    assert tolerant >= allowed_exposure(limit) == limit


@seeds
def test_the_cure_of_all_is_enough_for_each(seed):
    rng = random.Random(seed)
    breaches = [
        Breach(0, 0, rng.choice([None, rng.uniform(0, 9)]), rng.choice([None, rng.uniform(0, 9)]))
        for _count in range(rng.randint(1, 5))
    ]
    for result, each in zip(
        cure(breaches),
        zip(*[(breach.collect, breach.cut) for breach in breaches], strict=True),
        strict=True,
    ):
        if result is None:
            assert None in each
        else:
            assert all(result >= amount for amount in each)
            assert result in each


def test_letter_of_credit_takes_the_place_of_cash():
    """P4-22: 1,000, of which a letter covers 700 and 100 is paid: 200 are missing."""
    facts = CreditFacts(
        control="cash", order_total=1000, prepayment_share=100, letter_cover=700, prepaid=100
    )
    breach = check_prepayment(facts)
    assert (breach.allowed, breach.actual, breach.collect, breach.cut) == (300, 100, 200, 200)
    assert not facts.is_covered
    assert check_prepayment(replace(facts, letter_cover=1000)).collect == -100
    assert replace(facts, letter_cover=1000).is_covered
    assert not CreditFacts(order_total=0).is_covered
