"""Nobody plants an event in another's log, by whatever way through the database."""

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from sprega.foundation.access.identity import Actor, acting
from sprega.foundation.ledger.actions import record
from sprega.foundation.ledger.leaf import Event, commitment, new_salt
from sprega.foundation.ledger.models import Commitment, Payload
from tests.people import People

MEMBERS = ["zinc", "sister", "mayor", "supplier", "outsider", "former"]


def log(people: People) -> list[str]:
    """What the copper works' head reads."""
    with acting(people.actor(people.copper)):
        return list(Payload.objects.values_list("kind", flat=True))


def insert(actor: Actor, *, told: dict | None = None, salt: bytes | None = None, **columns: object) -> None:
    """An event by hand: its text may tell something else than its columns."""
    at = timezone.now()
    kept = {
        "person_id": actor.person_id,
        "organisation_id": actor.organisation_id,
        "subject_id": None,
    } | columns
    says = {name.removesuffix("_id"): str(value) for name, value in kept.items() if value is not None}
    text = Event(kind="forged.event", at=at, **(says | (told or {}))).payload()
    opens = new_salt()
    leaf = Commitment.objects.create(value=commitment(opens, text), at=at)
    Payload.objects.bulk_create(
        [Payload(commitment=leaf, salt=salt or opens, text=text, kind="forged.event", at=at, **kept)]
    )


@pytest.mark.parametrize("who", MEMBERS)
def test_an_event_about_another_organisation(people: People, who: str) -> None:
    copper = people.organisation("copper").pk
    actor = people.actor(getattr(people, who))
    with acting(actor), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        record(kind="forged.event", actor=actor, subject=copper)
    assert log(people) == []


@pytest.mark.parametrize("who", MEMBERS)
def test_an_event_in_the_name_of_another_organisation(people: People, who: str) -> None:
    forged = Actor(getattr(people, who).pk, people.organisation("copper").pk)
    with acting(forged), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        record(kind="forged.event", actor=forged)
    assert log(people) == []


def test_an_event_whose_text_names_another(people: People) -> None:
    copper = people.organisation("copper").pk
    with acting(people.actor(people.zinc)) as zinc:
        for told in (
            {"subject": str(copper)},
            {"organisation": str(copper)},
            {"person": str(people.copper.pk)},
            {"service": "disclosure"},
        ):
            with pytest.raises(DatabaseError, match="something else"), transaction.atomic():
                insert(zinc, told=told)
        with pytest.raises(DatabaseError, match="does not open"), transaction.atomic():
            insert(zinc, salt=new_salt())
        insert(zinc)
        assert Payload.objects.get().kind == "forged.event", "what is true is let through"
    assert log(people) == []


def test_who_acts_for_the_cluster_writes_about_members(people: People) -> None:
    copper = people.organisation("copper").pk
    for who in (people.office, people.desk, people.board):
        with acting(people.actor(who)) as actor:
            record(kind="some.event", actor=actor, subject=copper)
    assert log(people) == ["some.event"] * 3
