"""Parts of the shell are drawn once for all who see the same, and never shown to anybody else."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from sprega.foundation import ui
from sprega.foundation.notices.actions import notify
from sprega.foundation.ui.shell import Bar, Link, Rail, Section, drawn
from tests.people import People

PARTS = sorted(Path(ui.__file__).parent.glob("templates/ui/shell/*.html"))
BAR = Bar(
    title="One",
    practice=False,
    theme="light",
    person="Ana",
    email="ana@example.org",
    organisations=((1, "Copper"), (2, "Zinc")),
    acting_for=1,
    unread=3,
)
OTHERWISE = {
    "title": "Two",
    "practice": True,
    "theme": "dark",
    "person": "Boris",
    "email": "boris@example.org",
    "organisations": ((1, "Copper"), (3, "Lime")),
    "acting_for": 2,
    "unread": 4,
}


def test_parts_know_nothing_but_their_facts() -> None:
    assert len(PARTS) > 5
    outside = re.compile(r"{[{%][^}]*(?<![\w-])(request|user|csrf_token|messages|perms)(?![\w-])")
    for part in PARTS:
        assert not outside.search(part.read_text("utf-8")), part.name


@pytest.mark.parametrize("name", OTHERWISE)
def test_each_fact_of_the_bar_is_seen(name: str) -> None:
    assert drawn("ui/shell/bar.html", BAR) == drawn("ui/shell/bar.html", replace(BAR))
    other = replace(BAR, **{name: OTHERWISE[name]})
    assert drawn("ui/shell/bar.html", other) != drawn("ui/shell/bar.html", BAR)


def test_all_facts_of_a_signed_in_bar_are_tried() -> None:
    assert {field.name for field in fields(Bar)} - OTHERWISE.keys() == {"sign_in", "asked"}
    visitor = Bar(title="One", practice=False, theme="light")
    assert "/in" in drawn("ui/shell/bar.html", replace(visitor, sign_in="/in"))


def test_parts_are_drawn_in_each_language() -> None:
    rail = Rail((Section("Place", "leaf", (Link("Page", "/page/", True),)),), "/today", False)
    with translation.override("en"):
        english = drawn("ui/shell/rail.html", rail)
    with translation.override("bg"):
        bulgarian = drawn("ui/shell/rail.html", rail)
    assert "Today" in english
    assert "Today" not in bulgarian
    assert 'href="/page/" aria-current="page"' in english


def test_names_are_escaped() -> None:
    page = drawn("ui/shell/bar.html", replace(BAR, person="<b>", organisations=((1, "<i>"), (2, "&"))))
    assert "<b>" not in page
    assert "<i>" not in page
    assert "&lt;b&gt;" in page


@pytest.mark.django_db
def test_one_person_never_sees_the_bar_of_another(people: People, client: Client) -> None:
    own = {}
    for person in (people.copper, people.zinc, people.copper):
        people.sign_in(client, person)
        page = own[person] = client.get("/today").content.decode()
        others = {people.copper, people.zinc} - {person}
        assert person.email in page
        assert not any(one.email in page for one in others)
    assert "Zinc Works" not in own[people.copper]


@pytest.mark.django_db
def test_the_bar_follows_what_changes(people: People, client: Client) -> None:
    people.sign_in(client, people.copper)
    assert 'class="count"' not in client.get("/today").content.decode()
    notify(actor=people.actor(people.zinc), person=people.copper, kind="test", text="Look", url="/")
    assert '<span class="count">1</span>' in client.get("/today").content.decode()
    people.copper.name = "Another Name"
    people.copper.save()
    assert "Another Name" in client.get("/today").content.decode()


@pytest.mark.django_db
def test_signing_out_by_the_button_of_the_bar(people: People, client: Client) -> None:
    people.sign_in(client, people.copper)
    page = client.get("/today").content.decode()
    assert page.count('<form id="leave" method="post"') == 1
    assert 'form="leave" formaction="/accounts/logout/"' in page
    assert client.post("/accounts/logout/").status_code == 302
    assert people.copper.email not in client.get("/").content.decode()
