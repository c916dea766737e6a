# SPDX-License-Identifier: EUPL-1.2
"""Long work, for programs: what the token's person asked for, acting for its organisation."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from sprega.foundation.access.identity import Actor
from sprega.foundation.api.paging import Asked, Page, page
from sprega.foundation.jobs import queries
from sprega.foundation.jobs.kinds import kind_of
from sprega.foundation.jobs.models import Run

router = Router()


class RunOut(Schema):
    """One piece of long work."""

    id: UUID
    kind: str = Field(description="Room and verb.")
    title: str = Field(description="The kind in words, in the language asked for.")
    state: str = Field(description="`waiting`, `running`, `done`, `failed`, `refused` or `canceled`.")
    steps_done: int
    steps: int | None = Field(description="Of how many; null while nobody knows.")
    result: str = Field(description="Where the result is found, once it is done.")
    problem: str = Field(description="Why it failed, and what to do.")
    asked_at: datetime
    ended_at: datetime | None

    @staticmethod
    def resolve_title(run: Run) -> str:
        """The kind's title, or its name where its room is no longer installed."""
        kind = kind_of(run.kind)
        return str(kind.title) if kind else run.kind


@router.get("", response=Page[RunOut])
def runs(request: HttpRequest, asked: Query[Asked]) -> dict[str, Any]:
    """List the long work that was asked for, the latest first."""
    return page(request, _own(request.actor), asked, order=["-asked_at", "id"])


@router.get("/{uuid:run}", response=RunOut)
def one_run(request: HttpRequest, run: UUID) -> Run:
    """Tell how far a piece of long work is."""
    return get_object_or_404(_own(request.actor), pk=run)


def _own(actor: Actor) -> QuerySet[Run]:
    return queries.runs(viewer=actor).filter(organisation=actor.organisation_id)
