"""In a real Chromium: a job is started with the keyboard, watched without a reload, left and found again."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from sprega.foundation.access.identity import acting
from sprega.foundation.jobs.actions import _begin, _progress, perform
from sprega.foundation.jobs.models import Run
from tests.browser import violations
from tests.people import People, populate

pytestmark = pytest.mark.browser


@pytest.fixture
def people(transactional_db: None) -> People:
    return populate()


def page_of(chromium: Browser, server: LiveServer, client: Any, **options: Any) -> Page:
    context = chromium.new_context(base_url=server.url, **options)
    cookie = str(client.cookies["sessionid"].value)
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": server.url}])
    return context.new_page()


def asked(people: People) -> Run:
    with acting(people.actor(people.zinc)):
        return Run.objects.get()


@pytest.mark.parametrize(
    ("language", "result"), [("en", "See the result"), ("bg", "Към резултата")], ids=["en", "bg"]
)
def test_a_job_is_watched(
    chromium: Browser, live_server: LiveServer, people: People, client: Any, language: str, result: str
) -> None:
    people.zinc.language = language
    people.zinc.save()
    people.sign_in(client, people.zinc)
    page = page_of(chromium, live_server, client, locale=language, viewport={"width": 360, "height": 800})
    wrong: list[str] = []
    page.on("console", lambda message: message.type == "error" and wrong.append(message.text))
    page.goto("/notes/")
    page.locator("button:text('Add up all notes')").press("Enter")
    page.wait_for_selector("#run")
    page.evaluate("document.body.dataset.same = 'yes'")
    run = asked(people)
    assert page.url.endswith(f"/work/{run.pk}/")
    assert not violations(page)
    _progress(_begin(run.pk), 1, 4)
    page.wait_for_selector("#run progress[value='1'][max='4']", timeout=8000)
    assert not violations(page)
    perform(run.pk)
    page.wait_for_selector(f"#run a:text('{result}')", timeout=8000)
    assert page.locator("body").get_attribute("data-same") == "yes", "the page was not loaded again"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert not violations(page)
    page.goto("/work/")
    assert not violations(page)
    page.locator("tbody th a").press("Enter")
    page.wait_for_selector(f"#run a:text('{result}')")
    page.goto("/notices/")
    page.locator("tbody a").first.press("Enter")
    page.wait_for_url("**/notes/")
    assert not wrong


def test_without_scripts_a_link_refreshes(
    chromium: Browser, live_server: LiveServer, people: People, client: Any
) -> None:
    people.sign_in(client, people.zinc)
    page = page_of(chromium, live_server, client, java_script_enabled=False)
    page.goto("/notes/")
    page.locator("button:text('Add up all notes')").click()
    perform(asked(people).pk)
    page.locator("a:text('Refresh')").click()
    assert page.locator("#run a:text('See the result')").count() == 1
