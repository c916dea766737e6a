"""The database goes away in the middle of work: one clear page, quickly, and then it works again."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.installations import Installation, eventually
from tests.faults.cluster import NAME, Browser, planted, processes, value_of


@pytest.fixture
def head(own: Installation) -> Iterator[Browser]:
    """A head of a member, whose cluster is served."""
    with own.served("--no-worker"):
        yield Browser(own.port(NAME), planted(own)["members"][0]["session"])


def postmaster(made: Installation) -> int:
    """The database's first process."""
    return int((made.home / "postgres" / "data" / "postmaster.pid").read_text().split()[0])


def test_one_clear_page_within_three_seconds_and_then_it_works(own: Installation, head: Browser) -> None:
    note = f"/notes/{planted(own)['members'][0]['note']}/edit/"
    page = head.get(note)
    version = value_of(page.text, "version")
    (watcher,) = processes(own, "sprega serve")
    web = processes(own, "sprega.server.web")
    os.kill(watcher, signal.SIGSTOP)  # or the database is back before anybody has noticed
    try:
        os.kill(postmaster(own), signal.SIGKILL)
        for language, words in (("en", "away for a moment"), ("bg", "Sprega временно не е достъпна")):
            began = time.monotonic()
            answer = head.get(note, **{"Accept-Language": language})
            assert (answer.status, answer.headers["retry-after"]) == (503, "5")
            assert words in answer.text
            assert time.monotonic() - began < 3
        assert "Traceback" not in answer.text
        problem = head.get("/notes/", Accept="application/json")
        assert problem.headers["content-type"] == "application/problem+json"
        assert json.loads(problem.text)["status"] == 503
        lost = head.post(note, text="while it was away", tonnes="1", version=version)
        assert lost.status == 503
        time.sleep(4)  # as long as that: its patience grows with each attempt in vain
    finally:
        os.kill(watcher, signal.SIGCONT)
    back = time.monotonic()
    eventually(lambda: head.get(note).status == 200, 8)
    assert time.monotonic() - back < 6
    assert processes(own, "sprega.server.web") == web
    assert value_of(head.get(note).text, "text") == "first"
    assert head.post(note, text="and now", tonnes="1", version=version).done
    assert value_of(head.get(note).text, "text") == "and now"


def test_a_connection_that_broke_is_nobodys_trouble(own: Installation, head: Browser) -> None:
    """Every connection is ended while nobody asks, as a proxy or an administrator does."""
    assert head.get("/today").status == 200
    for pid in backends(own):
        os.kill(pid, signal.SIGTERM)
    time.sleep(0.2)
    assert [head.get("/today").status for _ in range(4)] == [200] * 4


def backends(made: Installation) -> list[int]:
    """The database's processes that serve the cluster's web."""
    main = postmaster(made)
    children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
    commands = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes().decode() for pid in children}
    return [pid for pid, command in commands.items() if f"{NAME}_app" in command]
