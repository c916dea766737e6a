"""Web, worker and database are killed at random while people work: afterwards all agree."""

from __future__ import annotations

import os
import random
import re
import signal
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from tests.cli.installations import Installation, Serving, eventually, new_home
from tests.faults.cluster import addresses, copy_of, processes, run
from tests.faults.load import Told, at_work, killings
from tests.foundation.mail import smtp

EVENTS = """
    SELECT kind, convert_from(text, 'UTF8')::jsonb ->> 'object' AS about FROM ledger_payload
     WHERE kind = ANY(%s)
"""
ROWS = {
    "notes.written": "SELECT id::text FROM notes_note",
    "access.waiver_given": "SELECT id::text FROM access_waiver",
    "notices.notified": "SELECT id::text FROM notices_notice",
    "jobs.started": "SELECT id::text FROM jobs_run",
    "accounts.invited": "SELECT id::text FROM accounts_invitation",
    "mail.queued": "SELECT id::text FROM mail_mail",
    "organisations.representation_given": "SELECT id::text FROM organisations_representation",
    "organisations.representation_ended": "SELECT id::text FROM organisations_representation"
    " WHERE ends_at IS NOT NULL",
}
"""The rows of which each kind of event tells: one event for one row, and no other."""


@pytest.mark.parametrize(
    ("seed", "actions", "kills", "seconds"),
    [(7, 60, 6, 60), *(pytest.param(seed, 500, 40, 600, marks=pytest.mark.slow) for seed in (1, 2, 3))],
)
def test_after_kills_all_agree(
    whole: Installation, seed: int, actions: int, kills: int, seconds: float
) -> None:
    with new_home() as home, smtp.serving() as post:
        further = {"SPREGA_SMTP_URL": f"smtp+plain://127.0.0.1:{post.port}"}
        own = copy_of(whole, home, **further)
        with own.served() as serving:
            drain(serving)
            told, counts = work_and_kill(own, seed=seed, actions=actions, kills=kills, seconds=seconds)
            for pid in serving.processes():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            serving.process.wait()
        with own.served():
            own.sprega("ledger", home.parent / "ledger")
            assert "The ledger is right" in own.sprega("verify", home.parent / "ledger")
            with psycopg.connect(addresses(own)["DATABASE_MAINTENANCE_URL"], autocommit=True) as database:
                let_time_pass(own, database)
                there(database, told)
                events_match(database)
                mails_match(database, post, counts)


def work_and_kill(
    made: Installation, *, seed: int, actions: int, kills: int, seconds: float
) -> tuple[Told, Counter[str]]:
    """Let people work until enough was done and killed; what they were told, and what was killed."""
    counts, chance = Counter(), random.Random(seed)  # noqa: S311 - the same each time
    deadline = time.monotonic() + seconds
    with at_work(made, heads=2) as (told, stop):
        for kind, pause in killings(seed):
            stop.wait(pause)
            if stop.is_set() or (told.actions >= actions and counts.total() >= kills):
                break
            assert time.monotonic() < deadline, f"{told} killed {counts}"
            counts[kind] += kill(made, kind, chance)
    assert min(counts[kind] for kind in ("web", "worker", "postmaster", "backend")) > 0
    return told, counts


def drain(serving: Serving) -> None:
    """Read what the server says, or it would wait for a reader."""
    threading.Thread(target=serving.process.stdout.read, daemon=True).start()


def kill(made: Installation, kind: str, chance: random.Random) -> int:
    """Kill at once, as an out-of-memory killer or a power cut does; whether there was anything to kill."""
    if kind in ("web", "worker"):
        found = processes(made, f"sprega.server.{kind}")
        found = found if kind == "worker" or chance.random() < 0.5 else found[-1:]
    else:
        file = made.home / "postgres" / "data" / "postmaster.pid"
        try:
            main = int(file.read_text().split()[0])
            children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        except (OSError, IndexError):
            return 0
        found = [main] if kind == "postmaster" else [int(chance.choice(children))] if children else []
    for pid in found:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return bool(found)


def let_time_pass(made: Installation, database: psycopg.Connection) -> None:
    """Half a minute without a sign of life of the killed, the next minute's mails; then nothing waits."""
    database.execute(
        "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"
        " WHERE id < (SELECT max(id) FROM procrastinate_workers)"
    )
    database.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")
    run(made, "tests.faults.acting", "deliver", **addresses(made))

    def none(statement: str) -> bool:
        return database.execute(f"SELECT NOT EXISTS ({statement})").fetchone()[0]

    eventually(lambda: none("SELECT FROM jobs_run WHERE state IN ('waiting', 'running')"), 90)
    eventually(lambda: none("SELECT FROM mail_mail WHERE state = 'waiting'"), 70)


def there(database: psycopg.Connection, told: Told) -> None:
    """Every action that was answered as done."""

    def column(statement: str) -> set:
        return {value for (value,) in database.execute(statement)}

    assert told.notes <= column(ROWS["notes.written"])
    assert told.waivers <= column(ROWS["access.waiver_given"])
    assert told.notices <= column(ROWS["notices.notified"])
    assert told.runs <= column(ROWS["jobs.started"])
    assert told.invited <= column("SELECT email FROM accounts_invitation")
    assert told.ended <= column("SELECT id FROM organisations_representation WHERE ends_at IS NOT NULL")
    assert told.given <= column(
        "SELECT p.email || ' ' || r.role FROM organisations_representation r"
        " JOIN accounts_person p ON p.id = r.person_id"
    )
    texts = dict(database.execute("SELECT id::text, text FROM notes_note").fetchall())
    assert {note: texts[note] for note in told.texts} == told.texts
    over = dict(database.execute("SELECT state, count(*) FROM jobs_run GROUP BY 1").fetchall())
    assert set(over) <= {"done", "failed"}, over


def events_match(database: psycopg.Connection) -> None:
    """One event for each row and one row for each event; a note's version counts its changes."""
    events = database.execute(EVENTS, [[*ROWS, "notes.changed"]]).fetchall()
    for kind, statement in ROWS.items():
        rows = Counter(value for (value,) in database.execute(statement))
        assert Counter(about for name, about in events if name == kind) == rows, kind
    changes = Counter(about for name, about in events if name == "notes.changed")
    versions = dict(database.execute("SELECT id::text, version - 1 FROM notes_note").fetchall())
    assert {note: version for note, version in versions.items() if version} == dict(changes)
    letters = "SELECT count(*) FROM mail_mail m FULL JOIN mail_letter l ON l.mail_id = m.id WHERE"
    assert database.execute(f"{letters} l.mail_id IS NULL OR m.id IS NULL").fetchone() == (0,)
    invitations = Counter(email for (email,) in database.execute("SELECT email FROM accounts_invitation"))
    kind = "SELECT address FROM mail_mail WHERE kind = 'accounts/invitation'"
    assert Counter(address for (address,) in database.execute(kind)) == invitations


def mails_match(database: psycopg.Connection, post: smtp.Server, kills: Counter[str]) -> None:
    """Each mail that counts as sent arrived, twice only where a kill fell before we kept that."""
    arrived = Counter(re.search(r"(?mi)^Message-ID: (\S+)", text)[1] for *_who, text in post.taken)
    sent = {one for (one,) in database.execute("SELECT message_id FROM mail_mail WHERE state = 'sent'")}
    assert set(arrived) == sent
    again = sum(arrived.values()) - len(arrived)
    assert again <= kills.total(), (again, kills)
