"""Events are written with what they tell of, in the writer's name, and are never changed."""

import json
from datetime import timedelta

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from sprega.foundation.access.identity import NOBODY, Actor, acting
from sprega.foundation.access.services import acting_as
from sprega.foundation.ledger import checkpoint, models, tree
from sprega.foundation.ledger.actions import erase_events, place_commitments, read_nodes, record, signing_key
from sprega.foundation.ledger.leaf import commitment
from sprega.foundation.ledger.services import EXPORT
from tests.people import People


def test_an_event_is_read_by_its_person_and_by_whose_data_it_is_about(people: People) -> None:
    copper = people.organisation("copper")
    with acting(people.actor(people.desk)) as actor:
        record(kind="access.looked", actor=actor, subject=copper.pk, facts={"reason": "check"})
        assert models.Payload.objects.count() == 1
    for person, sees in ((people.copper, 1), (people.zinc, 0), (people.office, 0), (people.supplier, 0)):
        with acting(people.actor(person)):
            assert models.Payload.objects.count() == sees


def test_nobody_writes_in_another_name(people: People) -> None:
    forged = people.actor(people.copper)
    with acting(people.actor(people.zinc)):
        with pytest.raises(DatabaseError), transaction.atomic():
            record(kind="access.looked", actor=forged)
        with pytest.raises(DatabaseError), transaction.atomic():
            record(kind="access.looked", actor=Actor(people.zinc.pk, forged.organisation_id))
    assert models.Commitment.objects.count() == 0


@pytest.mark.parametrize("table", ["commitment", "payload", "position", "node", "checkpoint"])
@pytest.mark.parametrize(
    "statement", ["UPDATE ledger_{0} SET {1} = {1}", "DELETE FROM ledger_{0}", "TRUNCATE ledger_{0}"]
)
def test_the_database_refuses_changes(people: People, table: str, statement: str) -> None:
    with acting(people.actor(people.copper)) as actor:
        record(kind="notes.written", actor=actor)
    place_commitments()
    column = {
        "commitment": "value",
        "payload": "kind",
        "position": "position",
        "node": "hash",
        "checkpoint": "note",
    }
    with acting(people.actor(people.copper)), connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute(statement.format(table, column[table]))
                assert cursor.rowcount == 0
        except DatabaseError:
            pass
        cursor.execute(f"SELECT count(*) FROM ledger_{table}")  # noqa: S608
        assert cursor.fetchone()[0] == 1


def test_the_owner_of_the_tables_is_refused_too(database_server, own_database: str) -> None:
    address = database_server.addresses(own_database)["owner"]
    with psycopg.connect(address) as owner, pytest.raises(psycopg.Error, match="the ledger only grows"):
        owner.execute("TRUNCATE ledger_node")


def test_commitments_get_positions_and_every_checkpoint_holds(people: People) -> None:
    with acting(people.actor(people.copper)) as actor:
        for number in range(5):
            record(kind="notes.written", actor=actor, about=number)
        assert place_commitments() == 5
        for number in range(3):
            record(kind="notes.written", actor=actor, about=number)
        assert place_commitments() == 3
        assert place_commitments() == 0
        first, last = (
            checkpoint.verify(kept.note, [signing_key().public])
            for kept in models.Checkpoint.objects.order_by("size")
        )
        for place in models.Position.objects.select_related("commitment__payload"):
            payload = place.commitment.payload
            value = commitment(bytes(payload.salt), bytes(payload.text))
            assert value == bytes(place.commitment.value)
            path = tree.inclusion_proof(place.position, last.size, read_nodes)
            assert tree.verify_inclusion(
                value, index=place.position, size=last.size, path=path, root=last.root
            )
        path = tree.consistency_proof(first.size, last.size, read_nodes)
        assert tree.verify_consistency(old=5, old_root=first.root, new=8, new_root=last.root, path=path)


def test_erasing_keeps_the_leaf(people: People) -> None:
    with acting(people.actor(people.copper)) as actor:
        record(kind="notes.written", actor=actor)
    with acting(people.actor(people.zinc)) as actor:
        record(kind="notes.written", actor=actor)
    with acting(people.actor(people.copper)) as actor:
        assert erase_events(actor=actor, person=people.copper.pk) == 1
        assert models.Payload.objects.count() == 0
    assert models.Commitment.objects.count() == 3, "that one was erased is an event too"
    with acting_as(EXPORT, actor=NOBODY):
        told = models.Payload.objects.get(kind="ledger.erased")
        assert (told.person_id, told.service) == (None, "erase-events")
        assert json.loads(bytes(told.text))["facts"] == {"events": 1}
    with acting(people.actor(people.zinc)):
        assert models.Payload.objects.count() == 1
        assert models.Payload.objects.get().at > timezone.now() - timedelta(minutes=1)
