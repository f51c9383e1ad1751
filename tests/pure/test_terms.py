"""Length of payment terms, against worked examples and against the calendar itself."""

import random
from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from engine.terms import month_end_days, month_end_line_days, term_days, term_line_days


def due(start, delay_type, days, day_of_next_month=0):
    """The due date as the calendar has it; the names are those of Odoo's payment terms."""
    month_end = relativedelta(day=31)
    if delay_type == "days_after":
        return start + timedelta(days=days)
    if delay_type == "days_after_end_of_month":
        return start + month_end + timedelta(days=days)
    if delay_type == "days_after_end_of_next_month":
        return start + relativedelta(months=1) + month_end + timedelta(days=days)
    moved = start + timedelta(days=days)
    if not day_of_next_month:
        return moved + month_end
    return moved + relativedelta(months=1, day=day_of_next_month)


DELAY_TYPES = [
    "days_after",
    "days_after_end_of_month",
    "days_after_end_of_next_month",
    "days_end_of_month_on_the",
]


@pytest.mark.parametrize(
    ("line", "days"),
    [
        (("days_after", 0), 0),
        (("days_after", 60), 60),
        # "Month-end plus 30" of P4-06: the whole month and 30 days.
        (("days_after_end_of_month", 30), 60),
        (("days_after_end_of_month", 0), 30),
        (("days_after_end_of_next_month", 0), 60),
        (("days_after_end_of_next_month", 15), 75),
        (("days_end_of_month_on_the", 30, 0), 60),
        (("days_end_of_month_on_the", 30, 10), 70),
    ],
)
def test_a_term_in_days(line, days):
    assert term_line_days(*line) == days


def test_no_lines_is_immediate_payment():
    assert term_days([]) == 0


def test_instalments_count_to_the_last():
    assert term_days([("days_after", 90, 0), ("days_after", 0, 0), ("days_after", 30, 0)]) == 90


def test_a_generator_is_read_once():
    assert term_days(("days_after", days, 0) for days in (10, 20)) == 20


@pytest.mark.parametrize("seed", range(60))
def test_the_longest_wait_in_the_calendar(seed):
    """Whatever the start, the term is the longest wait: within the day that a 31st is more."""
    rng = random.Random(seed)
    line = (DELAY_TYPES[seed % 4], rng.randint(0, 120), rng.choice([0, 1, 5, 10, 25, 28]))
    starts = [date(2023, 1, 1) + timedelta(days=offset) for offset in range(4 * 366)]
    longest = max((due(start, *line) - start).days for start in starts)
    assert abs(longest - term_line_days(*line)) <= 1


@pytest.mark.parametrize("delay_type", DELAY_TYPES)
def test_more_days_are_a_longer_term(delay_type):
    lengths = [term_line_days(delay_type, days) for days in range(0, 365)]
    assert lengths == sorted(set(lengths))


# ---------------------------------------------------------------------- month-end plus N (P4-06)


@pytest.mark.parametrize(("longest", "days"), [(60, 30), (30, 0), (75, 45), (29, None), (0, None)])
def test_month_end_plus_n(longest, days):
    """At most 60 days is month-end plus 30; nothing shorter than a month is such a term."""
    assert month_end_days(longest) == days


@pytest.mark.parametrize(
    ("line", "days"),
    [
        (("days_after_end_of_month", 30), 60),
        (("days_after_end_of_month", 15), 45),
        # 30 days after an invoice of the 31st is month-end plus 30: as long, never longer.
        (("days_after", 30), 60),
        # 60 days after the 31st is month-end plus 60: 30 days more than month-end plus 30.
        (("days_after", 60), 90),
        (("days_after", 0), 0),
        (("days_after_end_of_next_month", 0), 60),
        (("days_end_of_month_on_the", 0, 25), 55),
        # 15 days after the 31st lie in the next month.
        (("days_end_of_month_on_the", 15, 0), 60),
        (("days_end_of_month_on_the", 45, 10), 100),
    ],
)
def test_a_term_beside_month_end_plus_n(line, days):
    assert month_end_line_days(*line) == days
    assert term_days([line], month_end=True) == days


@pytest.mark.parametrize("seed", range(80))
def test_what_fits_is_never_due_later(seed):
    """Whatever the invoice date, a term that fits is not due later than the approved one.

    Within a day for each month that is taken for one of 30 days; but for the last days of
    December and January, from where 30 days lead over the whole of February.
    """
    rng = random.Random(seed)
    line = (DELAY_TYPES[seed % 4], rng.randint(0, 100), rng.choice([0, 1, 5, 10, 25, 28]))
    granted = rng.randint(0, 90)
    starts = [date(2023, 1, 1) + timedelta(days=offset) for offset in range(4 * 366)]
    starts = [start for start in starts if start.month not in (12, 1) or start.day < 29]

    def slack(approved):
        return max((due(start, *line) - due(start, approved, granted)).days for start in starts)

    if month_end_line_days(*line) <= 30 + granted:
        assert slack("days_after_end_of_month") <= 1 + line[1] // 30
    elif month_end_line_days(*line) > 30 + granted + 3 + line[1] // 30:
        assert slack("days_after_end_of_month") > 0
    if term_line_days(*line) <= granted:
        assert slack("days_after") <= 1
