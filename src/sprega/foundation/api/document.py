# SPDX-License-Identifier: EUPL-1.2
"""ninja's API with what its OpenAPI document would leave out: the problems of each route, and its scope."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI

from sprega.foundation.api.guard import READS
from sprega.foundation.api.models import Token
from sprega.foundation.api.problems import MEDIA_TYPE, PROBLEMS

ALWAYS = (400, 422, 429, 500, 503)
BY_TOKEN = (401, 403)
WITH_BODY = (409, 413, 415)

TEXT = {"type": "string"}
PROBLEM = {
    "title": "Problem",
    "description": "Why nothing was done (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {**TEXT, "format": "uri-reference", "description": "Its kind, by which a program decides."},
        "title": {**TEXT, "description": "The kind in words, in the language asked for."},
        "status": {"type": "integer", "description": "As the answer's status."},
        "detail": {**TEXT, "description": "What to do."},
        "errors": {
            "type": "array",
            "description": "What does not fit, field by field.",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "pointer": {**TEXT, "description": "Where in the body (RFC 6901)."},
                    "parameter": {**TEXT, "description": "Which parameter of the address."},
                    "detail": {**TEXT, "description": "What to do."},
                },
            },
        },
    },
}


class Api(NinjaAPI):
    """Adds to ninja's document."""

    def get_openapi_schema(self, **options: Any) -> dict[str, Any]:
        """The OpenAPI document, complete."""
        document = super().get_openapi_schema(**options)
        document["components"]["schemas"]["Problem"] = PROBLEM
        for methods in document["paths"].values():
            for method, operation in methods.items():
                _complete(method.upper(), operation)
        return document


def _complete(method: str, operation: dict[str, Any]) -> None:
    """Write down how a route may refuse, and which scope it needs."""
    statuses = set(ALWAYS)
    if "security" in operation:
        statuses.update(BY_TOKEN)
        scope = Token.Scope.READ if method in READS else Token.Scope.WRITE
        operation["security"] = [{name: [scope.value] for name in one} for one in operation["security"]]
    if any(parameter["in"] == "path" for parameter in operation["parameters"]):
        statuses.add(404)
    if "requestBody" in operation:
        statuses.update(WITH_BODY)
    for status in sorted(statuses):
        operation["responses"].setdefault(status, _refusal(status))


def _refusal(status: int) -> dict[str, Any]:
    kinds = [f"`{problem.name}`" for problem in PROBLEMS.values() if problem.status == status]
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": f"Problem {' or '.join(kinds)}", "content": content}
