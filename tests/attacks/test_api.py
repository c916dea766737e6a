"""Every route of the API, first by its owner's token, then by all others': nothing read, nothing written."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from sprega.foundation.access.identity import NOBODY, acting
from sprega.foundation.access.services import acting_as
from sprega.foundation.api.actions import end_token
from sprega.foundation.api.models import Token
from sprega.foundation.organisations.models import Organisation, Representation
from sprega.foundation.organisations.services import FOUNDING
from tests.attacks.api_places import ROOT, ROUTES, Planted, Route, plant, routes
from tests.attacks.places import CANARY, FIGURE
from tests.attacks.test_walk import METHODS, state
from tests.foundation.api.programs import made, program
from tests.people import People

OTHERS = ("zinc", "sister", "supplier", "partner")
"""Good tokens of others: a member, a sister company, a supplier, somebody outside the cluster."""
USELESS = ("former", "ended", "expired", "wrong", "none")
"""Whatever opens nothing at all."""
SECRETS = (CANARY, FIGURE)


@pytest.fixture
def planted(people: People) -> Planted:
    return plant(people)


@pytest.fixture
def tokens(people: People, planted: Planted) -> dict[str, str]:
    """What each attacker's program sends."""
    with acting_as(FOUNDING, actor=NOBODY):
        Organisation.objects.create(slug="bank", name="Bank", standing=Organisation.Standing.PARTNER)
        held = [
            Representation.objects.create(
                person=person, organisation=people.organisation(slug), role=Representation.Role.LEAD
            )
            for person, slug in ((people.outsider, "bank"), (people.former, "copper"))
        ]
    sent = {who: made(people, getattr(people, who))[1] for who in ("copper", "zinc", "sister", "supplier")}
    sent["partner"] = made(people, people.outsider, "bank")[1]
    sent["former"] = made(people, people.former, "copper")[1]
    with acting_as(FOUNDING, actor=NOBODY):
        Representation.objects.filter(pk=held[1].pk).update(ends_at=timezone.now())
    ended, sent["ended"] = made(people, people.copper)
    end_token(actor=people.actor(people.copper), token=ended.pk)
    expired, sent["expired"] = made(people, people.copper)
    with acting(people.actor(people.copper)):
        Token.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    sent["wrong"] = sent["copper"][:-1] + ("A" if sent["copper"][-1] != "A" else "B")
    sent["none"] = ""
    sent["reader"] = made(people, people.copper, scope="read")[1]
    sent["elsewhere"] = made(people, people.copper, rooms=["a-room-of-its-own"])[1]
    for one in sent.values():
        program(one).get(f"{ROOT}me")  # from now on "last used" stays as it is for a minute
    return sent


def test_every_route_has_an_attack() -> None:
    assert set(routes()) == set(ROUTES), "say in api_places.py how to reach it"


def test_nothing_else_is_mounted() -> None:
    """What the URL configuration has under the API is a route, the document, or the root that is a 404."""
    found = {pattern.name: str(pattern.pattern) for pattern in _patterns(get_resolver(), within=False)}
    known = {re.sub(r"\{(\w+)\}", r"<uuidstr:\1>", path) for _method, path in ROUTES}
    assert set(found.values()) - known == {"openapi.json", ""}


def _patterns(resolver: URLResolver, *, within: bool):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            if within:
                yield pattern
        else:
            yield from _patterns(pattern, within=within or pattern.namespace == "v1")


@pytest.mark.parametrize("key", ROUTES, ids=" ".join)
def test_nothing_read_and_nothing_written(
    people: People, planted: Planted, tokens: dict[str, str], key: tuple[str, str]
) -> None:
    method, path = key
    route = ROUTES[key]
    address = ROOT + (route.address(planted) if route.address else path)
    if method == "GET":
        owner = ask(tokens["copper"], "get", address, route)
        assert (owner.status_code, route.finds in owner.content.decode()) == (200, True), "the owner finds it"
    before = state(people)
    for who in (*OTHERS, *USELESS):
        cache.clear()  # so that no rate hides what a token opens
        for verb in METHODS:
            attack(tokens[who], who, verb, address, route)
    for verb in METHODS:
        limited = ask(tokens["elsewhere"], verb, address, route)
        if route.limited:
            assert limited.status_code in (403, 405), verb
            assert not told(limited), verb
        if verb != "get":
            assert ask(tokens["reader"], verb, address, route).status_code in (403, 405), verb
    assert state(people) == before
    if method != "GET":
        owner = ask(tokens["copper"], method.lower(), address, route)
        assert owner.status_code in (200, 201, 204)
        assert route.finds in owner.content.decode()
        assert state(people) != before, "the owner does it"


def attack(sent: str, who: str, verb: str, address: str, route: Route) -> None:
    answer = ask(sent, verb, address, route)
    assert answer.status_code < 500, (who, verb)
    assert not told(answer), (who, verb)
    if who in USELESS:
        assert answer.status_code in (401, 403, 405), (who, verb, answer.status_code)
    elif route.closed:
        assert answer.status_code in (404, 405), (who, verb, answer.status_code)


def ask(sent: str, verb: str, address: str, route: Route):
    client: Client = program(sent)
    if verb == "get":
        return client.get(address)
    return getattr(client, verb)(address, route.body, "application/json")


def told(answer) -> list[str]:
    """The secrets that an answer gives away."""
    everything = answer.content.decode() + repr(dict(answer.headers)) + repr(answer.cookies)
    return [secret for secret in SECRETS if secret in everything]
