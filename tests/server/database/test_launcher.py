# SPDX-License-Identifier: EUPL-1.2
"""The embedded server starts, stops, survives, and says why it cannot."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from tests.server.database.conftest import AS_ROOT

from sprega.server.database import postmaster
from sprega.server.database.account import server_account
from sprega.server.database.binaries import carried
from sprega.server.database.faults import DatabaseError
from sprega.server.database.home import home, server_folder
from sprega.server.database.launcher import FOR_TESTS, Server, start, status, stop

START = "import sys; from pathlib import Path; from sprega.server.database.launcher import *; "
START += "server = start(Path(sys.argv[1])); print(server.pid, server.url())"
ONCE = "folder = Path(sys.argv[1]); serve = lambda: start(folder, options=FOR_TESTS)"

needs_root = pytest.mark.skipif(not AS_ROOT, reason="changes accounts, which only root may")


def ask(server: Server, question: str) -> object:
    """The first value that the superuser gets."""
    with psycopg.connect(server.url()) as connection:
        row = connection.execute(question).fetchone()
    return row and row[0]


def tell(server: Server, *statements: str) -> None:
    """Commit something."""
    with psycopg.connect(server.url()) as connection:
        for statement in statements:
            connection.execute(statement)


def family(pid: int) -> list[int]:
    """A postmaster's children."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_stops_and_starts_without_loss(top: Path, binaries: Path) -> None:
    folder = top / "deep" / "postgres"
    first = start(folder, binaries=binaries, options=FOR_TESTS)
    assert start(folder) == first == status(folder)
    tell(first, "CREATE TABLE ore (name text)", "INSERT INTO ore VALUES ('мед')")
    assert ask(first, "SELECT lower('ЖЪЛТ') || upper('мед')") == "жълтМЕД"
    assert ask(first, "SELECT to_tsvector('Шахтата в Челопеч') @@ plainto_tsquery('ЧЕЛОПЕЧ')")
    assert ask(first, "SELECT current_setting('default_text_search_config')") == "pg_catalog.simple"
    assert stop(folder)
    assert status(folder) is None
    assert not stop(folder)
    second = start(folder, binaries=binaries, options=FOR_TESTS)
    assert second.port == first.port
    assert ask(second, "SELECT name FROM ore") == "мед"


def test_nobody_gets_in_without_the_password_or_from_outside(server: Server) -> None:
    assert "\ntrust" not in str(ask(server, "SELECT string_agg(auth_method, E'\\n') FROM pg_hba_file_rules"))
    assert ask(server, "SELECT current_setting('listen_addresses')") == "127.0.0.1"
    assert (server.folder / "password").stat().st_mode & 0o777 == 0o600
    assert server.password not in repr(server)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.url().replace(server.password, "guess"))


def test_what_was_typed_reaches_no_log(folder: Path) -> None:
    server = start(folder, options=FOR_TESTS)
    with pytest.raises(psycopg.DataError), psycopg.connect(server.url()) as connection:
        connection.execute("SELECT 'secret price'::int")
    assert "secret price" not in (folder / "log" / "server.log").read_text()


def test_kill_loses_nothing_committed(folder: Path) -> None:
    server = start(folder)
    tell(server, "CREATE TABLE kept (n int)")
    for round_ in (1, 2):
        tell(server, "INSERT INTO kept SELECT generate_series(1, 1000)")
        for pid in [server.pid, *(family(server.pid) if round_ == 1 else [])]:  # then the postmaster alone
            os.kill(pid, signal.SIGKILL)
        again = start(folder)
        assert again.pid != server.pid
        assert ask(again, "SELECT count(*) FROM kept") == 1000 * round_
        server = again


@pytest.mark.parametrize("command", [["sleep", "60"], ["postgres", "60"]], ids=["a program", "named alike"])
def test_pid_file_of_another_program_is_no_server(folder: Path, command: list[str]) -> None:
    """After a restart of the machine its number may belong to any program of the same account."""
    server = start(folder, options=FOR_TESTS)
    kept = (folder / "data" / "postmaster.pid").read_text().splitlines()
    stop(folder)
    account = server_account(folder / "data")
    who = {"user": account.uid, "group": account.gid, "extra_groups": []} if account.borrowed else {}
    with subprocess.Popen([*command], executable="/bin/sleep", **who) as other:
        while not Path(f"/proc/{other.pid}/cmdline").read_bytes():
            time.sleep(0.01)  # it is not itself yet
        pid_file = folder / "data" / "postmaster.pid"
        pid_file.write_text("\n".join([str(other.pid), *kept[1:]]) + "\n")
        account.give(pid_file)
        try:
            if command[0] == "sleep":
                assert start(folder, options=FOR_TESTS).pid not in (other.pid, server.pid)
            else:
                assert postmaster.life(other.pid, folder / "data") is postmaster.Life.UNSURE
                with pytest.raises(DatabaseError, match="did not start"):  # not sure: PostgreSQL decides
                    start(folder, options=FOR_TESTS)
        finally:
            other.kill()


