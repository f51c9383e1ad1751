"""Figures of receivables for any book, against sums over its items and walks over its days."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from engine.indicators import (
    days_delinquent,
    dso,
    dso_count_back,
    dso_policy,
    effectiveness,
    rate,
)
from hypothesis import example, given
from hypothesis import strategies as st
from random_books import EXAMPLES, books, cents, month_of

in_2025 = st.dates(date(2025, 1, 1), date(2025, 12, 31))
HISTORY = st.lists(
    # Sales of each day of a month in cents, and its days; without sales or with more returned.
    st.tuples(st.integers(-3, 100), st.integers(28, 31)),
    max_size=14,
)


def approx(value):
    return None if value is None else pytest.approx(float(value), rel=1e-9, abs=1e-9)


class Month:
    """Events of a month, item by item."""

    def __init__(self, book, day):
        first, last = month_of(day)
        before = first - timedelta(days=1)
        within = [item for item in book if first <= item.invoiced <= last]
        self.opening = sum(item.open_on(before) for item in book)
        self.closing = sum(item.open_on(last) for item in book)
        self.current = sum(item.open_on(last) for item in book if item.due >= last)
        self.overdue = sum(item.open_on(last) for item in book if item.due < last)
        self.sales = sum(item.amount for item in within)
        self.due = sum(item.amount for item in book if first <= item.due <= last)
        self.collected = sum(p for item in book for when, p in item.paid if first <= when <= last)
        self.lost = sum(p for item in book for when, p in item.lost if first <= when <= last)


@EXAMPLES
@given(books, in_2025)
def test_rates_of_a_month(book, day):
    """P1-16 collected ÷ due, P1-17 overdue ÷ closing, P1-18 written off ÷ closing."""
    month = Month(book, day)
    for part, whole in (
        (month.collected, month.due),
        (month.overdue, month.closing),
        (month.lost, month.closing),
    ):
        expected = Fraction(100 * part, whole) if whole else None
        assert rate(part, whole) == approx(expected)
    if month.closing:
        assert 0 <= rate(month.overdue, month.closing) <= 100


@EXAMPLES
@given(books, in_2025)
def test_effectiveness_is_the_share_collected_of_what_could_be(book, day):
    """Amounts that left the books, over these plus the amount past due at the end of the month."""
    month = Month(book, day)
    left = month.collected + month.lost
    could = left + month.overdue
    found = effectiveness(month.opening, month.sales, month.closing, month.current)
    assert found == approx(Fraction(100 * left, could) if could else None)
    if found is not None:
        assert -1e-9 <= found <= 100 + 1e-9


@EXAMPLES
@given(st.integers(0, 10**9), st.lists(st.integers(-(10**6), 10**8), max_size=4))
@example(2340_00, [1000_00, 1000_00, 1000_00])
def test_dso_of_the_policy(receivables, sales):
    """Receivables, over the sales of a day with their tax, sales of three months being 90 days."""
    total = sum(sales)
    if total <= 0:
        assert dso_policy(receivables, sales, 1.17) is None
        return
    a_day = Fraction(total, 30 * len(sales)) * Fraction(117, 100)
    assert dso_policy(receivables, sales, 1.17) == approx(receivables / a_day)


@EXAMPLES
@given(cents, st.integers(0, 100), st.integers(-100, 10**8), st.integers(28, 92))
def test_simple_dso_is_best_possible_and_delinquent(receivables, percent, sales, length):
    current = receivables * percent // 100
    if sales <= 0:
        assert dso(receivables, sales, length) is None
        assert days_delinquent(receivables, current, sales, length) is None
        return
    assert dso(receivables, sales, length) == approx(Fraction(receivables * length, sales))
    late = Fraction((receivables - current) * length, sales)
    found = days_delinquent(receivables, current, sales, length)
    assert found == pytest.approx(float(late), rel=1e-6, abs=1e-6)


def walk_back(receivables, history):
    """Day by day from the last: each day's sales are unpaid until the receivables are used up."""
    rest, count = Fraction(receivables), Fraction(0)
    for daily, length in history:
        for _day in range(length):
            if not rest:
                return count, False
            if 0 < daily and rest < daily:
                return count + rest / daily, False
            count += 1
            rest -= max(daily, 0)
    return count, bool(rest)


@EXAMPLES
@given(st.integers(-100, 20_000), HISTORY)
@example(212, [(1, 31)])
@example(31, [(1, 31)])
@example(31, [(1, 31), (0, 30)])
def test_count_back(receivables, history):
    found, exhausted = dso_count_back(receivables, [(a_day * n, n) for a_day, n in history])
    if receivables <= 0:
        assert (found, exhausted) == (0.0, False)
        return
    expected, missing = walk_back(receivables, history)
    assert exhausted == missing
    assert found == approx(expected)


@EXAMPLES
@given(st.integers(1, 20_000), st.integers(1, 5_000), HISTORY)
def test_more_receivables_never_count_fewer_days(receivables, more, history):
    months = [(a_day * n, n) for a_day, n in history]
    fewer, more_days = (dso_count_back(x, months)[0] for x in (receivables, receivables + more))
    assert fewer <= more_days + 1e-9
