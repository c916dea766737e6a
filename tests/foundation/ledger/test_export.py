# SPDX-License-Identifier: EUPL-1.2
"""A ledger file is read back as it was written; anything else is refused with its line."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Iterator

import pytest

from sprega.foundation.ledger.check import check_ledger
from sprega.foundation.ledger.checkpoint import Checkpoint, PrivateKey, sign
from sprega.foundation.ledger.error import LedgerError
from sprega.foundation.ledger.export import (
    LONGEST_LINE,
    End,
    Header,
    Leaf,
    Note,
    ledger_lines,
    read_ledger,
)
from sprega.foundation.ledger.leaf import LARGEST_PAYLOAD, canonical, commitment
from sprega.foundation.ledger.proof import dump_proof, load_proof
from sprega.foundation.ledger.tree import RunningRoot

HEADER = b'{"form":"sprega-ledger-1","keys":[],"origin":"a","size":0}\n'
END = b'{"end":{"checkpoints":0,"leaves":0}}\n'
HEX = b"0" * 64


def test_it_is_read_back(ledger) -> None:
    lines = ledger.lines()
    entries = list(read_ledger(io.BytesIO(b"".join(lines))))
    assert [number for number, _ in entries] == list(range(1, len(lines) + 1))
    read = [entry for _, entry in entries]
    assert read[0] == Header("clusters.example/practice", tuple(ledger.keys), 12)
    assert [entry for entry in read if isinstance(entry, Leaf)] == ledger.leaves
    assert [entry.text for entry in read if isinstance(entry, Note)] == [ledger.note(s) for s in ledger.sizes]
    assert read[-1] == End(12, 4)
    assert all(json.loads(line) for line in lines)


def test_checkpoints_stand_after_what_they_cover(ledger) -> None:
    kinds = "".join(type(entry).__name__[0] for _, entry in read_ledger(io.BytesIO(b"".join(ledger.lines()))))
    assert kinds == "HN" + "LLLLL" + "N" + "LLL" + "N" + "LLL" + "N" + "L" + "E"


def test_the_writer_notices_what_does_not_fit(ledger) -> None:
    ledger.sizes = (5, 2)
    with pytest.raises(ValueError, match="checkpoint of 2"):
        ledger.lines()
    ledger.sizes = ()
    far = [sign(Checkpoint("a", 13, bytes(32)), ledger.old)]
    of = {"origin": "a", "keys": []}
    with pytest.raises(ValueError, match="checkpoint of 13"):
        list(ledger_lines(**of, size=12, leaves=ledger.leaves, checkpoints=far))
    with pytest.raises(ValueError, match="instead of 13"):
        list(ledger_lines(**of, size=13, leaves=ledger.leaves, checkpoints=[]))
    with pytest.raises(ValueError, match="Leaf 1 came where leaf 0"):
        list(ledger_lines(**of, size=11, leaves=ledger.leaves[1:], checkpoints=[]))
    with pytest.raises(ValueError, match="both"):
        Leaf(0, bytes(32), b"{}")


def leaf_of(payload: bytes) -> bytes:
    return b'{"commitment":"%s","payload":%s,"position":0,"salt":"%s"}\n' % (HEX, payload, HEX)


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (b"", 1, "end line is missing"),
        (b"\n", 1, "JSON"),
        (b"PK\x03\x04\n", 1, "JSON"),
        (b"[]\n", 1, "header"),
        (END, 1, "header"),
        (HEADER.replace(b"-1", b"-2"), 1, "header"),
        (HEADER.replace(b'"size":0', b'"size":-1'), 1, "header"),
        (HEADER.replace(b'"size":0', b'"size":true'), 1, "header"),
        (HEADER.replace(b'"size":0', b'"size":9007199254740993'), 1, "header"),
        (HEADER.replace(b'"size":0', b'"size":0,"x":1'), 1, "header"),
        (HEADER.replace(b'"a"', b'"a\\u001b[2J"'), 1, "header"),
        (HEADER.replace(b"[]", b"[1]"), 1, "header"),
        (HEADER.replace(b"[]", b'["a+b+c"]'), 1, "public key"),
        (HEADER[:-1], 1, "cut short"),
        (HEADER, 2, "end line is missing"),
        (HEADER + END + END, 3, "follows the ledger's end"),
        (HEADER + END + b"\n", 3, "follows the ledger's end"),
        (HEADER + HEADER + END, 2, "neither"),
        (HEADER + b"[" * 100_000 + b"\n", 2, "JSON"),
        (HEADER + b"9" * 100_000 + b"\n", 2, "JSON"),
        (HEADER + b"NaN\n", 2, "neither"),
        (HEADER + b'"' + b"a" * LONGEST_LINE + b'"\n', 2, "longer than"),
        (HEADER + b"\xff\n", 2, "JSON"),
        (HEADER + '{"end":{"checkpoints":0,"leaves":0}}\n'.encode("utf-16"), 2, "JSON"),
        (HEADER + b'{"end": {"checkpoints":0,"leaves":0}}\n', 2, "one allowed way"),
        (HEADER + b'{"end":{"leaves":0,"checkpoints":0}}\n', 2, "one allowed way"),
        (HEADER + b'{"end":{"checkpoints":-0,"leaves":0}}\n', 2, "one allowed way"),
        (HEADER + b'{"end":{"checkpoints":0,"leaves":0}}\r\n', 2, "one allowed way"),
        (HEADER + b'\xef\xbb\xbf{"end":{"checkpoints":0,"leaves":0}}\n', 2, "one allowed way"),
        (HEADER + b'{"end":{"checkpoints":0,"leaves":0},"x":0}\n', 2, "neither"),
        (HEADER + b'{"end":{"checkpoints":0,"leaves":0,"leaves":0}}\n', 2, "each key stands once"),
        (HEADER + b'{"checkpoint":"\\ud800"}\n', 2, "Unicode"),
        (HEADER + b'{"checkpoint":"a","x":1}\n', 2, "neither"),
        (HEADER + b'{"commitment":"%s","position":0,"salt":"%s"}\n' % (HEX, HEX), 2, "neither"),
        (HEADER + b'{"commitment":"%s","position":0}\n' % HEX.replace(b"0", b"A"), 2, "neither"),
        (HEADER + b'{"commitment":"%s","position":0}\n' % HEX[1:], 2, "neither"),
        (HEADER + b'{"commitment":"%s","position":0.0}\n' % HEX, 2, "neither"),
        (HEADER + leaf_of(b'"text"'), 2, "neither"),
        (HEADER + leaf_of(b'{"a":1.5}'), 2, "fraction"),
        (HEADER + leaf_of(b'{"a":NaN}'), 2, "fraction"),
        (HEADER + leaf_of(b'{"a":1,"a":1}'), 2, "each key stands once"),
        (HEADER + leaf_of(b'{"b":1,"a":1}'), 2, "one allowed way"),
        (HEADER + leaf_of(b'{"a":"\\u0061"}'), 2, "one allowed way"),
        (HEADER + leaf_of(b'{"a":"\\u0000"}'), 2, "zero character"),
        (HEADER + leaf_of(b'{"a":' + b"[" * 500 + b"]" * 500 + b"}"), 2, "deeply"),
        (HEADER + leaf_of(b'{"a":"' + b"a" * LARGEST_PAYLOAD + b'"}'), 2, "too large"),
    ],
)
def test_hostile_files_are_refused_with_their_line(content: bytes, line: int, said: str) -> None:
    with pytest.raises(LedgerError, match=rf"^Line {line}: .*{said}"):
        list(read_ledger(io.BytesIO(content)))


class Endless(io.RawIOBase):
    """Lines that are made while they are read, so that only the reader's memory is measured."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self.lines = lines

    def readline(self, size: int | None = -1, /) -> bytes:
        return next(self.lines, b"")


