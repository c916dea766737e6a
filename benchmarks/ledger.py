# SPDX-License-Identifier: EUPL-1.2
"""The ledger's mathematics in memory, without a database: appends, proofs, and verifying an export.

python -m benchmarks.ledger [leaves]

Where pymerkle (Python, in memory, GPL) happens to be installed it is measured in the same run; it is not
among our requirements. Its cache of subtrees is left as it comes. It has no ledger file, so that an export
has no peer.
"""

from __future__ import annotations

import importlib.util
import io
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar

import numpy as np

from sprega.foundation.ledger.check import check_ledger
from sprega.foundation.ledger.checkpoint import Checkpoint, new_key, sign
from sprega.foundation.ledger.export import Leaf, ledger_lines
from sprega.foundation.ledger.leaf import Event, commitment, new_salt
from sprega.foundation.ledger.tree import (
    Address,
    RunningRoot,
    append,
    consistency_proof,
    inclusion_proof,
    root,
    verify_inclusion,
)

T = TypeVar("T")
Row = tuple[str, float, float, str]
LEAVES, EXPORTED, PROOFS, PEER_PROOFS = 1_000_000, 100_000, 1000, 20
BATCH = 1000
ORIGIN = "clusters.example/bench"


def cpu(compute: Callable[[], T]) -> tuple[float, T]:
    """CPU seconds of this process, and the result."""
    start = time.process_time()
    result = compute()
    return time.process_time() - start, result


def grown(leaves: Sequence[bytes], batch: int) -> dict[Address, bytes]:
    """All nodes of a tree that took its leaves in batches."""
    nodes: dict[Address, bytes] = {}
    for start in range(0, len(leaves), batch):
        nodes.update(append(start, lambda _: nodes, leaves[start : start + batch]).nodes)
    return nodes


def peer_tree(leaves: Sequence[bytes]) -> Any:
    """The same tree in pymerkle."""
    from pymerkle import InmemoryTree

    tree = InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        tree.append_entry(leaf)
    return tree


def event(position: int) -> Leaf:
    """An event as a joint purchase writes many."""
    facts = {"lot": f"L{position % 30}", "price": f"{position % 997}.50", "quantity": "120.5", "unit": "t"}
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=position)
    who = {"person": str(position % 80), "organisation": str(position % 22), "subject": str(position % 22)}
    payload, salt = Event(kind="buying.demand_stated", at=at, facts=facts, **who).payload(), new_salt()
    return Leaf(position, commitment(salt, payload), payload, salt)


def exported(size: int) -> list[bytes]:
    """A ledger file of so many events with a checkpoint each thousand."""
    key, leaves, tree, notes = (
        new_key(ORIGIN),
        [event(position) for position in range(size)],
        RunningRoot(),
        [],
    )
    for leaf in leaves:
        tree.add(leaf.commitment)
        if tree.size % BATCH == 0 or tree.size == size:
            notes.append(sign(Checkpoint(ORIGIN, tree.size, tree.root()), key))
    of = {"origin": ORIGIN, "keys": [key.public], "size": size}
    return list(ledger_lines(**of, leaves=leaves, checkpoints=notes))


def rows(size: int = LEAVES) -> Iterator[Row]:
    """Yield what was done, our CPU seconds, the peer's (nan: not run), and the peer."""
    leaves = [sha256(number.to_bytes(8)).digest() for number in range(size)]
    has_peer = importlib.util.find_spec("pymerkle") is not None
    name = "pymerkle" if has_peer else "none here"

    ours, nodes = cpu(lambda: grown(leaves, BATCH))
    peer, peers = cpu(lambda: peer_tree(leaves)) if has_peer else (np.nan, None)
    yield f"append {size:,} leaves, {BATCH} a batch", ours, peer, name
    ours, single = cpu(lambda: grown(leaves[: size // 10], 1))
    assert all(nodes[address] == node for address, node in single.items())
    yield f"append {size // 10:,} leaves one by one", ours, np.nan, "none"

    def read(addresses: Sequence[Address]) -> dict[Address, bytes]:
        return {address: nodes[address] for address in addresses}

    chosen = np.random.default_rng(1).integers(0, size - 1, PROOFS).tolist()
    ours, paths = cpu(lambda: [inclusion_proof(index, size, read) for index in chosen])
    few = chosen[:PEER_PROOFS]
    peer = np.nan
    if peers is not None:
        assert peers.get_root() == root(size, read)
        peer, _ = cpu(lambda: [peers.prove_inclusion(index + 1, size) for index in few])
        peer *= PROOFS / PEER_PROOFS
    yield f"{PROOFS} inclusion proofs at {size:,}", ours, peer, name
    ours, _ = cpu(lambda: [consistency_proof(index + 1, size, read) for index in chosen])
    if peers is not None:
        peer, _ = cpu(lambda: [peers.prove_consistency(index + 1, size) for index in few])
        peer *= PROOFS / PEER_PROOFS
    yield f"{PROOFS} consistency proofs at {size:,}", ours, peer, name
    top = root(size, read)

    def verified() -> bool:
        return all(
            verify_inclusion(leaves[index], index=index, size=size, path=path, root=top)
            for index, path in zip(chosen, paths, strict=True)
        )

    ours, good = cpu(verified)
    assert good
    yield f"verify {PROOFS} inclusion proofs at {size:,}", ours, np.nan, "none"

    several = min(size, EXPORTED)
    ours, lines = cpu(lambda: exported(several))
    megabytes = sum(map(len, lines)) / 1e6
    yield f"commit to and export {several:,} events, {megabytes:.0f} MB", ours, np.nan, "none"
    ours, found = cpu(lambda: check_ledger(io.BytesIO(b"".join(lines))))
    assert found.good
    yield f"verify that export, {found.checkpoints} checkpoints", ours, np.nan, "none"


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else LEAVES
    print(f"{'':44}{'ours, s':>10}{'peer, s':>10}{'ratio':>9}  peer")
    for what, ours, peer, name in rows(size):
        print(f"{what:44}{ours:10.4f}{peer:10.3f}{peer / ours:9.1f}  {name}", flush=True)


if __name__ == "__main__":
    main()
