# SPDX-License-Identifier: EUPL-1.2
"""Totals as they were shown, and the buying desk's looks, as far as a viewer may see."""

from __future__ import annotations

from django.db.models import QuerySet

from sprega.foundation.access.identity import Actor, seeing
from sprega.foundation.access.models import Figure, Look, Waiver, WaiverQuerySet
from sprega.foundation.access.totals import registered_totals


def shown(*, subject: str, viewer: Actor) -> Figure | None:
    """What was decided about a total, for page, mail, export and document; None if nothing is known of it."""
    with seeing(viewer):
        return Figure.objects.filter(subject=subject).first()


def figures() -> QuerySet[Figure]:
    """All totals that were judged and that the database shows whoever asks, the latest first."""
    return Figure.objects.order_by("-decided_at")


def totals_to_agree(*, viewer: Actor) -> list[str]:
    """The totals that the viewer's organisation may agree to, by subject: known, and not agreed to yet."""
    known = set(figures().values_list("subject", flat=True))
    known |= {total.subject for total in registered_totals()}
    agreed = set(waivers(viewer=viewer).in_force().values_list("subject", flat=True))
    return sorted(known - agreed)


def looks(*, viewer: Actor) -> QuerySet[Look]:
    """Each look of the buying desk at the viewer's organisation, the latest first."""
    return (
        Look.objects.filter(organisation_id=viewer.organisation_id).select_related("person").order_by("-at")
    )


def waivers(*, viewer: Actor) -> WaiverQuerySet:
    """What the viewer's organisation agreed to, the latest first."""
    return Waiver.objects.filter(organisation_id=viewer.organisation_id).select_related("given_by")