def test_starts_at_once_yield_one_server(folder: Path) -> None:
    starts = [
        subprocess.Popen([sys.executable, "-c", START, folder], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    said = {one.communicate(timeout=60)[0] for one in starts}
    assert len(said) == 1
    assert said.pop().split()[0].isdigit()


def test_interrupted_making_starts_again(top: Path) -> None:
    folder = top / "postgres"
    first = subprocess.Popen([sys.executable, "-c", START, folder], start_new_session=True)
    deadline = time.monotonic() + 30
    while not list(folder.glob("unfinished-*/data/PG_VERSION")) and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert not (folder / "data").exists()
    server = start(folder, options=FOR_TESTS)
    assert ask(server, "SELECT 1") == 1
    assert not list(folder.glob("unfinished-*"))


def test_taken_port(folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(DatabaseError, match=f"Port {taken} is taken by another program"):
            start(folder, port=taken)
        server = start(folder)  # the port that it remembers is taken: another one
        assert server.port != taken
        with pytest.raises(DatabaseError, match=f"runs already, on port {server.port}"):
            start(folder, port=taken)
    assert start(folder, port=server.port) == server


def test_data_of_another_version(folder: Path) -> None:
    account = server_account(folder / "data")
    (folder / "data" / "PG_VERSION").write_text("14\n")
    account.give(folder / "data" / "PG_VERSION")
    with pytest.raises(DatabaseError, match="PostgreSQL 14 wrote the data"):
        start(folder)


def test_wheel_serves_older_data_that_it_carries_programs_for(top: Path) -> None:
    older = carried()[0]
    assert older != carried()[-1]
    start(top / "postgres", binaries=older, options=FOR_TESTS)
    stop(top / "postgres")
    assert str(ask(start(top / "postgres", options=FOR_TESTS), "SHOW server_version")).startswith("16.")


def test_missing_programs(top: Path) -> None:
    with pytest.raises(DatabaseError, match="programs are missing"):
        start(top / "postgres", binaries=top)


def test_lost_password(folder: Path) -> None:
    (folder / "password").unlink()
    with pytest.raises(DatabaseError, match="password is missing"):
        start(folder)


def test_wrong_password(folder: Path) -> None:
    (folder / "password").write_text("another")
    with pytest.raises(DatabaseError, match="refuses the password"):
        start(folder, options=FOR_TESTS)
    (folder / "password").unlink()
    assert stop(folder)  # needs none


def test_folder_is_a_file(top: Path) -> None:
    (top / "postgres").write_text("")
    with pytest.raises(DatabaseError, match="cannot be written"):
        start(top / "postgres")


def test_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPREGA_HOME", "/srv/cluster")
    assert server_folder() == Path("/srv/cluster/postgres")
    monkeypatch.delenv("SPREGA_HOME")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert home() == Path("/var/lib/sprega")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_DATA_HOME", "/home/ana/data")
    assert home() == Path("/home/ana/data/sprega")


@needs_root
def test_folder_of_somebody_else(folder: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    for refused in (start, stop, status):
        with pytest.raises(DatabaseError, match="belongs to nobody"):
            refused(folder)
    os.chown(folder, 0, 0)


@needs_root
def test_wall_before_the_folder_is_named_and_left_alone(top: Path) -> None:
    wall = top / "wall"
    wall.mkdir(mode=0o700)
    with pytest.raises(DatabaseError, match=f"cannot enter {wall}, .*chmod o.x {wall}"):
        start(wall / "sprega" / "postgres")
    assert wall.stat().st_mode & 0o777 == 0o700


@needs_root
def test_programs_behind_a_wall_are_copied_with_their_libraries(folder: Path, top: Path) -> None:
    wall = top / "home"
    wall.mkdir(mode=0o700)
    package = carried()[-1].parents[1]
    for part in (package / carried()[-1].parent.name, package.with_name(f"{package.name}.libs")):
        shutil.copytree(part, wall / part.relative_to(package.parent))
    there = wall / carried()[-1].relative_to(package.parent)
    (folder / "programs" / "unfinished").mkdir(parents=True)  # of a copy that was cut
    server = start(folder, binaries=there, options=FOR_TESTS)
    assert b"/programs/postgresql-" in Path(f"/proc/{server.pid}/cmdline").read_bytes()
    stop(folder)
    copied = next((folder / "programs").iterdir()).stat().st_ino
    start(folder, binaries=there, options=FOR_TESTS)
    assert [one.stat().st_ino for one in (folder / "programs").iterdir()] == [copied]


@needs_root
def test_full_disk(top: Path) -> None:
    mounted = subprocess.run(
        ["/bin/mount", "-t", "tmpfs", "-o", "size=12m,mode=755", "tmpfs", top], check=False
    )
    if mounted.returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        with pytest.raises(DatabaseError, match="disk is full"):
            start(top / "postgres")
        assert not list((top / "postgres").glob("unfinished-*"))
    finally:
        subprocess.run(["/bin/umount", top], check=True)


@needs_root
def test_ordinary_user(top: Path) -> None:
    """The same as root's, under an account without any right."""
    nobody = pwd.getpwnam("nobody")
    who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    python = Path("/usr/bin/python3.11")
    paths = os.pathsep.join(
        [str(Path(psycopg.__file__).parents[1]), *(p for p in sys.path if p.endswith("src"))]
    )
    env = {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/bin:/bin"}
    try:
        subprocess.run([python, "-c", "import psycopg, sprega.engines"], check=True, env=env, **who)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("nobody can run Python with our packages here")
    os.chown(top, nobody.pw_uid, nobody.pw_gid)
    script = START.replace("start(Path(sys.argv[1]))", "serve()").replace("server = ", f"{ONCE}; server = ")
    script += "; stop(folder); serve(); print(oct(folder.stat().st_mode & 0o777), stop(folder))"
    done = subprocess.run(
        [python, "-c", script, top / "own" / "postgres"],
        env=env, stdout=subprocess.PIPE, text=True, check=True, **who,
    )  # fmt: skip
    assert done.stdout.split()[-2:] == ["0o700", "True"]
