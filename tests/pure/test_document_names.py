"""Which documents a payment's text names (P4-14)."""

import pytest
from engine.document_names import names

NUMBER = "INV/2026/00012"


@pytest.mark.parametrize(
    "text",
    [
        "Payment of INV/2026/00012, thanks",
        "inv 2026 00012",
        "INV-2026-00012",
        "INV2026/00012",
        "INV202600012",
        "INV 202600012",
        "inv.2026.00012",
        "INV / 2026 / 00012",
        "货款INV/2026/00012谢谢",
        "ＩＮＶ／２０２６／０００１２",
        "/ROC/INV/2026/00012/REMI/goods",
        "INV/2026/00011/INV/2026/00012",
        "INV/2026/00011-INV/2026/00012",
        "INV/2026/00012 - 500.00",
        "(INV/2026/00012)",
        "Re:INV/2026/00012",
        "Reversal of: INV/2026/00012",
        "INV–2026–00012",
    ],
)
def test_text_names_the_number(text):
    assert names(text, [NUMBER])


@pytest.mark.parametrize(
    "text",
    [
        "",
        None,
        "RINV/2026/00012",
        "ＲＩＮＶ／２０２６／０００１２",
        "rinv 2026 00012",
        "RINV202600012",
        "INV/2026/000123",
        "INV/2026/0001",
        "INV/2026/00012-3",
        "INV/2026/00012A",
        "INV/2026",
        "2026/00012",
    ],
)
def test_text_names_another_number_or_none(text):
    assert not names(text, [NUMBER])


def test_short_references_and_plain_numbers_are_words_of_their_own():
    assert names("number 77", ["77"])
    assert names("No.4711", ["4711"])
    assert names("#4711", ["4711"])
    assert names("4711,4712", ["4712"])
    assert names("PO#4711", ["PO 4711"])
    assert not names("PO-4711", ["4711"])
    assert not names("Account 2026", ["20"])
    assert not names("INV/2026/00012", ["2026"])
    assert not names("HT-2026-1-2", ["HT-2026-12"])


def test_any_reference_and_no_reference():
    assert names("PO 77; PO-4711", ["", None, "PO-4711"])
    assert not names("anything", ["", None, "/", "  "])
    assert not names("", [""])


def test_references_in_chinese():
    assert names("付合同甲-12货款", ["合同甲-12"])
    assert not names("付合同乙-12货款", ["合同甲-12"])
    assert names("RF18539007547034", ["RF18 5390 0754 7034"])
