"""In a real Chromium: the key `/`, axe in both languages and themes, a narrow screen, no scripts."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from sprega.foundation.access.identity import acting
from sprega.foundation.access.models import Visibility
from tests.browser import violations, visit
from tests.people import People, populate
from tests.rooms.notes.actions import write_note

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 800}


@pytest.fixture
def people(transactional_db: None) -> People:
    people = populate()
    with acting(people.actor(people.copper)) as copper:
        for number in range(7):
            write_note(actor=copper, text=f"Lime {number} " + "x" * 80, visibility=Visibility.PUBLIC)
    return people


@pytest.fixture
def cookie(people: People, client: Any) -> str:
    people.copper.language = "bg"
    people.copper.save()
    return str(people.sign_in(client, people.copper).cookies["sessionid"].value)


def test_by_keyboard_from_any_page(
    chromium: Browser,
    live_server: LiveServer,
    cookie: str,
) -> None:
    with visit(chromium, live_server, cookie=cookie) as (page, wrong):
        page.goto("/today")
        page.keyboard.press("/")
        page.keyboard.type("lime")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search/?q=lime")
        assert page.locator("h1").inner_text() == "7 резултата за „lime“"
        assert page.locator("mark").count() == 5
        page.locator("main a", has_text="Всички 7").press("Enter")
        page.wait_for_url("**/search/?q=lime&in=notes")
        assert page.locator("mark").count() == 7
        assert not wrong


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_and_a_narrow_screen(
    chromium: Browser,
    live_server: LiveServer,
    cookie: str,
    theme: str,
) -> None:
    for language, session in (("en", ""), ("bg", cookie)):
        options = {"color_scheme": theme, "viewport": PHONE}
        with visit(chromium, live_server, language=language, cookie=session, **options) as (page, wrong):
            for asked in ("", "lime", "Cooper", "nowhere", "y" * 200):
                page.goto(f"/search/?q={asked}")
                assert page.locator("html").get_attribute("lang") == language
                assert not violations(page), asked
                assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], asked
            assert not wrong


def test_without_scripts(
    chromium: Browser,
    live_server: LiveServer,
    people: People,
) -> None:
    with visit(chromium, live_server, java_script_enabled=False, viewport=PHONE) as (page, _wrong):
        page.goto("/")
        page.locator("#find").fill("Coper Works")
        page.locator("#find").press("Enter")
        assert page.locator("h1").inner_text() == "One similar name for “Coper Works”"
