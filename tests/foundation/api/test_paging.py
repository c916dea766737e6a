"""Lists by cursor: complete, stable under inserts, bounded, and no forged cursor is believed."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from sprega.foundation.access.identity import acting
from tests.foundation.api.programs import made, program
from tests.people import People
from tests.rooms.notes.actions import write_note
from tests.rooms.notes.models import Note

NOTES = "/api/v1/notes"


@pytest.fixture
def copper(people: People) -> Client:
    return program(made(people, people.copper)[1])


def write(people: People, count: int) -> None:
    with acting(people.actor(people.copper)) as actor:
        for number in range(count):
            write_note(actor=actor, text=f"Note {number}")
        Note.objects.update(written_at=timezone.now())  # all at one moment: the second column must decide


def walk(client: Client, address: str) -> list[str]:
    found = []
    while address:
        told = client.get(address).json()
        found += [item["id"] for item in told["items"]]
        address = told["next"]
    return found


def test_every_row_once(people: People, copper: Client) -> None:
    write(people, 7)
    everything = walk(copper, NOTES)
    assert len(set(everything)) == len(everything) == 7
    for limit in (1, 2, 3, 7, 8):
        assert walk(copper, f"{NOTES}?limit={limit}") == everything, limit


def test_what_is_added_meanwhile_neither_repeats_nor_hides(people: People, copper: Client) -> None:
    write(people, 5)
    before = walk(copper, NOTES)
    first = copper.get(f"{NOTES}?limit=2").json()
    with acting(people.actor(people.copper)) as actor:
        write_note(actor=actor, text="newer")
    rest = walk(copper, first["next"])
    assert [item["id"] for item in first["items"]] + rest == before


def test_a_cursor_gives_no_foreign_row(people: People, copper: Client) -> None:
    write(people, 3)
    following = copper.get(f"{NOTES}?limit=1").json()["next"]
    zinc = program(made(people, people.zinc)[1])
    assert zinc.get(following).json() == {"items": [], "next": None}


def test_forged_cursors(people: People, copper: Client) -> None:
    write(people, 3)
    following = copper.get(f"{NOTES}?limit=1").json()["next"]
    cursor = parse_qs(urlsplit(following).query)["cursor"][0]
    salt = f"sprega.api.cursor {NOTES}"
    for forged in (
        "x",
        cursor[:-1] + ("A" if cursor[-1] != "A" else "B"),
        signing.dumps(["x"], salt="other"),
        signing.dumps(["2026-01-01"], salt=salt),  # of another order
        signing.dumps(["never", "x"], salt=salt),
    ):
        answer = copper.get(NOTES, {"cursor": forged})
        assert (answer.status_code, answer.json()["type"]) == (400, "/api/#cursor"), forged
    answer = copper.get("/api/v1/runs", {"cursor": cursor})
    assert answer.status_code == 400, "a cursor of one list is none of another"


def test_next_is_a_whole_address(people: People, copper: Client) -> None:
    write(people, 3)
    following = copper.get(f"{NOTES}?limit=1").json()["next"]
    assert following.startswith("http://testserver/api/v1/notes?")
    assert parse_qs(urlsplit(following).query)["limit"] == ["1"]
