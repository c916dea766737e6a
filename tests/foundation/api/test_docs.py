"""The examples of the documentation run, and its tables are complete."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from django.http import HttpResponse

from sprega.foundation.api.problems import PROBLEMS
from tests.foundation.api.programs import made, program
from tests.people import People, populate

DOCS = Path(__file__).parents[3] / "docs"
HOW_TO = (DOCS / "how-to" / "use-the-api.md").read_text("utf-8")
HOST = "https://cluster.example"
COMMANDS = re.findall(r"^curl .*$", HOW_TO, re.MULTILINE)


def ask(people: People, command: str) -> HttpResponse:
    """Send what a `curl` of the documentation would send."""
    _token, sent = made(people, people.copper)
    words = iter(shlex.split(command.replace("$SPREGA_TOKEN", sent))[1:])
    method, headers, body, address = "GET", {}, "", ""
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-H":
            name, value = next(words).split(": ", 1)
            headers[name.lower()] = value
        elif word == "-d":
            body = next(words)
        else:
            address = word.removeprefix(HOST)
    kind = headers.pop("content-type", "application/octet-stream")
    return program().generic(method, address, body, kind, headers=headers)


@pytest.mark.parametrize("command", COMMANDS)
def test_commands(people: People, command: str) -> None:
    answer = ask(people, command)
    if "-X POST" in command:
        assert answer.json()["type"] == "/api/#not-found"
    else:
        assert answer.status_code == 200


def test_commands_are_found() -> None:
    assert len(COMMANDS) == 4


def test_the_program_reads_a_whole_list(transactional_db, live_server, monkeypatch, capsys) -> None:
    people = populate()
    monkeypatch.setenv("SPREGA_TOKEN", made(people, people.copper)[1])
    (text,) = re.findall(r"```py\n(.*?)```", HOW_TO, re.DOTALL)
    exec(text.replace(HOST, live_server.url), {})  # noqa: S102 - our own documentation
    assert capsys.readouterr().out.splitlines() == [
        "cluster Test cluster",
        "copper Copper Works",
        "holding Ore Holding",
        "sister Sister Mine",
        "supplier Ball Maker",
        "town Town",
        "zinc Zinc Works",
    ]


def test_the_table_of_problems_is_complete() -> None:
    text = (DOCS / "reference" / "api.md").read_text("utf-8")
    told = dict(re.findall(r"^\| `([a-z-]+)` \| (\d+) \|", text, re.MULTILINE))
    assert told == {problem.name: str(problem.status) for problem in PROBLEMS.values()}
