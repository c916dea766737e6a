"""A member who is signed in, and the practice cluster."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.people import People


@pytest.fixture
def member(people: People, client: Client) -> Client:
    return people.sign_in(client, people.copper)


@pytest.fixture
def practice(settings: Settings) -> None:
    """The cluster is a practice cluster."""
    settings.CLUSTER = replace(settings.CLUSTER, practice=True)
