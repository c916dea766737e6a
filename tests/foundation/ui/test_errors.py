"""Pages for what went wrong, in both languages, without a database."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.utils import translation

from sprega.foundation.ui import errors, pages


@pytest.mark.parametrize("status", sorted(errors.FAULTS))
@pytest.mark.parametrize("language", ["en", "bg"])
def test_every_page_says_what_to_do_without_a_database(status: int, language: str) -> None:
    request = RequestFactory().get("/somewhere?x=1")
    with translation.override(language):
        page = errors.fault_page(request, status)
        fault = errors.FAULTS[status]
        text = page.content.decode()
        assert page.status_code == status
        assert f'<html lang="{language}"' in text
        assert str(fault.title) in text
        assert str(fault.text) in text
        assert 'href="/"' in text
    assert (str(errors.FAULTS[status].title) in text) == (language == "en")


def test_programs_get_a_problem() -> None:
    request = RequestFactory().get("/", headers={"accept": "application/json"})
    answer = errors.fault_page(request, 404)
    assert answer["Content-Type"] == "application/problem+json"
    assert b'"status": 404' in answer.content


@pytest.mark.django_db
def test_no_such_page(client: Client) -> None:
    answer = client.get("/nowhere", headers={"accept-language": "bg"})
    assert answer.status_code == 404
    assert "Няма такава страница" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "status", "title"),
    [
        (OperationalError("the connection is lost: secret address"), 503, "Sprega is away for a moment"),
        (ValueError("secret detail"), 500, "Something went wrong on our side"),
        (PermissionDenied("Ask the cluster office."), 403, "This is not open to you"),
    ],
)
def test_what_a_failing_page_answers(
    client: Client, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, title: str
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(pages, "promises", fail)
    client.raise_request_exception = False
    answer = client.get("/")
    text = answer.content.decode()
    assert answer.status_code == status
    assert title in text
    assert "secret" not in text
    assert ("Retry-After" in answer.headers) == (status == 503)
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.django_db
def test_a_form_from_elsewhere() -> None:
    answer = Client(enforce_csrf_checks=True).post("/theme", {"theme": "dark"})
    assert answer.status_code == 403
    assert "The form was open too long" in answer.content.decode()


def test_database_away_from_the_start() -> None:
    """The whole way through the middleware, with an address at which nothing listens."""
    program = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django
django.setup()
from django.test import Client
client = Client(raise_request_exception=False, headers={"accept-language": "bg"})
for address in ("/", "/today", "/nowhere"):
    answer = client.get(address)
    print(answer.status_code, "Заредете страницата отново след минута" in answer.content.decode())
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.split("\n")[:-1] == ["503 True"] * 3
