"""The ledger changes its key: the old one hands over, and whoever kept it is led to the new one."""

import io

import pytest

from sprega.foundation.access.identity import NOBODY, acting
from sprega.foundation.ledger import keys
from sprega.foundation.ledger.actions import change_key, place_commitments, record
from sprega.foundation.ledger.check import check_ledger, check_proof
from sprega.foundation.ledger.checkpoint import Checkpoint, PrivateKey, follow, new_key, read, sign, verify
from sprega.foundation.ledger.error import LedgerError
from sprega.foundation.ledger.export import ledger_lines
from sprega.foundation.ledger.models import Checkpoint as Kept
from sprega.foundation.ledger.models import Key
from sprega.foundation.ledger.proof import dump_proof, load_proof
from tests.foundation.ledger.conftest import ORIGIN, Ledger
from tests.people import People

NEXT = new_key(ORIGIN)


def changed(ledger: Ledger, *, signed_by_both: bool = True, after: PrivateKey | None = None) -> io.BytesIO:
    """The ledger, of which the first key hands over to a third at the eighth event."""
    root = verify(ledger.note(8), ledger.keys).root
    signers = (ledger.old, NEXT) if signed_by_both else (ledger.old,)
    handing = sign(Checkpoint(ORIGIN, 8, root, NEXT.public), *signers)
    notes = [ledger.note(0, ledger.old), ledger.note(5, ledger.old), handing, ledger.note(11, after or NEXT)]
    return io.BytesIO(
        b"".join(
            ledger_lines(
                origin=ORIGIN, keys=[ledger.old.public], size=12, leaves=ledger.leaves, checkpoints=notes
            )
        )
    )


def test_verify_follows_the_chain(ledger: Ledger) -> None:
    found = check_ledger(changed(ledger), trusted=[ledger.old.public])
    assert found.good, found.findings.sentences
    assert found.keys == (ledger.old.public, NEXT.public)
    assert found.signed == 11


def test_a_replaced_key_signs_nothing_more(ledger: Ledger) -> None:
    found = check_ledger(changed(ledger, after=ledger.old), trusted=[ledger.old.public])
    assert "No known key" in str(found.findings.sentences[0])


def test_a_key_that_nobody_has_shown_is_not_followed(ledger: Ledger) -> None:
    found = check_ledger(changed(ledger, signed_by_both=False), trusted=[ledger.old.public])
    assert "has not signed this checkpoint itself" in str(found.findings.sentences[0])
    assert found.findings.count == 2, "and what the next key signs is signed by nobody known"


def test_a_stranger_hands_nothing_over(ledger: Ledger) -> None:
    stranger = new_key(ORIGIN)
    note = sign(Checkpoint(ORIGIN, 8, bytes(32), NEXT.public), stranger, NEXT)
    with pytest.raises(LedgerError, match="No known key"):
        follow(note, [ledger.old.public])
    with pytest.raises(LedgerError, match="several keys"):
        read(f"{Checkpoint(ORIGIN, 8, bytes(32), NEXT.public).text}next-key {stranger.public}\n")


def test_a_proof_leads_from_the_old_key_to_the_new(ledger: Ledger) -> None:
    handing = sign(Checkpoint(ORIGIN, 8, bytes(32), NEXT.public), ledger.old, NEXT)
    leaf, note = ledger.leaves[4], ledger.note(11, NEXT)
    path = ledger.path(4, 11)
    for handovers, good in (([handing], True), ([], False)):
        proof = load_proof(dump_proof(leaf, path, note, [NEXT.public], handovers).encode())
        assert check_proof(proof, trusted=[ledger.old.public]).good is good


def test_the_cluster_changes_its_key(people: People) -> None:
    with acting(people.actor(people.office)) as office:
        record(kind="some.event", actor=office)
    place_commitments()
    first = keys.signing_key().public
    second = change_key(actor=NOBODY)
    assert second != first
    assert (keys.signing_key().public, keys.public_keys()) == (second, [first, second])
    with acting(people.actor(people.office)) as office:
        record(kind="some.event", actor=office)
    assert place_commitments() == 1
    trusted = (first,)
    for kept in Kept.objects.order_by("size"):
        _, trusted = follow(kept.note, trusted)
    assert trusted == (second,)
    assert verify(keys.handovers()[0], [first]) == verify(keys.handovers()[0], [second])


def test_a_lost_key_is_replaced_without_a_handover(people: People) -> None:
    with acting(people.actor(people.office)) as office:
        record(kind="some.event", actor=office)
    place_commitments()
    first = keys.signing_key().public
    second = change_key(actor=NOBODY, lost=True)
    assert keys.handovers() == []
    assert not Key.objects.get(text=str(second)).handed_over
    last = Kept.objects.latest().note
    assert verify(last, [second]).size == 2
    with pytest.raises(LedgerError, match="No known key"):
        verify(last, [first])


def test_a_machine_without_the_key_signs_nothing(people: People) -> None:
    with acting(people.actor(people.office)) as office:
        record(kind="some.event", actor=office)
        Key.objects.create(since=0, text=str(new_key(keys.origin()).public))
    with pytest.raises(LedgerError, match="is not among this machine's secrets"):
        place_commitments()
    assert not Kept.objects.exists()
