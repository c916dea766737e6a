# SPDX-License-Identifier: EUPL-1.2
"""`/health`: whether this cluster works, for whoever watches it; what is wrong says `sprega doctor`."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from sprega.foundation.jobs.workers import HEARTBEAT, since_heartbeat
from sprega.server.web import ALIVE

ADDRESS = "/health"
GOOD_FOR = 1.0
"""Seconds that an answer holds, so that asking often costs nothing."""
LEAST_SPACE = 500_000_000
"""Bytes that must be free where files and logs lie."""


def health(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer before anything else that may fail, and by any host name: a watcher may ask by another."""
    known: tuple[float, dict[str, bool]] = (-GOOD_FOR, {})

    def middleware(request: HttpRequest) -> HttpResponse:
        nonlocal known
        if request.path_info == ALIVE:
            return HttpResponse(status=204)
        if request.path_info != ADDRESS:
            return get_response(request)
        if time.monotonic() - known[0] > GOOD_FOR:
            known = (time.monotonic(), states())
        good = all(known[1].values())
        answer = JsonResponse({"status": "ok" if good else "failing"}, status=200 if good else 503)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return middleware


def states() -> dict[str, bool]:
    """Whether the database answers, a worker lives, and there is room on the disk."""
    seconds = None
    answers = True
    try:
        seconds = since_heartbeat()
    except DatabaseError:
        answers = False
    finally:
        connection.close()
    return {
        "database": answers,
        "worker": seconds is not None and seconds < HEARTBEAT,
        "disk": free_space(settings.CLUSTER.folder) > LEAST_SPACE,
    }


def free_space(folder: Path) -> int:
    """Bytes that may still be written in a folder."""
    return shutil.disk_usage(folder).free
