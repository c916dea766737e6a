# SPDX-License-Identifier: EUPL-1.2
"""Pages for what went wrong. They ask the database nothing: it may be the one that is away."""

from __future__ import annotations

import errno
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from psycopg.errors import DiskFull
from psycopg_pool import PoolClosed, PoolTimeout

from sprega.foundation.ui.preferences import THEME_COOKIE

if TYPE_CHECKING:
    from django.utils.functional import Promise

DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout, PoolClosed)


@dataclass(frozen=True)
class Fault:
    """What happened, and what the reader can do."""

    title: str | Promise
    text: str | Promise


FAULTS = {
    400: Fault(
        lazy("This request cannot be read"),
        lazy("Go back, load the page again and repeat the last step. What you typed is still in the form."),
    ),
    403: Fault(
        lazy("This is not open to you"),
        lazy("Check for which organisation you act. If you need this for your work, ask the cluster office."),
    ),
    404: Fault(
        lazy("There is no such page"),
        lazy("It may have moved, or it is not open to you. Start from the first page, or search."),
    ),
    500: Fault(
        lazy("Something went wrong on our side"),
        lazy("Nothing of this step has been kept. Try again; if it happens again, tell the cluster office."),
    ),
    503: Fault(
        lazy("Sprega is away for a moment"),
        lazy(
            "The database does not answer. Nothing that was saved is lost. Load this page again in a minute."
        ),
    ),
    507: Fault(
        lazy("The disk of the server is full"),
        lazy(
            "Nothing of this step has been kept; what was saved before is safe. Tell the cluster office:"
            " whoever runs the server must make room. Then try again."
        ),
    ),
}


def fault_page(request: HttpRequest, status: int, text: str = "") -> HttpResponse:
    """The page of a status, in the language at hand; `text` says it better than the general sentence."""
    fault = FAULTS[status]
    if not request.accepts("text/html"):
        problem = {
            "type": "about:blank",
            "title": str(fault.title),
            "status": status,
            "detail": text or str(fault.text),
        }
        return JsonResponse(problem, status=status, content_type="application/problem+json")
    theme = request.COOKIES.get(THEME_COOKIE)
    context = {
        "status": status,
        "title": fault.title,
        "text": text or fault.text,
        "language": get_language() or "en",
        "theme": theme if theme in ("light", "dark") else "system",
        "again": request.get_full_path() if request.method == "GET" and status >= 500 else "",
    }
    # without the request: no context processor runs, nothing is looked up
    return HttpResponse(render_to_string("ui/error.html", context), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400"""
    return fault_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, with the sentence of whoever refused."""
    return fault_page(request, 403, str(exception))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long, or came from elsewhere."""
    text = _("The form was open too long, or cookies are blocked. Go back, load the page again and send it.")
    return fault_page(request, 403, text)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: the same for what does not exist and for what the reader may not know of."""
    return fault_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 where the database is away, or 507 where nothing more can be written."""
    error = sys.exc_info()[1]
    if disk_is_full(error):
        return fault_page(request, 507)
    if isinstance(error, DATABASE_AWAY):
        response = fault_page(request, 503)
        response.headers["Retry-After"] = "5"
        return response
    return fault_page(request, 500)


def disk_is_full(error: BaseException | None) -> bool:
    """Whether the database, or the system for a file of ours, found no room."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return isinstance(error, OperationalError) and isinstance(error.__cause__, DiskFull)
