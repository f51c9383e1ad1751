"""Notes receivable: days overdue by P4-08, interest of a discount."""

from datetime import date

import pytest
from engine import notes


def test_worked_example_of_p4_08():
    """Invoice 20 Jan, 60 days, note to 20 Jun: 90 days over term, so in the column 61–90."""
    for due in (date(2025, 3, 20), date(2025, 3, 21)):  # two months, or 60 days
        days = notes.days_overdue(date(2025, 6, 20), date(2025, 1, 20), due)
        assert days == 90
        assert 61 <= days <= 90


def test_real_days_would_leave_the_column():
    assert notes.days_overdue(date(2025, 6, 20), date(2025, 1, 20), date(2025, 3, 21), False) == 91


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (date(2025, 1, 20), date(2025, 6, 20), 150),
        (date(2025, 1, 31), date(2025, 2, 28), 30),
        (date(2025, 2, 28), date(2025, 3, 31), 30),
        (date(2024, 2, 29), date(2025, 2, 28), 360),
        (date(2025, 1, 15), date(2025, 1, 15), 0),
        (date(2025, 12, 20), date(2026, 1, 5), 15),
    ],
)
def test_days_360(start, end, days):
    assert notes.days_360(start, end) == days


def test_terms():
    day = date(2025, 1, 20)
    assert notes.term_days(day, date(2025, 3, 20)) == 60
    assert notes.term_days(day, date(2025, 3, 21)) == 60
    assert notes.term_days(day, date(2025, 3, 6)) == 45
    assert not notes.is_month_term(day, date(2025, 3, 6))
    assert not notes.is_month_term(day, day)
    assert notes.is_month_term(date(2025, 1, 31), date(2025, 2, 28))


def test_a_term_in_days_counts_real_days():
    # 45 days: due 6 March; a note to 20 June is 106 days late
    assert notes.days_overdue(date(2025, 6, 20), date(2025, 1, 20), date(2025, 3, 6)) == 106


def test_in_time_is_not_overdue():
    assert notes.days_overdue(date(2025, 3, 1), date(2025, 1, 20), date(2025, 3, 20)) == 0


def test_discount_interest():
    assert notes.discount_interest(125000, 3.6, date(2025, 3, 20), date(2025, 6, 18)) == 1125.0
    assert notes.discount_interest(125000, 3.6, date(2025, 6, 20), date(2025, 6, 18)) == 0
