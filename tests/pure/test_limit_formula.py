"""The formulas that propose a limit (P4-05, P4-20, P2-15) and the borders of P4-04."""

import pytest
from engine import limit_formula as formula


def test_term_and_sales():
    # P4-05: one month of term, 20,000 expected a month -> 40,000.
    proposal = formula.from_term_sales(formula.term_months(30), 20000)
    assert proposal.amount == 40000
    assert proposal.steps == (formula.Step("term_sales", (1.0, 20000), 40000.0),)


@pytest.mark.parametrize(
    ("days", "sales", "amount"),
    [
        (0, 20000, 20000),  # no term: one month's sales are on the way
        (45, 20000, 50000),
        (60, 10000, 30000),
        (30, 0, 0),
        (30, -500, 0),  # more returned than sold
    ],
)
def test_term_and_sales_worked(days, sales, amount):
    assert formula.from_term_sales(formula.term_months(days), sales).amount == amount


def test_share():
    assert formula.from_share("share_assets", 2_000_000, 5).amount == 100_000
    assert formula.from_share("share_sales", 600_000, 10).amount == 60_000
    assert formula.from_share("capital", -1, 20).amount == 0


def test_score():
    assert formula.from_score(100_000, 88).amount == 88_000
    assert formula.from_score(100_000, 60).amount == 60_000  # the border still has credit
    assert formula.from_score(100_000, 59.9).amount == 0
    assert formula.from_score(100_000, 130).amount == 100_000


def test_first_limit_is_capped_by_capital():
    # P2-15: 20 % of a capital of 100,000 is 20,000.
    wanted = formula.from_term_sales(1, 20000)
    capped = formula.cap_first_limit(wanted, 100_000, 20)
    assert capped.amount == 20_000
    assert [step.code for step in capped.steps] == ["term_sales", "first_limit"]
    # At the red line, not above it: as proposed.
    assert formula.cap_first_limit(wanted, 200_000, 20) == wanted
    # No capital, no first limit; no percentage, no red line.
    assert formula.cap_first_limit(wanted, 0, 20).amount == 0
    assert formula.cap_first_limit(wanted, 0, 0) == wanted


def test_factor_and_maximum_of_the_grade():
    wanted = formula.from_term_sales(1, 20000)
    assert formula.apply_factor(wanted, 100) == wanted
    half = formula.apply_factor(wanted, 50)
    assert (half.amount, half.steps[-1].code) == (20000, "factor")
    assert formula.cap_amount(wanted, 30000).amount == 30000
    assert formula.cap_amount(wanted, 40000) == wanted
    assert formula.cap_amount(wanted, 0) == wanted


@pytest.mark.parametrize(
    ("amount", "step", "rounded"),
    [
        (41_999, 1000, 41_000),
        (41_000, 1000, 41_000),
        (0.7, 0.1, 0.7),  # binary fractions do not lose a step
        (123.45, 0, 123.45),
        (999, 1000, 0),
    ],
)
def test_rounds_down(amount, step, rounded):
    proposal = formula.round_limit(formula.from_share("capital", amount, 100), step)
    assert proposal.amount == pytest.approx(rounded)
    assert proposal.amount == proposal.steps[-1].result or proposal.amount == pytest.approx(amount)


@pytest.mark.parametrize(
    ("limit", "days", "large"),
    [
        # P4-04: from 3,000,000 on, or above 100 days.
        (2_999_999.99, 100, False),
        (3_000_000, 0, True),
        (0, 101, True),
        (10_000_000, 10, True),
    ],
)
def test_large(limit, days, large):
    assert formula.is_large(limit, days, 3_000_000, 100) is large


def test_large_without_thresholds():
    assert formula.is_large(10**9, 1000, 0, 0) is False
