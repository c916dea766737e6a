"""Installations in folders of their own, on ports of their own, used as a person would: by the command."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

SPREGA = Path(sys.executable).with_name("sprega")


@dataclass(frozen=True)
class Installation:
    """A home of Sprega; `by` runs the command for us, `further` is what its environment has besides."""

    home: Path
    by: tuple[str, ...] = ()
    further: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """That of a person with this home, whatever the tests' own settings are."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return {**kept, "SPREGA_HOME": str(self.home), "LC_ALL": "C.UTF-8", **self.further}

    def sprega(self, *words: object, code: int = 0) -> str:
        """Run the command to its end; what it said."""
        done = subprocess.run(
            [*self.by, str(SPREGA), *map(str, words)],
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def folder(self, name: str) -> Path:
        """A cluster's folder."""
        return self.home / "clusters" / name

    def port(self, name: str) -> int:
        """Where a cluster is served."""
        return json.loads((self.folder(name) / "cluster.json").read_text())["port"]

    def copy(self, to: Path) -> Installation:
        """The same in another folder, on other ports, while nothing runs."""
        subprocess.run(["/bin/cp", "-a", self.home, to], check=True)
        (to / "postgres" / "port").unlink(missing_ok=True)
        for kept in (to / "clusters").glob("*/cluster.json"):
            kept.write_text(json.dumps({**json.loads(kept.read_text()), "port": free_port()}))
        return Installation(to, self.by)

    def start(self, *words: object) -> Serving:
        """Begin to serve."""
        process = subprocess.Popen(
            [*self.by, str(SPREGA), "serve", *map(str, words)],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        return Serving(self, process)

    @contextmanager
    def served(self, *words: object) -> Iterator[Serving]:
        """Serve while this lasts."""
        serving = self.start(*words)
        try:
            serving.wait_until_ready()
            yield serving
        finally:
            serving.process.terminate()
            serving.process.communicate(timeout=60)


@dataclass(frozen=True)
class Serving:
    """A running `sprega serve`."""

    installation: Installation
    process: subprocess.Popen[str]

    def wait_until_ready(self) -> str:
        """All that was said until every cluster answers."""
        said = ""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said += line
            if line.startswith("Ctrl-C"):
                return said
        raise AssertionError(said)

    def processes(self, what: str = "") -> list[int]:
        """Processes of this installation that live, with a word in their command."""
        found = []
        for folder in Path("/proc").iterdir():
            try:
                environment = (folder / "environ").read_bytes().split(b"\0")
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except (OSError, ValueError):
                continue
            ours = f"SPREGA_HOME={self.installation.home}".encode() in environment
            database = f"-D {self.installation.home}/" in command
            if (ours or database) and what in command and int(folder.name) != os.getpid() and command:
                found.append(int(folder.name))
        return found


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def new_home() -> Iterator[Path]:
    """A folder that PostgreSQL's account can enter, unlike pytest's own under root; gone at the end."""
    top = Path(tempfile.mkdtemp(prefix="sprega-home-"))
    top.chmod(0o755)
    try:
        yield top / "home"
    finally:
        for pid_file in top.glob("*/postgres/data/postmaster.pid"):
            pid = int(pid_file.read_text().split()[0])
            try:
                os.kill(pid, signal.SIGQUIT)
            except ProcessLookupError:
                continue
        shutil.rmtree(top, ignore_errors=True)


def answer(port: int, path: str = "/") -> tuple[int, str]:
    """Status and text of a page; 0 where nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as page:
            return page.status, page.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def eventually(true: object, seconds: float = 30.0) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)
