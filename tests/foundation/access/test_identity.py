"""The database decides who sees what, by the representations in force."""

import pytest
from django.db import ProgrammingError, connection, transaction

from sprega.foundation.access.identity import NOBODY, acting
from sprega.foundation.access.models import Look, Visibility
from sprega.foundation.access.services import Service, acting_as
from tests.people import People
from tests.rooms.notes.models import Note
from tests.rooms.notes.room import SUM_NOTES


@pytest.fixture
def note(people: People) -> Note:
    """A note of the copper works, for its own eyes."""
    with acting(people.actor(people.copper)):
        return Note.objects.create(organisation=people.organisation("copper"), text="canary", tonnes=7)


def seen(actor) -> int:
    with acting(actor):
        return Note.objects.count()


def test_the_owner_reads_and_nobody_else(people: People, note: Note) -> None:
    assert seen(people.actor(people.copper)) == 1
    assert seen(people.actor(people.copper_safety)) == 1
    for person in (people.zinc, people.sister, people.office, people.desk, people.supplier, people.former):
        assert seen(people.actor(person)) == 0
    assert seen(NOBODY) == 0


def test_nobody_writes_for_another(people: People, note: Note) -> None:
    with acting(people.actor(people.zinc)):
        with pytest.raises(ProgrammingError), transaction.atomic():
            Note.objects.create(organisation=people.organisation("copper"), text="forged")
        assert Note.objects.filter(pk=note.pk).update(text="changed") == 0
        assert Note.objects.filter(pk=note.pk).delete()[0] == 0
    with acting(people.actor(people.copper)):
        assert Note.objects.get().text == "canary"


def test_an_ended_representation_opens_nothing(people: People, note: Note) -> None:
    actor = people.actor(people.former, "copper")
    assert actor.organisation_id is None
    assert actor.roles == frozenset()
    assert seen(actor) == 0


def test_a_nested_identity_restores_the_old_one(people: People, note: Note) -> None:
    with acting(people.actor(people.copper)):
        with acting(people.actor(people.zinc)):
            assert Note.objects.count() == 0
        assert Note.objects.count() == 1
        with pytest.raises(ZeroDivisionError), acting(people.actor(people.zinc)):
            _ = 1 / 0
        assert Note.objects.count() == 1


def test_a_service_reads_all_and_its_person_nothing_more(people: People, note: Note) -> None:
    actor = people.actor(people.zinc)
    with acting_as(SUM_NOTES, actor=actor):
        assert Note.objects.count() == 1
        assert Note.objects.update(text="changed") == 0
    assert seen(actor) == 0
    with pytest.raises(ValueError), acting_as(Service("made-up", ""), actor=actor):
        pass


def test_the_desk_sees_only_what_it_says_it_looks_at(people: People) -> None:
    with acting(people.actor(people.copper)):
        Note.objects.create(
            organisation=people.organisation("copper"), text="for the desk", visibility=Visibility.DESK
        )
    with acting(people.actor(people.desk)) as desk:
        assert Note.objects.count() == 0
        Look.objects.create(
            person_id=desk.person_id, organisation=people.organisation("copper"), reason="check"
        )
        assert Note.objects.count() == 1
    with acting(people.actor(people.zinc)), pytest.raises(ProgrammingError), transaction.atomic():
        Look.objects.create(person=people.zinc, organisation=people.organisation("copper"), reason="spy")


def test_cluster_rows_are_for_members_and_public_rows_for_all(people: People) -> None:
    with acting(people.actor(people.copper)):
        for visibility in Visibility:
            Note.objects.create(
                organisation=people.organisation("copper"), text=visibility, visibility=visibility
            )
    assert seen(people.actor(people.zinc)) == 2
    assert seen(people.actor(people.supplier)) == 1
    assert seen(NOBODY) == 1


def test_the_tests_themselves_run_as_the_restricted_role(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        name, superuser, bypasses = cursor.fetchone()
    assert name.endswith("_app")
    assert not superuser
    assert not bypasses
