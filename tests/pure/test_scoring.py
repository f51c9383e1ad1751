"""Points, averages, grades and speed of payment, by worked example and by any numbers."""

import random
from datetime import date, timedelta

import pytest
from engine.scoring import (
    average,
    days_late,
    days_of_payment,
    deviates,
    grade_for,
    pick_option,
    total,
    weighted_average,
    years_between,
)

# P5-03: five years or more give 25.
LENGTH = [(5, 25), (3, 20), (1, 15), (0, 10)]


@pytest.mark.parametrize(
    ("years", "points"),
    [(0.0, 10), (0.99, 10), (1.0, 15), (2.9, 15), (3, 20), (4.99, 20), (5, 25), (30, 25), (-1, 10)],
)
def test_points_by_range(years, points):
    assert pick_option(years, LENGTH) == points


def test_nothing_known_is_not_zero():
    assert pick_option(None, LENGTH) is None
    assert pick_option(3, []) is None
    assert grade_for(None) is None
    assert average([]) is None
    assert weighted_average([]) is None
    assert days_of_payment([]) == (None, None)


def test_order_of_options_does_not_matter():
    rng = random.Random(3)
    for _ in range(200):
        value = rng.uniform(-1, 8)
        mixed = rng.sample(LENGTH, len(LENGTH))
        expected = next(points for lower, points in [*LENGTH[:-1], (-9, 10)] if value >= lower)
        assert pick_option(value, mixed) == expected


@pytest.mark.parametrize(
    ("score", "grade"),
    [
        (100, "A"), (90, "A"), (89.999999999, "A"), (89.5, "B"), (88, "B"), (80, "B"),
        (79.99, "C"), (60, "C"), (59.99, "D"), (0, "D"), (-5, "D"),
    ],
)  # fmt: skip
def test_grade_of_a_score(score, grade):
    assert grade_for(score) == grade


def test_grade_by_ranges_of_a_policy():
    ranges = [(0, "E"), (70, "B"), (95, "AA")]
    assert [grade_for(score, ranges) for score in (94, 95, 70, 69)] == ["B", "AA", "B", "E"]


def test_average_of_two_reviewers():
    first = total([25, 20, 25, 20], [25] * 4)
    second = total([25, 20, 25, 15], [25] * 4)
    assert (first, second) == (90, 85)
    assert average([first, second]) == 87.5
    assert grade_for(average([91, 85])) == "B"  # 88 points


def test_a_card_of_other_size_counts_on_a_scale_of_100():
    assert total([8, 4], [10, 5]) == 80
    assert total([], []) == 0


def test_speed_is_weighted_by_amount():
    invoice, due = date(2026, 1, 1), date(2026, 1, 31)
    late, to_pay = days_of_payment(
        [(900, invoice, due, due + timedelta(20)), (100, invoice, due, due)]
    )
    assert (late, to_pay) == (18.0, 48.0)


def test_paying_early_does_not_make_up_for_paying_late():
    due = date(2026, 1, 31)
    assert days_late(due - timedelta(30), due) == -30
    late, to_pay = days_of_payment(
        [
            (100, date(2026, 1, 1), due, due + timedelta(10)),
            (100, date(2026, 1, 1), due, due - timedelta(10)),
        ]
    )
    assert (late, to_pay) == (5.0, 30.0)


def test_what_is_paid_in_advance_is_negative_where_nothing_is_late():
    """P5-10: 25 points for paying in advance need a figure below zero."""
    invoice, due = date(2026, 1, 1), date(2026, 1, 31)
    early = (300, invoice, due, due - timedelta(8))
    assert days_of_payment([early, (100, invoice, due, due)]) == (-6.0, 24.0)
    assert days_of_payment([early, (100, invoice, due, due + timedelta(1))])[0] == 0.25


@pytest.mark.parametrize(
    ("first", "last", "years"),
    [
        (date(2021, 3, 1), date(2026, 3, 1), 5.0),
        (date(2020, 2, 29), date(2025, 3, 1), 5.0),
        (date(2025, 1, 1), date(2025, 7, 2), 182 / 365),
        (date(2026, 1, 1), date(2026, 1, 1), 0.0),
        (date(2026, 1, 2), date(2026, 1, 1), 0.0),
    ],
)
def test_years_by_the_calendar(first, last, years):
    assert years_between(first, last) == pytest.approx(years)


def test_years_grow_day_by_day():
    first = date(2019, 2, 28)
    values = [years_between(first, first + timedelta(days)) for days in range(3000)]
    assert values == sorted(values)
    assert values[-1] == pytest.approx(2999 / 365.25, abs=0.01)
    # the day before the fifth anniversary is not yet five years
    assert years_between(first, date(2024, 2, 27)) < 5 <= years_between(first, date(2024, 2, 28))


def test_statement_against_the_books():
    assert not deviates(120, 100, 20)
    assert deviates(121, 100, 20)
    assert deviates(79, 100, 20)
    assert deviates(1, 0, 20)
