# SPDX-License-Identifier: EUPL-1.2
"""Documents that long work makes for one person, from what that person may see; they go by themselves."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File as Content
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sprega.foundation.access.identity import Actor
from sprega.foundation.files.actions import attach
from sprega.foundation.files.incoming import folder
from sprega.foundation.jobs.kinds import Kind, job
from sprega.foundation.retention import MADE_FILES

if TYPE_CHECKING:
    from django.utils.functional import Promise

Maker = Callable[..., str]


def document(*, name: str, title: str | Promise) -> Callable[[Maker], Kind]:
    """Register a function that writes a document as long work.

    It is called with `actor`, `progress`, `to` (an open file) and the run's arguments, runs as who asked,
    writes the document and returns its name. The file is that person's alone and goes after a week; the
    notice at the end of the work leads to it.
    """

    def register(make: Maker) -> Kind:
        def work(*, actor: Actor, progress: Callable[[int, int], None], **arguments: Any) -> str:
            with tempfile.TemporaryFile(dir=folder()) as stream:
                said = make(actor=actor, progress=progress, to=stream, **arguments)
                return _keep(actor, Content(stream, said))

        return job(name=name, title=title)(work)

    return register


def _keep(actor: Actor, content: Content) -> str:
    """Keep what was made, and say where."""
    until = timezone.now() + MADE_FILES
    said = _("Made for you; it goes by itself on %(day)s.")
    try:
        kept = attach(
            actor=actor,
            upload=content,
            description=said % {"day": date_format(timezone.localtime(until), "DATE_FORMAT")},
            person=actor.person_id,
            expires_at=until,
        )
    except ValidationError as refusal:  # no room: trying again would not help
        raise PermissionDenied(" ".join(refusal.messages)) from refusal
    return reverse("files:download", args=[kept.pk])
