"""The desk reads a member's figures only in the transaction that says so, and the member learns of it."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from sprega.foundation.access.actions import look_at
from sprega.foundation.access.identity import acting
from sprega.foundation.access.queries import looks
from sprega.foundation.ledger.models import Payload
from tests.people import People
from tests.rooms.notes.actions import write_note
from tests.rooms.notes.models import Note


@pytest.fixture(autouse=True)
def note(people: People) -> Note:
    actor = people.actor(people.copper)
    with acting(actor):
        return write_note(actor=actor, text="for the desk", visibility="desk")


def test_a_look_opens_the_rows_and_is_told(people: People) -> None:
    with acting(people.actor(people.desk)) as desk:
        assert not Note.objects.exists()
        look_at(actor=desk, organisation=people.organisation("copper"), reason="checks the demand")
        assert Note.objects.get().text == "for the desk"
    with acting(people.actor(people.copper)) as copper:
        assert [look.reason for look in looks(viewer=copper)] == ["checks the demand"]
        event = Payload.objects.get(kind="access.desk_looked")
        assert b"checks the demand" in bytes(event.text)
    with acting(people.actor(people.zinc)) as zinc:
        assert not looks(viewer=zinc)
        assert not Payload.objects.filter(kind="access.desk_looked").exists()


def test_a_look_at_one_opens_no_other(people: People) -> None:
    with acting(people.actor(people.desk)) as desk:
        look_at(actor=desk, organisation=people.organisation("zinc"), reason="checks the demand")
        assert not Note.objects.exists()


@pytest.mark.parametrize("who", ["zinc", "office", "board", "supplier", "former", "outsider"])
def test_nobody_else_looks(people: People, who: str) -> None:
    with pytest.raises(PermissionDenied):
        look_at(
            actor=people.actor(getattr(people, who)), organisation=people.organisation("copper"), reason="x"
        )


def test_a_look_has_a_reason(people: People) -> None:
    with pytest.raises(ValidationError):
        look_at(actor=people.actor(people.desk), organisation=people.organisation("copper"), reason=" ")


def test_the_second_of_two_editors_is_told_and_loses_nothing(people: People, note: Note) -> None:
    client = people.sign_in(Client(), people.copper)
    address = reverse("notes:edit", args=[note.pk])
    typed = {"text": "the first", "tonnes": "1", "version": 1}
    assert client.post(address, typed).status_code == 302
    page = client.post(address, typed | {"text": "the second"}).content.decode()
    assert "Somebody changed this note" in page
    assert "the second" in page
    assert "the first" in page
    assert 'name="version" value="2"' in page
    assert client.post(address, typed | {"text": "the second", "version": 2}).status_code == 302
