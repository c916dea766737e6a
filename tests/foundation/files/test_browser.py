"""In a real Chromium: a file is uploaded by keyboard alone, found, and axe has nothing to say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from sprega.foundation.access.identity import acting
from sprega.foundation.files.models import File
from tests.browser import violations, visit
from tests.foundation.files.made import PDF
from tests.people import populate

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("bg", "dark")])
def test_upload_by_keyboard(
    transactional_db: None,
    chromium: Browser,
    live_server: LiveServer,
    client: Any,
    tmp_path: Path,
    language: str,
    theme: str,
) -> None:
    people = populate()
    people.copper.language = language
    people.copper.save()
    cookie = people.sign_in(client, people.copper).cookies["sessionid"].value
    offer = tmp_path / "Оферта.pdf"
    offer.write_bytes(PDF)
    options = {"viewport": {"width": 360, "height": 800}, "color_scheme": theme}
    with visit(chromium, live_server, language=language, cookie=cookie, **options) as (page, wrong):
        # from the start: asked for only when it opens, Chromium may open it first
        page.on("filechooser", lambda chooser: chooser.set_files(offer))
        page.goto("/files/")
        assert not violations(page)
        page.locator("main a.button").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/files/upload/", wait_until="load")
        assert not violations(page)
        page.locator("input[type=file]").focus()
        page.keyboard.press("Space")
        expect(page.locator("input[type=file]")).to_have_value(re.compile("Оферта"), timeout=30_000)
        page.keyboard.press("Tab")
        page.keyboard.type("Lime")
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")  # from "only you" to the buying desk
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("main table")
        assert "Оферта.pdf" in page.locator("main table").inner_text()
        assert not violations(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert not wrong
    with acting(people.actor(people.copper)):
        file = File.objects.get()
    assert (file.description, file.visibility) == ("Lime", "desk")
