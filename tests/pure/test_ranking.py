import pytest
from engine import ranking


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"amount": 1000, "days": 10}, 1330.0),
        ({"amount": 1000, "days": 30, "days_silent": 14}, 950.0),
        ({"amount": 1000, "days": 31, "days_silent": 14}, 900.0),
        ({"amount": 1000, "days": 10, "days_silent": 0}, 95.0),
        ({"amount": 1000, "days": 400, "risk": "high", "broken": 2, "days_silent": 14}, 292.5),
        ({"amount": 1000, "days": 10, "broken": 9, "days_silent": 14}, 1900.0),
        ({"amount": 0, "days": 500, "risk": "high", "broken": 3}, 0.0),
    ],
)
def test_expected_gain(values, expected):
    assert ranking.expected_gain(**values) == expected


def test_more_of_each_ranks_higher():
    base = {"amount": 1000, "days": 20, "risk": "medium", "broken": 1, "days_silent": 10}
    gain = ranking.expected_gain(**base)
    for change in ({"amount": 1001}, {"risk": "high"}, {"broken": 2}, {"days_silent": 20}):
        assert ranking.expected_gain(**{**base, **change}) > gain
    for change in ({"days": 100}, {"days_silent": 2}, {"risk": "low"}):
        assert ranking.expected_gain(**{**base, **change}) < gain
