"""No member's data gets into a log line, whoever writes it."""

import json
import logging
import sys
from pathlib import Path

import pytest
from django.test import Client

from sprega.server.logs import JsonLines, OwnFile


def line(logger: str, message: object, *args: object, error: bool = False, **extra: object) -> dict:
    """What a record becomes."""
    info = sys.exc_info() if error else None
    record = logging.getLogger(logger).makeRecord(
        logger, logging.WARNING, "", 0, str(message), args, info, extra=extra
    )
    return json.loads(JsonLines().format(record))


def test_our_own_facts_stand_as_they_are() -> None:
    written = line("sprega.foundation.jobs", "work failed", run="12", error_type="ValueError")
    assert written["event"] == "work failed"
    assert written["run"] == "12"


@pytest.mark.parametrize("logger", ["django.request", "allauth", "psycopg.pool"])
def test_of_others_only_the_pattern_stands(logger: str) -> None:
    assert line(logger, "Not Found: %s", "/accounts/invitation/secret")["event"] == "Not Found: %s"
    assert "secret" not in str(line(logger, "Not Found: /accounts/invitation/secret"))


def test_work_is_logged_without_its_arguments() -> None:
    written = line(
        "procrastinate.worker", "Starting job run[1](price=12.5)", action="start_job", job={"a": 12.5}
    )
    assert written["event"] == "start_job"
    assert "12.5" not in str(written)


def test_of_an_error_type_and_places_stand_and_not_what_it_quotes() -> None:
    try:
        int("12 500 tonnes of balls")
    except ValueError:
        written = line("sprega.server", "failed", error=True)
    assert written["error"] == "ValueError"
    assert (
        written["places"][0].startswith("tests/server/test_logs.py") or "test_logs.py" in written["places"][0]
    )
    assert "12 500" not in json.dumps(written)


def test_a_file_is_for_its_owner_alone_and_goes_round(tmp_path: Path) -> None:
    handler = OwnFile(tmp_path / "web.log", maxBytes=200, backupCount=1)
    handler.setFormatter(JsonLines())
    for _ in range(10):
        handler.emit(logging.makeLogRecord({"name": "sprega", "msg": "request", "levelno": 20}))
    handler.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["web.log", "web.log.1"]
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


@pytest.mark.django_db
def test_a_request_is_logged_by_the_pattern_of_its_address(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "sprega.server.logs"):
        client.get("/accounts/login/?email=somebody@example.org")
        client.get("/nothing/of/somebody@example.org")
    lines = [JsonLines().format(record) for record in caplog.records if record.name == "sprega.server.logs"]
    assert [json.loads(one)["route"] for one in lines] == ["accounts/login/", None]
    assert "somebody" not in "".join(lines)
