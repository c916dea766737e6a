# SPDX-License-Identifier: EUPL-1.2
"""Events of the ledger, for programs: those of the token's organisation that its person may see."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from sprega.foundation.api.paging import Asked, Page, page
from sprega.foundation.ledger.models import Payload

router = Router()


class EventOut(Schema):
    """What happened."""

    id: int = Field(alias="commitment_id")
    kind: str = Field(description="Room and verb, such as `access.desk_looked`.")
    at: datetime
    person: int | None = Field(alias="person_id", description="Who did it; null for a service.")
    organisation: int | None = Field(alias="organisation_id", description="For which organisation.")
    service: str = Field(description="The service that did it, or empty.")
    subject: int | None = Field(alias="subject_id", description="The organisation whose data it is about.")
    facts: dict[str, Any]

    @staticmethod
    def resolve_facts(event: Payload) -> dict[str, Any]:
        """What else is told, out of the bytes that were committed to."""
        return json.loads(bytes(event.text))["facts"]


@router.get("", response=Page[EventOut])
def events(request: HttpRequest, asked: Query[Asked]) -> dict[str, Any]:
    """List the events of the organisation, the latest first."""
    own = request.actor.organisation_id
    rows = Payload.objects.filter(Q(organisation=own) | Q(subject=own))
    return page(request, rows, asked, order=["-commitment_id"])
