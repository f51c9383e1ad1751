"""Days, columns and order of payment for any book, against counting one by one."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from engine import notes
from engine.ageing import column_months, column_of, column_ranges, days_between
from engine.allocation import order_items
from engine.document_names import get_words, names
from hypothesis import assume, example, given
from hypothesis import strategies as st
from random_books import EXAMPLES, books, columns, days, months_later


def naive_360(start, end):
    """Walk month by month through a calendar that has 30 days in each."""
    if end < start:
        return -naive_360(end, start)
    year, month, count = start.year, start.month, 30 - min(start.day, 30)
    while (year, month) < (end.year, end.month):
        month = month % 12 + 1
        year += month == 1
        count += 30
    return count - (30 - min(end.day, 30))


@EXAMPLES
@given(days, days)
@example(date(2024, 2, 29), date(2025, 2, 28))
@example(date(2025, 1, 31), date(2025, 3, 31))
def test_months_of_thirty_days_walked(start, end):
    assert days_between(start, end, "30/360") == naive_360(start, end)
    assert days_between(start, end) == len(range(start.toordinal(), end.toordinal())) - len(
        range(end.toordinal(), start.toordinal())
    )


@EXAMPLES
@given(days, days, days)
def test_days_add_up_over_any_day_between(first, second, third):
    for method in ("actual", "30/360"):
        parts = days_between(first, second, method) + days_between(second, third, method)
        assert parts == days_between(first, third, method)


@EXAMPLES
@given(days, st.integers(-40, 40))
def test_whole_months_are_thirty_days_each(day, months):
    day = day.replace(day=min(day.day, 28))
    assert days_between(day, months_later(day, months), "30/360") == 30 * months


@EXAMPLES
@given(columns, st.integers(-500, 900))
def test_every_day_stands_in_one_column(starts, day):
    """In exactly one of the ranges; amounts not due are in the first."""
    ranges = column_ranges(starts)
    assert all(one[1] + 1 == two[0] for one, two in pairwise(ranges))
    assert ranges[-1][1] is None
    found = [
        index
        for index, (first, last) in enumerate(ranges)
        if first <= max(day, starts[0]) and (last is None or day <= last)
    ]
    assert found == [column_of(day, starts)]


@EXAMPLES
@given(columns)
def test_months_until_an_item_has_left_its_column(starts):
    months = column_months(starts)
    assert len(months) == len(starts)
    for index, count in enumerate(months):
        if index in (0, len(starts) - 1):
            assert count is None
            continue
        day, passed = starts[index], 0
        while column_of(day, starts) == index or not passed:
            day, passed = day + 30, passed + 1
        assert count == passed


@EXAMPLES
@given(books, columns, days, st.sampled_from(["actual", "30/360"]))
def test_columns_of_a_book_add_up_to_what_is_open(book, starts, day, method):
    """Each item's range found by counting its days; the sum of the columns is the balance."""
    totals = [0] * len(starts)
    for item in book:
        totals[column_of(days_between(item.due, day, method), starts)] += item.open_on(day)
    for index, (first, last) in enumerate(column_ranges(starts)):
        expected = 0
        for item in book:
            late = (day - item.due).days if method == "actual" else naive_360(item.due, day)
            if (late >= first or not index) and (last is None or late <= last):
                expected += item.open_on(day)
        assert totals[index] == expected
    assert sum(totals) == sum(item.open_on(day) for item in book)


# ---------------------------------------------------------------------- P4-08


@EXAMPLES
@given(days, st.integers(1, 6), st.integers(0, 12))
@example(date(2025, 1, 20), 2, 3)  # the example of the policy: 90 days
@example(date(2025, 12, 28), 1, 1)  # to 28 February: 30 days, not 32
@example(date(2025, 12, 29), 1, 1)
@example(date(2024, 1, 31), 1, 1)
def test_a_note_is_late_by_thirty_days_for_each_month_more(invoiced, term, more):
    """Term in months, note so many months longer: the same day of the month, or its last."""
    # 28 February is its month's 28th and its last: there are two answers.
    assume(not (invoiced.month == 2 and invoiced.day >= 28))
    due = months_later(invoiced, term)
    maturity = months_later(invoiced, term + more)
    assert notes.days_overdue(maturity, invoiced, due, monthly=True) == 30 * more


