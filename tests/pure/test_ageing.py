"""Days and columns of ageing, against the worked example of P4-08 and the calendar."""

import random
from datetime import date, timedelta

import pytest
from engine.ageing import column_months, column_of, column_ranges, days_between

STARTS = [0, 1, 31, 61, 91, 181]


def test_the_note_of_the_policy_stands_in_61_to_90():
    # P4-08: invoice 20 Jan, term 60 days, due 20 Mar, note to 20 Jun
    due, maturity = date(2026, 3, 20), date(2026, 6, 20)
    assert days_between(date(2026, 1, 20), due, "30/360") == 60
    assert days_between(due, maturity, "30/360") == 90
    assert column_ranges(STARTS)[column_of(90, STARTS)] == (61, 90)
    assert days_between(due, maturity) == 92


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), 28),
        (date(2026, 1, 31), date(2026, 3, 31), 60),
        (date(2026, 2, 28), date(2026, 3, 1), 3),
        (date(2026, 3, 30), date(2026, 3, 31), 0),
        (date(2026, 6, 20), date(2026, 3, 20), -90),
        (date(2025, 12, 15), date(2026, 12, 15), 360),
    ],
)
def test_months_of_thirty_days(start, end, days):
    assert days_between(start, end, "30/360") == days


def test_both_ways_agree_within_the_calendar():
    rng = random.Random(1)
    for _ in range(500):
        start = date(2020, 1, 1) + timedelta(days=rng.randrange(2000))
        end = start + timedelta(days=rng.randrange(-800, 800))
        actual, months = days_between(start, end), days_between(start, end, "30/360")
        assert abs(actual - months) <= 3 + abs(actual) / 60
        if actual:
            assert months == 0 or (months > 0) == (actual > 0)


def test_unknown_method():
    with pytest.raises(ValueError, match="30/360"):
        days_between(date(2026, 1, 1), date(2026, 1, 2), "31/365")


@pytest.mark.parametrize(
    ("days", "column"),
    [(-400, 0), (0, 0), (1, 1), (30, 1), (31, 2), (90, 3), (91, 4), (180, 4), (181, 5), (9999, 5)],
)
def test_columns(days, column):
    assert column_of(days, STARTS) == column


def test_ranges_and_months():
    assert column_ranges(STARTS) == [
        (0, 0), (1, 30), (31, 60), (61, 90), (91, 180), (181, None)
    ]  # fmt: skip
    assert column_months(STARTS) == [None, 1, 1, 1, 3, None]
    assert column_months([0, 1, 8, 31]) == [None, 1, 1, None]
