# SPDX-License-Identifier: EUPL-1.2
"""`sprega verify`: verify a ledger, or the proof of one event, without the server that wrote it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from sprega.cli.refusal import DONE, WRONG, Refusal, reason
from sprega.engines.model import Sentence
from sprega.foundation.language import Language

if TYPE_CHECKING:
    from sprega.foundation.ledger.check import Findings
    from sprega.foundation.ledger.checkpoint import PublicKey

LARGEST_KEPT = 1 << 15
"""Bytes of a kept checkpoint, or of a list of keys."""
NAME_A_FILE = Sentence("Name a ledger that Sprega exported, or the proof of one event.")
NAME_A_CHECKPOINT = Sentence("Name a checkpoint of this ledger that you kept from earlier.")
NAME_KEYS = Sentence("Name a file with the public keys that the office published, one a line.")


def add(commands: argparse._SubParsersAction, language: Language) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    say = language.say
    words = say(Sentence("verify a ledger independently: every event, the tree, checkpoints and signatures"))
    parser = commands.add_parser("verify", help=words, description=words, allow_abbrev=False)
    parser.add_argument(
        "ledger",
        type=Path,
        metavar="LEDGER",
        help=say(Sentence("an exported ledger, or the proof.json of one event")),
    )
    parser.add_argument(
        "--checkpoint",
        type=Path,
        metavar="FILE",
        help=say(Sentence("a checkpoint kept from earlier: the ledger must be its continuation")),
    )
    parser.add_argument(
        "--keys",
        type=Path,
        metavar="FILE",
        help=say(Sentence("public keys that you trust, one a line, instead of those that the file names")),
    )
    return parser


def run(options: argparse.Namespace, language: Language) -> int:
    """Verify, say what was checked, and every finding."""
    from sprega.foundation.ledger.error import LedgerError

    kept = None if options.checkpoint is None else _kept(options.checkpoint)
    trusted = [] if options.keys is None else _keys(options.keys)
    try:
        if _is_proof(options.ledger):
            return _verify_proof(options.ledger, kept, trusted, language)
        return _verify_ledger(options.ledger, kept, trusted, language)
    except OSError as error:
        raise _unreadable(options.ledger, error, NAME_A_FILE) from error
    except LedgerError as error:
        raise Refusal(error.sentence, NAME_A_FILE) from error


def _verify_ledger(path: Path, kept: str | None, trusted: list[PublicKey], language: Language) -> int:
    from sprega.foundation.ledger.check import check_ledger

    say = language.say
    with path.open("rb") as stream:
        found = check_ledger(stream, kept=kept, trusted=trusted)
    print(say(Sentence("Ledger: {origin}", {"origin": found.origin})))
    told = {"count": found.events, "erased": found.erased}
    print(say(Sentence("Events: {count}, of which erased: {erased}", told)))
    print(say(Sentence("Checkpoints: {count}", {"count": found.checkpoints})))
    if found.events > found.signed:
        waiting = {"count": found.events - found.signed}
        print(say(Sentence("Events after the last good checkpoint, which nothing signs: {count}", waiting)))
    _print_keys(found.keys, bool(trusted), language)
    if found.good:
        print(
            say(
                Sentence(
                    "Recomputed: each event that is not erased, the tree, each checkpoint, its signature."
                )
            )
        )
        if kept is not None:
            print(say(Sentence("The checkpoint that you kept is the beginning of this ledger.")))
        print(say(Sentence("The ledger is right.")))
        return DONE
    _print_findings(found.findings, language)
    print(say(Sentence("The ledger is wrong. Findings: {count}", {"count": found.findings.count})))
    return WRONG


def _verify_proof(path: Path, kept: str | None, trusted: list[PublicKey], language: Language) -> int:
    from sprega.foundation.ledger.check import check_proof
    from sprega.foundation.ledger.proof import LARGEST_PROOF, load_proof

    say = language.say
    with path.open("rb") as stream:
        found = check_proof(load_proof(stream.read(LARGEST_PROOF + 1)), kept=kept, trusted=trusted)
    print(say(Sentence("Proof of one event at position {position}", {"position": str(found.position)})))
    if found.checkpoint is not None:
        signed = {"origin": found.checkpoint.origin, "count": found.checkpoint.size}
        print(say(Sentence("Ledger: {origin}, at a checkpoint of {count} events", signed)))
    _print_keys(found.keys, bool(trusted), language)
    if found.good:
        print(say(Sentence("The event stands in the ledger as the file has it.")))
        return DONE
    _print_findings(found.findings, language)
    print(say(Sentence("The proof is wrong. Findings: {count}", {"count": found.findings.count})))
    return WRONG


def _print_keys(keys: tuple[PublicKey, ...], trusted: bool, language: Language) -> None:
    say = language.say
    for key in keys:
        print(say(Sentence("Key: {key}", {"key": str(key)})))
    if not trusted:
        print(
            say(
                Sentence(
                    "These keys are from the file itself: compare them with those that the office published."
                )
            )
        )


def _print_findings(findings: Findings, language: Language) -> None:
    for sentence in findings.sentences:
        print(f"- {language.say(sentence)}")
    more = findings.count - len(findings.sentences)
    if more:
        print(language.say(Sentence("- and more: {count}", {"count": more})))


def _is_proof(path: Path) -> bool:
    """Whether the file calls itself the proof of one event; a ledger is told by its first line."""
    from sprega.foundation.ledger.error import LedgerError
    from sprega.foundation.ledger.export import parsed
    from sprega.foundation.ledger.proof import LARGEST_PROOF, is_proof

    with path.open("rb") as stream:
        beginning = stream.read(LARGEST_PROOF + 1)
    if len(beginning) > LARGEST_PROOF or beginning.startswith(b'{"form":"sprega-ledger'):
        return False
    try:
        return is_proof(parsed(beginning))
    except LedgerError:
        return False


def _kept(path: Path) -> str:
    """A signed note, or the line of a ledger file that holds one."""
    from sprega.foundation.ledger.checkpoint import parse_note, read
    from sprega.foundation.ledger.error import LedgerError
    from sprega.foundation.ledger.export import parsed

    note = _small_text(path, NAME_A_CHECKPOINT)
    try:
        if note.startswith('{"checkpoint":'):
            note = str(parsed(note.encode())["checkpoint"])
        read(parse_note(note)[0])
    except LedgerError as error:
        raise Refusal(error.sentence, NAME_A_CHECKPOINT) from error
    return note


def _keys(path: Path) -> list[PublicKey]:
    from sprega.foundation.ledger.checkpoint import PublicKey
    from sprega.foundation.ledger.error import LedgerError

    lines = [line.strip() for line in _small_text(path, NAME_KEYS).splitlines() if line.strip()]
    try:
        keys = [PublicKey.read(line) for line in lines]
    except LedgerError as error:
        raise Refusal(error.sentence, NAME_KEYS) from error
    if not keys:
        raise Refusal(Sentence("{file} holds no key.", {"file": str(path)}), NAME_KEYS)
    return keys


def _small_text(path: Path, mend: Sentence) -> str:
    try:
        with path.open("rb") as stream:
            text = stream.read(LARGEST_KEPT + 1)
        if len(text) > LARGEST_KEPT:
            raise Refusal(Sentence("{file} is too large.", {"file": str(path)}), mend)
        return text.decode()
    except OSError as error:
        raise _unreadable(path, error, mend) from error
    except UnicodeDecodeError as error:
        raise Refusal(Sentence("{file} is no text in UTF-8.", {"file": str(path)}), mend) from error


def _unreadable(path: Path, error: OSError, mend: Sentence) -> Refusal:
    cannot = {"file": str(path), "reason": reason(error)}
    return Refusal(Sentence("{file} cannot be read ({reason}).", cannot), mend)
