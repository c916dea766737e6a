"""A process that stops answering is ended and started again; one that answers anything is left alone."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sprega.server import children, serving
from sprega.server.children import Child

SERVER = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Failing(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_error(503)

HTTPServer(("127.0.0.1", int(sys.argv[1])), Failing).serve_forever()
"""


@pytest.fixture
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Child]:
    """A server that says 503 to everything, asked often."""
    monkeypatch.setattr(children, "ASKED_FIRST", 5.0)
    monkeypatch.setattr(children, "ASKED_EVERY", 0.1)
    monkeypatch.setattr(children, "PATIENCE", 0.5)
    monkeypatch.setattr(serving, "ASKED_WITHIN", 0.3)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    child = Child(
        "test web",
        [sys.executable, "-c", SERVER, str(port)],
        dict(os.environ),
        tmp_path / "logs" / "web.out",
        lambda: serving.answers(f"http://127.0.0.1:{port}"),
    )
    child.start()
    deadline = time.monotonic() + 10
    while not child.answers() and time.monotonic() < deadline:
        time.sleep(0.05)
    child.ask_at = 0.0
    yield child
    children.end([child])


def watch(child: Child, seconds: float) -> list[str]:
    """What a person is told while the process is watched."""
    told: list[str] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        child.look(lambda child: told.append(f"{child.name} died"))
        child.ask(lambda child: told.append(f"{child.name} is silent"))
        time.sleep(0.05)
    return told


def test_a_process_that_answers_503_is_left_alone(child: Child) -> None:
    before = child.process
    assert watch(child, 2) == []
    assert child.process is before


def test_a_process_that_stops_answering_is_started_again(child: Child) -> None:
    assert child.process is not None
    before = child.process.pid
    os.kill(before, signal.SIGSTOP)
    assert watch(child, 4) == ["test web is silent"], "one line, however long it takes"
    assert child.process is not None
    assert child.process.pid != before
    with pytest.raises(ProcessLookupError):
        os.kill(before, 0)
    assert child.answers is not None
    assert child.answers()


def test_one_silence_is_no_reason(child: Child) -> None:
    assert child.process is not None
    before = child.process
    os.kill(before.pid, signal.SIGSTOP)
    child.ask(lambda _child: None)
    os.kill(before.pid, signal.SIGCONT)
    assert child.silences == 1
    assert watch(child, 2) == []
    assert (child.process, child.silences) == (before, 0)
