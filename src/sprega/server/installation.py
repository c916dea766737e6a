# SPDX-License-Identifier: EUPL-1.2
"""The clusters of this installation, where each has its database, and who uses the embedded server."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sprega.cli.refusal import Refusal
from sprega.engines.model import Sentence
from sprega.server.cluster import Cluster
from sprega.server.database.faults import unwritable
from sprega.server.database.home import home, server_folder

if TYPE_CHECKING:
    from sprega.server.database.launcher import Server
    from sprega.server.database.roles import Addresses, Passwords

NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
FIRST_PORT = 8000


def clusters_folder() -> Path:
    """Where the clusters' folders lie."""
    return home() / "clusters"


def clusters() -> list[Cluster]:
    """The clusters of this installation, by port."""
    folder = clusters_folder()
    names = (
        [one for one in folder.iterdir() if not one.name.startswith(".") and (one / "cluster.json").exists()]
        if folder.is_dir()
        else []
    )
    return sorted((Cluster.read(one) for one in names), key=lambda cluster: (cluster.port, cluster.name))


def find(name: str) -> Cluster:
    """The cluster of a name."""
    known = {cluster.name: cluster for cluster in clusters()}
    if name not in known:
        refuse_half_restored(name)
        raise Refusal(
            Sentence("There is no cluster {name} in {folder}.", {"name": name, "folder": str(home())}),
            Sentence(
                "Known are: {names}. A new one: sprega start {name}", {"names": _listed(known), "name": name}
            ),
        )
    return known[name]


def only(name: str | None) -> Cluster:
    """The cluster of a name, or the only one there is."""
    if name is not None:
        return find(name)
    refuse_half_restored()
    known = clusters()
    if len(known) == 1:
        return known[0]
    if not known:
        raise no_cluster()
    raise Refusal(
        Sentence("There are several clusters here: {names}.", {"names": _listed(one.name for one in known)}),
        Sentence("Name the one that you mean."),
    )


def refuse_half_restored(name: str = "*") -> None:
    """Refuse to go on as if a cluster were unknown whose folder was set aside by a restore, then cut off."""
    for aside in sorted(clusters_folder().glob(f".{name}.replaced")):
        cut = aside.name.removeprefix(".").removesuffix(".replaced")
        if not (clusters_folder() / cut).exists():
            raise restore_cut_off(cut)


def restore_cut_off(name: str) -> Refusal:
    """A cluster of which the old and the new are there, neither whole."""
    return Refusal(
        Sentence("A restore of {name} was cut off.", {"name": name}),
        Sentence("Run it again to its end: sprega restore FILE --force"),
    )


def no_cluster() -> Refusal:
    """Nothing to serve, keep or check yet."""
    return Refusal(
        Sentence("There is no cluster in {folder} yet.", {"folder": str(home())}),
        Sentence("Make one with sprega start NAME, or the practice cluster with sprega practice."),
    )


def _listed(names: object) -> str:
    return ", ".join(names) or "-"  # type: ignore[call-overload]


def check_name(name: str) -> None:
    """Refuse what cannot be a folder, a database and a part of a role's name."""
    if not NAME.fullmatch(name):
        raise Refusal(
            Sentence("{name} cannot be a cluster's name.", {"name": repr(name)}),
            Sentence("Use up to 40 small Latin letters, digits and hyphens, a letter first."),
        )


def free_port() -> int:
    """The first port from 8000 on that no cluster here has."""
    taken = {cluster.port for cluster in clusters()}
    return next(port for port in range(FIRST_PORT, 65_536) if port not in taken)


def make_home() -> None:
    """Make the installation's folder: ours alone, but PostgreSQL's account must pass through root's."""
    try:
        for missing in [one for one in [*reversed(home().parents), home()] if not one.exists()]:
            missing.mkdir(exist_ok=True)
            missing.chmod(0o711 if os.geteuid() == 0 else 0o700)
        clusters_folder().mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise unwritable(home(), error) from error


def database_elsewhere() -> bool:
    """Whether the environment names a database, so that no embedded server is needed."""
    return "DATABASE_URL" in os.environ


@contextmanager
def database_in_use() -> Iterator[Server | None]:
    """The embedded server while this lasts, started if need be; None where the database is elsewhere.

    Every command that uses the server holds a lock together with the others; whoever leaves last stops it.
    A killed process loses its lock, so the next one to leave stops what the killed one started.
    """
    if database_elsewhere():
        yield None
        return
    from sprega.server.database import launcher

    make_home()
    lock = os.open(home() / "users.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield launcher.start(server_folder())
    finally:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            launcher.stop(server_folder())
        except BlockingIOError:
            pass  # somebody else still uses it
        os.close(lock)


def passwords(cluster: Cluster) -> Passwords:
    """The passwords of a cluster's database roles on the embedded server."""
    from sprega.server.database.roles import Passwords

    roles = ("app", "owner", "maintenance")
    return Passwords(
        *(cluster.secret(f"database_{role}", lambda: secrets.token_urlsafe(32)) for role in roles)
    )


def addresses(cluster: Cluster, server: Server | None) -> Addresses:
    """How to reach a cluster's database: on the embedded server, or as the environment says."""
    from sprega.server.database.roles import Addresses
    from sprega.server.database.roles import addresses as on_server

    if server is not None:
        return on_server(server.url(), name=cluster.name, passwords=passwords(cluster))
    given = os.environ.get
    return Addresses(
        app=given("DATABASE_URL", ""),
        owner=given("DATABASE_OWNER_URL", ""),
        maintenance=given("DATABASE_MAINTENANCE_URL", ""),
    )


def environment(cluster: Cluster, **more: str) -> dict[str, str]:
    """The environment of a program of a cluster: none of the database's addresses but those given here."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    return {
        **kept,
        "SPREGA_CLUSTER": str(cluster.folder),
        "DJANGO_SETTINGS_MODULE": "sprega.server.settings",
        **more,
    }


def enter(cluster: Cluster, addresses: Addresses) -> None:
    """Make this process one of the cluster: Django is set up with its settings and addresses."""
    os.environ.update(environment(cluster))
    os.environ.update({name: url for name, url in addresses.environment().items() if url})
    import django

    django.setup()


@contextmanager
def inside(cluster: Cluster) -> Iterator[None]:
    """This process as one of the cluster's, with its database in use, while this lasts."""
    with database_in_use() as server:
        enter(cluster, addresses(cluster, server))
        from django.db import connections

        try:
            yield
        finally:
            connections.close_all()
