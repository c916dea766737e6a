# SPDX-License-Identifier: EUPL-1.2
"""Lists by cursor: what is added meanwhile neither repeats nor hides a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from ninja import Field, Schema

from sprega.foundation.api.problems import Refused

T = TypeVar("T")
Row = TypeVar("Row", bound=Model)


class Asked(Schema):
    """The wishes that every list takes."""

    cursor: str = Field(
        "", max_length=1000, description="Where to go on: it stands in `next`; leave it out to begin."
    )
    limit: int = Field(50, ge=1, le=100, description="How many at most.")


class Page(Schema, Generic[T]):
    """A part of a list."""

    items: list[T]
    next: str | None = Field(description="The address of what follows; null at the end.")


def page(request: HttpRequest, rows: QuerySet[Row], asked: Asked, *, order: Sequence[str]) -> dict[str, Any]:
    """The rows after the cursor, and the address of those that follow.

    `order` names columns of the rows' own table that are never null, the last one unique.
    """
    rows = rows.order_by(*order)
    salt = f"sprega.api.cursor {request.path}"
    if asked.cursor:
        rows = rows.filter(_after(rows, order, _opened(asked.cursor, salt)))
    found = list(rows[: asked.limit + 1])
    items = found[: asked.limit]
    if len(found) == len(items):
        return {"items": items, "next": None}
    last = [_field(rows, name).value_to_string(items[-1]) for name in order]
    wishes = {**request.GET.dict(), "limit": asked.limit, "cursor": signing.dumps(last, salt=salt)}
    return {"items": items, "next": request.build_absolute_uri(f"{request.path}?{urlencode(wishes)}")}


def _opened(cursor: str, salt: str) -> list[str]:
    """The values of a cursor that we gave for this very list."""
    try:
        return signing.loads(cursor, salt=salt)
    except signing.BadSignature as forged:
        raise Refused("cursor") from forged


def _after(rows: QuerySet[Row], order: Sequence[str], values: Sequence[str]) -> Q:
    """The condition of what comes after those values in the order."""
    if len(values) != len(order):  # of an older release, whose order was another
        raise Refused("cursor")
    later, equal = Q(), {}
    for name, text in zip(order, values, strict=True):
        column = name.removeprefix("-")
        try:
            value = _field(rows, name).to_python(text)
        except ValidationError as other_type:
            raise Refused("cursor") from other_type
        later |= Q(**equal, **{f"{column}__{'lt' if name.startswith('-') else 'gt'}": value})
        equal[column] = value
    return later


def _field(rows: QuerySet[Row], name: str) -> Any:
    return rows.model._meta.get_field(name.removeprefix("-"))
