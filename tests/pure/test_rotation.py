"""Each customer once a quarter, spread evenly, in the same month whoever comes or goes."""

from collections import Counter
from datetime import date

import pytest
from engine.rotation import is_due, month_of_quarter


@pytest.mark.parametrize("step", [1, 2, 3, 6, 12])
def test_spread_evenly(step):
    """Ids of customers often have a pattern: every third partner is a company."""
    counts = Counter(month_of_quarter(number) for number in range(1, 3000 * step, step))
    assert sorted(counts) == [0, 1, 2]
    assert max(counts.values()) - min(counts.values()) < 60


def test_once_a_quarter():
    for number in range(200):
        months = [m for m in range(1, 13) if is_due("quarterly", number, date(2026, m, 28))]
        assert len(months) == 4
        assert [later - earlier for earlier, later in zip(months, months[1:], strict=False)] == [
            3
        ] * 3


def test_other_frequencies():
    for month in range(1, 13):
        assert is_due("monthly", 7, date(2026, month, 1))
        assert not is_due("never", 7, date(2026, month, 1))
