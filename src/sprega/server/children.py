# SPDX-License-Identifier: EUPL-1.2
"""Processes that a server starts, watches, starts again when they die, and ends."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

STEADY = 10.0
"""Seconds of life after which earlier deaths are forgotten."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0
TELL_AFTER = 3
"""Deaths in a row after which a person is told."""
PATIENCE = 15.0
"""Seconds that a process may take to end what it is doing."""
ASKED_EVERY = 15.0
"""Seconds between two questions whether a process still answers."""
ASKED_FIRST = 60.0
"""Seconds that a process has for starting before it is asked."""
SILENT_AFTER = 3
"""Unanswered questions in a row after which a process is ended, to be started again."""


@dataclass
class Child:
    """A process that should run.

    Attributes
    ----------
    name : str
        For messages.
    command : sequence of str
    environment : dict
    output : Path
        Where it says what its log cannot hold, such as why it cannot start.
    answers : callable, optional
        Whether it still answers, whatever it says; what nobody can ask is watched for its death alone.
    """

    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(repr=False)
    output: Path
    answers: Callable[[], bool] | None = None
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    since: float = 0.0
    not_before: float = 0.0
    ask_at: float = 0.0
    silences: int = 0
    kill_at: float | None = None

    def start(self) -> None:
        """Start it in a session of its own: Ctrl-C reaches the parent alone, which then ends all in order."""
        self.output.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(self.output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as output:
            self.process = subprocess.Popen(  # noqa: S603 - our own programs, no shell
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.since = time.monotonic()
        self.ask_at, self.silences, self.kill_at = self.since + ASKED_FIRST, 0, None

    def look(self, tell: Callable[[Child], None]) -> None:
        """Start it again if it has died; each death in a row makes the pause longer."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.not_before:
                self.start()
        elif self.process.poll() is not None:
            self.bury()
            self.deaths = 1 if now - self.since > STEADY else self.deaths + 1
            self.not_before = now + min(FIRST_PAUSE * 2 ** (self.deaths - 1), LONGEST_PAUSE)
            if self.deaths == TELL_AFTER:
                tell(self)

    def ask(self, tell: Callable[[Child], None]) -> None:
        """End it when it lives but has stopped answering; `look` then starts it again."""
        now = time.monotonic()
        if self.process is None or self.answers is None:
            return
        if self.kill_at is not None:
            if now >= self.kill_at:
                self.process.kill()
        elif now >= self.ask_at:
            self.silences = 0 if self.answers() else self.silences + 1
            self.ask_at = time.monotonic() + ASKED_EVERY
            if self.silences == SILENT_AFTER:
                tell(self)
                self.process.terminate()
                self.kill_at = time.monotonic() + PATIENCE

    def bury(self) -> None:
        """Forget a process that ended; what it started must not go on in its place."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process = None


def end(children: Sequence[Child]) -> None:
    """Ask all to end, wait, and end what does not."""
    running = [child for child in children if child.process is not None]
    for child in running:
        child.process.terminate()  # type: ignore[union-attr]
    deadline = time.monotonic() + PATIENCE
    for child in running:
        with suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0.0, deadline - time.monotonic()))  # type: ignore[union-attr]
        child.bury()


def end_with_parent() -> None:
    """End this process soon after the one that started it, however that ended: nothing is left behind."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(PATIENCE)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, name="end with parent", daemon=True).start()
