# SPDX-License-Identifier: EUPL-1.2
"""What stands before the API: bounds of a request, whose token it brings, and problems for whatever fails."""

from __future__ import annotations

from collections.abc import Callable

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from sprega.foundation.api.actions import recognise
from sprega.foundation.api.problems import BY_STATUS, MEDIA_TYPE, answer

ADDRESS = "/api/v1/"
LARGEST = 256_000
WAIT = "60"
"""Seconds: the rates of the settings count per minute."""
PASSED_ON = ("Allow", "Retry-After")

GetResponse = Callable[[HttpRequest], HttpResponse]


def problems(get_response: GetResponse) -> GetResponse:
    """Answer every request to the API as an API does, whatever fails within; it stands outermost for that.

    Cookies are dropped: nobody acts here by a session, so no page of another site can make a browser do it.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ADDRESS):
            return get_response(request)
        request.COOKIES = {}
        with translation.override(translation.get_language_from_request(request)):
            response = _out_of_bounds(request) or _as_problem(get_response(request))
            response.headers.setdefault("Content-Language", translation.get_language())
        response.headers["Cache-Control"] = "no-store"
        return response

    return middleware


def _out_of_bounds(request: HttpRequest) -> HttpResponse | None:
    if "Transfer-Encoding" in request.headers:  # the server hands us no body of unknown length
        return answer("unreadable", detail=_("Send the body with its length, in the header Content-Length."))
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal():
        return answer("unreadable")
    if int(length) > LARGEST:
        return answer("too-large")
    return answer("media-type") if int(length) and request.content_type != "application/json" else None


def _as_problem(response: HttpResponse) -> HttpResponse:
    """A page that Django gave for a failure becomes the problem of its status."""
    if response.status_code < 400 or response.headers.get("Content-Type") == MEDIA_TYPE:
        return response
    name = BY_STATUS.get(response.status_code, "fault" if response.status_code >= 500 else "unreadable")
    kept = {header: response.headers[header] for header in PASSED_ON if header in response.headers}
    return answer(name, headers=kept)


def tokens(get_response: GetResponse) -> GetResponse:
    """Find whose token a request brings, before its own transaction begins; `guard` judges what it opens."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ADDRESS):
            return get_response(request)
        request.token = None
        kind, _space, sent = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() == "bearer":
            request.token = recognise(sent.strip())
            if request.token is None:
                return answer("token") if _counted(request, "api_failed") else _too_many()
            if not _counted(request, "api", key=str(request.token.pk)):
                return _too_many()
        return get_response(request)

    return middleware


def _counted(request: HttpRequest, action: str, key: str | None = None) -> bool:
    """Count the request; whether it is still within the rate."""
    usage = ratelimit.consume(request, app="allauth.account", action=action, key=key, limit_get=True)
    return usage is not None


def _too_many() -> HttpResponse:
    return answer("too-many", headers={"Retry-After": WAIT})
