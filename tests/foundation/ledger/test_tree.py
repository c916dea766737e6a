# SPDX-License-Identifier: EUPL-1.2
"""The tree beside the RFC's recursive definitions, published vectors, and whoever changes a byte."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sprega.foundation.ledger.error import LedgerError
from sprega.foundation.ledger.tree import (
    EMPTY_ROOT,
    Address,
    RunningRoot,
    append,
    consistency_plan,
    consistency_proof,
    inclusion_plan,
    inclusion_proof,
    leaf_hash,
    peaks,
    root,
    verify_consistency,
    verify_inclusion,
)

LARGEST = 300
# The eight leaves, roots and proofs of the Certificate Transparency reference implementations.
VECTOR = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 9162, section 2.1.1."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = split(len(leaves))
    return sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH of RFC 9162, section 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(m: int, leaves: Sequence[bytes], known: bool) -> list[bytes]:
    """SUBPROOF of RFC 9162, section 2.1.4.1."""
    if m == len(leaves):
        return [] if known else [naive_root(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*naive_subproof(m, leaves[:k], known), naive_root(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], False), naive_root(leaves[:k])]


def split(n: int) -> int:
    k = 1
    while 2 * k < n:
        k *= 2
    return k


LEAVES = [sha256(str(number).encode()).digest() for number in range(LARGEST + 1)]
NAIVE = [naive_root(LEAVES[:size]) for size in range(LARGEST + 1)]
SIZES = st.integers(0, LARGEST)


class Store:
    """What a database would do: nodes are inserted once, and read in queries that are counted."""

    def __init__(self) -> None:
        self.nodes: dict[Address, bytes] = {}
        self.queries: list[int] = []

    def read(self, addresses: Sequence[Address]) -> Mapping[Address, bytes]:
        self.queries.append(len(addresses))
        return {address: self.nodes[address] for address in addresses if address in self.nodes}

    def insert(self, nodes: Mapping[Address, bytes]) -> None:
        assert not self.nodes.keys() & nodes.keys()
        self.nodes.update(nodes)


@pytest.fixture(scope="module")
def store() -> Store:
    """The whole tree, appended leaf by leaf; every root compared on the way."""
    store = Store()
    for size in range(LARGEST):
        appended = append(size, store.read, [LEAVES[size]])
        store.insert(appended.nodes)
        assert appended.size == size + 1
        assert appended.root == NAIVE[size + 1]
    assert max(store.queries) <= LARGEST.bit_length()
    return store


def test_published_roots() -> None:
    for size, expected in enumerate(ROOTS):
        assert append(0, dict, VECTOR[:size]).root.hex() == expected
        assert naive_root(VECTOR[:size]).hex() == expected


def test_published_proofs() -> None:
    """Of the same reference implementations: inclusion of leaf 5 in 8, consistency of 6 and 8."""
    nodes = append(0, dict, VECTOR).nodes
    inclusion = inclusion_proof(5, 8, lambda addresses: nodes)
    assert [step.hex() for step in inclusion] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    consistency = consistency_proof(6, 8, lambda addresses: nodes)
    assert [step.hex() for step in consistency] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_every_root_in_one_query(store: Store) -> None:
    running = RunningRoot()
    for size in range(LARGEST + 1):
        store.queries.clear()
        assert root(size, store.read) == NAIVE[size] == running.root()
        assert len(store.queries) == (1 if size else 0)
        if size < LARGEST:
            running.add(LEAVES[size])


@given(sizes=st.lists(SIZES, max_size=6).map(sorted))
@settings(deadline=None)
def test_batches_make_the_same_tree(store: Store, sizes: list[int]) -> None:
    batched, last = Store(), 0
    for size in sizes:
        appended = append(last, batched.read, LEAVES[last:size])
        assert len(appended.nodes) <= 2 * (size - last) + last.bit_length()
        assert appended.root == NAIVE[size]
        batched.insert(appended.nodes)
        last = size
    assert batched.nodes == {
        (level, index): node for (level, index), node in store.nodes.items() if (index + 1) << level <= last
    }


@given(size=st.integers(1, LARGEST), data=st.data())
@settings(deadline=None)
def test_inclusion(store: Store, size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    store.queries.clear()
    path = inclusion_proof(index, size, store.read)
    assert len(store.queries) <= 1
    assert sum(store.queries) <= 2 * size.bit_length()
    assert path == naive_path(index, LEAVES[:size])
    assert verify_inclusion(LEAVES[index], index=index, size=size, path=path, root=NAIVE[size])


@given(new=st.integers(1, LARGEST), data=st.data())
@settings(deadline=None)
def test_consistency(store: Store, new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    store.queries.clear()
    path = consistency_proof(old, new, store.read)
    assert len(store.queries) <= 1
    assert sum(store.queries) <= 2 * new.bit_length()
    assert path == naive_subproof(old, LEAVES[:new], True)
    assert verify_consistency(old=old, old_root=NAIVE[old], new=new, new_root=NAIVE[new], path=path)


def test_small_trees_whole(store: Store) -> None:
    """Every proof up to 40 leaves; and each holds for its own claim only."""
    for new in range(1, 41):
        for old in range(new):
            path = inclusion_proof(old, new, store.read)
            for claimed in range(new):
                held = verify_inclusion(LEAVES[old], index=claimed, size=new, path=path, root=NAIVE[new])
                assert held == (claimed == old)
            path = consistency_proof(old, new, store.read)
            for claimed in range(new):
                held = verify_consistency(
                    old=claimed, old_root=NAIVE[old], new=new, new_root=NAIVE[new], path=path
                )
                assert held == (claimed == old)


@given(new=st.integers(2, LARGEST), data=st.data())
@settings(deadline=None)
def test_any_changed_byte_is_noticed(store: Store, new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new - 1))
    flip = data.draw(st.integers(1, 255))
    at = data.draw(st.integers(0, 31))

    def changed(value: bytes) -> bytes:
        return value[:at] + bytes([value[at] ^ flip]) + value[at + 1 :]

    claim = {"index": old, "size": new, "root": NAIVE[new]}
    path = inclusion_proof(old, new, store.read)
    assert not verify_inclusion(changed(LEAVES[old]), path=path, **claim)
    assert not verify_inclusion(LEAVES[old], path=path, **claim | {"root": changed(NAIVE[new])})
    for number in range(len(path)):
        wrong = [*path[:number], changed(path[number]), *path[number + 1 :]]
        assert not verify_inclusion(LEAVES[old], path=wrong, **claim)
    for wrong in (path[:-1], [*path, path[-1]], path[1:], [path[0][:-1], *path[1:]], path[::-1][1:]):
        assert not verify_inclusion(LEAVES[old], path=wrong, **claim)

    claim = {"old": old, "old_root": NAIVE[old], "new": new, "new_root": NAIVE[new]}
    path = consistency_proof(old, new, store.read)
    for root_of in ("old_root", "new_root"):
        assert not verify_consistency(path=path, **claim | {root_of: changed(claim[root_of])})
    for number in range(len(path)):
        wrong = [*path[:number], changed(path[number]), *path[number + 1 :]]
        assert not verify_consistency(path=wrong, **claim)
    for wrong in (path[:-1], [*path, path[-1]], path[1:], [path[0][:-1], *path[1:]]):
        assert not verify_consistency(path=wrong, **claim)


def test_the_ends() -> None:
    nothing = {"old": 0, "old_root": EMPTY_ROOT, "new": 2, "new_root": NAIVE[2]}
    assert verify_consistency(**nothing, path=[])
    assert consistency_plan(0, 2).addresses == []
    assert not verify_consistency(**nothing | {"old_root": NAIVE[1]}, path=[])
    assert not verify_consistency(**nothing, path=[NAIVE[1]])
    same = {"old": 2, "old_root": NAIVE[2], "new": 2, "new_root": NAIVE[2]}
    assert verify_consistency(**same, path=[])
    assert not verify_consistency(**same | {"old_root": NAIVE[1]}, path=[])
    assert not verify_consistency(old=0, old_root=NAIVE[1], new=0, new_root=NAIVE[1], path=[])
    assert not verify_consistency(**same | {"old": 3}, path=[])
    assert not verify_inclusion(LEAVES[0], index=0, size=0, path=[], root=EMPTY_ROOT)
    assert not verify_inclusion(LEAVES[0], index=-1, size=1, path=[], root=leaf_hash(LEAVES[0]))
    unchanged = append(0, dict, [])
    assert (unchanged.size, unchanged.root, unchanged.nodes) == (0, EMPTY_ROOT, {})


def test_what_cannot_be_asked() -> None:
    for plan in (
        lambda: inclusion_plan(3, 3),
        lambda: inclusion_plan(-1, 3),
        lambda: consistency_plan(4, 3),
        lambda: consistency_plan(-1, 3),
        lambda: peaks(-1),
    ):
        with pytest.raises(ValueError, match=r"leaves|size"):
            plan()


def test_a_lost_node_is_named(store: Store) -> None:
    lost = {address: node for address, node in store.nodes.items() if address != (3, 0)}
    for prove in (
        lambda: root(11, lambda addresses: lost),
        lambda: append(11, lambda addresses: lost, [b""]),
        lambda: inclusion_proof(9, 11, lambda addresses: lost),
        lambda: consistency_proof(10, 11, lambda addresses: lost),
    ):
        with pytest.raises(LedgerError, match="level 3, index 0"):
            prove()
