# SPDX-License-Identifier: EUPL-1.2
"""Making a cluster: folder, database, tables and first rows; a cut leaves nothing that looks whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from sprega.cli.refusal import Refusal
from sprega.engines.model import Sentence
from sprega.server import installation
from sprega.server.cluster import Cluster

if TYPE_CHECKING:
    from sprega.server.database.launcher import Server

T = TypeVar("T")


def make(cluster: Cluster, server: Server | None, found: Callable[[Cluster], T]) -> T:
    """Make a cluster and fill it by `found`, which runs within one transaction, as the web's role.

    All stands in a folder beside its place, which is moved there at the end. What an interrupted start left
    is thrown away: the folder, and on the embedded server the database.
    """
    place = cluster.folder
    if place.exists():
        raise Refusal(
            Sentence("The cluster {name} exists already.", {"name": cluster.name}),
            Sentence("Serve it with sprega serve {name}, or choose another name.", {"name": cluster.name}),
        )
    unfinished = replace(cluster, folder=place.with_name(f".{cluster.name}.unfinished"))
    left_over = unfinished.folder.exists()
    if left_over:
        shutil.rmtree(unfinished.folder)
    unfinished.write()
    addresses = _database(unfinished, server, left_over)
    installation.enter(unfinished, addresses)
    from django.db import connections, transaction

    from sprega.server.database.privileges import refuse_privileged
    from sprega.server.migrating import migrate

    refuse_privileged(os.environ["DATABASE_URL"])
    migrate()
    with transaction.atomic():
        result = found(unfinished)
    connections.close_all()
    unfinished.folder.rename(place)
    return result


def remove(cluster: Cluster, server: Server | None) -> None:
    """Throw a cluster away; by its new name its folder looks like one of an interrupted start."""
    from sprega.server.serving import alone

    if server is None:
        raise Refusal(
            Sentence("The database of {name} is not ours to throw away.", {"name": cluster.name}),
            Sentence(
                "Empty it yourself, remove the folder {folder}, then start anew.", {"folder": cluster.folder}
            ),
        )
    with alone(cluster):
        cluster.folder.rename(cluster.folder.with_name(f".{cluster.name}.unfinished"))
        drop_database(cluster.name, server)


def _database(cluster: Cluster, server: Server | None, left_over: bool) -> object:
    """The cluster's database and roles on the embedded server, or the database that the environment names."""
    from sprega.server.database.roles import make_cluster_database

    if server is None:
        return installation.addresses(cluster, None)
    if left_over:
        drop_database(cluster.name, server)
    elif _exists(cluster.name, server):
        raise Refusal(
            Sentence("The database {name} exists, but its cluster's folder is gone.", {"name": cluster.name}),
            Sentence("Put the folder back, restore a backup with sprega restore, or choose another name."),
        )
    return make_cluster_database(server.url(), name=cluster.name, passwords=installation.passwords(cluster))


def _exists(name: str, server: Server) -> bool:
    import psycopg

    with psycopg.connect(server.url(), autocommit=True) as connection:
        found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone()
    return found is not None


def drop_database(name: str, server: Server) -> None:
    """Remove a cluster's database from the embedded server; its roles stay for the next one of that name."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
