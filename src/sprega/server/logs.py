# SPDX-License-Identifier: EUPL-1.2
"""Logs as lines of JSON, from which no member's data can be read.

A line says when, what and where in the code. What a library or an error message quotes (values that somebody
typed, addresses of pages with their tokens, query strings) is left out: of a message only its pattern stands,
of an error its type and its places, of a request the pattern of its address. Facts that our own code names
with `extra` stand as they are.
"""

from __future__ import annotations

import json
import logging
import os
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

LARGEST = 10_000_000
KEPT = 5
"""Bytes of one file, and how many full ones are kept beside it."""
USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
PLACES = 12
"""Lines of code that an error names at most, the innermost last."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

log = logging.getLogger(__name__)


class OwnFile(RotatingFileHandler):
    """A file that only its owner reads."""

    def _open(self) -> Any:
        return open(  # the opener sets the rights
            self.baseFilename,
            self.mode,
            encoding=self.encoding,
            opener=lambda path, flags: os.open(path, flags, 0o600),
        )


class JsonLines(logging.Formatter):
    """One record, one line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            **_event(record),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])[-PLACES:]
            line["places"] = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(line, ensure_ascii=False, default=str)


def _event(record: logging.LogRecord) -> dict[str, Any]:
    """What a record tells: our own with its facts, others only by their pattern."""
    if record.name.split(".")[0] == "sprega":
        facts = {name: value for name, value in vars(record).items() if name not in USUAL}
        return {"event": str(record.msg), **facts}
    if record.name.split(".")[0] == "procrastinate":
        # its messages are finished sentences with the arguments of the work
        return {"event": str(getattr(record, "action", "procrastinate"))}
    return {"event": str(record.msg) if record.args else "message left out"}


def _short(path: str) -> str:
    """A file without the folders above its package."""
    parts = Path(path).parts
    for mark in ("site-packages", "src"):
        if mark in parts:
            return "/".join(parts[parts.index(mark) + 1 :])
    return "/".join(parts[-2:])


def configuration(folder: Path) -> dict[str, Any]:
    """Django's LOGGING: a server's process writes into its own file in the cluster's folder.

    SPREGA_PROCESS names the process, `web` or `worker`; a command says warnings on the terminal.
    """
    process = os.environ.get("SPREGA_PROCESS")
    if process is None:
        handler: dict[str, Any] = {"class": "logging.StreamHandler", "level": "WARNING"}
    else:
        (folder / "logs").mkdir(mode=0o700, exist_ok=True)
        handler = {
            "class": "sprega.server.logs.OwnFile",
            "filename": folder / "logs" / f"{process}.log",
            "maxBytes": LARGEST,
            "backupCount": KEPT,
            "encoding": "utf-8",
            "delay": True,
        }
    quiet = {"level": "WARNING", "propagate": True, "handlers": []}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "sprega.server.logs.JsonLines"}},
        "handlers": {"lines": {**handler, "formatter": "json"}},
        "root": {"handlers": ["lines"], "level": "INFO"},
        "loggers": {
            "django": quiet,
            "django.server": quiet,
            "django.request": {"level": "CRITICAL"},  # `request_log` has each request already
            "procrastinate": quiet,
            "procrastinate.blueprints": {"level": "ERROR"},  # warns of our making an app in a main program
        },
    }


def request_log(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Log each request by the pattern of its address, how it ended and how long it took."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = get_response(request)
        match = getattr(request, "resolver_match", None)
        facts = {
            "method": request.method if request.method in METHODS else "other",
            "route": match.route if match else None,
            "status": response.status_code,
            "ms": round(1000 * (time.perf_counter() - began), 1),
        }
        log.log(logging.ERROR if response.status_code >= 500 else logging.INFO, "request", extra=facts)
        return response

    return middleware
