"""Every address, first as its rightful owner, then as everybody else: nothing read, nothing written."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse

from sprega.foundation.access.identity import acting
from sprega.foundation.access.outside import OUTSIDE_RLS
from tests.attacks.places import ADDRESS, CANARY, FIGURE, PLACES, Place, Planted, names, plant
from tests.people import People

ATTACKERS = ("zinc", "sister", "former", "supplier", "outsider", "nobody")
METHODS = ("get", "post", "put", "patch", "delete")
REFUSALS = {403, 404, 405}
SECRETS = (CANARY, FIGURE, "71 342", "71\u00a0342", ADDRESS)


@pytest.fixture
def planted(people: People) -> Planted:
    return plant(people)


def test_every_address_has_an_attack() -> None:
    assert set(names()) == set(PLACES), "say in places.py how to reach it"


@pytest.mark.parametrize("name", sorted(PLACES))
def test_nothing_read_and_nothing_written(people: People, planted: Planted, name: str) -> None:
    place = PLACES[name]
    address = reverse(name, kwargs=place.args(planted)) + place.asks
    if place.finds:
        owner = people.sign_in(Client(), getattr(people, place.owner))
        assert place.finds in owner.get(address).getvalue().decode(), "the owner finds the canary"
    before = state(people)
    for who in ATTACKERS:
        attack(people, planted, place, address, who)
    assert state(people) == before


def attack(people: People, planted: Planted, place: Place, address: str, who: str) -> None:
    for method in METHODS:
        client = Client()  # a new session: some of these sign out
        if who != "nobody":
            people.sign_in(client, getattr(people, who), "copper" if who == "former" else None)
        body = place.data(planted) if method == "post" else None
        answer = getattr(client, method)(address, body)
        told = answer.content.decode() if not answer.streaming else b"".join(answer).decode("latin-1")
        told += repr(dict(answer.headers)) + repr(answer.cookies)
        assert answer.status_code < 500, (who, method)
        assert not [secret for secret in SECRETS if secret in told], (who, method)
        if place.closed:
            to_sign_in = answer.status_code == 302 and "/accounts/" in answer.headers["Location"]
            assert to_sign_in or answer.status_code in REFUSALS, (who, method, answer.status_code)


def state(people: People) -> dict[str, tuple]:
    """What the copper works' head sees of every table, and how the works' people sign in, as hashes."""
    found = {}
    with acting(people.actor(people.copper)), connection.cursor() as cursor:
        for table in sorted(model._meta.db_table for model in apps.get_models()):
            where = {"accounts_person": "id", "mfa_authenticator": "user_id"}.get(table)
            if table in OUTSIDE_RLS and where is None:
                continue
            condition = f"WHERE {where} = {people.copper.pk}" if where else ""
            cursor.execute(
                "SELECT count(*), md5(string_agg(row, '' ORDER BY row))"  # noqa: S608
                f" FROM (SELECT (to_jsonb(t) - 'last_login')::text AS row FROM {table} t {condition}) AS rows"
            )
            found[table] = cursor.fetchone()
    return found
