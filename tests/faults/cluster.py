"""A cluster to break: real processes in a home of their own, with people who are signed in already."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from tests.cli.installations import Installation, new_home

ROOT = Path(__file__).parents[2]
NAME = "broken"
TOKEN = "f" * 32
"""Of forms: the same in the cookie and in the form, as Django asks for."""


def installation(home: Path, **further: str) -> Installation:
    """A home of Sprega in which the tiny room is installed."""
    room = {"SPREGA_FURTHER_ROOMS": "tests.rooms.notes", "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"}
    return Installation(home, further={**room, **further})


@contextmanager
def new_cluster() -> Iterator[Installation]:
    """A fresh cluster with people and their notes; nothing runs."""
    with new_home() as home:
        made = installation(home)
        made.sprega("start", NAME, "--title-en", "Broken cluster")
        run(made, "tests.faults.planting")
        yield made


def copy_of(made: Installation, home: Path, **further: str) -> Installation:
    """A copy to break."""
    made.copy(home)
    return installation(home, **further)


def planted(made: Installation) -> dict:
    """What `planting` put there: sessions and rows by name."""
    return json.loads((made.home / "planted.json").read_text())


def run(made: Installation, module: str, *words: str, **further: str) -> str:
    """Run one of our own programs to its end, as a command of the installation."""
    done = subprocess.run(
        [sys.executable, "-m", module, *words],
        env={**made.environment, **further},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def addresses(made: Installation) -> dict[str, str]:
    """The cluster's database by role; its server runs where something is served."""
    script = (
        "import json\nfrom sprega.server import installation as i\n"
        "with i.database_in_use() as server:\n"
        f"  print(json.dumps(i.addresses(i.find({NAME!r}), server).environment()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=made.environment, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


@dataclass(frozen=True)
class Answer:
    """What came back; status 0 where nothing did."""

    status: int
    text: str = field(default="", repr=False)
    headers: dict[str, str] | None = None

    @property
    def done(self) -> bool:
        """A form that was taken leads on to another page."""
        return self.status == 302 and "/accounts/login" not in (self.headers or {}).get("location", "")


@dataclass(frozen=True)
class Browser:
    """Somebody who is signed in, or with an empty session nobody."""

    port: int
    session: str = ""
    seconds: float = 20.0

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for a page."""
        return self._ask("GET", path, None, headers)

    def post(self, path: str, headers: dict[str, str] | None = None, **form: object) -> Answer:
        """Send a form."""
        body = urlencode({"csrfmiddlewaretoken": TOKEN, **form})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, body, {**kind, **(headers or {})})

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        cookies = f"csrftoken={TOKEN}" + (f"; sessionid={self.session}" if self.session else "")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.seconds)
        try:
            connection.request(method, path, body, {"Accept": "text/html", "Cookie": cookies, **headers})
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            return Answer(0)
        finally:
            connection.close()
        return Answer(answer.status, text, {name.lower(): value for name, value in answer.getheaders()})


def value_of(page: str, name: str) -> str:
    """The value of an input on a page."""
    for tag in re.findall(r"<input[^>]*>", page):
        if f'name="{name}"' in tag:
            found = re.search(r'value="([^"]*)"', tag)
            return found[1] if found else ""
    raise AssertionError(f"nothing to type called {name}")


def processes(made: Installation, what: str) -> list[int]:
    """Processes of a cluster whose command has these words in it."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            environment = (folder / "environ").read_bytes()
        except (OSError, ValueError):
            continue
        ours = f"SPREGA_HOME={made.home}\0".encode() in environment + b"\0" or f"{made.home}/" in command
        if ours and what in command and int(folder.name) != os.getpid():
            found.append(int(folder.name))
    return found
