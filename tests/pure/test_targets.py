"""Rewards and penalties of targets against worked examples."""

import pytest
from engine.targets import Tier, get_result

REWARD = Tier(True, 80.0, "collected", 1.0, 0.0)


def test_the_right_value():
    # P2-03: due 1,000,000, collected 850,000: 85 % is more than 80 %, 1 % of what was collected
    assert get_result([REWARD], 85.0, 850_000) == (pytest.approx(8500.0), 0.0)


def test_exactly_at_the_threshold_nothing():
    assert get_result([REWARD], 80.0, 800_000) == (0.0, 0.0)
    assert get_result([REWARD], 800_000 / 1_000_000 * 100.0, 800_000) == (0.0, 0.0)
    assert get_result([REWARD], 80.0001, 800_001)[0] == pytest.approx(8000.01)


def test_tiers_add_up():
    further = Tier(True, 90.0, "collected", 0.5, 0.0)
    assert get_result([REWARD, further], 85.0, 850_000)[0] == pytest.approx(8500)
    assert get_result([REWARD, further], 95.0, 950_000)[0] == pytest.approx(9500 + 4750)


def test_what_exceeds_the_base_figure():
    # P3-13: 10 % of what exceeds 600,000
    tier = Tier(True, 0.0, "excess", 10.0, 0.0)
    assert get_result([tier], 70.0, 650_000, 600_000) == (pytest.approx(5000), 0.0)
    assert get_result([tier], 70.0, 500_000, 600_000) == (0.0, 0.0)


def test_penalty_below_the_threshold():
    tier = Tier(False, 60.0, "fixed", 0.0, 300.0)
    assert get_result([REWARD, tier], 59.9, 599_000) == (0.0, 300.0)
    assert get_result([REWARD, tier], 60.0, 600_000) == (0.0, 0.0)


def test_less_is_better():
    reward = Tier(True, 30.0, "fixed", 0.0, 100.0)
    penalty = Tier(False, 45.0, "fixed", 0.0, 50.0)
    assert get_result([reward, penalty], 29.0, 0, is_lower_better=True) == (100.0, 0.0)
    assert get_result([reward, penalty], 30.0, 0, is_lower_better=True) == (0.0, 0.0)
    assert get_result([reward, penalty], 45.5, 0, is_lower_better=True) == (0.0, 50.0)


def test_no_value_nothing():
    assert get_result([REWARD], None, 100) == (0.0, 0.0)
