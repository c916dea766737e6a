"""Upgrade, backup and restore are killed in the middle: each goes on, or leaves what was there before."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psycopg

from tests.cli.installations import SPREGA, Installation, answer, eventually
from tests.faults.cluster import NAME, addresses, installation, processes

NEXT = "tests.rooms.notes,tests.faults.growing"
"""The rooms of the next version."""


def kill(pids: list[int]) -> None:
    """Kill what still lives of these."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def begin(made: Installation, *words: object) -> subprocess.Popen[bytes]:
    """Begin a command."""
    return subprocess.Popen(
        [SPREGA, *map(str, words)],
        env=made.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def rows(made: Installation, statement: str) -> list[tuple]:
    """What the database holds, past the policies; while it is served or asked."""
    with psycopg.connect(addresses(made)["DATABASE_MAINTENANCE_URL"]) as database:
        return database.execute(statement).fetchall()


def test_an_upgrade_goes_on_wherever_it_was_cut(own: Installation) -> None:
    chance = random.Random(11)  # noqa: S311 - the same each time
    own.sprega("office", NAME, "here@broken.example")
    newer = installation(own.home, SPREGA_FURTHER_ROOMS=NEXT)
    with own.served("--no-worker"):  # keeps the database up between the kills
        cuts = 0
        for attempt in range(3):
            upgrade = begin(newer, "worker", NAME)  # as at a start: a served cluster is not upgraded by hand
            eventually(lambda: processes(newer, "sprega.server.migrating"), 20)
            time.sleep(0.8 + chance.uniform(0, 1.2))
            running = processes(newer, "sprega.server.migrating")
            cuts += bool(running)
            if attempt == 1:
                kill([postmaster(own)])
            kill([*running, *processes(newer, "sprega worker"), upgrade.pid])
            upgrade.wait()
        assert cuts
        eventually(lambda: answer(own.port(NAME))[0] == 200)
    newer.sprega("upgrade", NAME, "--no-backup")
    assert "Migrations that ran: 0" in newer.sprega("upgrade", NAME)
    with newer.served("--no-worker"):
        done = "SELECT name, count(*) FROM django_migrations WHERE app = 'growing' GROUP BY 1 ORDER BY 1"
        names = ["0001_things", "0002_counted", "0003_named", "0004_counted_again"]
        assert rows(newer, done) == [(name, 1) for name in names]
        assert rows(newer, "SELECT counted, count(*), count(name) FROM growing_thing GROUP BY 1") == [
            (2, 1000, 1000)
        ]


def postmaster(made: Installation) -> int:
    """The database's first process."""
    return int((made.home / "postgres" / "data" / "postmaster.pid").read_text().split()[0])


def test_a_backup_cut_off_leaves_no_file_and_the_old_one(own: Installation) -> None:
    archive = own.home.parent / "kept.tar"
    own.sprega("backup", archive)
    before = archive.read_bytes()
    backup = begin(own, "backup", archive, "--force")
    eventually(lambda: archive.with_name(f".{archive.name}.dump").exists(), 20)
    kill([backup.pid])
    backup.wait()
    assert archive.read_bytes() == before
    fresh = own.home.parent / "fresh.tar"
    backup = begin(own, "backup", fresh)
    eventually(lambda: fresh.with_name(f".{fresh.name}.dump").exists(), 20)
    kill([backup.pid])
    backup.wait()
    assert not fresh.exists()
    own.sprega("backup", fresh)
    assert "is restored" in own.sprega("restore", fresh, "--force")


def test_a_restore_cut_off_leaves_the_old_or_says_how_to_go_on(own: Installation) -> None:
    archive, clusters = own.home.parent / "kept.tar", own.home / "clusters"
    many = own.folder(NAME) / "files"
    many.mkdir(mode=0o700, exist_ok=True)
    for number in range(3000):  # unpacking takes long enough to be cut off
        (many / str(number)).touch()
    own.sprega("backup", archive)
    own.sprega("office", NAME, "late@broken.example")
    late = "SELECT count(*) FROM accounts_person WHERE email = 'late@broken.example'"
    cut_off(own, archive, (clusters / f".{NAME}.unfinished").exists)
    with own.served("--no-worker"):
        assert rows(own, late) == [(1,)], "unpacking changes nothing"
    cut_off(own, archive, lambda: processes(own, "pg_restore"))
    said = own.sprega("serve", code=2)
    assert f"A restore of {NAME} was cut off" in said, "the old database is set aside by now"
    assert "sprega restore FILE --force" in said
    own.folder(NAME).rename(clusters / f".{NAME}.replaced")  # a kill between the last two steps
    for words in (("serve",), ("serve", NAME), ("backup", own.home.parent / "other.tar")):
        assert "was cut off" in own.sprega(*words, code=2)
    own.sprega("restore", archive, "--force")
    with own.served("--no-worker"):
        assert rows(own, late) == [(0,)]
        assert answer(own.port(NAME))[0] == 200
    assert [path.name for path in clusters.iterdir() if path.name.startswith(".")] == []


def cut_off(made: Installation, archive: Path, moment: Callable[[], object]) -> None:
    """Kill a restore as soon as it has come to a moment."""
    restore = begin(made, "restore", archive, "--force")
    while not moment() and restore.poll() is None:
        time.sleep(0.005)
    kill([restore.pid, *processes(made, "pg_restore")])
    assert restore.wait() == -signal.SIGKILL
