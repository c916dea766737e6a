# SPDX-License-Identifier: EUPL-1.2
"""A ledger of twelve events, one of them erased, with four checkpoints and a change of key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from sprega.foundation.ledger.checkpoint import Checkpoint, PrivateKey, sign
from sprega.foundation.ledger.export import Leaf, ledger_lines
from sprega.foundation.ledger.leaf import Event, commitment, new_salt
from sprega.foundation.ledger.tree import append, inclusion_proof

ORIGIN = "clusters.example/practice"
FIRST = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@dataclass
class Ledger:
    """Everything that a server would have of a ledger."""

    leaves: list[Leaf]
    sizes: tuple[int, ...] = (0, 5, 8, 11)
    old: PrivateKey = field(default_factory=lambda: PrivateKey(ORIGIN, bytes(range(32))))
    new: PrivateKey = field(default_factory=lambda: PrivateKey(ORIGIN, bytes(range(1, 33))))

    @property
    def keys(self) -> list:
        return [self.old.public, self.new.public]

    def note(self, size: int, *keys: PrivateKey) -> str:
        root = append(0, dict, [leaf.commitment for leaf in self.leaves[:size]]).root
        return sign(Checkpoint(ORIGIN, size, root), *(keys or (self.old if size < 8 else self.new,)))

    def lines(self) -> list[bytes]:
        notes = [self.note(size) for size in self.sizes]
        size = len(self.leaves)
        return list(
            ledger_lines(origin=ORIGIN, keys=self.keys, size=size, leaves=self.leaves, checkpoints=notes)
        )

    def path(self, index: int, size: int) -> list[bytes]:
        nodes = append(0, dict, [leaf.commitment for leaf in self.leaves]).nodes
        return inclusion_proof(index, size, lambda addresses: nodes)


def leaf(position: int, *, erased: bool = False, **facts: str) -> Leaf:
    event = Event(
        kind="notes.written",
        at=FIRST + timedelta(seconds=position),
        person="17",
        facts=facts or {"text": f"бележка {position}"},
    )
    payload, salt = event.payload(), new_salt()
    kept = (None, None) if erased else (payload, salt)
    return Leaf(position, commitment(salt, payload), *kept)


@pytest.fixture
def make_leaf() -> Callable[..., Leaf]:
    return leaf


@pytest.fixture
def ledger() -> Ledger:
    return Ledger([leaf(position, erased=position == 3) for position in range(12)])
