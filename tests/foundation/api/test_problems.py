"""Whatever fails, a program gets a problem document that says what to do, in its language, and no more."""

from __future__ import annotations

import json
import logging
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client

from sprega.foundation.access.identity import acting
from sprega.foundation.api import middleware
from sprega.foundation.ledger.models import Payload
from tests.foundation.api.programs import made, program
from tests.people import People
from tests.rooms.notes.actions import write_note
from tests.rooms.notes.models import Note

ME, NOTES = "/api/v1/me", "/api/v1/notes"
JSON = "application/json"


@pytest.fixture
def copper(people: People) -> Client:
    return program(made(people, people.copper)[1])


def problem(answer: HttpResponse, status: int, name: str) -> dict:
    """What a problem document tells."""
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    told = answer.json()
    assert (told["type"], told["status"]) == (f"/api/#{name}", status)
    assert told["title"]
    assert told["detail"]
    return told


def notes(people: People, person=None) -> list[tuple]:
    with acting(people.actor(person or people.copper)):
        return list(Note.objects.values_list("text", "tonnes", "version"))


def note_of(people: People, who: str) -> Note:
    with acting(people.actor(getattr(people, who))) as actor:
        return write_note(actor=actor, text=f"{who} note", tonnes="7.125")


def test_a_note_is_written_read_and_changed(people: People, copper: Client) -> None:
    answer = copper.post(NOTES, {"text": " Lime ", "tonnes": "12.125"}, JSON)
    assert answer.status_code == 201
    note = answer.json()
    assert (note["text"], note["tonnes"], note["version"]) == ("Lime", "12.125", 1)
    address = f"{NOTES}/{note['id']}"
    assert copper.get(address).json() == note
    changed = copper.put(address, {"text": "Less lime", "tonnes": 12, "version": 1}, JSON).json()
    assert (changed["text"], changed["version"]) == ("Less lime", 2)
    told = problem(copper.put(address, {"text": "x", "tonnes": 1, "version": 1}, JSON), 409, "changed")
    assert "new version" in told["detail"]
    assert [(text, version) for text, _tonnes, version in notes(people)] == [("Less lime", 2)]
    with acting(people.actor(people.copper)):
        kinds = list(Payload.objects.filter(kind__startswith="notes.").values_list("kind", flat=True))
    assert kinds == ["notes.changed", "notes.written"], "the same actions as the pages, with their events"


def test_no_form_token_is_asked_for(people: People) -> None:
    """No session acts here, so there is nothing that another site could make a browser do."""
    _token, sent = made(people, people.copper)
    strict = Client(enforce_csrf_checks=True, headers={"authorization": f"Bearer {sent}"})
    assert strict.post(NOTES, {"text": "x"}, JSON).status_code == 201
    people.sign_in(strict, people.copper)
    answer = strict.post(NOTES, {"text": "x"}, JSON, headers={"authorization": ""})
    problem(answer, 401, "token")
    assert len(notes(people)) == 1


def test_unknown_and_foreign_are_the_same(people: People, copper: Client) -> None:
    foreign, unknown = note_of(people, "zinc").pk, uuid4()
    change = {"text": "mine now", "tonnes": 1, "version": 1}
    for answers in zip(
        *(
            [copper.get(f"{NOTES}/{one}"), copper.put(f"{NOTES}/{one}", change, JSON)]
            for one in (foreign, unknown)
        ),
        strict=True,
    ):
        told = [problem(answer, 404, "not-found") for answer in answers]
        assert told[0] == told[1]
    assert notes(people, people.zinc)[0][0] == "zinc note"


def test_addresses_that_do_not_exist(copper: Client) -> None:
    for address in ("/api/v1/", "/api/v1/none", f"{NOTES}/1", f"{NOTES}/"):
        problem(copper.get(address), 404, "not-found")
    told = copper.delete(NOTES)
    problem(told, 405, "method")
    assert sorted(told.headers["Allow"].split(", ")) == ["GET", "POST"]


def test_without_a_token(db: None) -> None:
    answer = program().get(ME)
    problem(answer, 401, "token")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    for sent in ("Bearer", "Bearer x", "Basic eDp4", "Bearer \u00e9", "sprega_1"):
        problem(Client(headers={"authorization": sent}).get(ME), 401, "token")


@pytest.mark.parametrize(
    "body",
    [
        "{",
        '{"text": NaN}',
        '{"text": "\\ud800"}',
        '{"text": "\\u0000"}',
        "[" * 3000,
        "\xff",
        "1" * 5000,
        "1e401",
    ],
)
def test_bodies_that_cannot_be_read(people: People, copper: Client, body: str) -> None:
    answer = copper.generic("POST", NOTES, body.encode("latin-1"), JSON)
    problem(answer, 400, "unreadable")
    assert notes(people) == []


