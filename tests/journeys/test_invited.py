"""Somebody is invited by two organisations and does a first day's work, by keyboard alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from sprega.foundation.access.identity import acting
from sprega.foundation.accounts.actions import invite
from sprega.foundation.accounts.models import Person
from sprega.foundation.files.models import File
from sprega.foundation.jobs.actions import perform
from sprega.foundation.jobs.models import Run
from tests.browser import PHONE, fill, follow, press, tab_to, visit
from tests.foundation.accounts.letters import letters
from tests.foundation.accounts.test_second_factor import code_of
from tests.foundation.files.made import PDF
from tests.journeys.walking import BOTH, arrived, say
from tests.people import People, populate

pytestmark = pytest.mark.browser
ADDRESS, PASSWORD = "elena@example.org", "a quiet river under the mill"


def invited(people: People, head: str, organisation: str) -> str:
    """The link of an invitation's letter."""
    asked = {"organisation": people.organisation(organisation), "role": "energy", "email": ADDRESS}
    invite(actor=people.actor(getattr(people, head)), **asked)
    return re.search(r"/accounts/invitation/[\w-]+/", letters()[-1].text)[0]


@BOTH
def test_from_the_letter_to_a_result(
    transactional_db: None,
    chromium: Browser,
    live_server: LiveServer,
    tmp_path: Path,
    language: str,
    theme: str,
) -> None:
    people = populate()
    first, second = invited(people, "copper", "copper"), invited(people, "mayor", "town")
    offer = tmp_path / "Оферта.pdf"
    offer.write_bytes(PDF)
    options = {"viewport": PHONE, "color_scheme": theme}
    with visit(chromium, live_server, language=language, **options) as (page, wrong):
        accept(page, first, second, language)
        set_up_second_factor(page, language)
        act_for_the_other(page, "Copper Works", language)
        language = speak_the_other(page, language)
        upload(page, offer, language)
        watch_a_job(page, people, language)
        assert not wrong
    elena = Person.objects.get(email=ADDRESS)
    assert elena.language == language
    with acting(people.actor(elena, "copper")):
        assert File.objects.get().organisation.slug == "copper"


def accept(page: Page, first: str, second: str, language: str) -> None:
    page.goto(first)
    arrived(page, say(language, "Act for %(organisation)s") % {"organisation": "Copper Works"})
    follow(page, say(language, "Accept and start"))
    page.wait_for_selector("[data-error-summary]")
    arrived(page, say(language, "Act for %(organisation)s") % {"organisation": "Copper Works"})
    fill(page, say(language, "Your name"), "Елена Енергийна")
    fill(page, say(language, "Password"), PASSWORD)
    follow(page, say(language, "Accept and start"))
    arrived(page, say(language, "Nothing waits for you"))
    page.goto(second)
    follow(page, say(language, "Accept"))
    assert "Town" in page.locator("[role=status]").inner_text()


def set_up_second_factor(page: Page, language: str) -> None:
    press(page, say(language, "Your account"))
    follow(page, say(language, "Your personal data"))
    arrived(page, say(language, "Show that it is you"))
    follow(page, say(language, "Set up the app"))
    arrived(page, say(language, "Confirm that it is you"))
    fill(page, say(language, "Password"), PASSWORD)
    follow(page, say(language, "Confirm"))
    arrived(page, say(language, "Set up the authenticator app"))
    secret = page.locator("main code").inner_text()
    fill(page, say(language, "Authenticator code"), code_of(secret))
    follow(page, say(language, "Switch on"))
    arrived(page, say(language, "Recovery codes"))
    follow(page, say(language, "Continue to where you were"))
    arrived(page, say(language, "Everything that is kept about you"))


def act_for_the_other(page: Page, organisation: str, language: str) -> None:
    press(page, say(language, "You act for"))
    follow(page, organisation)
    assert organisation in page.locator(".acting summary").inner_text()


def speak_the_other(page: Page, language: str) -> str:
    other = {"en": "bg", "bg": "en"}[language]
    follow(page, {"en": "English", "bg": "Български"}[other])
    assert page.locator("html").get_attribute("lang") == other
    arrived(page, say(other, "Everything that is kept about you"))
    return other


def upload(page: Page, offer: Path, language: str) -> None:
    press(page, say(language, "Menu"))
    follow(page, say(language, "Files"))
    follow(page, say(language, "Upload a file"))
    arrived(page, say(language, "Upload a file"))
    tab_to(page, say(language, "File"), field=True)
    page.locator("input:focus").set_input_files(offer)  # the dialog belongs to the machine
    fill(page, say(language, "Description"), "Lime")
    follow(page, say(language, "Upload"))
    arrived(page, say(language, "Files"))
    assert offer.name in page.locator("main table").inner_text()


def watch_a_job(page: Page, people: People, language: str) -> None:
    press(page, say(language, "Menu"))
    follow(page, "Notes")
    follow(page, "Add up all notes")
    arrived(page, "Adding up the notes")
    with acting(people.actor(Person.objects.get(email=ADDRESS), "copper")):
        run = Run.objects.get()
    perform(run.pk)
    page.wait_for_selector(f"#run a:text('{say(language, 'See the result')}')", timeout=8000)
    follow(page, say(language, "See the result"))
    arrived(page, "Notes")