def test_memory_does_not_grow_with_the_ledger() -> None:
    key = PrivateKey("a", bytes(32))
    payload, salt = canonical({"kind": "a", "facts": {"text": "a" * 200}}), bytes(32)
    digest = commitment(salt, payload)

    def peak(size: int) -> int:
        tree = RunningRoot()
        for _ in range(size):
            tree.add(digest)
        lines = ledger_lines(
            origin="a",
            keys=[key.public],
            size=size,
            leaves=(Leaf(position, digest, payload, salt) for position in range(size)),
            checkpoints=[sign(Checkpoint("a", size, tree.root()), key)],
        )
        tracemalloc.start()
        assert check_ledger(Endless(lines)).good
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(4000) < 4000 * 100, "the file has more than 4000 * 450 bytes"


def test_a_proof_is_read_back(ledger) -> None:
    text = dump_proof(ledger.leaves[6], ledger.path(6, 8), ledger.note(8), ledger.keys)
    proof = load_proof(text.encode())
    assert proof.leaf == ledger.leaves[6]
    assert list(proof.path) == ledger.path(6, 8)
    with pytest.raises(ValueError, match="erased"):
        dump_proof(ledger.leaves[3], [], "", [])


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("form", "sprega-proof-2"),
        ("position", -1),
        ("position", "6"),
        ("position", True),
        ("payload", "text"),
        ("payload", {"a": 1.5}),
        ("salt", "00"),
        ("commitment", 0),
        ("path", ["zz"]),
        ("path", [0]),
        ("path", ["00" * 32] * 65),
        ("keys", [0]),
        ("keys", ["a"]),
        ("checkpoint", None),
        ("more", 1),
    ],
)
def test_hostile_proofs_are_refused(key: str, value: object, ledger) -> None:
    document = json.loads(dump_proof(ledger.leaves[6], ledger.path(6, 8), ledger.note(8), ledger.keys))
    with pytest.raises(LedgerError):
        load_proof(json.dumps(document | {key: value}).encode())


def test_a_proof_says_nothing_twice(ledger) -> None:
    """A person might read the first `payload`, the program the last."""
    text = dump_proof(ledger.leaves[6], ledger.path(6, 8), ledger.note(8), ledger.keys)
    with pytest.raises(LedgerError, match="each key stands once"):
        load_proof(text.replace('"payload"', '"payload": {}, "payload"').encode())
