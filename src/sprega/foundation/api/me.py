# SPDX-License-Identifier: EUPL-1.2
"""Whose token it is, and what it opens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from sprega.foundation.api.guard import ordinary
from sprega.foundation.organisations.api import OrganisationOut
from sprega.foundation.organisations.models import Organisation

router = Router(auth=ordinary)


class TokenOut(Schema):
    """The token of this very request."""

    name: str
    scope: str = Field(description="`read`, or `write` for reading and writing.")
    rooms: list[str] = Field(description="Parts of the API that it is limited to; empty for all.")
    expires_at: datetime


class Me(Schema):
    """Who acts for whom."""

    person: str
    organisation: OrganisationOut
    roles: list[str]
    token: TokenOut


@router.get("", response=Me)
def who_am_i(request: HttpRequest) -> dict[str, Any]:
    """Tell whose token this is, for whom it acts, in which roles."""
    actor, token = request.actor, request.token
    return {
        "person": token.person.name,
        "organisation": Organisation.objects.get(pk=actor.organisation_id),
        "roles": sorted(actor.roles),
        "token": token,
    }
