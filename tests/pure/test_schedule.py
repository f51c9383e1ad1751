"""Worked examples of repayment schedules (P2-09, P2-13), checked by hand."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from engine import schedule

START = date(2026, 1, 10)


def rows(lines):
    return [(line.number, line.date, line.amount, line.fee) for line in lines]


def test_thirty_percent_now_the_rest_in_fifteen_days():
    """P2-09: of 98,765.43, 29,629.63 now and 69,135.80 in 15 days, without a fee."""
    lines = schedule.build(
        98765.43, 0.01, START, count=1, first=date(2026, 1, 25), down=29629.63, down_date=START
    )
    assert rows(lines) == [
        (0, START, Decimal("29629.63"), 0),
        (1, date(2026, 1, 25), Decimal("69135.80"), 0),
    ]


def test_extension_of_thirty_days():
    """P2-09: 100,000 for 30 days at 0.03 % a day cost 900."""
    (line,) = schedule.build(100000, 0.01, START, count=1, first=date(2026, 2, 9), rate=0.03)
    assert (line.fee_days, line.fee) == (30, Decimal("900.00"))


def test_six_instalments_three_free():
    """P2-13: 60,000 in six, from the fourth 0.02 % a day since the third was due."""
    lines = schedule.build(
        60000, 0.01, START, count=6, first=date(2026, 2, 10), rate=0.02, fee_from=4
    )
    assert [line.date for line in lines] == [date(2026, m, 10) for m in range(2, 8)]
    assert [line.fee_days for line in lines] == [0, 0, 0, 30, 61, 91]
    # 10,000 × 0.02 % = 2.00 a day
    assert [line.fee for line in lines] == [0, 0, 0, 60, 122, 182]


def test_the_last_takes_the_difference():
    assert schedule.parts(100, 3, 0.01) == [
        Decimal("33.33"), Decimal("33.33"), Decimal("33.34"),
    ]  # fmt: skip
    assert schedule.parts(100000, 3, 1) == [33333, 33333, 33334]
    assert schedule.parts(0.05, 3, 0.01) == [Decimal("0.01"), Decimal("0.01"), Decimal("0.03")]


def test_month_ends():
    lines = schedule.build(400, 0.01, START, count=4, first=date(2026, 1, 31))
    assert [line.date for line in lines] == [
        date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30),
    ]  # fmt: skip


def test_leap_day():
    assert schedule.due_date(date(2028, 1, 31), 1, "months") == date(2028, 2, 29)
    assert schedule.due_date(date(2028, 2, 29), 12, "months") == date(2029, 2, 28)
    # 29 days of February 2028: the day counts in the fee.
    (line,) = schedule.build(
        10000, 0.01, date(2028, 2, 1), count=1, first=date(2028, 3, 1), rate=0.02
    )
    assert (line.fee_days, line.fee) == (29, 58)


def test_weeks_and_days():
    assert schedule.due_date(START, 2, "weeks") == date(2026, 1, 24)
    assert schedule.due_date(START, 10, "days") == date(2026, 1, 20)
    with pytest.raises(ValueError, match="unit"):
        schedule.due_date(START, 1, "years")


def test_a_fee_rounds_half_up():
    # 1,234.50 × 0.03 % × 1 = 0.37035; 50 × 0.03 % × 1 = 0.015
    assert schedule.fee(1234.50, 0.03, 1, 0.01) == Decimal("0.37")
    assert schedule.fee(50, 0.03, 1, 0.01) == Decimal("0.02")
    assert schedule.fee(100000, 0.02, 31, 1) == 620


def test_a_fee_beyond_the_last_instalment_charges_nothing():
    lines = schedule.build(300, 0.01, START, count=3, first=START, rate=0.02, fee_from=4)
    assert not any(line.fee for line in lines)


@pytest.mark.parametrize(
    "wrong",
    [
        {"total": 0},
        {"count": 0},
        {"interval": 0},
        {"fee_from": 0},
        {"rate": -0.01},
        {"down": 100},
        {"down": -1},
        {"down": 10, "down_date": START + timedelta(days=60)},
        {"down": 10, "down_date": START - timedelta(days=1)},
        {"first": START - timedelta(days=1)},
        {"total": 0.02, "count": 3},
    ],
)
def test_refused(wrong):
    values = {"total": 100, "count": 3, "first": START + timedelta(days=30), **wrong}
    total = values.pop("total")
    with pytest.raises(ValueError, match=r"\w"):
        schedule.build(total, 0.01, START, **values)


def test_every_schedule_adds_up():
    """Whatever is agreed: the parts are the total to the cent, the fee is that of each line."""
    chance = random.Random(4)
    for _n in range(500):
        total = Decimal(chance.randint(100, 10**9)) / 100
        down = (total * chance.randint(0, 60) / 100).quantize(Decimal("0.01"))
        lines = schedule.build(
            total, 0.01, START, count=chance.randint(1, 36),
            first=START + timedelta(days=chance.randint(0, 90)), down=down,
            interval=chance.randint(1, 3), unit=chance.choice(schedule.UNITS),
            rate=chance.choice([0, 0.02, 0.03]), fee_from=chance.randint(1, 6),
        )  # fmt: skip
        assert sum(line.amount for line in lines) == total
        assert all(line.amount > 0 for line in lines)
        assert [line.date for line in lines] == sorted(line.date for line in lines)
