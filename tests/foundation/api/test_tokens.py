"""Tokens: made after a new proof, shown once, kept as a hash, limited, told of, ended in time."""

from datetime import timedelta
from time import time
from uuid import uuid4

import pytest
from allauth.account.internal.userkit import user_id_to_str
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sprega.foundation.access.identity import NOBODY, acting
from sprega.foundation.access.services import acting_as
from sprega.foundation.accounts.models import Person
from sprega.foundation.api import actions
from sprega.foundation.api.models import Token
from sprega.foundation.api.secret import hash_of, parts
from sprega.foundation.ledger.models import Payload
from sprega.foundation.notices.models import Notice
from sprega.foundation.organisations.services import FOUNDING
from tests.foundation.api.programs import made, program
from tests.people import People

ME, NOTES = "/api/v1/me", "/api/v1/notes"


def proved(client: Client, person: Person) -> None:
    """The session proved just now that it is still the person."""
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "mfa", "at": time()},
        {"method": "password", "at": time(), "reauthenticated": True},
    ]
    session["account_authentication_methods_user"] = user_id_to_str(person)
    session.save()


def filled(**more: object) -> dict[str, object]:
    day = (timezone.localdate() + timedelta(days=30)).isoformat()
    return {"number": str(uuid4()), "name": "Our ERP", "scope": "read", "last_day": day, **more}


def tokens(people: People, person: Person) -> list[Token]:
    with acting(people.actor(person)):
        return list(Token.objects.all())


def test_making_one_on_the_page(people: People, client: Client) -> None:
    people.sign_in(client, people.copper)
    address, told = reverse("tokens:make"), filled(organisation=people.organisation("copper").pk)
    answer = client.post(address, told)
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_reauthenticate")), "first a new proof"
    assert tokens(people, people.copper) == []
    proved(client, people.copper)
    assert client.get(address).status_code == 200
    answer = client.post(address, told)
    assert "no-store" in answer.headers["Cache-Control"]
    sent = answer.context["secret"]
    assert sent in answer.content.decode()
    (token,) = tokens(people, people.copper)
    assert parts(sent) == (token.pk, sent[-43:])
    assert token.secret_hash == hash_of(sent[-43:])
    assert (token.scope, token.rooms, token.by_second_factor) == ("read", [], True)
    listed = client.get(reverse("tokens:list")).content.decode()
    assert "Our ERP" in listed
    assert sent[-43:] not in listed, "shown only once"
    assert program(sent).get(ME).json()["token"]["name"] == "Our ERP"
    assert "never" not in client.get(reverse("tokens:list")).content.decode().partition("<main")[2]


def test_the_secret_is_kept_nowhere(people: People) -> None:
    _token, sent = made(people, people.copper)
    with acting(people.actor(people.copper)), connection.cursor() as cursor:
        for table in ("api_token", "ledger_payload", "notices_notice", "mail_mail", "accounts_cache"):
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t")  # noqa: S608
            assert sent[-43:] not in (cursor.fetchone()[0] or "")


def test_making_and_ending_are_told(people: People, client: Client) -> None:
    made(people, people.copper)
    people.sign_in(client, people.copper)
    (token,) = tokens(people, people.copper)
    assert client.get(reverse("tokens:end", args=[token.pk])).status_code == 200
    assert client.post(reverse("tokens:end", args=[token.pk])).status_code == 302
    assert client.post(reverse("tokens:end", args=[token.pk])).status_code == 302, "twice is once"
    with acting(people.actor(people.copper)):
        kinds = list(Payload.objects.filter(kind__startswith="api.").values_list("kind", flat=True))
        told = [str(notice) for notice in Notice.objects.filter(kind="api.token")]
    assert kinds == ["api.token_ended", "api.token_made"]
    assert sorted(told) == [
        "A key for programs was ended: A program, for Copper Works.",
        "A key for programs was made: A program, for Copper Works.",
    ]


def test_a_colleague_neither_sees_nor_ends_it(people: People, client: Client) -> None:
    token, sent = made(people, people.copper)
    people.sign_in(client, people.copper_safety)
    for method in (client.get, client.post):
        assert method(reverse("tokens:end", args=[token.pk])).status_code == 404
    assert "A program" not in client.get(reverse("tokens:list")).content.decode()
    assert program(sent).get(ME).status_code == 200


def test_a_double_click_makes_one(people: People, client: Client) -> None:
    people.sign_in(client, people.copper)
    proved(client, people.copper)
    told = filled(organisation=people.organisation("copper").pk)
    first, second = (client.post(reverse("tokens:make"), told).context["secret"] for _click in range(2))
    assert len(tokens(people, people.copper)) == 1
    assert program(second).get(ME).status_code == 200, "the one shown last"
    assert program(first).get(ME).status_code == 401
    answer = client.post(reverse("tokens:make"), told)
    assert "secret" not in answer.context, "used meanwhile: it keeps its secret"
    assert program(second).get(ME).status_code == 200


@pytest.mark.parametrize(
    ("wish", "where"),
    [
        ({"last_day": "2020-01-01"}, "last_day"),
        ({"last_day": (timezone.localdate() + timedelta(days=366)).isoformat()}, "last_day"),
        ({"scope": "rule"}, "scope"),
        ({"name": ""}, "name"),
        ({"rooms": ["vault"]}, "rooms"),
        ({"organisation": 0}, "organisation"),
    ],
)
def test_wrong_wishes_are_told_beside_the_field(people: People, client: Client, wish, where: str) -> None:
    people.sign_in(client, people.copper)
    proved(client, people.copper)
    told = filled(organisation=people.organisation("copper").pk) | wish
    assert where in client.post(reverse("tokens:make"), told).context["form"].errors
    assert tokens(people, people.copper) == []


