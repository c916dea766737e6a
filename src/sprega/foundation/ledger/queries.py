# SPDX-License-Identifier: EUPL-1.2
"""Events as far as a viewer may see them, and what proves them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from sprega.foundation.access.identity import Actor
from sprega.foundation.ledger import tree
from sprega.foundation.ledger.actions import read_nodes
from sprega.foundation.ledger.checkpoint import parse_note, read
from sprega.foundation.ledger.export import Leaf
from sprega.foundation.ledger.keys import handovers, public_keys
from sprega.foundation.ledger.models import Checkpoint, Commitment, Payload, Position
from sprega.foundation.ledger.proof import Proof

MOST_COUNTED = 10_000


def events(
    *,
    viewer: Actor,
    area: str = "",
    since: datetime | None = None,
    before: datetime | None = None,
) -> QuerySet[Payload]:
    """What the viewer did, and what concerns the organisation they act for; the latest first."""
    own = Q(person=viewer.person_id) if viewer.person_id is not None else Q(pk__in=[])
    if viewer.organisation_id is not None:
        own |= Q(subject=viewer.organisation_id) | Q(organisation=viewer.organisation_id)
    found = Payload.objects.filter(own)
    if area:
        found = found.filter(kind__startswith=f"{area}.")
    if since is not None:
        found = found.filter(at__gte=since)
    if before is not None:
        found = found.filter(at__lt=before)
    return found.select_related("person", "organisation").order_by("-commitment")


def proof_of(event: Payload) -> Proof | None:
    """What proves an event against the latest checkpoint; None while it waits for its place."""
    place = Position.objects.filter(commitment=event.pk).first()
    latest = Checkpoint.objects.order_by("-size").first()
    if place is None or latest is None:
        return None
    value = Commitment.objects.values_list("value", flat=True).get(pk=event.pk)
    leaf = Leaf(place.position, bytes(value), bytes(event.text), bytes(event.salt))
    path = tree.inclusion_proof(place.position, latest.size, read_nodes)
    return Proof(leaf, tuple(path), latest.note, tuple(public_keys()), tuple(handovers()))


def checkpoints() -> QuerySet[Checkpoint]:
    """Signed checkpoints, the latest first: everybody's."""
    return Checkpoint.objects.order_by("-size")


def root_of(checkpoint: Checkpoint) -> str:
    """The root that a checkpoint signs, in hexadecimal digits."""
    return read(parse_note(checkpoint.note)[0]).root.hex()


def signers_of(checkpoint: Checkpoint) -> str:
    """The ids of the keys that signed a checkpoint."""
    return ", ".join(ident.hex() for _name, ident, _signature in parse_note(checkpoint.note)[1])


def waiting() -> int:
    """How many events wait for their place in the tree, counted to 10,000."""
    return Commitment.objects.filter(place=None).order_by()[:MOST_COUNTED].count()
