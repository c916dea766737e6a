# SPDX-License-Identifier: EUPL-1.2
"""The platform: pages of the tiny room beside a bare Django view with one query, on the same server.

python -m benchmarks.platform

A practice cluster with the tiny room of the tests gets notes of 22, then 500, then 5,000 organisations. Its
list is asked for by a signed-in member over a few connections kept open; one peer (`benchmarks.bare`) answers
fifty rows of the same table without session, person, policies or template, another (`benchmarks.ordinary`)
as an ordinary Django project would. The asking side shares the machine's cores: beside requests a second
stands what a request costs the web server in CPU time, and the database. At the largest size other pages are
asked for as well.
"""

from __future__ import annotations

import http.client
import http.cookiejar
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from sprega.server.web import THREADS

ROOT = Path(__file__).parent.parent
SIZES = (22, 500, 5000)
CONNECTIONS = 4
SECONDS = 6.0
PORT, PEER_PORT, ORDINARY_PORT = 8097, 8099, 8098
TICK = os.sysconf("SC_CLK_TCK")

MORE = """
    INSERT INTO organisations_organisation (slug, name, name_bg, standing, kind)
    SELECT 'b' || n, 'Organisation ' || n, '', 'member', 'company'
      FROM generate_series(%(from)s::int, %(to)s::int) n
    RETURNING id
"""
NOTES = """
    INSERT INTO notes_note (id, organisation_id, visibility, text, tonnes, version, written_at)
    SELECT gen_random_uuid(), o.id, 'cluster', 'Needs lime next spring', 12.5, 1, now()
      FROM organisations_organisation o
     WHERE NOT EXISTS (SELECT FROM notes_note n WHERE n.organisation_id = o.id) AND o.standing = 'member'
"""


PAGES = {"Today": "/today", "the people": "/organisations/people/", "the notices": "/notices/"}
Row = tuple[str, float, float, float, float]


def rows() -> Iterator[Row]:
    """What was asked for, requests a second, 95th percentile in ms, CPU ms a request of web and database."""
    with tempfile.TemporaryDirectory(prefix="sprega-bench-") as top:
        Path(top).chmod(0o755)
        yield from measured(Path(top) / "home")


