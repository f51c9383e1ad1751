"""Worked examples of reviews, early warning and risk (P1-14, P4-07, P5-05, P5-06)."""

from datetime import date

import pytest
from engine import review

THRESHOLDS = {
    "medium_days": 30,
    "high_days": 90,
    "share_percent": 5.0,
    "broken_medium": 1,
    "broken_high": 3,
}


@pytest.mark.parametrize(
    ("days", "shorter"), [(60, 45), (50, 45), (45, 30), (400, 180), (7, 0), (1, 0), (0, 0)]
)
def test_shorter_term(days, shorter):
    assert review.shorter_term(days) == shorter


@pytest.mark.parametrize(
    ("day", "first", "last", "key"),
    [
        (date(2026, 10, 1), date(2026, 7, 1), date(2026, 9, 30), "2026Q3"),
        (date(2027, 1, 5), date(2026, 10, 1), date(2026, 12, 31), "2026Q4"),
        (date(2026, 6, 30), date(2026, 1, 1), date(2026, 3, 31), "2026Q1"),
    ],
)
def test_last_quarter(day, first, last, key):
    assert review.last_quarter(day) == (first, last)
    assert review.quarter_key(first) == key


def test_full_months():
    day = date(2026, 3, 31)
    assert review.full_months(day, 1) == (date(2026, 2, 1), date(2026, 2, 28))
    assert review.full_months(day, 12, skip=1) == (date(2025, 2, 1), date(2026, 1, 31))


def test_fell():
    assert review.fell(49, 100, 50)
    assert not review.fell(50, 100, 50)
    assert not review.fell(0, 0, 50)
    assert not review.fell(0, 100, 0)


@pytest.mark.parametrize(
    ("facts", "level", "codes"),
    [
        ({}, "low", []),
        ({"is_low_grade": False}, "low", []),
        ({"is_low_grade": True}, "medium", ["low_grade"]),
        ({"is_last_grade": True}, "high", ["last_grade"]),
        ({"days_overdue": 30}, "low", []),
        ({"days_overdue": 31}, "medium", ["overdue_medium"]),
        ({"days_overdue": 90}, "medium", ["overdue_medium"]),
        ({"days_overdue": 91}, "high", ["overdue_high"]),
        ({"receivable": 6, "total": 100}, "low", []),
        ({"receivable": 6, "total": 100, "overdue": 1}, "medium", ["share"]),
        ({"receivable": 5, "total": 100, "overdue": 1}, "low", []),
        ({"broken_promises": 1}, "medium", ["broken_medium"]),
        ({"broken_promises": 2}, "medium", ["broken_medium"]),
        ({"broken_promises": 3}, "high", ["broken_high"]),
        ({"is_low_grade": True, "days_overdue": 91}, "high", ["low_grade", "overdue_high"]),
    ],
)
def test_risk_level(facts, level, codes):
    blank = {"is_low_grade": False, "is_last_grade": False, "days_overdue": 0, "overdue": 0,
             "receivable": 0, "total": 0, "broken_promises": 0}  # fmt: skip
    found, reasons = review.risk_level({**blank, **facts}, THRESHOLDS)
    assert (found, [code for code, _figure in reasons]) == (level, codes)


def test_risk_switched_off():
    facts = {"is_low_grade": False, "is_last_grade": False, "days_overdue": 500, "overdue": 1,
             "receivable": 1, "total": 1, "broken_promises": 9}  # fmt: skip
    assert review.risk_level(facts, dict.fromkeys(THRESHOLDS, 0)) == ("low", [])