def test_only_for_an_organisation_one_acts_for(people: People, client: Client) -> None:
    people.sign_in(client, people.copper)
    proved(client, people.copper)
    told = filled(organisation=people.organisation("zinc").pk)
    assert "organisation" in client.post(reverse("tokens:make"), told).context["form"].errors
    with pytest.raises(ValidationError, match="for which you act"):
        made(people, people.copper, "zinc")
    assert tokens(people, people.copper) == []


def test_whoever_acts_for_nobody_is_told(people: People, client: Client) -> None:
    people.sign_in(client, people.outsider)
    proved(client, people.outsider)
    page = client.get(reverse("tokens:make")).content.decode()
    assert "You act for no organisation" in page
    assert 'name="scope"' not in page


def test_not_more_than_twenty(people: People) -> None:
    for _one in range(actions.MOST_VALID):
        made(people, people.copper)
    with pytest.raises(ValidationError, match="20 valid keys"):
        made(people, people.copper)
    assert len(tokens(people, people.copper)) == actions.MOST_VALID


def test_it_ends_with_what_it_rests_on(people: People) -> None:
    _token, sent = made(people, people.copper)
    ended, of_ended = made(people, people.copper)
    actions.end_token(actor=people.actor(people.copper), token=ended.pk)
    assert program(of_ended).get(ME).status_code == 401
    with acting(people.actor(people.copper)):
        Token.objects.filter(pk=ended.pk).update(ended_at=None, expires_at=timezone.now())
    assert program(of_ended).get(ME).status_code == 401, "its time is over"
    assert program(sent).get(ME).status_code == 200
    Person.objects.filter(pk=people.copper.pk).update(is_active=False)
    assert program(sent).get(ME).status_code == 401
    Person.objects.filter(pk=people.copper.pk).update(is_active=True)
    with acting_as(FOUNDING, actor=NOBODY):
        people.copper.representations.update(ends_at=timezone.now())
    answer = program(sent).get(ME)
    assert (answer.status_code, answer.json()["type"]) == (403, "/api/#representation")


def test_made_without_a_second_factor_it_opens_nothing_confidential(people: People) -> None:
    _token, sent = made(people, people.copper, second_factor=False)
    assert program(sent).get(ME).status_code == 200
    assert program(sent).get(NOTES).json()["type"] == "/api/#second-factor"
    _token, later = made(people, people.copper)  # now the person has one
    assert program(later).get(NOTES).status_code == 200
    assert program(sent).get(NOTES).status_code == 403, "whoever made it then had shown none"
    people.copper.authenticator_set.all().delete()
    assert program(later).get(NOTES).status_code == 403, "and it must still be there"


def test_office_and_desk_need_it_for_everything(people: People, settings) -> None:
    settings.SECOND_FACTOR_ALWAYS = frozenset({"office"})
    _token, sent = made(people, people.office, second_factor=False)
    assert program(sent).get(ME).json()["type"] == "/api/#second-factor"
    _token, sent = made(people, people.office)
    assert program(sent).get(ME).status_code == 200


def test_scopes_and_rooms(people: People) -> None:
    _token, reader = made(people, people.copper, scope="read")
    answer = program(reader).post(NOTES, {"text": "x"}, "application/json")
    assert (answer.status_code, answer.json()["type"]) == (403, "/api/#scope")
    _token, elsewhere = made(people, people.copper, rooms=["runs"])
    assert program(elsewhere).get(NOTES).json()["type"] == "/api/#room"
    assert program(elsewhere).get("/api/v1/runs").status_code == 200
    assert program(elsewhere).get(ME).json()["token"]["rooms"] == ["runs"]
    assert program(reader).get(NOTES).json() == {"items": [], "next": None}


def test_a_session_opens_nothing_here(people: People, client: Client) -> None:
    people.sign_in(client, people.copper)
    assert client.get(ME).status_code == 401
    assert client.post(NOTES, {"text": "x"}, "application/json").status_code == 401
    _token, sent = made(people, people.zinc)
    answer = client.get(ME, headers={"authorization": f"Bearer {sent}"})
    assert answer.json()["person"] == "Zinc", "whose session comes along does not matter"


def test_rates(people: People, settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"api": "3/m/key", "api_failed": "2/m/ip"}
    (_one, first), (_other, second) = made(people, people.copper), made(people, people.copper)
    assert [program(first).get(ME).status_code for _request in range(4)] == [200, 200, 200, 429]
    assert program(second).get(ME).status_code == 200, "each token for itself"
    guesses = [program(f"sprega_{'0' * 32}_{'x' * 43}").get(ME) for _guess in range(3)]
    assert [answer.status_code for answer in guesses] == [401, 401, 429]
    assert guesses[2].headers["Retry-After"] == "60"
    assert guesses[2].json()["type"] == "/api/#too-many"
    assert guesses[2].headers["Content-Type"] == "application/problem+json"
    assert program(second).get(ME).status_code == 200, "a neighbour's guesses shut nobody out"


def test_a_page_of_another_language(people: People, client: Client) -> None:
    people.copper.language = "bg"
    people.copper.save()
    people.sign_in(client, people.copper)
    proved(client, people.copper)
    for name in ("tokens:list", "tokens:make"):
        page = client.get(reverse(name)).content.decode()
        assert '<html lang="bg"' in page
        assert "style=" not in page
        assert "лючове за програми" in page
