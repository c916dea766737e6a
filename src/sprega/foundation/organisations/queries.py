# SPDX-License-Identifier: EUPL-1.2
"""Who acts for whom, as far as a viewer may see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sprega.foundation.access.identity import Actor
from sprega.foundation.organisations.models import Proposal, Representation
from sprega.foundation.organisations.proposals import may_decide
from sprega.foundation.room import Task


def representations(*, viewer: Actor) -> QuerySet[Representation]:
    """Those that hold now or will: all for the office, the own organisation's for others."""
    known = Representation.objects.filter(Q(ends_at=None) | Q(ends_at__gt=timezone.now()))
    if not viewer.has(Representation.Role.OFFICE):
        known = known.filter(organisation=viewer.organisation_id)
    return known.select_related("person", "organisation").order_by("person__name", "person_id", "starts_at")


def proposals() -> QuerySet[Proposal]:
    """Those that the database shows: to office and board all, to others their own."""
    return Proposal.objects.select_related("person", "organisation", "proposed_by", "decided_by")


def today(actor: Actor) -> Iterator[Task]:
    """What waits for a board member: the proposals that this one may decide."""
    if not actor.has(Representation.Role.BOARD):
        return
    for proposal in proposals().filter(outcome=Proposal.Outcome.OPEN):
        if may_decide(actor, proposal):
            facts = {"person": proposal.person, "role": proposal.get_role_display()}
            address = reverse("organisations:decide", args=[proposal.pk])
            yield Task(_("Confirm or refuse: %(person)s as %(role)s") % facts, address)


def last_moment(representation: Representation | Proposal) -> date | None:
    """The last day on which it holds: the end itself is no longer part of it."""
    if representation.ends_at is None:
        return None
    return timezone.localtime(representation.ends_at - timedelta(microseconds=1)).date()
