"""The page of results: what is found, in which order, and that nobody is told of what they may not see."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext_lazy

from sprega.foundation.access.identity import NOBODY, acting
from sprega.foundation.access.models import Visibility
from sprega.foundation.access.services import acting_as
from sprega.foundation.mail.actions import queue
from sprega.foundation.mail.write import words_of
from sprega.foundation.notices.actions import notify
from sprega.foundation.organisations.models import Organisation
from sprega.foundation.organisations.services import FOUNDING
from sprega.foundation.search.answer import answer
from sprega.foundation.search.models import PublicText
from tests.people import People
from tests.rooms.notes.actions import change_note, write_note
from tests.rooms.notes.models import Note

ATTACKERS = ("zinc", "sister", "former", "supplier", "outsider", "nobody")


@pytest.fixture(autouse=True)
def asarel(people: People) -> None:
    with acting_as(FOUNDING, actor=NOBODY):
        Organisation.objects.create(
            slug="assarel", name="Assarel-Medet", name_bg="Асарел-Медет", standing="member", kind="company"
        )


def page(client: Client, asked: str, **more: str) -> str:
    answer = client.get(reverse("search:results"), {"q": asked, **more})
    assert answer.status_code == 200
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", answer.content.decode())  # a token differs each time


def heading(told: str) -> str:
    return re.search(r"<h1>(.*?)</h1>", told, re.DOTALL)[1].strip()


def note(people: People, text: str, visibility: str = Visibility.ORGANISATION) -> Note:
    with acting(people.actor(people.copper)) as copper:
        return write_note(actor=copper, text=text, visibility=visibility)


def test_the_first_line_answers(people: People, client: Client) -> None:
    note(people, "Quicklime in spring", Visibility.PUBLIC)
    assert heading(page(client, "quicklime")) == "1 result for “quicklime”"
    assert "<mark>Quicklime</mark> in spring" in page(client, "quicklime")
    told = page(client, "quicksilver")
    assert heading(told) == "Nothing found for “quicksilver”"
    assert "Try fewer words" in told
    assert "You can search organisations" in page(client, "")


def test_names_in_both_alphabets_and_mistyped(people: People, client: Client) -> None:
    for asked in ("Assarel", "асарел", "Асарел-Медет", "assarel medet"):
        assert heading(page(client, asked)) == f"1 result for “{asked}”"
        assert "member · company" in page(client, asked)
    assert heading(page(client, "Asarell")) == "One similar name for “Asarell”"
    told = page(client, "Aserelo")
    assert heading(told) == "Nothing found for “Aserelo”"
    assert re.search(r"Did you mean\s+<a href=\"\?q=Assarel-Medet\">Assarel-Medet</a>", told)


def test_exact_then_prefix_then_text_then_similar(people: People) -> None:
    with acting_as(FOUNDING, actor=NOBODY):
        for name in ("Copperton", "Copper", "Old Copper Mill", "Coper House"):
            Organisation.objects.create(slug=name.replace(" ", "-"), name=name, standing="partner")
    with acting(people.actor(people.zinc)) as zinc:
        found = answer(viewer=zinc, asked="copper", within="organisations").groups[0]
    assert [hit.title for hit in found.hits] == [
        "Copper", "Copper Works", "Copperton", "Old Copper Mill", "Coper House",
    ]  # fmt: skip


def test_people_as_their_page_shows_them(people: People) -> None:
    for who, finds in (("office", 2), ("copper", 2), ("zinc", 0), ("supplier", 0), ("outsider", 0)):
        with acting(people.actor(getattr(people, who))) as viewer:
            found = answer(viewer=viewer, asked="copper", within="people")
            assert found.count == finds, who
    assert answer(viewer=NOBODY, asked="copper", within="people").count == 0


def test_pages_in_both_languages(people: People, client: Client) -> None:
    assert 'href="/notices/"' not in page(client, "notices"), "it is nothing to a visitor"
    people.sign_in(client, people.copper)
    for asked in ("notices", "Известия", "известие", "izvestia"):
        assert 'href="/notices/"' in page(client, asked), asked
    assert 'href="/mail/"' not in page(client, "outbox"), "the rail shows it to the office only"
    assert 'href="/mail/"' in page(people.sign_in(Client(), people.office), "outbox")


def test_own_notices_and_mails(people: People, client: Client) -> None:
    office = people.actor(people.office)
    notify(actor=office, person=people.copper, kind="t", text=gettext_lazy("Sign in first."))
    with acting(office):
        queue(
            actor=office,
            to=people.copper,
            kind="t",
            words=words_of("Gypsum offer", "text", "en"),
            language="en",
        )
    people.copper.language = "bg"
    people.copper.save()
    people.sign_in(client, people.copper)
    assert "Първо <mark>влезте</mark> в системата." in page(client, "влезте")
    assert "<mark>Gypsum</mark> offer" in page(client, "gypsum")
    assert "offer" not in page(people.sign_in(Client(), people.office), "gypsum"), (
        "the envelope, not the letter"
    )
    assert "copper@example.org" in page(
        people.sign_in(Client(), people.office), "copper@example.org", **{"in": "mails"}
    )


def test_no_more_than_a_few_of_each_kind_then_all_by_pages(people: People, client: Client) -> None:
    for number in range(43):
        note(people, f"Limestone {number}", Visibility.PUBLIC)
    told = page(client, "limestone")
    assert heading(told) == "43 results for “limestone”"
    assert told.count("<mark>Limestone</mark>") == 5
    assert "Show all 43: Notes" in told
    assert 'href="?q=limestone&amp;in=notes"' in told
    seen: set[str] = set()
    for number in ("1", "2", "3"):
        seen |= set(
            re.findall(r"</mark> (\d+)<", page(client, "limestone", **{"in": "notes", "page": number}))
        )
    assert len(seen) == 43
    assert (
        heading(page(client, "limestone", **{"in": "nonsense", "page": "x"}))
        == "Nothing found for “limestone”"
    )


def test_more_than_are_handed_out(people: People, client: Client) -> None:
    PublicText.objects.none()
    with acting(people.actor(people.copper)) as copper:
        for number in range(201):
            write_note(actor=copper, text=f"Marble {number}", visibility=Visibility.PUBLIC)
    told = page(client, "marble")
    assert heading(told) == "More than 200 results for “marble”"
    assert "Add a word" in told


def test_what_is_found_is_escaped(people: People, client: Client) -> None:
    note(people, "<script>alert(1)</script> & <b>granite</b>", Visibility.PUBLIC)
    told = page(client, "granite <script>")
    assert "<script>alert" not in told
    told = page(client, "granite")
    assert "&lt;b&gt;<mark>granite</mark>&lt;/b&gt;" in told
    assert "<b>granite" not in told


def test_a_note_that_is_no_longer_public_is_found_no_more(people: People, client: Client) -> None:
    kept = note(people, "Feldspar", Visibility.PUBLIC)
    assert "Feldspar" in page(client, "feldspar")
    with acting(people.actor(people.copper)) as copper:
        Note.objects.update(visibility=Visibility.ORGANISATION)
        change_note(actor=copper, note=kept.pk, version=1, text="Feldspar", tonnes=0)
    assert heading(page(client, "feldspar")) == "Nothing found for “feldspar”"
    assert PublicText.objects.count() == 0
    people.sign_in(client, people.copper)
    assert heading(page(client, "feldspar")) == "1 result for “feldspar”"


@pytest.mark.parametrize("who", ATTACKERS)
def test_others_are_told_the_same_whether_it_exists_or_not(people: People, who: str) -> None:
    """Not a hit, not a count, not a suggestion, not a heading differs."""
    asks = (
        "zanzibarite",
        "zanzibarit",
        "Zanzibarit*",
        '"zanzibarite ore"',
        "занзибарит",
        "ore -copper",
        "a zanzi",
        "71342",
    )
    client = Client()
    if who != "nobody":
        people.sign_in(client, getattr(people, who), "copper" if who == "former" else None)
    client.get("/search/")
    status = client.get(reverse("search:results"), {"q": "x"}).status_code
    assert status == (403 if who == "former" else 200)
    before = [client.get(reverse("search:results"), {"q": asked}).content.decode() for asked in asks]
    for visibility in (Visibility.ORGANISATION, Visibility.DESK, Visibility.SEALED):
        note(people, "zanzibarite ore 71342, занзибарит", visibility)
    copper = people.actor(people.copper)
    notify(actor=copper, person=people.copper, kind="t", text="zanzibarite ore")
    with acting(copper):
        queue(
            actor=copper, to=people.copper, kind="t", words=words_of("zanzibarite", "x", "en"), language="en"
        )
    people.copper.name = "Zanzibarite Zanzi"
    people.copper.save()
    owner = people.sign_in(Client(), people.copper)
    for asked in asks[:2]:
        assert heading(page(owner, asked)) == f"6 results for “{asked}”", "the owner finds all of it"
    after = [client.get(reverse("search:results"), {"q": asked}).content.decode() for asked in asks]
    assert [_bare(one) for one in after] == [_bare(one) for one in before]


def _bare(told: str) -> str:
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", told)


def test_without_the_second_factor_rooms_answer_as_to_a_visitor(people: People, client: Client) -> None:
    note(people, "Dolomite of ours")
    note(people, "Dolomite for all", Visibility.PUBLIC)
    client.force_login(people.copper)
    told = page(client, "dolomite")
    assert heading(told) == "1 result for “dolomite”"
    assert "of ours" not in told
    assert "/accounts/second-factor/?next=/search/%3Fq%3Ddolomite" in told.replace("%2F", "/")
    people.sign_in(client, people.copper)
    assert heading(page(client, "dolomite")) == "2 results for “dolomite”"


@pytest.mark.parametrize(
    "asked", ["\x00", '"', "-", "а" * 300, "§" * 200, "'; DROP TABLE x; --", "%s", "the", "на", "\\"]
)
def test_no_input_is_an_error(people: People, client: Client, asked: str) -> None:
    for browser in (client, people.sign_in(Client(), people.office)):
        page(browser, asked)
        page(browser, asked, **{"in": asked, "page": asked})


def test_visitors_may_not_ask_without_end(people: People, client: Client) -> None:
    codes = [client.get(reverse("search:results"), {"q": "x"}).status_code for _ in range(61)]
    assert codes == [200] * 60 + [429]
    assert page(people.sign_in(client, people.zinc), "zinc")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_is_only_read(people: People, client: Client, method: str) -> None:
    assert getattr(client, method)(reverse("search:results")).status_code == 405
