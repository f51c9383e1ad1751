"""Figures of receivables against worked examples, hand-made or published."""

import pytest
from engine.indicators import (
    average,
    days_delinquent,
    dso,
    dso_count_back,
    dso_policy,
    effectiveness,
    rate,
)


def test_rates():
    assert rate(80, 200) == 40.0  # collected 80 of 200 due
    assert rate(150, 120) == 125.0  # arrears paid too
    assert rate(5, 0) is None


def test_average():
    # 600 paid 36 days late, 400 paid 5 days early
    assert average(600 * 36 - 400 * 5, 1000) == pytest.approx(19.6)
    assert average(70, 2) == 35.0  # cases open 30 and 40 days
    assert average(0, 0) is None


def test_dso_of_the_policy():
    # 1,170 receivable; average sales of 1,000 x 1.17 a month: exactly a month
    assert dso_policy(1170, [800, 1000, 1200], 1.17) == pytest.approx(30)
    assert dso_policy(2340, [1000, 1000, 1000], 1.17) == pytest.approx(60)
    assert dso_policy(100, [0, 0, 0], 1.17) is None
    assert dso_policy(100, [-50, 0, 0], 1.17) is None
    assert dso_policy(100, []) is None


def test_simple_best_and_delinquent():
    assert dso(300, 900, 90) == 30
    assert dso(200, 900, 90) == 20  # of which 200 are not due: the best possible
    assert days_delinquent(300, 200, 900, 90) == pytest.approx(10)
    assert dso(300, 0, 90) is None
    assert days_delinquent(300, 200, 0, 90) is None


def test_count_back():
    # 212,000 against 100, 80, 70 thousand in months of 30 days: 30 + 30 + 32/70 x 30
    days, exhausted = dso_count_back(212, [(100, 30), (80, 30), (70, 30)])
    assert days == pytest.approx(73.714, abs=0.001)
    assert not exhausted
    # a month without sales counts its days and takes nothing
    assert dso_count_back(150, [(100, 31), (0, 28), (100, 31)]) == (31 + 28 + 15.5, False)
    assert dso_count_back(150, [(100, 31), (-20, 28), (100, 31)]) == (31 + 28 + 15.5, False)
    # the history does not suffice
    assert dso_count_back(500, [(100, 31), (80, 30)]) == (61, True)
    assert dso_count_back(-5, [(100, 31)]) == (0.0, False)


def test_effectiveness():
    # (6200 + 10890/3 - 6340) / (6200 + 3630 - 3590) = 55.9 %
    assert effectiveness(6200, 10890 / 3, 6340, 3590) == pytest.approx(55.9, abs=0.05)
    assert effectiveness(100, 50, 60, 60) == 100.0  # nothing past due
    assert effectiveness(0, 0, 0, 0) is None
