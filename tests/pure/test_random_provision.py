"""Roll rates, loss rates and the matrix for any book, against rolling its money by hand."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from engine.ageing import column_of, days_between
from engine.provision import loss_rates, roll_rate
from hypothesis import example, given
from hypothesis import strategies as st
from random_books import EXAMPLES, books, columns, items, months_later

PERCENT = st.integers(0, 100)
ROLLS = st.lists(st.none() | PERCENT, max_size=7)
SAMPLES = st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), max_size=36)


@EXAMPLES
@given(SAMPLES)
@example([(1000, 100), (3000, 900)])
@example([(0, 5)])
def test_roll_rate_is_what_rolled_of_what_stood(samples):
    stood, rolled = (sum(column) for column in zip(*samples, strict=True)) if samples else (0, 0)
    if not stood:
        assert roll_rate(samples) is None
        return
    found = roll_rate(samples)
    assert 0 <= found <= 1
    assert found == pytest.approx(float(min(Fraction(rolled, stood), 1)))
    rates = [Fraction(r, s) for s, r in samples if s]
    if all(s >= r for s, r in samples):  # a mean, weighted by amount: between the extremes
        assert float(min(rates)) - 1e-9 <= found <= float(max(rates)) + 1e-9


@EXAMPLES
@given(ROLLS, PERCENT)
@example([20, 50, 80], 50)
@example([10, None], 100)
def test_loss_rate_by_rolling_a_unit_through_the_columns(rolls, last):
    """From each column on: the remainder of 1 at the end, times the share of the last that is lost."""
    found = loss_rates([None if r is None else r / 100 for r in rolls], last / 100)
    assert len(found) == len(rolls) + 1
    for start, rate in enumerate(found):
        unit = Fraction(1)
        for roll in rolls[start:]:
            unit *= Fraction(100 if roll is None else roll, 100)
        assert rate == pytest.approx(float(unit * Fraction(last, 100)))
    # An older debt is never the safer one.
    assert all(one <= two + 1e-12 for one, two in zip(found, found[1:], strict=False))
    assert all(0 <= rate <= last / 100 for rate in found)


@EXAMPLES
@given(st.lists(items(), min_size=1, max_size=10), columns)
def test_roll_rates_of_a_book_by_following_each_cent(book, starts):
    """A book month by month: the amount of a column, and the part of it still open."""
    ends = [months_later(date(2025, 1, 1), n) - timedelta(days=1) for n in range(1, 14)]
    for column in range(len(starts)):
        samples, cents_stood, cents_rolled = [], 0, 0
        for before, after in zip(ends, ends[1:], strict=False):
            there = [
                item for item in book
                if column_of(days_between(item.due, before), starts) == column
            ]  # fmt: skip
            stood = sum(item.open_on(before) for item in there)
            rolled = sum(min(item.open_on(before), item.open_on(after)) for item in there)
            samples.append((stood, rolled))
            paid = sum(
                part
                for item in there
                for when, part in item.paid + item.lost
                if before < when <= after and item.invoiced <= before
            )
            cents_stood += stood
            cents_rolled += stood - paid
        expected = Fraction(cents_rolled, cents_stood) if cents_stood else None
        assert roll_rate(samples) == (
            None if expected is None else pytest.approx(float(expected), abs=1e-9)
        )


@EXAMPLES
@given(books, columns, st.data())
def test_the_matrix_is_the_sum_over_the_items(book, starts, data):
    """Column by column, or each item by its own rate: the same allowance."""
    rolls = data.draw(st.lists(PERCENT, min_size=len(starts) - 1, max_size=len(starts) - 1))
    rates = loss_rates([roll / 100 for roll in rolls], 0.6)
    day = date(2025, 12, 31)
    matrix = [0] * len(starts)
    for item in book:
        matrix[column_of(days_between(item.due, day), starts)] += item.open_on(day)
    pooled = sum(amount * rate for amount, rate in zip(matrix, rates, strict=True))
    singly = Fraction(0)
    for item in book:
        late, share = (day - item.due).days, Fraction(60, 100)
        for later, roll in zip(starts[1:], rolls, strict=True):
            if late < later:
                share *= Fraction(roll, 100)
        singly += item.open_on(day) * share
    assert pooled == pytest.approx(float(singly), abs=1e-6)
    assert pooled <= sum(matrix) * 0.6 + 1e-6
