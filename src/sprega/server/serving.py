# SPDX-License-Identifier: EUPL-1.2
"""Serving clusters: the database, then for each cluster what is due, its web server and its worker."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from sprega.cli.refusal import Refusal
from sprega.engines.model import Sentence
from sprega.server import children, installation
from sprega.server.children import Child
from sprega.server.cluster import Cluster
from sprega.server.web import ALIVE

if TYPE_CHECKING:
    from sprega.foundation.language import Language
    from sprega.server.database.launcher import Server

GLANCE = 0.25
"""Seconds between two looks at what runs."""
STARTS_WITHIN = 60.0
ASKED_WITHIN = 5.0
"""Seconds that a web server may take to answer that it lives."""


def serve(
    clusters: Sequence[Cluster],
    *,
    address: str,
    workers: bool,
    language: Language,
    ready: Callable[[], None],
    tell: Callable[[Sentence], None],
) -> None:
    """Serve until this process is told to end; then end all that it started.

    `ready` is called when every cluster answers; `tell` gets what a person should know meanwhile.
    """
    with ExitStack() as stack:
        for cluster in clusters:
            stack.enter_context(alone(cluster))
            _require_free(address, cluster)
        server = stack.enter_context(installation.database_in_use())
        prepare(clusters, server, language)
        webs = [web(cluster, server, address) for cluster in clusters]
        running: list[Child] = [*webs]
        try:
            for child in running:
                child.start()
            for cluster, child in zip(clusters, webs, strict=True):
                _await(cluster, child, address)
            if workers:
                running += [worker(cluster, server) for cluster in clusters]
            ready()
            _watch(running, server, tell)
        except (KeyboardInterrupt, SystemExit):
            tell(Sentence("Ending..."))
        finally:
            children.end(running)


def work(cluster: Cluster, *, language: Language, tell: Callable[[Sentence], None]) -> None:
    """Keep one worker running until this process is told to end."""
    with installation.database_in_use() as server:
        prepare([cluster], server, language)
        child = worker(cluster, server, f"worker-{socket.gethostname()}-{os.getpid()}")
        try:
            child.start()
            tell(Sentence("A worker of {name} is at work. Ctrl-C ends it.", {"name": cluster.name}))
            _watch([child], server, tell)
        except (KeyboardInterrupt, SystemExit):
            tell(Sentence("Ending..."))
        finally:
            children.end([child])


def web(cluster: Cluster, server: Server | None, address: str) -> Child:
    """The web server of a cluster; it knows the database as the role of the web only."""
    return Child(
        f"{cluster.name} web",
        [sys.executable, "-m", "sprega.server.web", address, str(cluster.port)],
        _environment(cluster, server, SPREGA_PROCESS="web", SPREGA_SERVING="1"),
        cluster.folder / "logs" / "web.out",
        lambda: answers(_address(cluster, address)),
    )


def worker(cluster: Cluster, server: Server | None, process: str = "worker") -> Child:
    """A worker of a cluster; `process` names its log, which is its own."""
    return Child(
        f"{cluster.name} worker",
        [sys.executable, "-m", "sprega.server.worker"],
        _environment(cluster, server, SPREGA_PROCESS=process),
        cluster.folder / "logs" / f"{process}.out",
    )


def _environment(cluster: Cluster, server: Server | None, **more: str) -> dict[str, str]:
    app = installation.addresses(cluster, server).app
    return installation.environment(cluster, DATABASE_URL=app, **more)


@contextmanager
def alone(cluster: Cluster) -> Iterator[None]:
    """Refuse to serve a cluster twice."""
    lock = os.open(cluster.folder / "serving.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise Refusal(
            Sentence("The cluster {name} is served already.", {"name": cluster.name}),
            Sentence("Use the one that runs, or end it first."),
        ) from error
    try:
        yield
    finally:
        os.close(lock)


def _require_free(address: str, cluster: Cluster) -> None:
    """Refuse a port on which another program listens, before anything is started."""
    deadline = time.monotonic() + 2  # what a killed server left behind ends within a second
    while True:
        try:
            with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, cluster.port))
                return
        except OSError as error:
            if time.monotonic() < deadline:
                time.sleep(0.1)
                continue
            raise Refusal(
                Sentence(
                    "The cluster {name} cannot be served at {address}, port {port}: {reason}.",
                    {
                        "name": cluster.name,
                        "address": address,
                        "port": str(cluster.port),
                        "reason": error.strerror or str(error),
                    },
                ),
                Sentence(
                    "End the program that uses the port, or give the cluster another one:"
                    " sprega serve {name} --port N",
                    {"name": cluster.name},
                ),
            ) from error


def prepare(clusters: Sequence[Cluster], server: Server | None, language: Language) -> None:
    """Ask and migrate each cluster's database, side by side: a process knows the settings of one cluster."""
    _migrating(clusters, server, language)


