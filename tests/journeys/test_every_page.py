"""Every page, as somebody who may see it: axe, one heading, a narrow screen, Bulgarian words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from time import time
from typing import NamedTuple

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from sprega.foundation.accounts.models import Person
from sprega.foundation.organisations.models import Organisation
from tests.attacks.places import CANARY, PLACES, names, plant
from tests.browser import PHONE, violations, visit
from tests.people import People, populate
from tests.rooms.notes.personal_data import PERSONAL_DATA

pytestmark = pytest.mark.browser
VIEWS = tuple(product(("en", "bg"), ("light", "dark")))
WITHOUT_A_PAGE = {
    # forms' addresses, files and parts of pages
    *("ui:language", "ui:theme", "ui:vega", "accounts:switch-organisation", "jobs:progress", "mail:html"),
    *("notices:open", "notices:read-all", "jobs:cancel", "jobs:again", "mail:again", "notes:add-up"),
    *(
        "notes:export",
        "personal:export",
        "personal:download",
        "files:download",
        "mfa_download_recovery_codes",
    ),
    *("ledger:proof", "ledger:checkpoint", "ledger:keys"),
    # one step within a provider's answer or a sign-in
    *(
        "openid_connect_login",
        "openid_connect_callback",
        "socialaccount_signup",
        "account_confirm_login_code",
    ),
    "mfa_authenticate",
    # the other journeys and the tests of the interface look at them
    *("accounts:accept-invitation", "mfa_view_recovery_codes", "accounts:look-around", "ui:gallery"),
}
"""Addresses without a page of their own, or whose page is looked at elsewhere."""
IN_LATIN = (
    # languages, formats, units, programs
    "English Excel Office LibreOffice Sprega Aegis Google Microsoft Authenticator GDPR TOTP EUR kB MB"
    " CSV DOCX JPEG ODP ODS ODT PDF PNG PPTX WEBP XLSX XML ZIP sprega doctor serve worker"
    # the tiny room, which speaks English
    " Notes Adding up the notes Tonnes in all notes What all members noted added up wrote note"
    # what people wrote
    f" {CANARY} note desk waiver notice letter file txt bytes look key lime Test cluster"
)
"""Words that stand on Bulgarian pages in Latin letters."""
KEPT_BY_THE_ROOM = " ".join(f"{one.label} {one.purpose} {one.kept_for} {one.stays}" for one in PERSONAL_DATA)
TECHNICAL = ("notes:", "api:reference", "personal:kept", "personal:mine", "ledger:checkpoints")
"""Pages that name tables, keys and routes, and those of the tiny room."""

VISIBLE = """() => {
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts = [];
    for (let node = walk.nextNode(); node; node = walk.nextNode())
        if (!node.parentElement.closest("[lang=en], code, pre, script, noscript")) texts.push(node.data);
    return texts.join(" ");
}"""


class Shown(NamedTuple):
    """A page: the name of its address, where it is, and the session of somebody who may see it."""

    name: str
    address: str
    cookie: str


@pytest.fixture
def people(transactional_db: None) -> People:
    return populate()


@pytest.fixture
def pages(people: People) -> list[Shown]:
    """Each page once: as its owner, else as somebody without a password, else as a visitor."""
    planted = plant(people)
    owners = {who: known(people, who) for who in ("copper", "office", "board", "desk")}
    people.outsider.set_unusable_password()
    people.outsider.save()
    newcomer = known(people, "outsider")
    Authenticator.objects.filter(user=people.outsider).delete()
    found = []
    for name in sorted(set(names()) - WITHOUT_A_PAGE):
        place = PLACES[name]
        address = reverse(name, kwargs=place.args(planted)) + place.asks
        for client in (owners[place.owner], newcomer, Client()):
            answer = client.get(address)
            if answer.status_code in (200, 401) and answer.headers["Content-Type"].startswith("text/html"):
                session = client.cookies.get("sessionid")
                found.append(Shown(name, address, session.value if session else ""))
                break
    return found


def known(people: People, who: str) -> Client:
    """Somebody who has just shown who they are."""
    client = people.sign_in(Client(), getattr(people, who))
    session = client.session
    session["account_authentication_methods"] += [
        {"method": "password", "at": time(), "reauthenticated": True}
    ]
    session.save()
    return client


def speak(language: str) -> None:
    Person.objects.update(language=language)


def seen(
    chromium: Browser, server: LiveServer, pages: list[Shown], language: str, theme: str
) -> Iterator[tuple[Shown, Page]]:
    """The pages, one after the other, on a narrow screen; without a complaint of the browser."""
    speak(language)
    options = {"language": language, "viewport": PHONE, "color_scheme": theme}
    for cookie in sorted({page.cookie for page in pages}):
        with visit(chromium, server, cookie=cookie, **options) as (browser, wrong):
            for page in pages:
                if page.cookie == cookie:
                    browser.goto(page.address)
                    assert browser.locator("html").get_attribute("lang") == language, page
                    yield page, browser
                    assert all("status of 401" in line for line in wrong), page


def test_no_page_is_left_out(pages: list[Shown]) -> None:
    assert {page.name for page in pages} == set(names()) - WITHOUT_A_PAGE


def test_every_page_in_one_view(
    chromium: Browser, live_server: LiveServer, people: People, pages: list[Shown]
) -> None:
    for number, (language, theme) in enumerate(VIEWS):
        for page, browser in seen(chromium, live_server, pages[number::4], language, theme):
            look(page, browser)


def test_no_english_word_is_left_in_bulgarian(
    chromium: Browser, live_server: LiveServer, people: People, pages: list[Shown]
) -> None:
    own = " ".join(
        [*map(repr, Person.objects.values_list("name", "email")), *map(str, Organisation.objects.all())]
    )
    expected = set(words(f"{IN_LATIN} {own}"))
    for page, browser in seen(chromium, live_server, pages, "bg", "light"):
        if not page.name.startswith(TECHNICAL):
            of_the_room = words(KEPT_BY_THE_ROOM) if page.name == "personal:erase" else []
            assert not set(words(browser.evaluate(VISIBLE))) - expected - set(of_the_room), page


def words(text: str) -> list[str]:
    """Its words in Latin letters."""
    return re.findall(r"[A-Za-z]{2,}", text)


@pytest.mark.slow
@pytest.mark.parametrize(("language", "theme"), VIEWS)
def test_every_page_in_every_view(
    chromium: Browser, live_server: LiveServer, people: People, pages: list[Shown], language: str, theme: str
) -> None:
    for page, browser in seen(chromium, live_server, pages, language, theme):
        look(page, browser)


def look(page: Shown, browser: Page) -> None:
    """What holds for every page in every view."""
    assert browser.locator("h1").count() == 1, page
    assert browser.locator("h1").inner_text().strip(), page
    assert not violations(browser), page
    assert browser.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page
