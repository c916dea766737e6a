# SPDX-License-Identifier: EUPL-1.2
"""The proof of one event as a file, `sprega-proof-1`, verified without the rest of the ledger."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sprega.engines.model import Sentence
from sprega.foundation.ledger.checkpoint import PublicKey
from sprega.foundation.ledger.error import LedgerError
from sprega.foundation.ledger.export import Leaf, is_count, parsed, unhex
from sprega.foundation.ledger.leaf import LARGEST_PAYLOAD, SALT_BYTES, canonical
from sprega.foundation.ledger.tree import HASH_BYTES

FORM = "sprega-proof-1"
LARGEST_PROOF = 16 * LARGEST_PAYLOAD
"""Bytes of a file; a person's editor may have added spaces."""
LONGEST_PATH = 64


@dataclass(frozen=True)
class Proof:
    """That one event stands in the ledger.

    Attributes
    ----------
    leaf : Leaf
        The event with its salt, and its position.
    path : tuple of bytes
        The inclusion path up to the root that the checkpoint signs.
    checkpoint : str
        The signed note.
    keys : tuple of PublicKey
        Keys of the ledger, for a reader to compare with those that the office publishes.
    handovers : tuple of str
        Signed notes by which an earlier key handed over to the next, oldest first.
    """

    leaf: Leaf
    path: tuple[bytes, ...]
    checkpoint: str
    keys: tuple[PublicKey, ...]
    handovers: tuple[str, ...] = ()


def dump_proof(
    leaf: Leaf,
    path: Sequence[bytes],
    checkpoint: str,
    keys: Sequence[PublicKey],
    handovers: Sequence[str] = (),
) -> str:
    """Write the proof of one event.

    Parameters
    ----------
    leaf : Leaf
        With payload and salt: an erased event can no longer be shown.
    path : sequence of bytes
        Of `inclusion_proof` at the checkpoint's size.
    checkpoint : str
        A signed note of that size.
    keys : sequence of PublicKey
        The ledger's keys.
    handovers : sequence of str, optional
        Signed notes by which keys were changed, so that whoever kept an earlier key is served.

    Returns
    -------
    str
        JSON, indented, for `proof.json`.

    Examples
    --------
    >>> leaf = Leaf(0, bytes(32), b'{"kind":"a"}', bytes(32))
    >>> load_proof(dump_proof(leaf, [], "a note", []).encode()).leaf == leaf
    True
    """
    if leaf.payload is None or leaf.salt is None:
        raise ValueError("An erased event has no proof that says what it was.")
    document = {
        "form": FORM,
        "position": leaf.position,
        "payload": json.loads(leaf.payload),
        "salt": leaf.salt.hex(),
        "commitment": leaf.commitment.hex(),
        "path": [step.hex() for step in path],
        "checkpoint": checkpoint,
        "keys": [str(key) for key in keys],
        **({"handovers": list(handovers)} if handovers else {}),
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def load_proof(text: bytes) -> Proof:
    """Read the proof of one event from anybody.

    Raises
    ------
    LedgerError
        It is no such file.
    """
    malformed = LedgerError(Sentence("This is no proof of the form {form}.", {"form": FORM}))
    if len(text) > LARGEST_PROOF:
        raise malformed
    match parsed(text):
        case {
            "form": "sprega-proof-1",
            "position": int(position),
            "payload": dict(payload),
            "salt": str(salt),
            "commitment": str(commitment),
            "path": list(path),
            "checkpoint": str(note),
            "keys": list(keys),
            **rest,
        } if not set(rest) - {"handovers"} and is_count(position) and len(path) <= LONGEST_PATH:
            salted, digest = unhex(salt, SALT_BYTES), unhex(commitment, HASH_BYTES)
            steps = tuple(unhex(step, HASH_BYTES) for step in path)
            handovers = rest.get("handovers", [])
            if salted is None or digest is None or not _are_texts(keys) or not _are_texts(handovers):
                raise malformed
            return Proof(
                Leaf(position, digest, canonical(payload), salted),
                _all(steps, malformed),
                note,
                tuple(PublicKey.read(key) for key in keys),
                tuple(handovers),
            )
    raise malformed


def is_proof(value: Any) -> bool:
    """Whether a parsed document calls itself such a proof."""
    return isinstance(value, dict) and value.get("form") == FORM


def _are_texts(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def _all(steps: tuple[bytes | None, ...], malformed: LedgerError) -> tuple[bytes, ...]:
    whole = tuple(step for step in steps if step is not None)
    if len(whole) != len(steps):
        raise malformed
    return whole
