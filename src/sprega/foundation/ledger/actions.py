# SPDX-License-Identifier: EUPL-1.2
"""Writing to the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from sprega.foundation.access.identity import NOBODY, Actor
from sprega.foundation.access.services import acting_as
from sprega.foundation.ledger import checkpoint, models, tree
from sprega.foundation.ledger.checkpoint import PublicKey
from sprega.foundation.ledger.keys import origin, secret_name, signing_key
from sprega.foundation.ledger.leaf import Event, Json, commitment, new_salt
from sprega.foundation.ledger.services import ERASE

BATCH = 5000
"""Leaves that one transaction places."""
CLERK = 0x5_9_7_2_6_7  # any number, for the advisory lock of the one who places leaves


def record(
    *,
    kind: str,
    actor: Actor,
    subject: int | None = None,
    about: object = None,
    facts: Mapping[str, Json] = {},
) -> models.Commitment:
    """Write an event, in the caller's transaction: it is kept if and only if what it tells of is.

    `subject` is the organisation whose data it is about, who will see the event; `about` names the thing.
    `facts` are text, whole numbers, lists and mappings, and nothing that `subject` must not see.
    """
    at = timezone.now()
    event = Event(
        kind=kind,
        at=at,
        person=_text(actor.person_id),
        organisation=_text(actor.organisation_id),
        service=actor.service or None,
        subject=_text(subject),
        object=_text(about),
        facts=facts,
    )
    salt, text = new_salt(), event.payload()
    with transaction.atomic():
        leaf = models.Commitment.objects.create(value=commitment(salt, text), at=at)
        # no RETURNING: whoever writes an event need not be one who may read it
        models.Payload.objects.bulk_create(
            [
                models.Payload(
                    commitment=leaf,
                    salt=salt,
                    text=text,
                    kind=kind,
                    at=at,
                    person_id=actor.person_id,
                    organisation_id=actor.organisation_id,
                    service=actor.service,
                    subject_id=subject,
                )
            ]
        )
    return leaf


def place_commitments() -> int:
    """Give committed leaves their positions in the tree, and sign what it has become; the number placed.

    One at a time; interrupted anywhere, the next call goes on.
    """
    placed = 0
    while True:
        with transaction.atomic():
            _take_turn()
            now = _place_some()
            if not now:
                return placed
            _sign(signing_key())
        placed += now


def change_key(*, actor: Actor, lost: bool = False) -> PublicKey:
    """Sign with a new key from now on; the old one hands over to it in a checkpoint, unless it is `lost`.

    The new private key is kept first. Killed before the end, nothing has changed but for a key nobody uses.
    """
    new = checkpoint.new_key(origin())
    settings.CLUSTER.secret(secret_name(new.public), lambda: new.secret)
    with transaction.atomic():
        _take_turn()
        old = None if lost else signing_key()
        record(
            kind="ledger.key_lost" if lost else "ledger.key_changed",
            actor=actor,
            facts={"key": str(new.public)},
        )
        while _place_some():
            pass
        size = _sign(*filter(None, (old, new)), next_key=None if lost else new.public)
        models.Key.objects.create(since=size, text=str(new.public), handed_over=not lost)
    return new.public


def erase_events(*, actor: Actor, person: int) -> int:
    """Erase what the ledger tells of a person's own doings; commitments stay that nobody can open.

    That so many were erased is an event too. It names who asked for it, unless that is the person.
    """
    asked_by = actor if actor.person_id != person else NOBODY
    with acting_as(ERASE, actor=actor):
        erased = models.Payload.objects.filter(person_id=person).delete()[0]
    if erased:
        with acting_as(ERASE, actor=asked_by) as identity:
            record(kind="ledger.erased", actor=identity, facts={"events": erased})
    return erased


def tree_size() -> int:
    """How many leaves have a position."""
    last = models.Position.objects.order_by("-position").values_list("position", flat=True).first()
    return 0 if last is None else last + 1


def read_nodes(addresses: Sequence[tree.Address]) -> dict[tree.Address, bytes]:
    """Stored nodes of the tree, in one query."""
    levels, indexes = zip(*addresses, strict=True) if addresses else ((), ())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.level, n.index, n.hash FROM ledger_node n"
            " JOIN unnest(%s::smallint[], %s::bigint[]) AS asked (level, index)"
            " ON n.level = asked.level AND n.index = asked.index",
            [list(levels), list(indexes)],
        )
        return {(level, index): bytes(value) for level, index, value in cursor.fetchall()}


def _take_turn() -> None:
    """Only one places leaves and signs at a time, until its transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CLERK])


def _place_some() -> int:
    """Give positions to the oldest leaves that wait; how many."""
    waiting = list(
        models.Commitment.objects.filter(place=None).order_by("id").values_list("id", "value")[:BATCH]
    )
    if waiting:
        start = tree_size()
        grown = tree.append(start, read_nodes, [bytes(value) for _, value in waiting])
        models.Position.objects.bulk_create(
            models.Position(position=start + offset, commitment_id=leaf)
            for offset, (leaf, _) in enumerate(waiting)
        )
        models.Node.objects.bulk_create(
            models.Node(level=level, index=index, hash=value) for (level, index), value in grown.nodes.items()
        )
    return len(waiting)


def _sign(*keys: checkpoint.PrivateKey, next_key: PublicKey | None = None) -> int:
    """Sign what the tree is now; its size."""
    size = tree_size()
    signed = checkpoint.Checkpoint(origin(), size, tree.root(size, read_nodes), next_key)
    models.Checkpoint.objects.create(size=size, note=checkpoint.sign(signed, *keys))
    return size


def _text(identifier: object) -> str | None:
    return None if identifier is None else str(identifier)
