"""The office, a board member and a head of a member do what only they may, by keyboard alone."""

from __future__ import annotations

import zipfile

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from sprega.foundation.access.identity import acting
from sprega.foundation.access.models import Waiver
from sprega.foundation.access.services import acting_as
from sprega.foundation.accounts.models import Person
from sprega.foundation.jobs.actions import WORKER, perform, start
from sprega.foundation.jobs.models import Run
from sprega.foundation.ledger.actions import place_commitments
from sprega.foundation.organisations.models import Representation
from tests.browser import choose, fill, follow, press, tab_to, visit
from tests.journeys.walking import BOTH, arrived, say
from tests.people import PASSWORD, People, populate
from tests.rooms.notes.jobs import add_up_notes

pytestmark = pytest.mark.browser


@pytest.fixture
def people(transactional_db: None) -> People:
    return populate()


def cookie(people: People, person: Person, language: str) -> str:
    """A session of somebody who speaks the language."""
    person.language = language
    person.save()
    return people.sign_in(Client(), person).cookies["sessionid"].value


def roles(people: People, person: Person) -> set[str]:
    with acting(people.actor(people.office)):
        return set(Representation.objects.in_force().filter(person=person).values_list("role", flat=True))


@BOTH
def test_a_representation_and_a_key_holder(
    chromium: Browser, live_server: LiveServer, people: People, language: str, theme: str
) -> None:
    def visiting(who: str):
        person = getattr(people, who)
        options = {"language": language, "color_scheme": theme, "cookie": cookie(people, person, language)}
        return visit(chromium, live_server, **options)

    with visiting("office") as (page, wrong):
        page.goto("/today")
        follow(page, say(language, "People"))
        give(page, language, role=say(language, "energy"))
        arrived(page, say(language, "People"))
        assert roles(people, people.outsider) == {"energy"}
        fill(page, say(language, "Search in the table"), "outsider")
        page.keyboard.press("Enter")
        page.wait_for_selector(f"a:text('{say(language, 'Show all')}')")
        follow(page, say(language, "End"))
        arrived(page, say(language, "End a representation"))
        follow(page, say(language, "End the representation"))
        arrived(page, say(language, "People"))
        assert roles(people, people.outsider) == set()
        give(page, language, role=say(language, "key holder"))
        assert roles(people, people.outsider) == set(), "somebody else has to confirm it"
        assert not wrong
    with visiting("board") as (page, wrong):
        page.goto("/today")
        follow(page, "Outsider")
        arrived(
            page,
            say(language, "%(person)s as %(role)s")
            % {"person": "Outsider", "role": say(language, "key holder")},
        )
        follow(page, say(language, "Confirm"))
        assert roles(people, people.outsider) == {"key_holder"}
        assert not wrong


def give(page: Page, language: str, *, role: str) -> None:
    follow(page, say(language, "Give a representation"))
    arrived(page, say(language, "Give a representation"))
    fill(page, say(language, "E-mail address of the person"), "outsider@example.org")
    choose(page, say(language, "Organisation"), "Zinc Works")
    choose(page, say(language, "Role"), role)
    follow(page, say(language, "Give"))


@BOTH
def test_events_with_proof_and_failed_work(
    chromium: Browser, live_server: LiveServer, people: People, language: str, theme: str
) -> None:
    zinc = people.actor(people.zinc)
    with acting(zinc):
        run = start(add_up_notes, actor=zinc)
    with acting_as(WORKER, actor=zinc):
        Run.objects.filter(pk=run.pk).update(state=Run.State.FAILED, attempts=3, problem="Lime")
    place_commitments()
    session = cookie(people, people.office, language)
    with visit(chromium, live_server, language=language, color_scheme=theme, cookie=session) as (page, wrong):
        page.goto("/today")
        follow(page, say(language, "Work that failed"))
        assert page.locator("main tbody tr").count() == 1
        follow(page, "Adding up the notes")
        arrived(page, "Adding up the notes")
        assert "Lime" not in page.locator("main").inner_text()
        follow(page, say(language, "Try again"))
        place_commitments()
        follow(page, say(language, "What happened"))
        arrived(page, say(language, "What happened"))
        follow(page, "Adding up the notes")
        press(page, say(language, "Show the proof"))
        assert page.locator("details.proof[open]").count() == 1
        arrived(page, page.locator("h1").inner_text())
        page.locator("h1").focus()
        tab_to(page, say(language, "Download the proof"))
        with page.expect_download() as download:
            page.keyboard.press("Enter")
        assert '"checkpoint"' in download.value.path().read_text()
        assert not wrong


@BOTH
def test_a_waiver_and_ones_own_data(
    chromium: Browser, live_server: LiveServer, people: People, language: str, theme: str
) -> None:
    session = cookie(people, people.copper, language)
    with visit(chromium, live_server, language=language, color_scheme=theme, cookie=session) as (page, wrong):
        page.goto("/today")
        follow(page, say(language, "Figures and who sees them"))
        follow(page, say(language, "What we agreed to"))
        follow(page, say(language, "Agree to a total"))
        arrived(page, say(language, "Agree to a total"))
        tab_to(page, "Tonnes in all notes", field=True)
        page.keyboard.press("Space")
        tab_to(
            page, say(language, "I have read what it means, and agree to it for my organisation."), field=True
        )
        page.keyboard.press("Space")
        follow(page, say(language, "Agree"))
        arrived(page, say(language, "What we agreed to"))
        with acting(people.actor(people.copper)):
            assert Waiver.objects.get().subject == "notes.tonnes"
        download_own_data(page, people, language)
        assert not wrong


def download_own_data(page: Page, people: People, language: str) -> None:
    press(page, say(language, "Your account"))
    follow(page, say(language, "Your personal data"))
    follow(page, say(language, "Make a file of all of it"))
    fill(page, say(language, "Password"), PASSWORD)
    follow(page, say(language, "Confirm"))
    with acting(people.actor(people.copper)):
        run = Run.objects.get()
    perform(run.pk)
    page.wait_for_selector(f"#run a:text('{say(language, 'See the result')}')", timeout=8000)
    follow(page, say(language, "See the result"))
    arrived(page, say(language, "Everything that is kept about you"))
    tab_to(page, say(language, "Your data of %(day)s").partition("%")[0])
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    with zipfile.ZipFile(download.value.path()) as archive:
        assert "copper@example.org" in "".join(archive.read(one).decode() for one in archive.namelist())
