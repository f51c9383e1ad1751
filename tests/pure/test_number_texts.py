"""Meaning of numbers written by people (P4-02)."""

import pytest
from engine.number_texts import AMBIGUOUS, SEPARATOR, UNREADABLE, read_numbers


def read(*texts, **options):
    """The number of each text, or why it is refused."""
    return [each.number or each.fault for each in read_numbers(texts, **options)]


PAGE = {"thousands": ",", "decimal": "."}  # what Odoo's page starts with
GERMAN = {"thousands": ".", "decimal": ","}


@pytest.mark.parametrize("text", ["50.000", "1.500", "999.999", "-1.500", "（1.500）"])
def test_two_meanings_are_refused(text):
    assert read(text, **PAGE) == [AMBIGUOUS]
    assert read(text) == [AMBIGUOUS]


def test_both_meanings_are_named():
    [reading] = read_numbers(["50.000"], **PAGE)
    assert reading.meanings == ("50", "50000")
    [reading] = read_numbers(["1.525"], **PAGE)
    assert reading.meanings == ("1.525", "1525")


def test_separators_settle():
    assert read("50.000", "1.500", **GERMAN) == ["50000", "1500"]
    assert read("50,000", "1,500", **PAGE) == ["50000", "1500"]
    assert read("50.000", thousands="", decimal=".") == ["50.0000"]
    assert read("50,000", **GERMAN) == [AMBIGUOUS]


def test_column_settles():
    assert read("50.000", "12.5", **PAGE) == ["50.0000", "12.5"]
    assert read("50.000", "0.125", **PAGE) == ["50.0000", "0.1250"]
    assert read("50.000", "1.234.567", **PAGE) == ["50000", "1234567"]
    assert read("50.000", "1.234,5", **PAGE) == ["50000", "1234.5"]
    assert read("50.000", "12.5", "1.234.567", **PAGE) == [AMBIGUOUS, "12.5", "1234567"]
    assert read("50.000", "8000", "much", **PAGE) == [AMBIGUOUS, "8000", UNREADABLE]


@pytest.mark.parametrize("text", ["13,75", "1375,5", "12,5", "1,2345", "0,500", "1375,500"])
def test_thousands_that_are_none_are_refused(text):
    assert read(text, **PAGE) == [SEPARATOR]
    assert read(text) == [SEPARATOR]
    assert read(text.replace(",", "."), **GERMAN) == [SEPARATOR]


def test_thousands_are_doubtful_beside_decimals_with_the_same_sign():
    assert read("50,000", "12,5", **PAGE) == [AMBIGUOUS, SEPARATOR]


def test_plain_numbers():
    assert read(
        "5000", "12.5", "-5", "+5", "(5)", "1,234.50", "1.234,50", "1 234,50", "1'234.5",
        "12,34,567", "1\u00a0000", "\u2212 7", "５０００", "１，２３４．５", ".5", "1234.567", **PAGE
    ) == [
        "5000", "12.5", "-5", "5", "-5", "1234.50", "1234.50", "1234.50", "1234.5",
        "1234567", "1000", "-7", "5000", "1234.5", "0.5", "1234.5670",
    ]  # fmt: skip


def test_currency_of_the_column_only():
    symbols = ("¥", "CNY")
    assert read("¥ 5,000", "￥12.5", "7 CNY", "-¥5", "¥-5", symbols=symbols, **PAGE) == [
        "5000", "12.5", "7", "-5", "-5",
    ]  # fmt: skip
    assert read("$5", "5 USD", symbols=symbols, **PAGE) == [UNREADABLE] * 2


@pytest.mark.parametrize(
    "text",
    ["much", "nan", "inf", "1e3", "1_000", "1,23.45", "1.2.3", "1,2,3", "5-", "--5", "(-5)", "5.",
     ",", ".", "1/2", "1,000,00", "10 000 0", "¼", "2026-01-05", "12:30", "5%"],
)  # fmt: skip
def test_no_number(text):
    assert read(text, **PAGE) == [UNREADABLE]
