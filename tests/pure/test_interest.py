from datetime import date, timedelta

import pytest
from engine.interest import accrue, struck
from hypothesis import given
from hypothesis import strategies as st

LPR = [(date(2024, 10, 21), 4.65), (date(2025, 5, 20), 4.5)]
DUE, FIRST, LAST = date(2025, 3, 31), date(2025, 4, 30), date(2025, 6, 30)


def total(periods):
    return round(sum(period.amount for period in periods), 2)


def test_part_payments_and_a_change_of_the_rate():
    """10,000 due 31 March, 4,000 paid 30 April, the rest 30 June, at 1.5 × LPR (P2-16)."""
    periods = accrue([(DUE, 10000), (FIRST, -4000), (LAST, -6000)], LPR, 365, DUE, LAST)
    assert [(p.days, p.principal, p.rate, round(p.amount, 3)) for p in periods] == [
        (30, 10000, 4.65, 38.219),
        (19, 6000, 4.65, 14.523),
        (42, 6000, 4.5, 31.068),
    ]
    assert [(p.start, p.end) for p in periods] == [
        (date(2025, 4, 1), FIRST),
        (date(2025, 5, 1), date(2025, 5, 19)),
        (date(2025, 5, 20), LAST),
    ]
    assert total(periods) == 83.81


def test_directive_on_late_payment():
    """Reference rate of 2.15 % and 8 points on EUR 5,000 for 30 days."""
    due, paid = date(2026, 1, 31), date(2026, 3, 2)
    periods = accrue([(due, 5000), (paid, -5000)], [(date(2026, 1, 1), 10.15)], 365, due, paid)
    assert (sum(p.days for p in periods), total(periods)) == (30, 41.71)


def test_overpaid_bears_nothing_and_leaves_no_crumb():
    events = [(DUE, 0.1), (DUE, 0.2), (FIRST, -0.3), (LAST, -50), (LAST + timedelta(9), 50)]
    periods = accrue(events, LPR, 365, DUE, date(2026, 1, 1))
    assert [(p.start, p.end, p.principal) for p in periods] == [
        (DUE + timedelta(1), FIRST - timedelta(0), 0.3)
    ]


def test_a_leap_year_has_366_days_where_days_are_actual():
    events, rates = [(date(2023, 12, 30), 36500)], [(date(2020, 1, 1), 1)]
    span = (date(2023, 12, 31), date(2024, 1, 1))
    assert [p.amount for p in accrue(events, rates, "actual", *span)] == [
        1.0,
        pytest.approx(365 / 366),
    ]
    assert [p.amount for p in accrue(events, rates, 365, *span)] == [2.0]


@pytest.mark.parametrize(
    ("rates", "day_count", "named"),
    [
        (LPR, 364, "364"),
        ([(DUE, 1), (DUE, 2)], 365, "2025-03-31"),
        ([(FIRST, 1)], 365, "2025-04-01"),
    ],
)
def test_bad_input_is_named(rates, day_count, named):
    with pytest.raises(ValueError, match=named):
        accrue([(DUE, 100)], rates, day_count, DUE, LAST)


days = st.dates(date(2023, 1, 1), date(2026, 12, 31))
amounts = st.integers(-(10**6), 10**6).map(lambda cents: cents / 100)


@given(
    events=st.lists(st.tuples(days, amounts), max_size=8),
    rates=st.dictionaries(days, st.integers(0, 2400).map(lambda n: n / 100), max_size=4),
    day_count=st.sampled_from([360, 365, "actual"]),
    bounds=st.tuples(days, days, days).map(sorted),
)
def test_as_counted_day_by_day(events, rates, day_count, bounds):
    """The same as adding up single days, whatever the order, and wherever the time is divided."""
    start, middle, end = bounds
    rates = [(date(2020, 1, 1), 6), *rates.items()]
    found = accrue(events, rates, day_count, start, end)
    expected, day = 0.0, start
    while day <= end:
        principal = max(sum(round(amount * 100) for when, amount in events if when < day), 0) / 100
        rate = max((first, percent) for first, percent in rates if first <= day)[1]
        leap = day.year % 4 == 0
        year = (366 if leap else 365) if day_count == "actual" else day_count
        expected += principal * rate / 100 / year
        day += timedelta(1)
    assert sum(p.amount for p in found) == pytest.approx(expected, abs=1e-6)
    assert accrue(events[::-1], rates[::-1], day_count, start, end) == found
    halves = accrue(events, rates, day_count, start, middle) + accrue(
        events, rates, day_count, middle + timedelta(1), end
    )
    assert sum(p.amount for p in halves) == pytest.approx(expected, abs=1e-6)
    for one, following in zip(found, found[1:], strict=False):
        assert one.end < following.start


JANUARY = (date(2025, 1, 1), date(2025, 1, 31))


def test_what_a_dispute_strikes_out():
    """Charged 100 in January; 40 were not owed, and count from the 11th on without the dispute."""
    charged, day = (*JANUARY, 100), date(2025, 1, 10)
    before = [(JANUARY[0], day, 100), (day + timedelta(1), date(2025, 3, 1), 60)]
    assert struck(charged, [(*JANUARY, 60)], before) == [(JANUARY[0], day, 40)]
    assert struck((*JANUARY, 60), [(*JANUARY, 60)], before) == []
    assert struck(charged, [], [(*JANUARY, 100)]) == [(*JANUARY, 100)]


def test_what_something_else_lowered_is_not_struck_out():
    """20 were paid meanwhile: of the 100 charged 40 go back for the dispute, the 20 do not."""
    assert struck((*JANUARY, 100), [(*JANUARY, 40)], [(*JANUARY, 80)]) == [(*JANUARY, 40)]


@given(*(st.integers(0, 100) for _amount in range(3)), st.integers(1, 40))
def test_never_more_than_was_charged(principal, now, more, length):
    last = JANUARY[0] + timedelta(length)
    found = struck(
        (*JANUARY, principal), [(JANUARY[0], last, now)], [(JANUARY[0], last, now + more)]
    )
    for start, end, part in found:
        assert JANUARY[0] <= start <= end <= JANUARY[1]
        assert 0 < part <= min(principal, more)
