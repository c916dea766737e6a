# SPDX-License-Identifier: EUPL-1.2
"""The ledger as a file, `sprega-ledger-1`: lines of canonical JSON that anybody can verify offline.

A header, then every leaf in order with each checkpoint right after the leaves that it covers, then an end
line. So a reader verifies as it reads, in memory that does not grow with the ledger, and a file that was
cut short is noticed. Every line has exactly one way to be written: what differs from it is refused.

    {"form":"sprega-ledger-1","keys":["name+id+key"],"origin":"clusters.example/ics","size":2}
    {"commitment":"64 hexadecimal digits","payload":{...},"position":0,"salt":"64 hexadecimal digits"}
    {"commitment":"64 hexadecimal digits","position":1}
    {"checkpoint":"a signed note"}
    {"end":{"checkpoints":1,"leaves":2}}
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeAlias

from sprega.engines.model import Sentence
from sprega.foundation.ledger.checkpoint import PublicKey, parse_note, read
from sprega.foundation.ledger.error import LedgerError
from sprega.foundation.ledger.leaf import LARGEST_PAYLOAD, SALT_BYTES, canonical
from sprega.foundation.ledger.tree import HASH_BYTES

FORM = "sprega-ledger-1"
LONGEST_LINE = 2 * LARGEST_PAYLOAD
"""Bytes. A line holds one payload of at most half of that, or a signed note."""
MOST_LEAVES = 1 << 53


@dataclass(frozen=True)
class Header:
    """The first line: the ledger's name, the public keys of its checkpoints, how many leaves follow."""

    origin: str
    keys: tuple[PublicKey, ...]
    size: int


@dataclass(frozen=True)
class Leaf:
    """A leaf with what it commits to; both are None where the event was erased.

    Attributes
    ----------
    position : int
        From 0.
    commitment : bytes
        32 bytes.
    payload : bytes or None
        Canonical JSON, the very bytes that were committed to.
    salt : bytes or None
        32 bytes.
    """

    position: int
    commitment: bytes
    payload: bytes | None = None
    salt: bytes | None = None

    def __post_init__(self) -> None:
        if (self.payload is None) != (self.salt is None):
            raise ValueError("A leaf has both payload and salt, or neither.")


@dataclass(frozen=True)
class Note:
    """A signed checkpoint, as text."""

    text: str


@dataclass(frozen=True)
class End:
    """The last line: what should have come before it."""

    leaves: int
    checkpoints: int


Entry: TypeAlias = Header | Leaf | Note | End


def ledger_lines(
    *,
    origin: str,
    keys: Sequence[PublicKey],
    size: int,
    leaves: Iterable[Leaf],
    checkpoints: Iterable[str],
) -> Iterator[bytes]:
    """Write a ledger, line by line: for a file or a streamed answer.

    Parameters
    ----------
    origin : str
        The ledger's name, as in its checkpoints.
    keys : sequence of PublicKey
        Present and earlier keys.
    size : int
        How many leaves come.
    leaves : iterable of Leaf
        In order from position 0; read as they are written, so a database cursor will do.
    checkpoints : iterable of str
        Signed notes by size, none beyond `size`; read as they are written too.

    Yields
    ------
    bytes
        Lines with their line break.

    Raises
    ------
    ValueError
        Leaves or checkpoints do not come as promised. Read both in one transaction.

    Examples
    --------
    >>> from sprega.foundation.ledger.leaf import commitment
    >>> leaf = Leaf(0, commitment(bytes(32), b"{}"), b"{}", bytes(32))
    >>> of = {"origin": "clusters.example/ics", "keys": [], "size": 1}
    >>> lines = list(ledger_lines(**of, leaves=[leaf], checkpoints=[]))
    >>> lines[0]
    b'{"form":"sprega-ledger-1","keys":[],"origin":"clusters.example/ics","size":1}\\n'
    >>> len(lines)
    3
    """
    names = [str(key) for key in keys]
    yield _line({"form": FORM, "keys": names, "origin": origin, "size": size})
    notes = iter(checkpoints)
    note = next(notes, None)
    written = signed = 0
    for leaf in leaves:
        while note is not None and _size(note) <= written:
            signed += _in_place(note, written)
            yield _line({"checkpoint": note})
            note = next(notes, None)
        if leaf.position != written:
            raise ValueError(f"Leaf {leaf.position} came where leaf {written} belongs.")
        yield leaf_line(leaf)
        written += 1
    while note is not None:
        signed += _in_place(note, written)
        yield _line({"checkpoint": note})
        note = next(notes, None)
    if written != size:
        raise ValueError(f"{written} leaves came instead of {size}.")
    yield _line({"end": {"checkpoints": signed, "leaves": written}})


def leaf_line(leaf: Leaf) -> bytes:
    """The line of one leaf; the payload stands in it byte by byte as it was committed to."""
    if leaf.payload is None or leaf.salt is None:
        return b'{"commitment":"%s","position":%d}\n' % (leaf.commitment.hex().encode(), leaf.position)
    return b'{"commitment":"%s","payload":%s,"position":%d,"salt":"%s"}\n' % (
        leaf.commitment.hex().encode(),
        leaf.payload,
        leaf.position,
        leaf.salt.hex().encode(),
    )


