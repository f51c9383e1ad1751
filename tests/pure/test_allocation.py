"""Order in which a payment pays the open items (P4-14)."""

from datetime import date

from engine.allocation import order_items


def item(id_, due, currency=1, named=False):
    return {"id": id_, "date_maturity": due, "currency": currency, "named": named}


def ids(items, currency=1):
    return [row["id"] for row in order_items(items, currency)]


def test_oldest_first():
    items = [item(1, date(2026, 3, 1)), item(2, date(2026, 1, 1)), item(3, date(2026, 2, 1))]
    assert ids(items) == [2, 3, 1]


def test_named_before_oldest():
    items = [item(1, date(2026, 1, 1)), item(2, date(2026, 3, 1), named=True)]
    assert ids(items) == [2, 1]


def test_own_currency_before_older_foreign():
    items = [item(1, date(2026, 1, 1), currency=2), item(2, date(2026, 3, 1))]
    assert ids(items) == [2, 1]
    assert ids(items, currency=2) == [1, 2]


def test_same_day_by_number():
    items = [item(9, date(2026, 1, 1)), item(4, date(2026, 1, 1))]
    assert ids(items) == [4, 9]
