# SPDX-License-Identifier: EUPL-1.2
"""Verify a ledger file, or the proof of one event, from nothing but the file and the keys one trusts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from sprega.engines.model import Sentence
from sprega.foundation.ledger.checkpoint import Checkpoint, PublicKey, follow, parse_note, read, verify
from sprega.foundation.ledger.error import LedgerError
from sprega.foundation.ledger.export import End, Header, Leaf, Note, at_line, read_ledger
from sprega.foundation.ledger.leaf import commitment
from sprega.foundation.ledger.proof import Proof
from sprega.foundation.ledger.tree import RunningRoot, verify_inclusion

MOST_FINDINGS = 50
"""Sentences kept; all are counted."""


@dataclass
class Findings:
    """What is wrong: the first sentences, and how many there are."""

    sentences: list[Sentence] = field(default_factory=list)
    count: int = 0

    def add(self, problem: Sentence, line: int | None = None) -> None:
        """Note a problem, with the line where it stands."""
        self.count += 1
        if len(self.sentences) < MOST_FINDINGS:
            self.sentences.append(problem if line is None else at_line(line, problem).sentence)


@dataclass(frozen=True)
class LedgerCheck:
    """What was found in a ledger file.

    Attributes
    ----------
    origin : str
        The ledger's name.
    keys : tuple of PublicKey
        The keys that signatures were checked with.
    events, erased, checkpoints : int
        How many were read; erased ones among the events.
    signed : int
        How many events the latest good checkpoint covers.
    root : bytes
        The root of all events.
    findings : Findings
        What is wrong.
    """

    origin: str
    keys: tuple[PublicKey, ...]
    events: int
    erased: int
    checkpoints: int
    signed: int
    root: bytes
    findings: Findings

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings.count


@dataclass(frozen=True)
class ProofCheck:
    """What was found in the proof of one event: its position, the checkpoint if signed, and what is wrong."""

    position: int
    checkpoint: Checkpoint | None
    keys: tuple[PublicKey, ...]
    findings: Findings

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings.count


def check_ledger(
    stream: BinaryIO, *, kept: str | None = None, trusted: Sequence[PublicKey] = ()
) -> LedgerCheck:
    """Recompute everything that a ledger file claims.

    Parameters
    ----------
    stream : binary stream
        The file; it is read once, in memory that does not grow with it.
    kept : str, optional
        A signed note that the auditor kept from earlier: this ledger must be its continuation.
    trusted : sequence of PublicKey, optional
        Keys from elsewhere; a checkpoint that one of them signed may hand over to the next key. Without them
        those that the file names are used, which shows that the file agrees with itself, not who made it.

    Returns
    -------
    LedgerCheck
        Good if every event fits its commitment, every checkpoint fits the events before it and is signed, and
        nothing is missing.

    Raises
    ------
    LedgerError
        The file or the kept note cannot be read.

    Notes
    -----
    Every checkpoint's root is recomputed from the leaves themselves, so each is the beginning of the next;
    a proof of consistency would show less.

    Examples
    --------
    >>> import io
    >>> from sprega.foundation.ledger.export import ledger_lines
    >>> lines = ledger_lines(origin="clusters.example/ics", keys=[], size=0, leaves=[], checkpoints=[])
    >>> check_ledger(io.BytesIO(b"".join(lines))).good
    True
    """
    entries = read_ledger(stream)
    _, header = next(entries)
    assert isinstance(header, Header)  # noqa: S101 - what `read_ledger` gives first
    reading = _Reading(header, tuple(trusted) or header.keys, kept)
    for line, entry in entries:
        match entry:
            case Leaf():
                reading.leaf(line, entry)
            case Note():
                reading.note(line, entry)
            case End():
                reading.end(line, entry)
    return reading.result()


def check_proof(proof: Proof, *, kept: str | None = None, trusted: Sequence[PublicKey] = ()) -> ProofCheck:
    """Verify that the event of a proof stands in the ledger that its checkpoint signs.

    Parameters
    ----------
    proof : Proof
        Of `load_proof`.
    kept, trusted
        As for `check_ledger`; a kept checkpoint must be of the same size.

    Returns
    -------
    ProofCheck
        Good if event, path, checkpoint and signature fit.

    Raises
    ------
    LedgerError
        The kept note cannot be read, or is of another size.
    """
    keys, findings, leaf = tuple(trusted) or proof.keys, Findings(), proof.leaf
    keys = _followed(proof.handovers, keys)
    if not _fits(leaf):
        findings.add(Sentence("the event does not fit its commitment: it was changed."))
    checkpoint = None
    try:
        checkpoint = verify(proof.checkpoint, keys)
    except LedgerError as error:
        findings.add(error.sentence)
    if checkpoint is not None:
        found = verify_inclusion(
            leaf.commitment,
            index=leaf.position,
            size=checkpoint.size,
            path=proof.path,
            root=checkpoint.root,
        )
        if not found:
            findings.add(Sentence("the event does not stand in the ledger that the checkpoint signs."))
        if kept is not None:
            older = read(parse_note(kept)[0])
            _require_signed(kept, keys, findings)
            if (older.origin, older.size) != (checkpoint.origin, checkpoint.size):
                raise LedgerError(
                    Sentence(
                        "The proof of one event can be compared only with a checkpoint of the same ledger "
                        "and size. Verify the whole ledger instead."
                    )
                )
            if older.root != checkpoint.root:
                findings.add(
                    Sentence("the checkpoint that you kept has another root: there are two ledgers.")
                )
    return ProofCheck(leaf.position, checkpoint, keys, findings)


class _Reading:
    """What is known of a ledger file so far."""

    def __init__(self, header: Header, keys: tuple[PublicKey, ...], kept: str | None) -> None:
        self.header, self.keys, self.used = header, keys, keys
        self.kept = None if kept is None else read(parse_note(kept)[0])
        self.tree, self.findings = RunningRoot(), Findings()
        self.next = self.erased = self.checkpoints = self.signed = 0
        if kept is not None:
            _require_signed(kept, keys, self.findings)
        if self.kept is not None and self.kept.origin != header.origin:
            self.findings.add(
                Sentence(
                    "The checkpoint that you kept is of another ledger, {other}.",
                    {"other": self.kept.origin},
                )
            )
        self._compare_kept()

    def leaf(self, line: int, leaf: Leaf) -> None:
        """An event: in its place, and fitting its commitment."""
        if leaf.position != self.next:
            self.findings.add(
                Sentence(
                    "event {found} stands where event {expected} belongs: events were left out, added "
                    "or moved.",
                    {"found": str(leaf.position), "expected": str(self.next)},
                ),
                line,
            )
        self.next = leaf.position + 1
        if leaf.payload is None:
            self.erased += 1
        elif not _fits(leaf):
            self.findings.add(Sentence("the event does not fit its commitment: it was changed."), line)
        self.tree.add(leaf.commitment)
        self._compare_kept()

    def note(self, line: int, note: Note) -> None:
        """A checkpoint: signed, of this ledger, and of the events before it."""
        self.checkpoints += 1
        try:
            checkpoint, self.keys = follow(note.text, self.keys)
        except LedgerError as error:
            self.findings.add(error.sentence, line)
            return
        self.used = (*self.used, *(key for key in self.keys if key not in self.used))
        if checkpoint.origin != self.header.origin:
            problem = Sentence("the checkpoint is of another ledger, {other}.", {"other": checkpoint.origin})
        elif checkpoint.size != self.tree.size:
            problem = Sentence(
                "the checkpoint covers {covered} events, but {before} stand before it.",
                {"covered": checkpoint.size, "before": self.tree.size},
            )
        elif checkpoint.root != self.tree.root():
            problem = Sentence("the events before this checkpoint are not those that it signs.")
        else:
            self.signed = checkpoint.size
            return
        self.findings.add(problem, line)

    def end(self, line: int, end: End) -> None:
        """The end: as much has come as was promised."""
        if not self.tree.size == end.leaves == self.header.size or self.checkpoints != end.checkpoints:
            self.findings.add(
                Sentence(
                    "the file promises {events} events and {checkpoints} checkpoints, and holds {found} "
                    "and {signed}.",
                    {
                        "events": self.header.size,
                        "checkpoints": end.checkpoints,
                        "found": self.tree.size,
                        "signed": self.checkpoints,
                    },
                ),
                line,
            )
        if self.tree.size and not self.checkpoints:
            self.findings.add(Sentence("no checkpoint signs these events: anybody could have written them."))
        if self.kept is not None and self.kept.size > self.tree.size:
            self.findings.add(
                Sentence(
                    "The checkpoint that you kept covers {covered} events, this ledger has only {found}: "
                    "events were left out.",
                    {"covered": self.kept.size, "found": self.tree.size},
                )
            )

    def result(self) -> LedgerCheck:
        """What was found."""
        return LedgerCheck(
            self.header.origin,
            self.used,
            self.tree.size,
            self.erased,
            self.checkpoints,
            self.signed,
            self.tree.root(),
            self.findings,
        )

    def _compare_kept(self) -> None:
        kept = self.kept
        if kept is not None and kept.size == self.tree.size and kept.root != self.tree.root():
            self.findings.add(
                Sentence(
                    "The first {covered} events are not those of the checkpoint that you kept: the past "
                    "was changed.",
                    {"covered": kept.size},
                )
            )


def _require_signed(kept: str, keys: Sequence[PublicKey], findings: Findings) -> None:
    """A kept checkpoint that none of the keys signed tells that the keys were changed."""
    try:
        verify(kept, keys)
    except LedgerError as error:
        told = {"problem": error.sentence}
        findings.add(Sentence("The checkpoint that you kept: {problem}", told))


def _followed(handovers: Sequence[str], keys: tuple[PublicKey, ...]) -> tuple[PublicKey, ...]:
    """The keys trusted after those handovers that a trusted key signed; others lead to nobody's key."""
    for note in handovers:
        try:
            _, followed = follow(note, keys)
        except LedgerError:
            continue
        keys = (*keys, *(key for key in followed if key not in keys))
    return keys


def _fits(leaf: Leaf) -> bool:
    return (
        leaf.payload is not None
        and leaf.salt is not None
        and commitment(leaf.salt, leaf.payload) == leaf.commitment
    )