def read_ledger(stream: BinaryIO) -> Iterator[tuple[int, Entry]]:
    """Read a ledger file from anybody, line by line.

    Parameters
    ----------
    stream : binary stream
        Never more of it than one line is kept.

    Yields
    ------
    tuple of int and Entry
        The line's number from 1, and what stands there: one Header, then Leaf and Note, then one End.
        Whether positions, commitments, roots and signatures are right is for the reader to check
        (`sprega.foundation.ledger.check`).

    Raises
    ------
    LedgerError
        A line is not of the form; the sentence names it.

    Examples
    --------
    >>> import io
    >>> list(read_ledger(io.BytesIO(b'{"form":"sprega-ledger-2"}')))
    Traceback (most recent call last):
    sprega.foundation.ledger.error.LedgerError: Line 1: the line does not end. The file was cut short.
    """
    number, ended = 0, False
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        try:
            if ended:
                raise LedgerError(Sentence("something follows the ledger's end."))
            entry = _entry(line, first=number == 1)
        except LedgerError as error:
            raise at_line(number, error.sentence) from error
        ended = isinstance(entry, End)
        yield number, entry
    if not ended:
        raise at_line(number + 1, Sentence("the end line is missing. The file was cut short."))


def at_line(number: int, problem: Sentence) -> LedgerError:
    """A problem with its line."""
    return LedgerError(Sentence("Line {line}: {problem}", {"line": str(number), "problem": problem}))


def _entry(line: bytes, *, first: bool) -> Entry:
    if not line.endswith(b"\n"):
        if len(line) > LONGEST_LINE:
            raise LedgerError(Sentence("the line is longer than {most} bytes.", {"most": LONGEST_LINE}))
        raise LedgerError(Sentence("the line does not end. The file was cut short."))
    value = parsed(line)
    entry = _header(value) if first else _leaf(value) or _note(value) or _end(value)
    if entry is None:
        raise LedgerError(
            Sentence("this is not the header of a ledger of the form {form}.", {"form": FORM})
            if first
            else Sentence("this is neither a leaf, nor a checkpoint, nor the end.")
        )
    if line != (leaf_line(entry) if isinstance(entry, Leaf) else _line(value)):
        raise LedgerError(
            Sentence("the line is not written in the one allowed way: sorted keys, each once, no spaces.")
        )
    return entry


def parsed(text: bytes) -> Any:
    """JSON from anybody: a key that stands twice, endless digits and endless nesting are refused."""
    try:
        return json.loads(text, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise LedgerError(Sentence("this is no JSON text in which each key stands once.")) from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("A key stands twice.")
    return found


def _header(value: Any) -> Header | None:
    match value:
        case {"form": str(form), "keys": list(keys), "origin": str(origin), "size": int(size), **rest}:
            if form != FORM or rest or not is_count(size) or not origin.isprintable() or not origin:
                return None
            if not all(isinstance(key, str) for key in keys):
                return None
            return Header(origin, tuple(PublicKey.read(key) for key in keys), size)
    return None


def _leaf(value: Any) -> Leaf | None:
    match value:
        case {"commitment": str(commitment), "position": int(position), **rest} if is_count(position):
            digest = unhex(commitment, HASH_BYTES)
            if digest is None:
                return None
            match rest:
                case {"payload": dict(payload), "salt": str(salt), **more}:
                    salted = unhex(salt, SALT_BYTES)
                    if salted is None or more:
                        return None
                    return Leaf(position, digest, canonical(payload), salted)
            return None if rest else Leaf(position, digest)
    return None


def _note(value: Any) -> Note | None:
    match value:
        case {"checkpoint": str(text), **rest} if not rest:
            return Note(text)
    return None


def _end(value: Any) -> End | None:
    match value:
        case {"end": {"checkpoints": int(checkpoints), "leaves": int(leaves), **inner}, **rest}:
            if not rest and not inner and is_count(checkpoints) and is_count(leaves):
                return End(leaves, checkpoints)
    return None


def is_count(value: object) -> bool:
    """Whether this is a whole number from 0 that every program reads exactly."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MOST_LEAVES


def unhex(text: object, length: int) -> bytes | None:
    """The bytes of lower-case hexadecimal digits, if they are so many."""
    if not isinstance(text, str) or len(text) != 2 * length or set(text) - set("0123456789abcdef"):
        return None
    return bytes.fromhex(text)


def _line(value: Any) -> bytes:
    return canonical(value, LONGEST_LINE - 1) + b"\n"


def _size(note: str) -> int:
    return read(parse_note(note)[0]).size


def _in_place(note: str, written: int) -> int:
    """One more checkpoint, if it covers what has been written."""
    if _size(note) != written:
        raise ValueError(f"A checkpoint of {_size(note)} leaves came after leaf {written - 1}.")
    return 1
