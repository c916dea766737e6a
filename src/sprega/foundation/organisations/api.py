# SPDX-License-Identifier: EUPL-1.2
"""Organisations, for programs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from sprega.foundation.api.guard import ordinary
from sprega.foundation.api.paging import Asked, Page, page
from sprega.foundation.organisations.models import Organisation

router = Router(auth=ordinary)


class OrganisationOut(Schema):
    """An organisation, as everybody may know it."""

    id: int
    slug: str = Field(description="Its short name, which does not change.")
    name: str
    name_bg: str = Field(description="Its name in Bulgarian, where it differs.")
    standing: str = Field(description="`cluster`, `member`, `supplier` or `partner`.")
    kind: str = Field(description="`company`, `municipality`, `university`, `training` or `other`.")


@router.get("", response=Page[OrganisationOut])
def organisations(request: HttpRequest, asked: Query[Asked]) -> dict[str, Any]:
    """List the organisations of the cluster, by their short names."""
    return page(request, Organisation.objects.all(), asked, order=["slug"])
