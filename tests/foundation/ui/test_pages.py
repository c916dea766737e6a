"""The shell, the first page and Today, as visitors and members see them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sprega.foundation.access.identity import Actor
from sprega.foundation.access.services import acting_as
from sprega.foundation.accounts.models import Person
from sprega.foundation.organisations.models import Representation
from sprega.foundation.organisations.services import FOUNDING
from sprega.foundation.room import Entry, Indicator, Place, Room, Task
from sprega.foundation.ui import context, pages, promises
from sprega.foundation.ui.middleware import POLICY
from tests.people import People

pytestmark = pytest.mark.django_db


def test_first_page_of_an_empty_cluster(client: Client) -> None:
    page = client.get("/").content.decode()
    assert "Test cluster" in page
    assert page.count('class="promise"') == 9
    assert 'class="fact"' not in page, "nothing is counted that is not there"
    assert 'class="with-rail"' not in page


def test_promises_name_a_place_only_where_a_room_is(people: People, client: Client) -> None:
    kept = promises.promises()
    linked = [one.url for one in kept if one.url]
    assert linked == ["/notes/"], "the tiny room alone"
    assert [one.fact.value for one in kept if one.fact] == [4], "members are counted, suppliers are not"
    assert client.get("/").content.decode().count('class="fact"') == 1


def test_a_promise_shows_what_a_visitor_may_see(
    people: People, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Actor] = []

    def value(actor: Actor) -> float:
        asked.append(actor)
        return 1234.5

    room = Room(
        "Buying",
        navigation=(Entry(Place.MATERIALS, "Purchases", "notes:list"),),
        indicators=(Indicator("saved", "saved together", "EUR", value),),
    )
    monkeypatch.setattr(promises, "rooms", lambda: [room])
    people.sign_in(client, people.desk)
    page = client.get("/").content.decode()
    assert "1\N{NO-BREAK SPACE}234.50\N{NO-BREAK SPACE}EUR" in page
    assert asked == [Actor()], "the desk sees no more here than anybody"


def test_rail_shows_what_the_roles_need(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room(
        "Many",
        navigation=(
            Entry(Place.REGION, "For all", "notes:list"),
            Entry(Place.CLUSTER, "Office only", "ui:gallery", roles=frozenset({"office"})),
            Entry(Place.MATERIALS, "Not yet there", "nowhere:list"),
        ),
    )
    monkeypatch.setattr(context, "rooms", lambda: [room])
    monkeypatch.setattr(context, "FOUNDATION", ())

    def labels(person: Person) -> list[str]:
        return [link.label for section in context.rail(people.actor(person), "/") for link in section.links]

    assert labels(people.office) == ["Office only", "For all"], "in the order of the founding text"
    assert labels(people.copper) == ["For all"]
    assert labels(people.supplier) == []
    assert labels(people.former) == []


def test_rail_marks_where_one_is(member: Client) -> None:
    page = member.get("/notes/").content.decode()
    assert "<h1>" in page
    assert '<a href="/notes/" aria-current="page">' in page


def test_switch_offers_only_represented_organisations(member: Client) -> None:
    page = member.get("/today").content.decode()
    assert "Copper Works" in page
    assert "Zinc Works" not in page
    assert 'name="organisation"' not in page, "nothing to switch"


def test_switch_of_a_person_with_two_organisations(people: People, client: Client) -> None:
    with acting_as(FOUNDING, actor=Actor()):
        Representation.objects.create(
            person=people.copper, organisation=people.organisation("zinc"), role=Representation.Role.ENERGY
        )
    people.sign_in(client, people.copper)
    page = client.get("/today").content.decode()
    assert page.count('name="organisation"') == 2
    zinc = people.organisation("zinc")
    client.post(reverse("accounts:switch-organisation"), {"organisation": zinc.pk, "next": "/today"})
    page = client.get("/today").content.decode()
    assert f'value="{zinc.pk}" aria-current="true"' in page


def test_today_of_a_visitor_leads_to_signing_in(client: Client) -> None:
    answer = client.get("/today")
    assert answer.status_code == 302
    assert answer["Location"].endswith("?next=/today")


def test_today_says_what_waits_most_urgent_first(member: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    tasks = [
        Task("No hurry", "/a"),
        Task("Soon", "/b", now + timedelta(days=2)),
        Task("Late", "/c", now - timedelta(days=1)),
    ]
    monkeypatch.setattr(pages, "rooms", lambda: [Room("Some", today=lambda actor: tasks)])
    page = member.get("/today").content.decode()
    assert "3 things wait for you" in page
    assert page.index(">Late<") < page.index(">Soon<") < page.index(">No hurry<")
    assert "was due on" in page


def test_today_of_a_new_member_says_what_will_be_here(member: Client) -> None:
    assert "Here will be what others wait for from you" in member.get("/today").content.decode()


def test_language_is_kept_with_the_person(people: People, member: Client) -> None:
    member.post("/language", {"language": "bg", "next": "/today"})
    people.copper.refresh_from_db()
    assert people.copper.language == "bg"
    member.cookies.pop("django_language")
    assert '<html lang="bg"' in member.get("/today").content.decode(), "on another device too"


def test_language_of_a_visitor(client: Client) -> None:
    answer = client.post("/language", {"language": "bg", "next": "/"}, follow=True)
    assert '<html lang="bg"' in answer.content.decode()
    assert '<html lang="bg"' in client.post("/language", {"language": "xx"}, follow=True).content.decode()


def test_theme_of_a_visitor_and_of_a_person(people: People, client: Client) -> None:
    client.post("/theme", {"theme": "dark", "next": "/"})
    assert 'data-theme="dark"' in client.get("/").content.decode()
    people.sign_in(client, people.zinc)
    assert 'data-theme="system"' in client.get("/").content.decode(), "the person's own"
    client.post("/theme", {"theme": "light", "next": "/"})
    people.zinc.refresh_from_db()
    assert people.zinc.theme == "light"
    client.post("/theme", {"theme": "pink", "next": "/"})
    people.zinc.refresh_from_db()
    assert people.zinc.theme == "light"


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_switches_lead_nowhere_else(client: Client, away: str) -> None:
    for address, wish in (("/theme", {"theme": "dark"}), ("/language", {"language": "bg"})):
        answer = client.post(address, {**wish, "next": away})
        assert answer["Location"] == "/"


def test_switches_are_posted(client: Client) -> None:
    assert client.get("/theme").status_code == 405
    assert client.get("/language").status_code == 405


def test_policy_is_on_every_answer(client: Client) -> None:
    for address in ("/", "/nowhere", "/static/ui/sprega.css"):
        assert client.get(address)["Content-Security-Policy"] == POLICY, address


def test_gallery_is_for_the_practice_cluster(client: Client) -> None:
    assert client.get("/gallery").status_code == 404


@pytest.mark.usefixtures("practice")
def test_gallery_has_nothing_inline(client: Client) -> None:
    page = client.get("/gallery").content.decode()
    assert " style=" not in page
    assert "<style" not in page
    assert " onclick" not in page
    for script in page.split("<script")[1:]:
        assert " src=" in script.split(">")[0] or 'type="application/json"' in script.split(">")[0]


@pytest.mark.usefixtures("practice")
def test_form_keeps_what_was_typed_and_links_its_problems(client: Client) -> None:
    page = client.get("/gallery").content.decode()
    assert 'value="about twelve"' in page
    assert 'value="98,40"' in page
    assert 'href="#id_wrong_quantity"' in page
    assert 'href="#id_wrong_rule_0"' in page, "to the first of several choices"
    assert 'aria-describedby="id_wrong_quantity_helptext id_wrong_quantity_error"' in page
