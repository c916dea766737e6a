"""A session is read together with its person, and ends as at once as Django's own."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sprega.foundation.accounts.models import Person
from sprega.foundation.accounts.sessions import SessionStore
from tests.people import PASSWORD, People

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(people: People, client: Client) -> Client:
    """Signed in by password, as people do: the list of sessions knows it."""
    client.post("/accounts/login/", {"login": people.copper.email, "password": PASSWORD})
    assert client.get("/today").status_code == 200
    assert UserSession.objects.get().user == people.copper
    return client


def statements(client: Client) -> list[str]:
    """What a page asks of the database."""
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get("/today").status_code == 200
    return [one["sql"] for one in asked]


def test_one_statement_finds_session_and_person(signed_in: Client) -> None:
    found = [sql for sql in statements(signed_in) if "accounts_person" in sql or "django_session" in sql]
    assert len(found) == 1
    assert "usersessions_usersession" in found[0]


def test_a_session_that_is_in_no_list_is_found_as_well(people: People, client: Client) -> None:
    people.sign_in(client, people.copper)
    UserSession.objects.all().delete()
    assert people.copper.email in client.get("/today").content.decode()


def test_the_list_alone_signs_nobody_in(people: People, signed_in: Client) -> None:
    UserSession.objects.update(user=people.zinc)
    page = signed_in.get("/today").content.decode()
    assert people.copper.email in page, "the signed session says who it is"
    assert people.zinc.email not in page


def test_a_visitor_whose_session_is_listed_stays_a_visitor(people: People, client: Client) -> None:
    session = client.session
    session["anything"] = 1
    session.save()
    client.cookies["sessionid"] = session.session_key
    UserSession.objects.create(user=people.copper, session_key=session.session_key, ip="127.0.0.1")
    assert client.get("/today").status_code == 302


@pytest.mark.parametrize("how", ["ended", "expired", "password", "inactive", "removed"])
def test_a_session_ends_at_once(people: People, signed_in: Client, how: str) -> None:
    copper = Person.objects.get(pk=people.copper.pk)
    if how == "ended":
        UserSession.objects.get().end()
    elif how == "expired":
        Session.objects.update(expire_date=timezone.now())
    elif how == "password":
        copper.set_password("another long password")
        copper.save()
    elif how == "inactive":
        Person.objects.filter(pk=copper.pk).update(is_active=False)
    else:
        Session.objects.all().delete()
    assert signed_in.get("/today").status_code == 302


def test_a_session_altered_in_the_database_is_nobodys(signed_in: Client) -> None:
    kept = Session.objects.get()
    Session.objects.update(session_data="x" + kept.session_data[1:])
    assert SESSION_KEY not in SessionStore(kept.session_key).load()
    assert signed_in.get("/today").status_code == 302


def test_a_name_of_a_session_that_does_not_exist_is_not_taken_over(client: Client) -> None:
    store = SessionStore("a" * 32)
    assert store.load() == {}
    assert store.session_key is None