def due(cluster: Cluster, server: Server | None, language: Language) -> list[str]:
    """The migrations that a cluster's database waits for."""
    return _migrating([cluster], server, language, "--due")[0].split()


def _migrating(
    clusters: Sequence[Cluster], server: Server | None, language: Language, *arguments: str
) -> list[str]:
    """Run `sprega.server.migrating` for each cluster; what each said."""
    _refuse_half_restored(clusters, server)
    running = [
        subprocess.Popen(  # noqa: S603 - our own program, no shell
            [sys.executable, "-m", "sprega.server.migrating", *arguments],
            env=installation.environment(
                cluster,
                SPREGA_LANGUAGE=language.code,
                **{
                    name: url
                    for name, url in installation.addresses(cluster, server).environment().items()
                    if url
                },
            ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        for cluster in clusters
    ]
    said = [process.communicate() for process in running]
    for cluster, process, (_out, words) in zip(clusters, running, said, strict=True):
        if process.returncode:
            raise Refusal(
                Sentence(
                    "The database of {name} cannot be used. {said}",
                    {"name": cluster.name, "said": words.strip()},
                ),
                Sentence("Then start again: what was done stays, and it goes on from there."),
            )
    return [out for out, _words in said]


def _refuse_half_restored(clusters: Sequence[Cluster], server: Server | None) -> None:
    """Refuse a database that a restore, cut off in the middle, has left half-made beside the old one."""
    if server is None:
        return
    import psycopg

    with psycopg.connect(server.url(), autocommit=True) as connection:
        known = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
    for cluster in clusters:
        if f"{cluster.name}.replaced" in known:
            raise installation.restore_cut_off(cluster.name)


def _await(cluster: Cluster, child: Child, address: str) -> None:
    """Wait for the first answer of a web server."""
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        if child.process is not None and child.process.poll() is not None:
            break
        if answers(_address(cluster, address)):
            return
        time.sleep(0.05)
    raise Refusal(
        Sentence("The web server of {name} does not start.", {"name": cluster.name}),
        Sentence("Read {file}, mend the cause, and start again.", {"file": str(child.output)}),
    )


def answers(address: str) -> bool:
    """Whether anything answers there, whatever it says."""
    try:
        urllib.request.urlopen(f"{address}{ALIVE}", timeout=ASKED_WITHIN).close()  # noqa: S310 - our own
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _address(cluster: Cluster, address: str) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(address, address)  # noqa: S104 - compared, not bound
    return f"http://{host}:{cluster.port}"


def _watch(running: Sequence[Child], server: Server | None, tell: Callable[[Sentence], None]) -> None:
    """Start again what dies or falls silent, the embedded database too, until this process is told to end."""
    from sprega.server.database import launcher, postmaster
    from sprega.server.database.faults import DatabaseError

    def dying(child: Child) -> None:
        values = {"name": child.name, "count": child.deaths, "file": str(child.output)}
        tell(Sentence("{name} has died {count} times in a row. Read {file}. It is tried again.", values))

    def silent(child: Child) -> None:
        tell(Sentence("{name} has stopped answering. It is ended and started again.", {"name": child.name}))

    while True:
        if server is not None and postmaster.life(server.pid, server.folder / "data") is postmaster.Life.GONE:
            try:
                server = launcher.start(server.folder, port=server.port)
            except DatabaseError as fault:
                tell(fault.problem)
                tell(fault.mend)
                time.sleep(children.LONGEST_PAUSE)
        for child in running:
            child.look(dying)
            child.ask(silent)
        time.sleep(GLANCE)
