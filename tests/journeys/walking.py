"""What journeys share: words in the language of the journey, and a look at each page on the way."""

from __future__ import annotations

import pytest
from django.utils.translation import gettext, override
from playwright.sync_api import Page

from tests.browser import violations

BOTH = pytest.mark.parametrize(
    ("language", "theme"), [("en", "light"), ("bg", "dark")], ids=["english", "bulgarian"]
)


def say(language: str, sentence: str) -> str:
    """A sentence of the pages in a language."""
    with override(language):
        return gettext(sentence)


def arrived(page: Page, heading: str) -> None:
    """The page is the expected one, axe finds nothing, and nothing is wider than the screen."""
    assert page.locator("h1").inner_text() == heading, page.locator("main").inner_text()
    assert not violations(page), heading
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), heading
