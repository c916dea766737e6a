# SPDX-License-Identifier: EUPL-1.2
"""The page of the API, read out of its own OpenAPI document.

Everybody may read it: it says what the published source says, and whoever writes a program needs it before
they have a token.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sprega.foundation.api.middleware import LARGEST
from sprega.foundation.api.mount import api
from sprega.foundation.api.problems import PROBLEMS


@dataclass(frozen=True)
class Value:
    """A parameter or a field: its name, its JSON schema, and what is said of it."""

    name: str
    schema: dict[str, Any]
    required: bool
    description: str = ""

    @property
    def kind(self) -> str:
        """What may stand there, in words."""
        return _kind(self.schema)

    @property
    def meaning(self) -> str:
        """What is said of it; the document writes it for tools that draw Markdown."""
        return self.description.replace("`", "")


@dataclass(frozen=True)
class Route:
    """One thing that can be done."""

    part: str
    method: str
    path: str
    description: str
    scope: str
    parameters: list[Value]
    sends: list[Value]
    answers: list[Value]
    status: str
    problems: list[str]
    sample: str

    @property
    def anchor(self) -> str:
        """Its name as a place of the page."""
        return f"{self.method}{self.path.replace('/', '-').replace('{', '').replace('}', '')}".lower()


def reference(request: HttpRequest) -> HttpResponse:
    """Every route with its parameters and an example, and what can go wrong."""
    parts = [(part, list(routes)) for part, routes in groupby(_routes(), key=lambda route: route.part)]
    context = {
        "parts": parts,
        "problems": PROBLEMS.values(),
        "host": request.build_absolute_uri("/").rstrip("/"),
        "largest": LARGEST // 1000,
    }
    return render(request, "api/reference.html", context)


@cache
def _routes() -> list[Route]:
    document = api.get_openapi_schema()
    schemas = document["components"]["schemas"]
    return [
        _route(method, path, operation, schemas)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def _route(method: str, path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> Route:
    status, good = next((s, one) for s, one in operation["responses"].items() if int(s) < 300)
    body = _content(operation.get("requestBody", {}))
    scope = next(iter(operation["security"][0].values()))[0]
    listed = any(one["name"] == "cursor" for one in operation["parameters"])
    elsewhere = {name for name, here in (("cursor", listed), ("scope", scope == "write")) if not here}
    return Route(
        part=operation["tags"][0],
        method=method.upper(),
        path=path,
        description=operation["description"],
        scope=scope,
        parameters=[
            Value(one["name"], one["schema"], one["required"], one.get("description", ""))
            for one in operation["parameters"]
        ],
        sends=list(_fields(body, schemas)),
        answers=list(_fields(_content(good), schemas)),
        status=str(status),
        problems=[
            problem.name
            for problem in PROBLEMS.values()
            if problem.name not in elsewhere and problem.status in map(int, operation["responses"])
        ],
        sample=json.dumps(_sample(body, schemas), ensure_ascii=False) if body else "",
    )


def _content(part: dict[str, Any]) -> dict[str, Any]:
    return next((one["schema"] for one in part.get("content", {}).values()), {})


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return schemas[name] if name else schema


def _fields(schema: dict[str, Any], schemas: dict[str, Any], before: str = "") -> Iterator[Value]:
    """The fields of an object, those of objects within it after it by their path."""
    kept = _resolved(schema, schemas)
    for name, one in kept.get("properties", {}).items():
        yield Value(f"{before}{name}", one, name in kept.get("required", ()), one.get("description", ""))
        inner = one.get("items", one)
        yield from _fields(inner, schemas, f"{before}{name}{'[]' if 'items' in one else ''}.")


def _sample(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """A body that shows the form of what is sent."""
    kept = _resolved(schema, schemas)
    if "properties" in kept:
        return {name: _sample(one, schemas) for name, one in kept["properties"].items()}
    if "anyOf" in kept:
        return _sample(kept["anyOf"][0], schemas)
    if "default" in kept or "enum" in kept:
        return kept.get("default", kept.get("enum", [None])[0])
    return {"string": "...", "integer": 1, "number": 12.5, "boolean": True, "array": []}.get(kept.get("type"))


def _kind(schema: dict[str, Any]) -> str:
    words = {
        "string": _("text"),
        "integer": _("whole number"),
        "number": _("number"),
        "boolean": _("true or false"),
        "array": _("list"),
        "object": _("object"),
        "null": _("nothing"),
        "date-time": _("moment"),
        "date": _("day"),
        "uuid": _("identifier"),
    }
    if "anyOf" in schema:
        return _(" or ").join(dict.fromkeys(_kind(one) for one in schema["anyOf"]))
    said = words.get(schema.get("format", ""), "") or words.get(schema.get("type", "object"), "")
    bounds = {
        "minimum": _("from {bound}"),
        "maximum": _("to {bound}"),
        "minLength": _("length from {bound}"),
        "maxLength": _("length to {bound}"),
    }
    limits = [text.format(bound=schema[name]) for name, text in bounds.items() if name in schema]
    return ", ".join([said, *limits])
