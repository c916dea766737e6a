# SPDX-License-Identifier: EUPL-1.2
"""Figures and sentences as their readers write them."""

import datetime
import os
from pathlib import Path

import numpy as np
import pytest

from sprega.engines.model import Sentence
from sprega.foundation.language import Day, Language, Money, Number, Percent, catalogue, spoken_here

ENGLISH, BULGARIAN = Language("en"), Language("bg")


@pytest.mark.parametrize(
    ("value", "digits", "english", "bulgarian"),
    [
        (12345.6, None, "12 345.6", "12 345,6"),
        (1234567, None, "1 234 567", "1 234 567"),
        (-0.5, 2, "−0.50", "−0,50"),
        (-0.001, 2, "0.00", "0,00"),
        (0.0123456, None, "0.01235", "0,01235"),
        (0, None, "0", "0"),
        (0.0, None, "0", "0"),
        (float("inf"), None, "∞", "∞"),
        (float("nan"), None, "", ""),
        (999999.999, 2, "1 000 000.00", "1 000 000,00"),
    ],
)
def test_numbers(value: float, digits: int | None, english: str, bulgarian: str) -> None:
    assert ENGLISH.number(value, digits).replace("\xa0", " ") == english
    assert BULGARIAN.number(value, digits).replace("\xa0", " ") == bulgarian


def test_money_has_the_minor_units_of_its_currency() -> None:
    assert ENGLISH.money(1234.5, "EUR") == "1\xa0234.50\xa0EUR"
    assert BULGARIAN.money(1234.5, "JPY", 0) == "1\xa0234\xa0JPY"
    assert ENGLISH.money(12, "JPY") == "12\xa0JPY"
    assert ENGLISH.money(float("nan"), "EUR") == ""


def test_percents_and_days() -> None:
    assert BULGARIAN.percent(0.0634) == "6,3\xa0%"
    day = datetime.date(2026, 3, 12)
    assert ENGLISH.date(day) == "12 March 2026"
    assert BULGARIAN.date(day) == "12 март 2026 г."


def test_a_sentence_writes_its_figures() -> None:
    values = {
        "money": Money(5, "EUR"),
        "part": Percent(0.5),
        "weight": Number(2.5, "t"),
        "row": 1234,
        "many": np.int64(123456),
        "price": np.float64(0.5),
        "day": Day(datetime.date(2026, 1, 2)),
        "list": ["a", Sentence("Today")],
        "flag": True,
    }
    text = Sentence("{money} {part} {weight} {row} {many} {price} {day} {list} {flag}", values)
    said = BULGARIAN.say(text).replace("\xa0", " ")
    assert said == "5,00 EUR 50,0 % 2,5 t 1234 123 456 0,5 2 януари 2026 г. a, Днес True"


def test_format_specs_follow_the_language() -> None:
    text = Sentence(
        "{a:.2f} {b:.1%} {c:,.0f} {d:g} {e!r}", {"a": 1234.5, "b": 0.125, "c": 1e6, "d": 0.5, "e": "x"}
    )
    assert BULGARIAN.say(text).replace("\xa0", " ") == "1 234,50 12,5 % 1 000 000 0,5 'x'"


def test_values_are_not_read_as_places() -> None:
    assert (
        ENGLISH.say(Sentence("The file {path} is no JSON.", {"path": "{oops} %s"}))
        == "The file {oops} %s is no JSON."
    )


def test_only_two_languages() -> None:
    with pytest.raises(ValueError, match="en, bg"):
        Language("de")


@pytest.mark.parametrize(
    ("environment", "code"),
    [({"LANG": "bg_BG.UTF-8"}, "bg"), ({"LANG": "bg_BG.UTF-8", "LC_ALL": "C"}, "en"), ({}, "en")],
)
def test_the_terminals_language(
    environment: dict[str, str], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert spoken_here() == code


def test_an_uncompiled_or_stale_catalogue_is_read_from_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "bg" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = folder / "sprega.po"
    source.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Yes"\nmsgstr "Да"\n'
    )
    monkeypatch.setattr(catalogue, "LOCALE", tmp_path)
    catalogue.translations.cache_clear()
    try:
        assert catalogue.translations("bg") == {"Yes": "Да"}
        compiled = folder / "sprega.mo"
        compiled.write_bytes(b"old")
        os.utime(compiled, (1, 1))
        catalogue.translations.cache_clear()
        assert catalogue.translations("bg") == {"Yes": "Да"}
    finally:
        catalogue.translations.cache_clear()
