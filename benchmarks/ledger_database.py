# SPDX-License-Identifier: EUPL-1.2
"""The ledger through the database: appends as actions make them, positions, and proofs at a million events.

python -m benchmarks.ledger_database [events]

A practice cluster of its own takes them as its web server would: as the role `app`, in the name of one of its
persons. The million is copied in, so that it takes minutes and not an hour; positions are given as always.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import psycopg

from sprega.foundation.ledger.leaf import Event, commitment, new_salt

T = TypeVar("T")
Row = tuple[str, float, float]
EVENTS, SINGLE, TOGETHER, PROOFS = 1_000_000, 1000, 1000, 500
CHUNK = 50_000
KIND = "buying.demand_stated"
FACTS = {"lot": "L7", "price": "412.50", "quantity": "120.5", "unit": "t"}


def timed(work: Callable[[], T], times: int) -> tuple[float, float]:
    """How many a second, and CPU ms of this process for each; the database's own is not in it."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    took = time.perf_counter() - wall
    return times / took, 1000 * (time.process_time() - cpu) / times


@contextmanager
def cluster() -> Iterator[str]:
    """This process as one of a fresh practice cluster; the address that passes the policies."""
    with tempfile.TemporaryDirectory(prefix="sprega-bench-") as top:
        Path(top).chmod(0o755)
        os.environ["SPREGA_HOME"] = str(Path(top) / "home")
        sprega = str(Path(sys.executable).with_name("sprega"))
        subprocess.run([sprega, "practice"], check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        from sprega.server import installation

        with installation.database_in_use() as server:
            known = installation.find("practice")
            addresses = installation.addresses(known, server)
            installation.enter(known, addresses)
            yield addresses.maintenance


def rows(size: int = EVENTS) -> Iterator[Row]:
    """What was done, how many a second, CPU ms of the web's process for each."""
    with cluster() as address:
        yield from measured(address, size)


def measured(address: str, size: int) -> Iterator[Row]:
    """The rows."""
    from sprega.foundation.access.identity import acting, actor_of
    from sprega.foundation.accounts.models import Person
    from sprega.foundation.ledger.actions import place_commitments, record, tree_size
    from sprega.foundation.ledger.models import Payload
    from sprega.foundation.ledger.queries import proof_of

    person = Person.objects.get(practice_role=Person.PracticeRole.PURCHASING)
    with psycopg.connect(address) as connection:
        (organisation,) = connection.execute(
            "SELECT organisation_id FROM organisations_representation WHERE person_id = %s", [person.pk]
        ).fetchone()
    actor = actor_of(person.pk, organisation)
    assert actor.organisation_id == organisation

    def append() -> None:
        record(kind=KIND, actor=actor, subject=organisation, facts=FACTS)

    def one_by_one() -> None:
        for _ in range(SINGLE):
            with acting(actor):
                append()

    def together() -> None:
        with acting(actor):
            for _ in range(TOGETHER):
                append()

    yield f"append {SINGLE:,} events, a transaction each", *timed(one_by_one, SINGLE)
    yield f"append {TOGETHER:,} events in one transaction", *timed(together, TOGETHER)
    waiting = tree_size()
    place_commitments()
    assert tree_size() - waiting >= SINGLE + TOGETHER
    copied = size - tree_size()
    copy(address, copied, person.pk, organisation)
    yield f"give {copied:,} events their positions", *timed(place_commitments, copied)
    assert tree_size() == size
    with psycopg.connect(address) as connection:
        latest = connection.execute("SELECT max(commitment_id) FROM ledger_payload").fetchone()[0]
    chosen = random.Random(1).sample(range(latest - copied + 1, latest + 1), PROOFS)  # noqa: S311
    with acting(actor):
        events = list(Payload.objects.filter(pk__in=chosen))
        assert len(events) == PROOFS
        found: list[object] = []
        yield (
            f"prove {PROOFS} events at {size:,}",
            *timed(lambda: found.extend(proof_of(one) for one in events), PROOFS),
        )
        assert None not in found


def copy(address: str, number: int, person: int, organisation: int) -> None:
    """Write so many events with their commitments, past the policies."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    who = {"person": str(person), "organisation": str(organisation), "subject": str(organisation)}
    text = Event(kind=KIND, at=at, facts=FACTS, **who).payload()
    with psycopg.connect(address) as connection, connection.cursor() as cursor:
        for start in range(0, number, CHUNK):
            salts = [new_salt() for _ in range(start, min(start + CHUNK, number))]
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence('ledger_commitment', 'id'))"
                "  FROM generate_series(1, %s)",
                [len(salts)],
            )
            keys = [key for (key,) in cursor.fetchall()]
            with cursor.copy("COPY ledger_commitment (id, value, at) FROM STDIN") as table:
                for key, salt in zip(keys, salts, strict=True):
                    table.write_row((key, commitment(salt, text), at))
            columns = "commitment_id, salt, text, kind, at, person_id, organisation_id, service, subject_id"
            with cursor.copy(f"COPY ledger_payload ({columns}) FROM STDIN") as table:
                for key, salt in zip(keys, salts, strict=True):
                    table.write_row((key, salt, text, KIND, at, person, organisation, "", organisation))


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    for what, rate, cpu in rows(size):
        print(f"{what:50}{rate:12,.0f} a second{cpu:10.3f} CPU ms", flush=True)


if __name__ == "__main__":
    main()
