"""Letters of the tests, and a mail server for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from sprega.foundation.access.identity import acting
from sprega.foundation.mail.actions import send
from sprega.foundation.mail.models import Mail
from sprega.foundation.mail.server import SMTP
from tests.foundation.mail.smtp import Server, serving
from tests.people import People


@pytest.fixture(autouse=True)
def letters(settings) -> None:
    """The templates beside this file."""
    folder = Path(__file__).parent / "templates"
    settings.TEMPLATES = [{**django_settings.TEMPLATES[0], "DIRS": [str(folder)]}]


@pytest.fixture
def server(settings) -> Iterator[Server]:
    """A mail server that the settings name."""
    with serving() as running:
        settings.EMAIL_BACKEND = SMTP
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", running.port, 5
        yield running


@pytest.fixture
def written(people: People) -> Callable[..., Mail]:
    """Write a letter to the copper works' purchasing manager, in the office's name."""

    def write(**options) -> Mail:
        told = {"to": people.copper, "template": "test/hello", "context": {"what": "a <meeting> & more"}}
        with acting(people.actor(people.office)) as office:
            return send(actor=office, **{**told, **options})

    return write


@pytest.fixture
def practice(settings) -> None:
    """As in the practice cluster."""
    settings.CLUSTER = replace(settings.CLUSTER, practice=True)
