# SPDX-License-Identifier: EUPL-1.2
"""The ledger of a cluster as a file for an auditor, which `sprega verify` verifies offline."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from django.db import connection, transaction

from sprega.foundation.access.identity import NOBODY
from sprega.foundation.access.services import acting_as
from sprega.foundation.ledger.actions import place_commitments, record
from sprega.foundation.ledger.export import Leaf, ledger_lines
from sprega.foundation.ledger.keys import origin, public_keys
from sprega.foundation.ledger.models import Checkpoint, Position
from sprega.foundation.ledger.services import EXPORT

AT_ONCE = 2000
"""Rows that are in memory together."""


def write_ledger(file: BinaryIO) -> int:
    """Write all events up to now, this export among them; the number of events."""
    with acting_as(EXPORT, actor=NOBODY) as identity:
        facts = {"service": EXPORT.name, "reads": list(EXPORT.reads)}
        record(kind="access.service_ran", actor=identity, facts=facts)
    place_commitments()
    with transaction.atomic():
        with connection.cursor() as cursor:
            # size, leaves and checkpoints must be those of one moment
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with acting_as(EXPORT, actor=NOBODY):
            size = Position.objects.count()
            file.writelines(
                ledger_lines(
                    origin=origin(),
                    keys=public_keys(),
                    size=size,
                    leaves=_leaves(),
                    checkpoints=Checkpoint.objects.order_by("size").values_list("note", flat=True).iterator(),
                )
            )
    return size


def _leaves() -> Iterator[Leaf]:
    """Every leaf in order; an erased one without its payload."""
    placed = Position.objects.order_by("position").values_list(
        "position", "commitment__value", "commitment__payload__text", "commitment__payload__salt"
    )
    for position, value, text, salt in placed.iterator(chunk_size=AT_ONCE):
        yield Leaf(position, bytes(value), text and bytes(text), salt and bytes(salt))
