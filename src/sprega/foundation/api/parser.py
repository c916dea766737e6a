# SPDX-License-Identifier: EUPL-1.2
"""Reading JSON strictly: exact numbers, and only text that the database can keep."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

DEEPEST = 20


class StrictParser(Parser):
    """ninja's, with refusals where Python's reader is lenient."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The body; whatever this raises ninja takes for a body that cannot be read."""
        read = json.loads(request.body.decode("utf-8"), parse_float=Decimal, parse_constant=_refuse)
        check_text(read)
        return read

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """The wishes of the address."""
        check_text(list(data.keys()))
        check_text([value for _key, values in data.lists() for value in values])
        return super().parse_querydict(data, list_fields, request)


def check_text(value: Any, depth: int = 0) -> None:
    """Refuse zero bytes and halves of characters anywhere, and what is nested without sense.

    >>> check_text({"text": "мед"})
    >>> check_text(["zero \\x00 byte"])
    Traceback (most recent call last):
    ValueError: a zero byte
    """
    if depth > DEEPEST:
        raise ValueError("nested too deeply")
    match value:
        case str():
            value.encode()  # half of a surrogate pair has no UTF-8
            if "\0" in value:
                raise ValueError("a zero byte")
        case dict():
            for key, one in value.items():
                check_text(key, depth)
                check_text(one, depth + 1)
        case list():
            for one in value:
                check_text(one, depth + 1)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
