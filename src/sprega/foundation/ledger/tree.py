# SPDX-License-Identifier: EUPL-1.2
"""The Merkle tree of RFC 9162 over the ledger's commitments: appending, proofs, and verifying them.

A stored node is the hash of a *complete* subtree: (level, index) covers the 2**level leaves from
index * 2**level on. Such a node never changes once it exists, so storage only ever inserts. What a
proof needs is known from sizes alone, before anything is read: one query fetches it all.

The verifiers (`verify_inclusion`, `verify_consistency`, `RunningRoot`) follow the RFC's own algorithms
and share nothing with the prover but the two hashes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias

from sprega.engines.model import Sentence
from sprega.foundation.ledger.error import LedgerError

Address: TypeAlias = tuple[int, int]
"""Level from the leaves (0) up, and index from the left (0) on."""
Read: TypeAlias = Callable[[Sequence[Address]], Mapping[Address, bytes]]
"""Reads the stored nodes of these addresses, best in one query."""

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf_hash(commitment: bytes) -> bytes:
    """The hash of a leaf: SHA-256(0x00 || commitment)."""
    return sha256(b"\x00" + commitment).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True)
class Appended:
    """What an append leaves behind.

    Attributes
    ----------
    size : int
        Leaves of the tree now.
    root : bytes
        Its root, 32 bytes.
    nodes : dict
        Every node that has become complete, by address: to be inserted, none was there before.
    """

    size: int
    root: bytes
    nodes: dict[Address, bytes]


@dataclass(frozen=True)
class Plan:
    """Which stored nodes a proof needs, and how they become the proof.

    Attributes
    ----------
    parts : tuple
        For each hash of the proof, the complete subtrees that it is made of, left to right.
    """

    parts: tuple[tuple[Address, ...], ...]

    @property
    def addresses(self) -> list[Address]:
        """Every node needed, each once."""
        return list(dict.fromkeys(address for part in self.parts for address in part))

    def proof(self, nodes: Mapping[Address, bytes]) -> list[bytes]:
        """Combine the nodes into the proof's hashes, in the RFC's order."""
        return [_fold([_node(nodes, address) for address in part]) for part in self.parts]


def peaks(size: int) -> list[Address]:
    """The complete subtrees that a tree of this size consists of, left to right.

    They are all that appending and the root need.

    Examples
    --------
    >>> peaks(11)
    [(3, 0), (1, 4), (0, 10)]
    """
    if size < 0:
        raise ValueError(f"A tree has no size {size}.")
    return list(_subtrees(0, size))


def root(size: int, read: Read) -> bytes:
    """The root at any size up to the present one.

    Parameters
    ----------
    size : int
        Leaves of the tree, of now or of earlier.
    read : callable
        Reads stored nodes; asked once, for at most log2(size) + 1 of them.

    Returns
    -------
    bytes
        The Merkle tree hash of the first `size` leaves.

    Raises
    ------
    LedgerError
        A node that should be stored is not.

    Examples
    --------
    >>> nodes = append(0, dict, [b"a", b"b", b"c"]).nodes
    >>> root(2, lambda addresses: nodes) == node_hash(leaf_hash(b"a"), leaf_hash(b"b"))
    True
    """
    needed = peaks(size)
    if not needed:
        return EMPTY_ROOT
    nodes = read(needed)
    return _fold([_node(nodes, address) for address in needed])


def append(size: int, read: Read, commitments: Iterable[bytes]) -> Appended:
    """Append a batch of leaves.

    Parameters
    ----------
    size : int
        Leaves of the tree so far.
    read : callable
        Reads stored nodes; asked once, for the `peaks` of the tree so far.
    commitments : iterable of bytes
        The new leaves, in order.

    Returns
    -------
    Appended
        New size and root, and at most 2 k + log2(size) nodes to insert for k leaves.

    Raises
    ------
    LedgerError
        A node that should be stored is not.

    Notes
    -----
    RFC 9162, section 2.1.1 (Laurie, Messeri, Stradling 2021).

    Examples
    --------
    >>> first = append(0, dict, [b"a", b"b", b"c"])
    >>> sorted(first.nodes)
    [(0, 0), (0, 1), (0, 2), (1, 0)]
    >>> second = append(3, lambda addresses: first.nodes, [b"d"])
    >>> sorted(second.nodes)
    [(0, 3), (1, 1), (2, 0)]
    """
    needed = peaks(size)
    old: Mapping[Address, bytes] = read(needed) if needed else {}
    frontier = {address: _node(old, address) for address in needed}
    new: dict[Address, bytes] = {}
    row = [leaf_hash(commitment) for commitment in commitments]
    grown, level, start = size + len(row), 0, size
    while row:
        new.update(zip(((level, index) for index in range(start, start + len(row))), row, strict=True))
        if start & 1:
            start -= 1
            row.insert(0, frontier[level, start])
        row = [
            sha256(b"\x01" + left + right).digest() for left, right in zip(row[::2], row[1::2], strict=False)
        ]
        level, start = level + 1, start >> 1
    if not grown:
        return Appended(0, EMPTY_ROOT, new)
    top = [new[address] if address in new else frontier[address] for address in peaks(grown)]
    return Appended(grown, _fold(top), new)


def inclusion_plan(index: int, size: int) -> Plan:
    """What the proof needs that leaf `index` stands in the tree of `size` leaves.

    Plans of several leaves can share one query: read the addresses of all, then let each combine.

    Examples
    --------
    >>> inclusion_plan(4, 7).parts
    (((0, 5),), ((0, 6),), ((2, 0),))
    """
    if not 0 <= index < size:
        raise ValueError(f"A tree of {size} leaves has no leaf {index}.")
    ranges, start, stop = [], 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            ranges.append((middle, stop))
            stop = middle
        else:
            ranges.append((start, middle))
            start = middle
    return _plan(ranges)


def consistency_plan(old: int, new: int) -> Plan:
    """What the proof needs that the tree of `old` leaves is the beginning of that of `new` leaves.

    Examples
    --------
    >>> consistency_plan(3, 7).parts
    (((0, 2),), ((0, 3),), ((1, 0),), ((1, 2), (0, 6)))
    """
    if not 0 <= old <= new:
        raise ValueError(f"A tree of {new} leaves never had {old}.")
    if not old:
        return Plan(())
    ranges, start, stop, whole = [], 0, new, True
    while stop != old:
        middle = start + _split(stop - start)
        if old <= middle:
            ranges.append((middle, stop))
            stop = middle
        else:
            ranges.append((start, middle))
            start, whole = middle, False
    if not whole:
        ranges.append((start, stop))
    return _plan(ranges)


def inclusion_proof(index: int, size: int, read: Read) -> list[bytes]:
    """Prove that leaf `index` stands in the tree of `size` leaves.

    Parameters
    ----------
    index : int
        Position of the leaf, from 0.
    size : int
        Leaves of the tree, of now or of earlier.
    read : callable
        Reads stored nodes; asked once, for fewer than 2 log2(size) + 1 of them.

    Returns
    -------
    list of bytes
        The path of RFC 9162, section 2.1.3.1.

    Raises
    ------
    LedgerError
        A node that should be stored is not.

    Examples
    --------
    >>> tree = append(0, dict, [b"a", b"b", b"c"])
    >>> path = inclusion_proof(2, 3, lambda addresses: tree.nodes)
    >>> verify_inclusion(b"c", index=2, size=3, path=path, root=tree.root)
    True
    """
    return _prove(inclusion_plan(index, size), read)


def consistency_proof(old: int, new: int, read: Read) -> list[bytes]:
    """Prove that the tree of `old` leaves is the beginning of that of `new` leaves.

    Parameters
    ----------
    old, new : int
        Leaves of the two trees.
    read : callable
        Reads stored nodes; asked once, for fewer than 2 log2(new) + 2 of them.

    Returns
    -------
    list of bytes
        The path of RFC 9162, section 2.1.4.1; empty where the sizes are equal, or the old one is 0.

    Raises
    ------
    LedgerError
        A node that should be stored is not.

    Examples
    --------
    >>> old = append(0, dict, [b"a", b"b"])
    >>> new = append(2, lambda addresses: old.nodes, [b"c"])
    >>> path = consistency_proof(2, 3, lambda addresses: old.nodes | new.nodes)
    >>> verify_consistency(old=2, old_root=old.root, new=3, new_root=new.root, path=path)
    True
    """
    return _prove(consistency_plan(old, new), read)


def verify_inclusion(commitment: bytes, *, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path proves that this leaf stands at `index` of the tree with this size and root.

    Notes
    -----
    RFC 9162, section 2.1.3.2, step by step; `fn` and `sn` are the RFC's names.

    Examples
    --------
    >>> verify_inclusion(b"a", index=0, size=1, path=[], root=leaf_hash(b"a"))
    True
    """
    if not 0 <= index < size or not _hashes(path):
        return False
    fn, sn = index, size - 1
    running = leaf_hash(commitment)
    for step in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            running = node_hash(step, running)
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            running = node_hash(running, step)
        fn >>= 1
        sn >>= 1
    return sn == 0 and running == root


