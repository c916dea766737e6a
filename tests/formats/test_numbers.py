# SPDX-License-Identifier: EUPL-1.2
"""Numbers in text: read where only one spelling fits, refused otherwise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sprega.formats.purchase_workbook.numbers import read_number

READ = [
    ("1 000,00", 1000),
    ("1\u00a0000,00", 1000),
    ("1\u202f000,00", 1000),
    ("1\u2009000", 1000),
    ("1 234 567,8", 1234567.8),
    ("1 000.5", 1000.5),
    ("1 000,000", 1000),
    ("1.234,56", 1234.56),
    ("1,234.56", 1234.56),
    ("1.234,567", 1234.567),
    ("1,234,567", 1234567),
    ("1.234.567", 1234567),
    ("1.234.567,8", 1234567.8),
    ("1,5", 1.5),
    ("12,34", 12.34),
    ("1,2345", 1.2345),
    ("1234,567", 1234.567),
    ("0,125", 0.125),
    ("0.125", 0.125),
    ("1.5", 1.5),
    (".5", 0.5),
    (",500", 0.5),
    ("12", 12),
    ("007", 7),
    ("-5", -5),
    ("\u22125", -5),
    ("+5", 5),
    ("1e3", 1000),
    ("1.5E+02", 150),
    (" 12 ", 12),
]
REFUSED = [
    "1,000", "1.000", "12,500", "999.999", "1,500e3", "1,23,456", "1.000.00", "1'000", "10 00", "0 500",
    "1,234 567", "5.", "1..2", "1,,2", "5%", "5 EUR", "€5", "nan", "NaN", "inf", "-inf", "1e400", "", "-",
    ".", "0x10", "١٢٣", "1_000", "999999999999999999", "TRUE", "=1+1",
]  # fmt: skip


@pytest.mark.parametrize(("text", "number"), READ)
def test_read(text, number):
    reading = read_number(text, text)
    assert reading.value == pytest.approx(number, rel=1e-15)
    assert reading.from_text


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text):
    reading = read_number(text, text)
    assert reading.value is None
    assert str(reading.problem) and str(reading.mend)


@pytest.mark.parametrize("value", [True, float("nan"), float("inf"), 1e16, -1e16])
def test_cells_refused(value):
    assert read_number(value, str(value)).value is None


@given(st.integers(0, 10**12), st.integers(0, 99), st.sampled_from([(" ", ","), (",", "."), (".", ",")]))
def test_full_spelling_is_read_in_both_languages(whole, cents, marks):
    group, decimal = marks
    text = f"{whole:,}".replace(",", group) + f"{decimal}{cents:02d}"
    assert read_number(text, text).value == pytest.approx(whole + cents / 100, rel=1e-15)


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused_with_two_sentences(text):
    reading = read_number(text, text)
    assert (reading.value is None) == (reading.problem is not None and reading.mend is not None)
