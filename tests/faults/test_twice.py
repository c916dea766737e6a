"""Every form is sent twice in the same moment, as by a double click: one effect, and two clear answers."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from sprega.foundation.access.actions import give_waiver
from tests.attacks.places import PLACES, Planted, plant
from tests.people import People, populate

PASSING = {"django_session", "usersessions_usersession", "accounts_cache", "account_emailaddress"}
"""Tables that say who is signed in and what was tried how often."""
TYPED: dict[str, Callable[[People], dict[str, Any]]] = {
    "accounts:invite": lambda people: {"email": "new@example.org", "role": "energy", "language": "en"},
    "organisations:give": lambda people: {
        "email": "outsider@example.org",
        "organisation": people.organisation("zinc").pk,
        "role": "energy",
    },
}
"""What a person types where the attacks type something else or nothing."""
ONCE = {
    "accounts:invite": "accounts.invited",
    "accounts:withdraw-invitation": "accounts.invitation_withdrawn",
    "organisations:give": "organisations.representation_given",
    "organisations:end": "organisations.representation_ended",
    "notes:edit": "notes.changed",
}
"""What the first click surely does; for every other form both clicks together do a thing once at most."""
AS_OFTEN_AS_CLICKED = {"notices.chosen", "accounts.profile_changed"}
"""Events of choices: to choose the same again changes nothing, and is a choice."""
LOOKS = {"files:look"}
"""Here the desk says why it looks: each click is a look, of which the member learns."""


@pytest.fixture
def cluster(transactional_db: None) -> tuple[People, Planted]:
    """People and what belongs to them, committed."""
    people = populate()
    return people, plant(people)


def test_every_form_twice_at_once(cluster: tuple[People, Planted]) -> None:
    people, planted = cluster
    wrong = {}
    for name, place in sorted(PLACES.items()):
        owner = people.sign_in(Client(), getattr(people, place.owner))
        typed = TYPED[name](people) if name in TYPED else place.data(planted)
        rows, events = counted()
        answers = twice(owner, reverse(name, kwargs=place.args(planted)), typed)
        after, told = counted()
        statuses = [answer.status_code for answer in answers]
        rows, events = after - rows, told - events
        clear = all(200 <= status < 500 for status in statuses)
        done = name not in ONCE or events[ONCE[name]] == 1
        most = 2 if name in LOOKS else 1
        more = {what for what, count in (rows + events).items() if count > most} - AS_OFTEN_AS_CLICKED
        if not clear or not done or more:
            wrong[name] = (statuses, dict(rows), dict(events))
    assert not wrong


def test_a_waiver_given_twice_at_once_is_one(cluster: tuple[People, Planted]) -> None:
    people, _planted = cluster
    copper, together = people.actor(people.copper), threading.Barrier(2)
    given = []

    def give() -> None:
        together.wait()
        try:
            given.append(give_waiver(actor=copper, subject="boots", words="agreed").pk)
        finally:
            connections.close_all()

    before = counted()
    both = [threading.Thread(target=give) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    rows, events = (after - then for after, then in zip(counted(), before, strict=True))
    assert len(set(given)) == 1
    assert rows == {"access_waiver": 1}
    assert events == {"access.waiver_given": 1}


def twice(client: Client, address: str, typed: dict[str, Any]) -> list[HttpResponse]:
    """The answers to two clicks in the same session."""
    together, answers = threading.Barrier(2), []

    def click() -> None:
        browser = Client(raise_request_exception=False)
        browser.cookies = client.cookies.copy()
        together.wait()
        try:
            answers.append(browser.post(address, typed))
        finally:
            connections.close_all()

    clicks = [threading.Thread(target=click) for _ in range(2)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert len(answers) == 2, address
    return answers


def counted() -> tuple[Counter[str], Counter[str]]:
    """Rows of each table, and events of each kind, past the policies."""
    with connections["maintenance"].cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        ledger = {table for table in tables if table.startswith(("ledger_", "procrastinate_"))}
        rows = Counter()
        for table in sorted(tables - PASSING - ledger):
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - a table of ours
            rows[table] = cursor.fetchone()[0]
        cursor.execute("SELECT kind, count(*) FROM ledger_payload GROUP BY 1")
        return rows, Counter(dict(cursor.fetchall()))
