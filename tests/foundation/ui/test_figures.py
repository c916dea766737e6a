"""Numbers and days as the reader writes them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.formats import date_format
from hypothesis import given
from hypothesis import strategies as st

from sprega.foundation.ui.figures import read, written
from sprega.foundation.ui.forms import QuantityField, forms
from sprega.foundation.ui.seen import seen_as

SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("language", "text"), [("en", f"12{SPACE}345.6{SPACE}t"), ("bg", f"12{SPACE}345,6{SPACE}t")]
)
def test_quantity_in_templates(language: str, text: str) -> None:
    with translation.override(language):
        page = Template('{{ n|quantity:"t" }}|{% quantity n "t" digits=1 %}').render(Context({"n": 12345.6}))
    assert page == f"{text}|{text}"


def test_money_has_its_own_digits() -> None:
    with translation.override("bg"):
        assert written(Decimal(41200), "EUR") == f"41{SPACE}200,00{SPACE}EUR"
        assert written(None, "EUR") == ""


@pytest.mark.parametrize(("language", "text"), [("en", "24 November 2026"), ("bg", "24 ноември 2026 г.")])
def test_dates(language: str, text: str) -> None:
    with translation.override(language):
        assert date_format(date(2026, 11, 24)) == text


def test_sealed_until_a_day() -> None:
    with translation.override("bg"):
        assert seen_as("sealed", date(2027, 3, 12)).words == "запечатано до 12 март"
        assert seen_as("organisation").words == "само вие"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12 345,6", "12345.6"),
        (f"12{SPACE}345.6", "12345.6"),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1.234.567", "1234567"),
        ("−5", "-5"),
        ("0,5", "0.5"),
    ],
)
def test_typed_numbers(typed: str, number: str) -> None:
    assert read(typed) == Decimal(number)


@pytest.mark.parametrize("typed", ["", "about twelve", "12 t", "NaN", "Infinity", "1e400000", "--5", ","])
def test_what_is_no_number(typed: str) -> None:
    assert read(typed) is None or abs(read(typed)) < Decimal("1e400001")


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=3), st.sampled_from(["en", "bg"]))
def test_what_is_written_can_be_typed(number: Decimal, language: str) -> None:
    with translation.override(language):
        assert read(written(number, digits=3)) == number


def test_field_keeps_what_it_cannot_read_and_gives_an_example() -> None:
    class Form(forms.Form):
        tonnes = QuantityField(unit="t", min_value=0)

    with translation.override("bg"):
        form = Form({"tonnes": "около 12"})
        assert form.errors["tonnes"] == [f"Напишете число, например 1{SPACE}234,5."]
        assert 'value="около 12"' in str(form["tonnes"])
        assert Form({"tonnes": "12,5"}).is_valid()
        assert not Form({"tonnes": "-1"}).is_valid()
