# SPDX-License-Identifier: EUPL-1.2
"""Reading JSON strictly: exact numbers, and only text that the database can keep."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

from sprega.foundation.api.problems import Refused

DEEPEST = 20
LARGEST_EXPONENT = 400
"""More than any measure needs; to write out a thousand million digits would keep the server for hours."""
HALF = re.compile("[\ud800-\udfff]")
"""Half of a pair of surrogates: no character, and nothing that UTF-8 can write."""


class StrictParser(Parser):
    """ninja's, with refusals where Python's reader is lenient."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The body; whatever this raises ninja takes for a body that cannot be read."""
        read = json.loads(request.body.decode("utf-8"), parse_float=number, parse_constant=_refuse)
        check_text(read)
        return read

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """The wishes of the address."""
        check_text(list(data.keys()))
        check_text([value for _key, values in data.lists() for value in values])
        return super().parse_querydict(data, list_fields, request)


def number(text: str) -> Decimal:
    """An exact number whose digits can be written out.

    >>> number("12.50")
    Decimal('12.50')
    >>> number("1E+999999999")
    Traceback (most recent call last):
    ValueError: an exponent without sense
    """
    read = Decimal(text)
    if abs(read.adjusted()) > LARGEST_EXPONENT:
        raise ValueError("an exponent without sense")
    return read


def check_text(value: Any, depth: int = 0) -> None:
    """Refuse zero bytes and halves of characters anywhere, and what is nested without sense.

    >>> check_text({"text": "мед"})
    >>> check_text(["zero \\x00 byte"])
    Traceback (most recent call last):
    sprega.foundation.api.problems.Refused: unreadable
    """
    if depth > DEEPEST:
        raise Refused("unreadable")
    match value:
        case str():
            if "\0" in value or HALF.search(value):
                raise Refused("unreadable")
        case dict():
            for key, one in value.items():
                check_text(key, depth)
                check_text(one, depth + 1)
        case list():
            for one in value:
                check_text(one, depth + 1)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