def verify_consistency(
    *, old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether the path proves that the old tree is the beginning of the new one.

    Notes
    -----
    RFC 9162, section 2.1.4.2, step by step. The RFC leaves out equal sizes and an empty old tree: here both
    take an empty path.

    Examples
    --------
    >>> a, b = leaf_hash(b"a"), leaf_hash(b"b")
    >>> verify_consistency(old=1, old_root=a, new=2, new_root=node_hash(a, b), path=[b])
    True
    """
    if not 0 <= old <= new or not _hashes([*path, old_root, new_root]):
        return False
    if old == new:
        return not path and old_root == new_root and (old > 0 or old_root == EMPTY_ROOT)
    if old == 0:
        return not path and old_root == EMPTY_ROOT
    if not path:
        return False
    steps = list(path)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn >>= 1
        sn >>= 1
    running_old = running_new = steps[0]
    for step in steps[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            running_old = node_hash(step, running_old)
            running_new = node_hash(step, running_new)
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            running_new = node_hash(running_new, step)
        fn >>= 1
        sn >>= 1
    return sn == 0 and running_old == old_root and running_new == new_root


class RunningRoot:
    """The root of leaves that come one by one, in memory of log2(size) hashes.

    Notes
    -----
    The stack of RFC 9162, section 2.1.2, which recomputes a tree head from its entries.

    Examples
    --------
    >>> tree = RunningRoot()
    >>> tree.add(b"a")
    >>> tree.size, tree.root() == leaf_hash(b"a")
    (1, True)
    """

    def __init__(self) -> None:
        self.size = 0
        self._stack: list[bytes] = []

    def add(self, commitment: bytes) -> None:
        """Take the next leaf."""
        stack, merges = self._stack, self.size
        stack.append(leaf_hash(commitment))
        while merges & 1:
            right = stack.pop()
            stack[-1] = node_hash(stack[-1], right)
            merges >>= 1
        self.size += 1

    def root(self) -> bytes:
        """The root of the leaves so far."""
        if not self._stack:
            return EMPTY_ROOT
        stack = list(self._stack)
        while len(stack) > 1:
            right = stack.pop()
            stack[-1] = node_hash(stack[-1], right)
        return stack[0]


def _prove(plan: Plan, read: Read) -> list[bytes]:
    needed = plan.addresses
    return plan.proof(read(needed)) if needed else []


def _plan(ranges: list[tuple[int, int]]) -> Plan:
    """Ranges of leaves were found from the root down; a proof names them from the leaf up."""
    return Plan(tuple(tuple(_subtrees(start, stop)) for start, stop in reversed(ranges)))


def _subtrees(start: int, stop: int) -> Iterable[Address]:
    """The complete subtrees of a range of leaves; as in every tree of the RFC, larger ones stand left."""
    width = stop - start
    for level in range(width.bit_length() - 1, -1, -1):
        if width >> level & 1:
            yield level, start >> level
            start += 1 << level


def _split(width: int) -> int:
    """The largest power of two below `width`: so many leaves go left."""
    return 1 << ((width - 1).bit_length() - 1)


def _fold(hashes: Sequence[bytes]) -> bytes:
    """The root of neighbouring subtrees that get smaller from left to right."""
    folded = hashes[-1]
    for left in reversed(hashes[:-1]):
        folded = node_hash(left, folded)
    return folded


def _node(nodes: Mapping[Address, bytes], address: Address) -> bytes:
    if address not in nodes:
        level, index = address
        raise LedgerError(
            Sentence(
                "The stored tree lacks the node at level {level}, index {index}. Restore the ledger from "
                "a backup.",
                {"level": level, "index": str(index)},
            )
        )
    return nodes[address]


def _hashes(values: Sequence[bytes]) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
