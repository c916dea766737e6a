# SPDX-License-Identifier: EUPL-1.2
"""Bringing a cluster's database to the state that this version of the code needs, as its owner."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sprega.cli.refusal import REFUSED, Refusal
from sprega.engines.model import EngineError, Sentence
from sprega.server.database.faults import DatabaseError

ONE_AT_A_TIME = 0x5_9_7_2_6_8  # any number, for the advisory lock


def due() -> list[str]:
    """Migrations that have not run yet, in order."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections[_alias()])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _back in plan]


def migrate() -> list[str]:
    """Run what is due; each migration is one transaction, so the next start goes on where one was cut."""
    from django.core.management import call_command

    if not due():
        return []
    if _alias() != "owner":
        raise Refusal(
            Sentence("The database needs an upgrade, and only its owner may do it."),
            Sentence("Set DATABASE_OWNER_URL, and start again."),
        )
    with _alone():
        names = due()  # another process may have done it meanwhile
        if names:
            call_command("migrate", database="owner", verbosity=0, interactive=False)
    return names


def _alias() -> str:
    from django.db import connections

    return "owner" if "owner" in connections else "default"


@contextmanager
def _alone() -> Iterator[None]:
    import psycopg

    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        yield  # the lock ends with the connection


def main() -> int:
    """Refuse a role that policies do not bind, then migrate or, with --due, say what would run."""
    from sprega.foundation.language import Language, spoken_here
    from sprega.server.database.privileges import refuse_privileged

    say = Language(os.environ.get("SPREGA_LANGUAGE") or spoken_here()).say
    try:
        refuse_privileged(os.environ["DATABASE_URL"])
        import django

        django.setup()
        for name in due() if "--due" in sys.argv else migrate():
            sys.stdout.write(f"{name}\n")
    except (Refusal, DatabaseError) as refusal:
        sys.stderr.write(f"{say(refusal.problem)} {say(refusal.mend)}\n")
        return REFUSED
    except EngineError as error:
        sys.stderr.write(f"{say(error.sentence)}\n")
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main())
