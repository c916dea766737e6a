# SPDX-License-Identifier: EUPL-1.2
"""The bytes of a file as an answer: a browser saves them, or shows what can run nothing."""

from __future__ import annotations

import logging

from django.http import FileResponse, Http404

from sprega.foundation.files import store
from sprega.foundation.files.models import File

POLICY = (
    "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'none'"
)
"""For a browser that shows them nevertheless: a page of no site, without scripts."""

log = logging.getLogger(__name__)


def bytes_of(kept: File, *, saved: bool = False) -> FileResponse:
    """The answer; `saved` keeps a browser from showing it."""
    try:
        stream = store.open_place(kept.place)
    except FileNotFoundError as error:
        log.error("bytes of a file are missing", extra={"file": str(kept.pk)})
        raise Http404 from error
    answer = FileResponse(
        stream,
        as_attachment=saved or not kept.of_kind.shown,
        filename=kept.name,
        content_type=kept.of_kind.content_type,
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