def measured(home: Path) -> Iterator[Row]:
    """The rows, the peer beside each size."""
    environment = {
        **os.environ,
        "SPREGA_HOME": str(home),
        "SPREGA_FURTHER_ROOMS": "tests.rooms.notes",
        "PYTHONPATH": str(ROOT),
    }
    sprega = str(Path(sys.executable).with_name("sprega"))
    subprocess.run(  # noqa: S603 - our own programs
        [sprega, "practice"], env=environment, check=True, stdout=subprocess.DEVNULL
    )
    with running([sprega, "serve", "practice", "--no-worker", "--port", str(PORT)], environment) as serving:
        urls = addresses(environment)
        database = postmaster(urls["DATABASE_MAINTENANCE_URL"])
        cookie = signed_in(home)
        beside = {
            **environment,
            "BARE_URL": urls["DATABASE_MAINTENANCE_URL"],
            "OWNER_URL": urls["DATABASE_OWNER_URL"],
        }
        user = subprocess.run(
            [sys.executable, "-m", "benchmarks.ordinary"],
            env=beside,
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        with (
            running(granian(PEER_PORT, "benchmarks.bare"), beside, PEER_PORT) as bare,
            running(granian(ORDINARY_PORT, "benchmarks.ordinary"), beside, ORDINARY_PORT) as ordinary,
        ):
            web = [pid for pid in tree(serving) if b"sprega.server.web" in command(pid)]
            for size in SIZES:
                grow(urls, size)
                # turn and turn about, so that a busy machine slows both
                yield f"a bare view with one query, {size}", *load(PEER_PORT, "/", "", tree(bare), database)
                name = f"an ordinary Django page, {size}"
                yield name, *load(ORDINARY_PORT, "/", user, tree(ordinary), database)
                yield f"the tiny room's list, {size}", *load(PORT, "/notes/", cookie, web, database)
            for name, path in PAGES.items():
                yield f"{name}, {size}", *load(PORT, path, cookie, web, database)


def granian(port: int, module: str) -> list[str]:
    """The command that serves a peer as ours is served."""
    options = ["--interface", "wsgi", "--blocking-threads", str(THREADS), "--port", str(port)]
    return [sys.executable, "-m", "granian", *options, f"{module}:application"]


@contextmanager
def running(command: list[str], environment: dict[str, str], port: int | None = None) -> Iterator[int]:
    """A server while this lasts; its process."""
    process = subprocess.Popen(  # noqa: S603 - our own programs
        command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    )
    try:
        if port is None:
            assert process.stdout is not None
            while line := process.stdout.readline():
                if line.startswith("Ctrl-C"):
                    break
            assert line, "the server ended"
        else:
            reach(port)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def reach(port: int) -> None:
    """Wait for the first answer."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/").close()
            return
        except urllib.error.HTTPError:  # an answer too: this one wants a signed-in user
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(port)


def addresses(environment: dict[str, str]) -> dict[str, str]:
    """The database's addresses for each role."""
    script = (
        "import json; from sprega.server import installation as i\n"
        "with i.database_in_use() as server: "
        "print(json.dumps(i.addresses(i.find('practice'), server).environment()))"
    )
    done = subprocess.run(  # noqa: S603 - our own programs
        [sys.executable, "-c", script], env=environment, check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)


def grow(urls: dict[str, str], size: int) -> None:
    """Let there be so many members, each with a note, and let the planner know as it soon would by itself."""
    with psycopg.connect(urls["DATABASE_MAINTENANCE_URL"]) as connection:
        (have,) = connection.execute(
            "SELECT count(*) FROM organisations_organisation WHERE standing = 'member'"
        ).fetchone()
        if have < size:
            connection.execute(MORE, {"from": have + 1, "to": size})
        connection.execute(NOTES)
    with psycopg.connect(urls["DATABASE_OWNER_URL"], autocommit=True) as connection:
        connection.execute("ANALYZE organisations_organisation, notes_note")


def postmaster(url: str) -> int:
    """The database server's first process: the parent of the one that serves a connection."""
    with psycopg.connect(url) as connection:
        (serving,) = connection.execute("SELECT pg_backend_pid()").fetchone()
        return int(Path(f"/proc/{serving}/stat").read_text().rpartition(")")[2].split()[1])


def signed_in(home: Path) -> str:
    """The cookies of a purchasing manager."""
    account = next(
        one
        for one in json.loads((home / "clusters" / "practice" / "accounts.json").read_text())
        if one["role"] == "purchasing"
    )
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    address = f"http://127.0.0.1:{PORT}/accounts/login/"
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', browser.open(address).read().decode())
    assert token is not None
    form = {"csrfmiddlewaretoken": token[1], "login": account["email"], "password": account["password"]}
    browser.open(address, urllib.parse.urlencode(form).encode()).close()
    return "; ".join(f"{one.name}={one.value}" for one in jar)


def load(
    port: int, path: str, cookie: str, server: list[int], database: int
) -> tuple[float, float, float, float]:
    """Requests a second, 95th percentile in ms, CPU ms a request of the web server and of the database."""
    times: list[float] = []
    ask(port, path, cookie, 1.0, [])

    def spent() -> tuple[float, float]:
        return sum(map(cpu, server)), sum(map(cpu, tree(database)))

    before, began = spent(), time.perf_counter()
    threads = [
        threading.Thread(target=ask, args=(port, path, cookie, SECONDS, times)) for _ in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    web, backends = (1000 * (after - was) / len(times) for after, was in zip(spent(), before, strict=True))
    return len(times) / took, 1000 * sorted(times)[int(0.95 * len(times))], web, backends


def ask(port: int, path: str, cookie: str, seconds: float, times: list[float]) -> None:
    """Ask again and again over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    deadline = time.perf_counter() + seconds
    while (began := time.perf_counter()) < deadline:
        connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        answer = connection.getresponse()
        answer.read()
        assert answer.status in (200, 503), answer.status
        times.append(time.perf_counter() - began)


def tree(process: int) -> list[int]:
    """A process and all that it started."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [process, *(pid for child in children for pid in tree(int(child)))]


def command(process: int) -> bytes:
    """What a process runs."""
    return Path(f"/proc/{process}/cmdline").read_bytes()


def cpu(process: int) -> float:
    """CPU seconds of a process so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


if __name__ == "__main__":
    for row in rows():
        print(*row)
