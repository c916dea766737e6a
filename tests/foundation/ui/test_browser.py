"""In a real Chromium: axe, the content policy, the keyboard, narrow screens, no scripts, print."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from sprega.foundation.accounts.models import Person
from tests.browser import violations, visit
from tests.people import People, populate

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("practice")]


@pytest.fixture
def people(transactional_db: None) -> People:
    return populate()


@pytest.fixture
def cookie(people: People, client: Any) -> str:
    people.copper.language = "bg"
    people.copper.save()
    return str(people.sign_in(client, people.copper).cookies["sessionid"].value)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_and_policy(
    chromium: Browser, live_server: LiveServer, people: People, cookie: str, theme: str
) -> None:
    for language, session in (("en", ""), ("bg", cookie)):
        with visit(chromium, live_server, language=language, cookie=session, color_scheme=theme) as (
            page,
            wrong,
        ):
            for address in ("/", "/today", "/accounts/look-around/", "/gallery", "/nowhere"):
                page.goto(address)
                if address == "/gallery":
                    page.wait_for_selector(".chart[data-state=drawn] >> nth=1")
                    for fold in page.locator(".chart details > summary").all():
                        fold.click()
                assert page.locator("html").get_attribute("lang") == language
                assert not violations(page), (address, language)
        assert all("404" in line for line in wrong), wrong


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_nothing_is_wider_than_the_screen(
    chromium: Browser, live_server: LiveServer, people: People, cookie: str, width: int
) -> None:
    with visit(chromium, live_server, cookie=cookie, viewport={"width": width, "height": 800}) as (
        page,
        _wrong,
    ):
        for address in ("/", "/today", "/gallery"):
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        first = page.locator("#table tbody th").first
        page.locator("#table .table-scroll").evaluate("element => element.scrollLeft = 400")
        assert first.bounding_box()["x"] >= 0, "the first column stays"


def test_by_keyboard(chromium: Browser, live_server: LiveServer, people: People, cookie: str) -> None:
    with visit(chromium, live_server, cookie=cookie, viewport={"width": 360, "height": 800}) as (
        page,
        _wrong,
    ):
        page.goto("/today")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.goto("/today")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.locator(".rail-fold .rail").is_visible()
        page.keyboard.press("Escape")
        assert not page.locator(".rail-fold .rail").is_visible()
        page.locator("button[name=language][value=en]").press("Enter")
        page.wait_for_selector("html[lang=en]")
        page.locator("details:has([name=theme]) > summary").press("Enter")
        page.locator("button[name=theme][value=dark]").press("Enter")
        page.wait_for_selector("html[data-theme=dark]")
    kept = Person.objects.get(pk=people.copper.pk)
    assert (kept.language, kept.theme) == ("en", "dark")


def test_table_is_swapped_in_place(chromium: Browser, live_server: LiveServer, people: People) -> None:
    with visit(chromium, live_server) as (page, wrong):
        page.goto("/gallery")
        page.evaluate("document.body.dataset.same = 'yes'")
        page.locator("#table thead a").first.click()
        page.wait_for_selector("#table [aria-sort=ascending]")
        page.locator("#table-q").fill("chavka")
        page.locator("#table-q").press("Enter")
        page.wait_for_selector("#table a:text('Show all')")
        assert page.locator("#table tbody tr").count() == 7
        assert page.locator("body").get_attribute("data-same") == "yes", "the page was not loaded again"
        assert "sort=name" in page.url
        assert "q=chavka" in page.url
        with page.expect_download() as download:
            page.locator("#table a[download]").click()
        assert download.value.suggested_filename == "places-of-delivery.xlsx"
        assert not wrong


def test_without_scripts(chromium: Browser, live_server: LiveServer, people: People) -> None:
    phone = {"width": 360, "height": 800}
    with visit(chromium, live_server, java_script_enabled=False, viewport=phone) as (page, _wrong):
        page.goto("/gallery")
        image = page.locator("noscript img, .chart > img").first
        page.wait_for_load_state("networkidle")
        assert image.bounding_box()["height"] > 50, "the server's drawing"
        page.locator("#table thead a").first.click()
        assert page.locator("#table [aria-sort=ascending]").count() == 1
        page.locator("button[name=language][value=bg]").click()
        assert page.locator("html").get_attribute("lang") == "bg"
        page.locator("details:has([name=theme]) > summary").click()
        page.locator("button[name=theme][value=dark]").click()
        assert page.locator("html").get_attribute("data-theme") == "dark"


def test_print_is_on_white(chromium: Browser, live_server: LiveServer, people: People, cookie: str) -> None:
    with visit(chromium, live_server, cookie=cookie, color_scheme="dark") as (page, _wrong):
        page.goto("/gallery")
        page.wait_for_selector(".chart[data-state=drawn] >> nth=1")
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        label = page.locator(".chart .drawing text").first
        assert label.evaluate("node => getComputedStyle(node).fill") == "rgb(82, 92, 102)"
        assert not page.locator(".bar").is_visible()
        assert not page.locator(".rail-wide").is_visible()