def test_a_number_too_long_to_be_written_out_costs_nothing(people: People, copper: Client) -> None:
    """As a whole number it has a thousand million digits, and nobody else would be served meanwhile."""
    body = '{"text": "x", "tonnes": 1, "version": 1E+999999999}'
    problem(copper.generic("PUT", f"{NOTES}/{uuid4()}", body, JSON), 400, "unreadable")


def test_bodies_of_another_kind_or_size(people: People, copper: Client) -> None:
    problem(copper.post(NOTES, {"text": "x"}), 415, "media-type")
    problem(copper.post(NOTES, {"text": "x" * middleware.LARGEST}, JSON), 413, "too-large")
    problem(copper.post(NOTES, "", JSON, CONTENT_LENGTH="many"), 400, "unreadable")
    chunked = copper.post(NOTES, {"text": "x"}, JSON, headers={"transfer-encoding": "chunked"})
    assert "Content-Length" in problem(chunked, 400, "unreadable")["detail"]
    assert notes(people) == []


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, [("#/text", "Write a value here: it is required.")]),
        ({"text": ""}, [("#/text", "This is too short: its length must be at least 1.")]),
        ({"text": "x" * 501}, [("#/text", "This is too long: its length must be at most 500.")]),
        ({"text": 7}, [("#/text", "Write text here.")]),
        ({"text": "x", "tonnes": "much"}, [("#/tonnes", "Write a number.")]),
        ({"text": "x", "tonnes": "1e400"}, [("#/tonnes", "Write at most 12 digits.")]),
        ({"text": "x", "tonnes": 0.0001}, [("#/tonnes", "Write at most 3 digits after the decimal point.")]),
        ({"text": "x", "a/b": 1}, [("#/a~1b", "There is no such field. Check its spelling.")]),
        ([], [("#", "Write a JSON object here.")]),
        ("x", [("#", "Write a JSON object here.")]),
    ],
)
def test_fields_that_do_not_fit(people: People, copper: Client, body, errors: list) -> None:
    answer = copper.post(NOTES, json.dumps(body), JSON)
    told = problem(answer, 422, "invalid")
    assert [(one["pointer"], one["detail"]) for one in told["errors"]] == errors
    assert notes(people) == []


def test_a_missing_body(people: People, copper: Client) -> None:
    told = problem(copper.post(NOTES, "", JSON), 422, "invalid")
    assert told["errors"] == [{"pointer": "#", "detail": "Write a value here: it is required."}]


def test_parameters_that_do_not_fit(copper: Client) -> None:
    told = problem(copper.get(NOTES, {"limit": "many"}), 422, "invalid")
    assert told["errors"] == [{"parameter": "limit", "detail": "Write a whole number."}]
    told = problem(copper.get(NOTES, {"limit": "101"}), 422, "invalid")
    assert told["errors"] == [{"parameter": "limit", "detail": "Write a number of at most 100."}]
    problem(copper.get(NOTES, {"cursor": "\0"}), 400, "unreadable")
    told = problem(copper.get(NOTES, {"cursr": "x"}), 422, "invalid")
    assert told["errors"] == [
        {"parameter": "cursr", "detail": "There is no such parameter. Check its spelling."}
    ]


def test_in_bulgarian(people: People) -> None:
    client = program(made(people, people.copper)[1], "bg")
    answer = client.post(NOTES, {"text": ""}, JSON)
    told = problem(answer, 422, "invalid")
    assert answer.headers["Content-Language"] == "bg"
    assert told["errors"][0]["detail"] == "Твърде кратко: дължината трябва да е поне 1."
    assert problem(program(language="bg").get(ME), 401, "token")["title"] == "Няма валиден ключ"
    assert problem(client.post(NOTES, {"a": "b"}), 415, "media-type")["title"] == "Тялото не е JSON"


def test_a_fault_of_ours(people: People, copper: Client, monkeypatch, caplog) -> None:
    def break_down(**wishes: object) -> None:
        write_note(**wishes)
        raise RuntimeError("71342 t of lime")

    monkeypatch.setattr("tests.rooms.notes.api.actions.write_note", break_down)
    with caplog.at_level(logging.DEBUG):
        answer = copper.post(NOTES, {"text": "Canary", "tonnes": 71342}, JSON)
    problem(answer, 500, "fault")
    assert "71342" not in answer.content.decode()
    assert notes(people) == [], "nothing of it was kept"
    assert "Canary" not in caplog.text


def test_the_database_is_away(people: People, copper: Client, monkeypatch) -> None:
    def away(*_words: object, **_more: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr("sprega.foundation.api.me.Organisation.objects", None)
    problem(copper.get(ME), 500, "fault")
    monkeypatch.setattr(middleware, "recognise", away)
    answer = copper.get(ME)
    problem(answer, 503, "away")
    assert answer.headers["Retry-After"].isdecimal()
