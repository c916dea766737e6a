"""What somebody has typed is theirs: when another was faster, and when they may no longer send it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sprega.foundation.access.identity import acting
from sprega.foundation.access.services import acting_as
from sprega.foundation.ledger.models import Payload
from sprega.foundation.organisations.services import FOUNDING
from tests.faults.cluster import value_of
from tests.people import People
from tests.rooms.notes.actions import write_note
from tests.rooms.notes.models import Note


@pytest.fixture
def note(people: People) -> Note:
    """A note of the copper works."""
    with acting(people.actor(people.copper)) as actor:
        return write_note(actor=actor, text="as it was", tonnes=3)


def test_two_people_edit_one_note(people: People, note: Note) -> None:
    address = reverse("notes:edit", args=[note.pk])
    first, second = (people.sign_in(Client(), who) for who in (people.copper, people.copper_safety))
    opened = [value_of(browser.get(address).content.decode(), "version") for browser in (first, second)]
    told = {"tonnes": "5", "version": opened[0]}
    assert first.post(address, {**told, "text": "the faster"}).status_code == 302
    page = second.post(address, {**told, "text": "the slower", "version": opened[1]}).content.decode()
    assert "Somebody changed this note" in page
    assert "the faster" in page
    assert value_of(page, "text") == "the slower"
    assert stands(people) == ["the faster"]
    assert changes(people, note) == 1
    again = {**told, "text": "the slower", "version": value_of(page, "version")}
    assert second.post(address, again).status_code == 302
    assert stands(people) == ["the slower"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "What you have just sent was not done."),
        ("bg", "Това, което току-що изпратихте, не беше извършено."),
    ],
)
def test_a_representation_ends_in_mid_form(people: People, note: Note, language: str, said: str) -> None:
    people.copper.language = language
    people.copper.save(update_fields=["language"])
    address = reverse("notes:edit", args=[note.pk])
    browser = people.sign_in(Client(), people.copper)
    version = value_of(browser.get(address).content.decode(), "version")
    with acting_as(FOUNDING, actor=people.actor(people.office)):
        people.copper.representations.update(ends_at=timezone.now())
    typed = "a long text\nof two lines, and <b>more</b>"
    answer = browser.post(address, {"text": typed, "tonnes": "5.25", "version": version})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert said in page
    for part in ("a long text", "of two lines, and &lt;b&gt;more&lt;/b&gt;", "5.25"):
        assert part in page
    assert stands(people) == ["as it was"]
    assert changes(people, note) == 0


def stands(people: People) -> list[str]:
    """What the copper works' notes say."""
    with acting(people.actor(people.copper_safety)):
        return list(Note.objects.values_list("text", flat=True))


def changes(people: People, note: Note) -> int:
    """How often the ledger tells of a change."""
    with acting(people.actor(people.copper_safety)):
        told = Payload.objects.filter(kind="notes.changed", subject=note.organisation_id)
        return told.count()
