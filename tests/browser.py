"""A page in a real Chromium, what axe finds in it, and its keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

PHONE = {"width": 360, "height": 800}

_FOCUSED = """() => {
    const at = document.activeElement;
    const label = at.labels && at.labels[0] ? at.labels[0].innerText : "";
    if (at.matches("input, select, textarea")) return [true, label];
    return [false, at.matches("a, button, summary") ? at.innerText : ""];
}"""
"""Whether the element that has the keyboard is a field, and what a reader of the screen hears of it."""


@contextmanager
def visit(
    chromium: Browser, server: LiveServer | str, *, language: str = "en", cookie: str = "", **options: Any
) -> Iterator[tuple[Page, list[str]]]:
    """A fresh visitor, or whoever the session cookie says; with what the browser complains about."""
    options = {"viewport": {"width": 1440, "height": 900}, **options}
    context = chromium.new_context(locale=language, base_url=str(server), **options)
    if cookie:
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": str(server)}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page, complaints
    context.close()


def violations(page: Page) -> list[str]:
    """What axe finds."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


def tab_to(page: Page, words: str, *, field: bool = False) -> None:
    """Press the tab key until the link, button or field with these words is reached."""
    passed = []
    for _key in range(150):
        page.keyboard.press("Tab")
        passed.append(page.evaluate(_FOCUSED))
        if passed[-1][0] == field and words in passed[-1][1]:
            return
    reached = [text.strip()[:40] for _field, text in passed[:60]]
    raise AssertionError(f"The keyboard does not reach {words!r}, but {reached}")


def press(page: Page, words: str) -> None:
    """Open or choose something on the page, by keyboard."""
    tab_to(page, words)
    page.keyboard.press("Enter")


def follow(page: Page, words: str) -> None:
    """Follow a link or send a form, by keyboard, to the page that comes."""
    tab_to(page, words)
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")


def fill(page: Page, words: str, text: str) -> None:
    """Type into a field, over what stands in it."""
    tab_to(page, words, field=True)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def choose(page: Page, words: str, text: str) -> None:
    """Choose from a list, by its arrows."""
    tab_to(page, words, field=True)
    page.keyboard.press("Home")
    for _key in range(page.evaluate("document.activeElement.options.length")):
        if page.evaluate("document.activeElement.selectedOptions[0].text") == text:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{words!r} offers no {text!r}")
