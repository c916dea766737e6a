# SPDX-License-Identifier: EUPL-1.2
"""Whoever rewrites the past is found out, as far as a file, a key and a kept checkpoint can tell."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sprega.foundation.ledger.check import MOST_FINDINGS, check_ledger, check_proof
from sprega.foundation.ledger.checkpoint import Checkpoint, new_key, sign
from sprega.foundation.ledger.error import LedgerError
from sprega.foundation.ledger.export import Leaf
from sprega.foundation.ledger.proof import Proof

QUICK = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def check(lines: Sequence[bytes], **how):
    return check_ledger(io.BytesIO(b"".join(lines)), **how)


def said(found) -> str:
    return "\n".join(str(sentence) for sentence in found.findings.sentences)


def test_a_right_ledger(ledger) -> None:
    found = check(ledger.lines())
    assert found.good
    assert (found.events, found.erased, found.checkpoints, found.signed) == (12, 1, 4, 11)
    for size in ledger.sizes:
        assert check(ledger.lines(), kept=ledger.note(size)).good
    for size in range(13):
        assert check(ledger.lines(), kept=ledger.note(size, ledger.old), trusted=ledger.keys).good


@given(data=st.data())
@QUICK
def test_any_changed_byte_is_noticed(ledger, data: st.DataObject) -> None:
    """Any, as long as a checkpoint covers it: what nothing signs yet is told apart."""
    ledger.sizes = (5, 12)
    content = b"".join(ledger.lines())
    at = data.draw(st.integers(0, len(content) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != content[at]))
    changed = content[:at] + bytes([other]) + content[at + 1 :]
    try:
        found = check([changed], trusted=ledger.keys)
    except LedgerError as error:
        assert str(error).startswith("Line ")
        return
    # A key in the header is not looked at where the auditor brings keys.
    assert not found.good or content[:at].count(b"\n") == 0


@given(data=st.data())
@QUICK
def test_any_missing_doubled_or_moved_line_is_noticed(ledger, data: st.DataObject) -> None:
    lines = ledger.lines()
    at = data.draw(st.integers(0, len(lines) - 1))
    to = data.draw(st.integers(0, len(lines) - 1).filter(lambda place: place != at))
    without = [*lines[:at], *lines[at + 1 :]]
    moved = [*without[:to], lines[at], *without[to:]]
    for changed in (without, [*lines[:at], lines[at], *lines[at:]], moved):
        try:
            assert not check(changed).good
        except LedgerError as error:
            assert str(error).startswith("Line ")


def test_a_changed_event_is_named(ledger) -> None:
    lines = ledger.lines()
    lines[4] = lines[4].replace("бележка 2".encode(), "бележка 9".encode())
    found = check(lines)
    assert said(found) == "Line 5: the event does not fit its commitment: it was changed."


def test_a_changed_event_with_a_new_commitment_breaks_every_later_checkpoint(ledger, make_leaf) -> None:
    right = ledger.lines()
    ledger.leaves[6] = make_leaf(6, text="forged")
    forged = ledger.lines()
    found = check([*right[:9], forged[9], *right[10:]])
    assert found.findings.count == 2
    assert found.signed == 5
    assert "Line 12: the events before this checkpoint" in said(found)


def test_a_forged_ledger_is_found_by_key_or_by_kept_checkpoint(ledger, make_leaf) -> None:
    kept, keys = ledger.note(8), ledger.keys
    ledger.leaves[6] = make_leaf(6, text="forged")
    ledger.old, ledger.new = new_key("clusters.example/practice"), new_key("clusters.example/practice")
    forged = ledger.lines()
    assert check(forged).good, "a file agrees with itself: that is what the command says of its keys"
    assert check(forged, trusted=keys).findings.count == 4
    found = check(forged, kept=kept)
    assert "The checkpoint that you kept: No known key has signed" in said(found)
    assert "The first 8 events are not those" in said(found)


def test_the_office_itself_cannot_rewrite_what_an_auditor_has_seen(ledger, make_leaf) -> None:
    kept = ledger.note(8)
    ledger.leaves[6] = make_leaf(6, text="forged")
    found = check(ledger.lines(), kept=kept)
    assert said(found).startswith("The first 8 events are not those of the checkpoint that you kept")
    assert found.findings.count == 1


def test_a_ledger_cut_back_is_found_by_a_kept_checkpoint(ledger) -> None:
    kept = ledger.note(11)
    ledger.leaves, ledger.sizes = ledger.leaves[:8], (5, 8)
    assert check(ledger.lines()).good
    assert "covers 11 events, this ledger has only 8" in said(check(ledger.lines(), kept=kept))


def test_another_ledgers_checkpoint(ledger) -> None:
    other = sign(Checkpoint("other.example", 0, bytes(32)), ledger.old)
    assert "of another ledger, other.example" in said(check(ledger.lines(), kept=other))
    lines = ledger.lines()
    lines[1] = lines[1].replace(b"practice", b"practise")
    assert "Line 2: No known key" in said(check(lines)) or "Line 2: The signature" in said(check(lines))
    root = check(ledger.lines()).root
    note = sign(Checkpoint("other.example", 12, root), ledger.old)
    ledger.sizes, ledger.note = (1,), lambda size: note
    assert "the checkpoint is of another ledger" in said(check(ledger.lines()))


def test_events_that_nothing_signs(ledger) -> None:
    ledger.sizes = ()
    assert "no checkpoint signs these events" in said(check(ledger.lines()))
    ledger.leaves = []
    assert check(ledger.lines()).good


def test_erasing_keeps_every_proof(ledger) -> None:
    kept = ledger.note(11)
    ledger.leaves = [Leaf(leaf.position, leaf.commitment) for leaf in ledger.leaves]
    found = check(ledger.lines(), kept=kept)
    assert found.good
    assert found.erased == 12


def test_findings_are_counted_and_not_all_said(ledger, make_leaf) -> None:
    ledger.leaves = [make_leaf(position) for position in range(MOST_FINDINGS + 20)]
    ledger.leaves = [replace(leaf, payload=b'{"a":1}') for leaf in ledger.leaves]
    found = check(ledger.lines())
    assert found.findings.count == MOST_FINDINGS + 20
    assert len(found.findings.sentences) == MOST_FINDINGS


def test_an_unreadable_kept_checkpoint(ledger) -> None:
    with pytest.raises(LedgerError, match="signed note"):
        check(ledger.lines(), kept="a")


@pytest.fixture
def proof(ledger) -> Proof:
    return Proof(ledger.leaves[6], tuple(ledger.path(6, 11)), ledger.note(11), tuple(ledger.keys))


def test_a_right_proof(ledger, proof: Proof) -> None:
    assert check_proof(proof).good
    assert check_proof(proof, kept=ledger.note(11, ledger.old), trusted=ledger.keys).good


def test_wrong_proofs(ledger, proof: Proof, make_leaf) -> None:
    leaf = proof.leaf
    changed = replace(proof, leaf=replace(leaf, payload=leaf.payload.replace(b"6", b"7")))
    assert "does not fit its commitment" in said(check_proof(changed))
    for wrong in (
        replace(proof, leaf=make_leaf(6)),
        replace(proof, leaf=replace(leaf, position=5)),
        replace(proof, path=proof.path[1:]),
        replace(proof, checkpoint=ledger.note(8)),
    ):
        assert "does not stand in the ledger" in said(check_proof(wrong))
    assert "No known key" in said(check_proof(proof, trusted=[new_key("a").public]))


def test_a_proof_beside_a_kept_checkpoint(ledger, proof: Proof) -> None:
    with pytest.raises(LedgerError, match="same ledger and size"):
        check_proof(proof, kept=ledger.note(8))
    fork = sign(Checkpoint("clusters.example/practice", 11, bytes(32)), ledger.old)
    assert "there are two ledgers" in said(check_proof(proof, kept=fork))


def test_the_documentation_is_enough(ledger) -> None:
    """A verifier written from docs/reference/ledger-file.md alone agrees."""

    def top(leaves: list[bytes]) -> bytes:
        if len(leaves) < 2:
            return sha256(b"\x00" + leaves[0]).digest() if leaves else sha256(b"").digest()
        half = 1 << ((len(leaves) - 1).bit_length() - 1)
        return sha256(b"\x01" + top(leaves[:half]) + top(leaves[half:])).digest()

    lines = b"".join(ledger.lines()).decode().splitlines()
    keys = {}
    for text in json.loads(lines[0])["keys"]:
        name, ident, coded = text.split("+", 2)
        raw = base64.b64decode(coded)
        assert sha256(name.encode() + b"\n" + raw).hexdigest()[:8] == ident
        keys[name, ident] = Ed25519PublicKey.from_public_bytes(raw[1:])
    leaves, signed = [], 0
    for line in lines[1:-1]:
        value = json.loads(line)
        if "checkpoint" in value:
            text, _, below = value["checkpoint"].partition("\n\n")
            _, size, root = text.split("\n")
            assert (int(size), base64.b64decode(root)) == (len(leaves), top(leaves))
            _, name, coded = below.split()
            blob = base64.b64decode(coded)
            keys[name, blob[:4].hex()].verify(blob[4:], f"{text}\n".encode())
            signed += 1
            continue
        leaves.append(bytes.fromhex(value["commitment"]))
        if "payload" in value:
            payload = line.partition('"payload":')[2].rpartition(f',"position":{len(leaves) - 1},')[0]
            assert sha256(bytes.fromhex(value["salt"]) + payload.encode()).digest() == leaves[-1]
    assert json.loads(lines[-1]) == {"end": {"checkpoints": signed, "leaves": len(leaves)}}
    assert (len(leaves), signed, top(leaves)) == (12, 4, check(ledger.lines()).root)
