"""A member who is signed in, the practice cluster, and a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.test import Client
from playwright.sync_api import Browser, sync_playwright
from pytest_django.fixtures import Settings

from tests.people import People


@pytest.fixture
def member(people: People, client: Client) -> Client:
    return people.sign_in(client, people.copper)


@pytest.fixture
def practice(settings: Settings) -> None:
    """The cluster is a practice cluster."""
    settings.CLUSTER = replace(settings.CLUSTER, practice=True)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed: run `make browser`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()
