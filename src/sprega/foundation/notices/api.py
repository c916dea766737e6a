# SPDX-License-Identifier: EUPL-1.2
"""A person's notices, for programs: those that concern nobody else but the token's organisation."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from sprega.foundation.access.identity import Actor
from sprega.foundation.api.guard import ordinary
from sprega.foundation.api.paging import Asked, Page, page
from sprega.foundation.notices import actions, queries
from sprega.foundation.notices.models import Notice

router = Router(auth=ordinary)


class NoticeOut(Schema):
    """One sentence for one person."""

    id: UUID
    text: str = Field(description="In the language asked for.")
    url: str = Field(description="Where it leads, an address of ours; may be empty.")
    created_at: datetime
    read_at: datetime | None

    @staticmethod
    def resolve_text(notice: Notice) -> str:
        """The sentence, translated now."""
        return str(notice)


@router.get("", response=Page[NoticeOut])
def notices(request: HttpRequest, asked: Query[Asked]) -> dict[str, Any]:
    """List the notices, newest first."""
    return page(request, _here(request.actor), asked, order=["-created_at", "id"])


@router.post("/{uuid:notice}/read", response={204: None})
def mark_read(request: HttpRequest, notice: UUID) -> None:
    """Mark a notice as read."""
    kept = get_object_or_404(_here(request.actor), pk=notice)
    actions.mark_read(actor=request.actor, notice=kept.pk)


def _here(actor: Actor) -> QuerySet[Notice]:
    """A token acts for one organisation: what concerns another of the person's is not its matter."""
    concerns = Q(organisation=None) | Q(organisation=actor.organisation_id)
    return queries.notices(viewer=actor).filter(concerns)
