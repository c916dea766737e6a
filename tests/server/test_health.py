"""`/health` says to everybody whether the cluster works, and to nobody what is wrong."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse

from sprega.server import health


def asked(address: str = "/health") -> HttpResponse:
    """The answer of a middleware that has not answered before."""
    request = HttpRequest()
    request.path_info = address
    request.META["HTTP_HOST"] = "watcher.example"
    return health.health(lambda _request: HttpResponse(status=404))(request)


@pytest.fixture
def worker(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")


@pytest.fixture(autouse=True)
def kept_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's own transaction goes on."""
    monkeypatch.setattr(health.connection, "close", lambda: None)


def test_well(worker: None) -> None:
    answer = asked()
    assert (answer.status_code, json.loads(answer.content)) == (200, {"status": "ok"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_without_a_worker(db: None) -> None:
    answer = asked()
    assert (answer.status_code, json.loads(answer.content)) == (503, {"status": "failing"})


def test_a_worker_that_fell_silent(worker: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '5 minutes'")
    assert asked().status_code == 503


def test_a_full_disk(worker: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "free_space", lambda _folder: 1000)
    assert asked().status_code == 503


def test_a_database_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    def unreachable() -> float:
        raise OperationalError("connection to 10.0.0.7 refused")

    monkeypatch.setattr(health, "since_heartbeat", unreachable)
    answer = asked()
    assert (answer.status_code, json.loads(answer.content)) == (503, {"status": "failing"})


def test_a_process_that_lives_says_so_without_the_database() -> None:
    assert asked("/health/alive").status_code == 204