@EXAMPLES
@given(days, days)
@example(date(2025, 12, 20), date(2026, 2, 28))
@example(date(2023, 12, 27), date(2024, 2, 29))
def test_notes_count_as_the_ageing_does(start, end):
    """Where every month has the day to start from."""
    start = start.replace(day=min(start.day, 27))
    assert notes.days_360(start, end) == naive_360(start, end)


@EXAMPLES
@given(days, st.integers(1, 200) | st.sampled_from([30, 60, 90, 120]), st.integers(0, 60))
@example(date(2025, 1, 20), 60, 0)
def test_a_note_to_the_due_date_is_in_time(invoiced, term, early):
    due = invoiced + timedelta(days=term)
    assert notes.days_overdue(due, invoiced, due) == 0
    assert notes.days_overdue(due - timedelta(days=early), invoiced, due) == 0


@EXAMPLES
@given(days, st.integers(1, 200).filter(lambda n: n % 30), st.integers(-100, 400))
def test_a_term_in_days_counts_days(invoiced, term, late):
    due = invoiced + timedelta(days=term)
    maturity = due + timedelta(days=late)
    assert notes.days_overdue(maturity, invoiced, due, monthly=False) == max(late, 0)


@EXAMPLES
@given(st.integers(1, 10**9), st.integers(0, 2400), days, st.integers(-30, 400))
def test_interest_of_a_discount_day_by_day(amount, basis_points, start, length):
    expected = sum(amount * basis_points / 10000 / 360 for _day in range(length))
    found = notes.discount_interest(
        amount, basis_points / 100, start, start + timedelta(days=length)
    )
    assert found == pytest.approx(expected, abs=1e-6)


# ---------------------------------------------------------------------- order of payment (P4-14)

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "named": st.booleans(),
            "currency": st.integers(1, 3),
            "date_maturity": st.dates(date(2025, 1, 1), date(2025, 1, 20)),
        }
    ),
    max_size=12,
).map(lambda rows: [{**row, "id": number} for number, row in enumerate(rows)])


def naive_order(rows, currency):
    """Take the next to be paid out of the pile, again and again."""
    pile, order = list(rows), []
    while pile:
        choice = [row for row in pile if row["named"]] or pile
        choice = [row for row in choice if row["currency"] == currency] or choice
        oldest = min(row["date_maturity"] for row in choice)
        first = next(row for row in choice if row["date_maturity"] == oldest)
        order.append(first)
        pile.remove(first)
    return order


@EXAMPLES
@given(ROWS, st.integers(1, 3), st.randoms(use_true_random=False))
def test_order_of_payment(rows, currency, rng):
    expected = naive_order(rows, currency)
    shuffled = rng.sample(rows, len(rows))
    assert order_items(shuffled, currency) == expected


NUMBERS = st.from_regex(r"\A(INV|RINV|发票)/20[12][0-9]/[0-9]{4,5}\Z")
FRAMES = st.sampled_from(["", "payment of ", "付", "re: ", "(", "A/C ", "thanks, "])


@EXAMPLES
@given(NUMBERS, FRAMES, FRAMES, st.sampled_from(["/", "-", " ", ""]))
def test_a_number_is_found_however_it_is_written(number, before, after, sign):
    written = number.replace("/", sign).lower()
    assert names(f"{before}{written} {after}", [number])


@EXAMPLES
@given(NUMBERS, st.from_regex(r"\A[0-9]{1,3}\Z"), FRAMES)
def test_a_longer_number_is_another(number, more, before):
    assert not names(f"{before}{number}{more}", [number])
    assert get_words(number + more) != get_words(number)
