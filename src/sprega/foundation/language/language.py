# SPDX-License-Identifier: EUPL-1.2
"""A language: says sentences and writes money, numbers, percents and dates as its readers do."""

from __future__ import annotations

import datetime
import math
import os
import string
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from sprega.engines.model import Sentence
from sprega.foundation.language.catalogue import translations
from sprega.foundation.language.figures import Day, Money, Number, Percent

Code = Literal["en", "bg"]
LANGUAGES: tuple[Code, ...] = ("en", "bg")

SPACE = "\u00a0"
"""Between groups of three digits, and a figure and its unit: no line breaks here."""
MINUS = "\u2212"

MOST_DIGITS = 15
UNGROUPED = 10_000
"""Whole numbers in a sentence are grouped from here on: a row number stays as the spreadsheet has it."""


class Language:
    """English (`en`) or Bulgarian (`bg`).

    >>> Language("bg").number(-12345.6)
    '−12\xa0345,6'
    """

    def __init__(self, code: str) -> None:
        if code not in LANGUAGES:
            raise ValueError(f"Language is one of {', '.join(LANGUAGES)}, not {code!r}.")
        self.code = code
        self.point = "," if code == "bg" else "."
        self._texts = translations(code)
        self._formatter = _Formatter(self)

    def say(self, sentence: Sentence) -> str:
        """Say a sentence, its figures written in this language."""
        text = self._texts.get(sentence.text, sentence.text)
        return self._formatter.vformat(text, (), sentence.values) if "{" in text else text

    def money(self, amount: float, currency: str = "", digits: int | None = None) -> str:
        """Write an amount with its currency; empty where it is not a number."""
        figure = self.number(amount, minor_units(currency) if digits is None else digits)
        return f"{figure}{SPACE}{currency}" if currency and figure else figure

    def number(self, value: float, digits: int | None = None) -> str:
        """Write a number with `digits` after the point, or as many as it needs (at most four)."""
        if isinstance(value, float) and math.isnan(value):
            return ""
        if math.isinf(value):
            return "∞" if value > 0 else f"{MINUS}∞"
        if digits is None:
            digits = _needed(value)
            text = f"{abs(value):,.{digits}f}"
            text = text.rstrip("0").rstrip(".") if "." in text else text
        else:
            text = f"{abs(value):,.{digits}f}"
        whole, _, rest = text.partition(".")
        sign = MINUS if value < 0 and text.strip("0,.") else ""
        return f"{sign}{whole.replace(',', SPACE)}{self.point if rest else ''}{rest}"

    def percent(self, fraction: float, digits: int = 1) -> str:
        """Write a fraction in percent."""
        figure = self.number(100 * fraction, digits)
        return f"{figure}{SPACE}%" if figure else figure

    def date(self, day: datetime.date) -> str:
        """Write a day: 24 November 2026; 24 ноември 2026 г."""
        from babel.dates import format_date

        pattern = "d MMMM y 'г'." if self.code == "bg" else "d MMMM y"
        return format_date(day, pattern, locale=self.code)

    def write(self, value: object, spec: str = "") -> str:
        """Write any value of a sentence by its kind; `spec` is the place's format, if any."""
        match value:
            case Sentence():
                return self.say(value)
            case Money():
                return self.money(value.amount, value.currency, value.digits)
            case Percent():
                return self.percent(value.fraction, value.digits)
            case Number():
                figure = self.number(value.value, value.digits)
                return f"{figure}{SPACE}{value.unit}" if value.unit else figure
            case Day():
                return self.date(value.date)
            case datetime.date():
                return self.date(value)
            case bool() | str():
                return format(value, spec) if spec else str(value)
            case list() | tuple():
                return ", ".join(self.write(one) for one in value)
        if hasattr(value, "__float__"):
            plain = _plain(value)
            if spec:
                return self._specified(float(plain), spec)
            return str(plain) if isinstance(plain, int) and abs(plain) < UNGROUPED else self.number(plain)
        return format(value, spec)

    def _specified(self, value: float, spec: str) -> str:
        """Write a number by a format spec such as `.2f`, `,.0f` or `.1%`."""
        _, dot, tail = spec.partition(".")
        digits = int("".join(c for c in tail if c.isdigit()) or 0) if dot else None
        if spec.endswith("%"):
            return self.percent(value, 0 if digits is None else digits)
        return self.number(value, None if spec.endswith("g") else digits)


class _Formatter(string.Formatter):
    """`str.format` that writes each value in a language."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        return kwargs[str(key)]

    def format_field(self, value: Any, format_spec: str) -> str:
        return self._language.write(value, format_spec)

    def convert_field(self, value: Any, conversion: str | None) -> Any:
        return value if conversion is None else super().convert_field(value, conversion)


def _plain(value: Any) -> float:
    """NumPy scalars as Python numbers, whole numbers kept whole."""
    return value.item() if hasattr(value, "item") else value


def _needed(value: float) -> int:
    """Digits after the point: two for most numbers, up to four significant ones below one."""
    if isinstance(value, int) or value == 0 or abs(value) >= 1:
        return 0 if isinstance(value, int) else 2
    return min(MOST_DIGITS, 3 - math.floor(math.log10(abs(value))))


@cache
def minor_units(currency: str) -> int:
    """Digits of the currency's minor unit: 2 for EUR, 0 for JPY."""
    if not currency:
        return 2
    from babel.numbers import get_currency_precision

    return get_currency_precision(currency)


def spoken_here() -> Code:
    """The language of this terminal: Bulgarian where the environment says so, else English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "bg" if value.lower().startswith("bg") else "en"
    return "en"
