# SPDX-License-Identifier: EUPL-1.2
"""What the API answers when it cannot do what was asked: problem documents (RFC 9457), all kinds here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import JsonResponse
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import Promise

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Problem:
    """A kind of problem: its status, what it is called, and what the program's author can do."""

    name: str
    status: int
    title: str | Promise
    detail: str | Promise


PROBLEMS = {
    problem.name: problem
    for problem in (
        Problem(
            "unreadable",
            400,
            _("The request cannot be read"),
            _("Send JSON in UTF-8, as the page of the API shows it."),
        ),
        Problem(
            "cursor",
            400,
            _("This is no place in the list"),
            _("Follow the address in next as it was given, or begin the list anew without cursor."),
        ),
        Problem(
            "token",
            401,
            _("No valid key"),
            _("Send Authorization: Bearer with a valid key; you make one on the page of your account."),
        ),
        Problem(
            "forbidden",
            403,
            _("This is not open to you"),
            _("Your role does not allow this. Ask the cluster office who may do it."),
        ),
        Problem(
            "scope",
            403,
            _("The key may only read"),
            _("Make a key that may read and write, if the program needs that."),
        ),
        Problem(
            "room",
            403,
            _("The key is limited to other rooms"),
            _("Make a key for this room, or one for all."),
        ),
        Problem(
            "representation",
            403,
            _("You no longer act for this organisation"),
            _("Make a key for an organisation that you act for, or ask the cluster office."),
        ),
        Problem(
            "second-factor",
            403,
            _("This needs your second factor"),
            _("Set up a second factor in your account, then make a new key."),
        ),
        Problem(
            "not-found",
            404,
            _("There is no such thing"),
            _("It does not exist, or it is not open to you. Check the address."),
        ),
        Problem(
            "method",
            405,
            _("This cannot be done here"),
            _("Use one of the methods that the header Allow names."),
        ),
        Problem(
            "changed",
            409,
            _("It was changed in the meantime"),
            _("Read it again, and send your change with its new version."),
        ),
        Problem(
            "too-large", 413, _("The request is too large"), _("Send at most 256 kB; divide it into several.")
        ),
        Problem(
            "media-type",
            415,
            _("The body is not JSON"),
            _("Send JSON with the header Content-Type: application/json."),
        ),
        Problem(
            "invalid",
            422,
            _("Something in the request does not fit"),
            _("Mend what stands in errors, and send it again."),
        ),
        Problem(
            "too-many",
            429,
            _("Too many requests"),
            _("Wait as many seconds as the header Retry-After says, then go on more slowly."),
        ),
        Problem(
            "fault",
            500,
            _("Something went wrong on our side"),
            _("Nothing of this request was kept. Try again; if it happens again, tell the cluster office."),
        ),
        Problem(
            "away",
            503,
            _("Sprega is away for a moment"),
            _("Nothing that was saved is lost. Try again in a minute."),
        ),
    )
}
BY_STATUS = {
    400: "unreadable",
    401: "token",
    403: "forbidden",
    404: "not-found",
    405: "method",
    413: "too-large",
    415: "media-type",
    429: "too-many",
    503: "away",
    507: "away",
}
"""Which kind stands for an answer that Django gave by itself."""


class Refused(Exception):
    """The request is answered with a problem."""

    def __init__(self, name: str, *, detail: str = "", errors: Sequence[Mapping[str, str]] = ()) -> None:
        super().__init__(name)
        self.name, self.detail, self.errors = name, detail, errors


def answer(
    name: str,
    *,
    detail: str = "",
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> JsonResponse:
    """The document of a problem, in the language at hand."""
    problem = PROBLEMS[name]
    told = {
        "type": f"/api/#{name}",
        "title": str(problem.title),
        "status": problem.status,
        "detail": detail or str(problem.detail),
    }
    if errors:
        told["errors"] = list(errors)
    readable = {"ensure_ascii": False}
    response = JsonResponse(told, status=problem.status, content_type=MEDIA_TYPE, json_dumps_params=readable)
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="sprega"'
    for header, value in (headers or {}).items():
        response.headers[header] = value
    return response
