# SPDX-License-Identifier: EUPL-1.2
"""Numbers as the reader of a page writes them."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from django.utils.translation import get_language

from sprega.foundation.language import Language
from sprega.foundation.language.language import SPACE

CURRENCY = re.compile(r"[A-Z]{3}\Z")
BLANKS = str.maketrans("", "", " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}'")


@cache
def _language(code: str) -> Language:
    return Language(code)


def spoken() -> Language:
    """The language of the page that is being made."""
    return _language((get_language() or "en")[:2])


def written(value: Any, unit: str = "", digits: int | None = None) -> str:
    """A number with its unit, 12 345.6 t; a currency brings its own digits; nothing for None.

    Decimals keep the digits they carry beyond those that are zero.
    """
    if value is None or value == "":
        return ""
    language = spoken()
    if digits is None and CURRENCY.match(unit):
        return language.money(float(value), unit)
    figure = language.number(float(value), digits)
    return f"{figure}{SPACE}{unit}" if unit and figure else figure


def read(text: str) -> Decimal | None:
    """The number that a person typed, with a comma or a point before the fraction, or None.

    Two commas, or two points, cannot both be decimal: they group thousands.
    """
    bare = text.strip().translate(BLANKS).replace("\N{MINUS SIGN}", "-")
    last = max(bare.rfind(","), bare.rfind("."))
    if last >= 0:
        mark = bare[last]
        other = "." if mark == "," else ","
        bare = bare.replace(other, "")
        bare = bare.replace(mark, "") if bare.count(mark) > 1 else bare.replace(mark, ".")
    try:
        number = Decimal(bare)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
