"""Served clusters: they answer, end in order, and come back from kills with all that was committed."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator

import pytest

from tests.cli.installations import (
    SPREGA,
    Installation,
    answer,
    eventually,
    free_port,
    new_home,
)


@pytest.fixture(scope="module")
def made() -> Iterator[Installation]:
    """A real and a practice cluster, on ports of their own."""
    with new_home() as home:
        first = Installation(home)
        first.sprega("start", "one", "--title-en", "First cluster", "--office", "o@one.example")
        first.sprega("practice")
        yield first.copy(home.with_name("moved"))


@pytest.fixture
def own(made: Installation) -> Iterator[Installation]:
    """A copy to break."""
    with new_home() as home:
        yield made.copy(home)


def sign_in(port: int, email: str, password: str) -> str:
    """The page that a person lands on."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    address = f"http://127.0.0.1:{port}/accounts/login/"
    page = browser.open(address).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    form = {"csrfmiddlewaretoken": token[1], "login": email, "password": password}
    with browser.open(address, urllib.parse.urlencode(form).encode()) as landed:
        return landed.geturl()


def test_serves_all_watches_them_and_ends_all(made: Installation) -> None:
    serving = made.start()
    said = serving.wait_until_ready()
    assert f"First cluster: http://127.0.0.1:{made.port('one')}" in said
    accounts = json.loads((made.folder("practice") / "accounts.json").read_text())
    assert all(one["password"] in said for one in accounts)
    for name in ("one", "practice"):
        assert answer(made.port(name))[0] == 200
        eventually(lambda name=name: answer(made.port(name), "/health") == (200, '{"status": "ok"}'))
    office = accounts[0]
    assert sign_in(made.port("practice"), office["email"], office["password"]).endswith("/today")
    assert "served already" in made.sprega("serve", "one", code=2)
    answer(made.port("one"), "/accounts/login/?next=/secret-token&email=who@example.org")
    lines = [json.loads(line) for line in (made.folder("one") / "logs" / "web.log").read_text().splitlines()]
    assert {"event": "request", "route": "accounts/login/", "status": 200}.items() <= lines[-1].items()
    assert "secret-token" not in str(lines)
    assert "example.org" not in str(lines)
    serving.process.terminate()
    serving.process.communicate(timeout=60)
    assert serving.process.returncode == 0
    eventually(lambda: not serving.processes())


def test_two_homes_at_once(made: Installation, own: Installation) -> None:
    with made.served("one"), own.served("one") as second:
        assert answer(made.port("one"))[0] == answer(own.port("one"))[0] == 200
        assert second.processes("postgres")


def test_a_taken_port_is_named_with_what_to_do(own: Installation) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", own.port("one")))
        other.listen()
        said = own.sprega("serve", "one", code=2)
    assert str(own.port("one")) in said
    assert "sprega serve one --port N" in said
    port = free_port()
    with own.served("one", "--port", port):
        assert answer(port)[0] == 200
    assert own.port("one") == port


def test_kill_everything_and_serve_again(own: Installation) -> None:
    with own.served() as first:
        own.sprega("office", "one", "late@one.example")
        for pid in first.processes():
            os.kill(pid, signal.SIGKILL)
        first.process.wait()
        with own.served():
            own.sprega("ledger", own.home.parent / "ledger", "--cluster", "one")
            own.sprega("verify", own.home.parent / "ledger")
    given = (own.home.parent / "ledger").read_text().count('"organisations.representation_given"')
    assert given == 2


def test_a_killed_server_leaves_nobody_behind_and_its_database_is_ended_later(own: Installation) -> None:
    serving = own.start("one")
    serving.wait_until_ready()
    serving.process.kill()
    serving.process.wait()
    eventually(lambda: not serving.processes("sprega.server"), 5)
    assert serving.processes("postgres")
    own.sprega("office", "one", "late@one.example")
    eventually(lambda: not serving.processes())


def test_what_dies_is_started_again(own: Installation) -> None:
    with own.served("practice") as serving:
        port = own.port("practice")
        eventually(lambda: answer(port, "/health")[0] == 200)
        for what in ("sprega.server.web", "sprega.server.worker", "postgres -D"):
            before = serving.processes(what)
            assert before, what
            for pid in before:
                os.kill(pid, signal.SIGKILL)
            eventually(lambda what=what, before=before: set(serving.processes(what)) - set(before))
            eventually(lambda: answer(port)[0] == 200)
        eventually(lambda: answer(port, "/health")[0] == 200, 60)
        for pid in serving.processes("postgres -D"):
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: answer(port, "/health")[0] == 200, 60)


def test_a_privileged_role_is_refused(own: Installation) -> None:
    script = """
from sprega.server import installation
import psycopg
with installation.database_in_use() as server:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute('ALTER ROLE one_app BYPASSRLS')
"""
    subprocess.run([SPREGA.with_name("python"), "-c", script], env=own.environment, check=True)
    said = own.sprega("serve", "one", code=2)
    assert "policies do not bind it" in said


def test_one_more_worker_and_a_server_without_one(own: Installation) -> None:
    with own.served("practice", "--no-worker"):
        time.sleep(1.2)  # an answer holds a second
        assert answer(own.port("practice"), "/health")[0] == 503
        worker = subprocess.Popen([SPREGA, "worker", "practice"], env=own.environment)
        try:
            eventually(lambda: answer(own.port("practice"), "/health")[0] == 200)
        finally:
            worker.terminate()
            assert worker.wait(30) == 0


def test_another_database_by_its_address(own: Installation) -> None:
    with own.served("one"):  # its server stands for one of the organisation's own
        script = """
from sprega.server import installation
cluster = installation.find("one")
with installation.database_in_use() as server:
    import json; print(json.dumps(installation.addresses(cluster, server).environment()))
"""
        said = subprocess.run(
            [SPREGA.with_name("python"), "-c", script], env=own.environment, capture_output=True, check=True
        )
        addresses = json.loads(said.stdout)
        with new_home() as home:
            (home / "clusters").mkdir(parents=True, mode=0o700)
            subprocess.run(["/bin/cp", "-a", own.folder("one"), home / "clusters" / "one"], check=True)
            (home / "clusters" / "one" / "cluster.json").write_text(
                json.dumps(
                    {
                        **json.loads((own.folder("one") / "cluster.json").read_text()),
                        "port": free_port(),
                    }
                )
            )
            elsewhere = Installation(home, further=addresses)
            with elsewhere.served() as serving:
                assert answer(elsewhere.port("one"))[0] == 200
                assert not serving.processes("postgres -D")


AS_USER = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
"""Runs a program as somebody other than root, who may still read the Python of root."""


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests run as an ordinary user already")
def test_an_ordinary_user_serves_too() -> None:
    if not shutil.which("unshare") or subprocess.run([*AS_USER, "true"], check=False).returncode:
        pytest.skip("this machine lets nobody be somebody else")
    with new_home() as home:
        installation = Installation(home, AS_USER)
        installation.sprega("start", "mine", "--port", free_port())
        assert home.stat().st_mode & 0o777 == 0o700
        with installation.served():
            assert answer(installation.port("mine"))[0] == 200
