# SPDX-License-Identifier: EUPL-1.2
"""What may be wrong with an installation, each with what would mend it."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sprega.engines.model import Sentence
from sprega.server import installation
from sprega.server.backup import last_backup
from sprega.server.cluster import Cluster
from sprega.server.database.faults import DatabaseError
from sprega.server.database.home import home

OLDEST_SERVER = 15
CLOCKS_APART = 5.0
"""Seconds between this machine's clock and the database's."""
BACKUP_EVERY = timedelta(hours=36)
TREE_BEHIND = timedelta(minutes=10)
LEAST_SPACE = 1_000_000_000

UNPROTECTED = """
    SELECT c.relname FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'f')
       AND NOT (c.relrowsecurity AND c.relforcerowsecurity
                AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))
     ORDER BY 1
"""


@dataclass(frozen=True)
class Finding:
    """What was looked at and how it is; `mend` says what to do, where something is wrong."""

    about: Sentence
    mend: Sentence | None = None


Check = Callable[[Cluster], Iterator[Finding]]


def of_installation() -> Iterator[Finding]:
    """What concerns all clusters: Python and packages, rights of files, room on the disk."""
    yield _python()
    yield from _packages()
    yield from _rights()
    free = shutil.disk_usage(home() if home().exists() else Path("/")).free
    about = Sentence("Free on the disk: {gigabytes:.1f} GB", {"gigabytes": free / 1e9})
    mend = Sentence("Make room: below {least} GB the database may stop.", {"least": LEAST_SPACE // 10**9})
    yield Finding(about, mend if free < LEAST_SPACE else None)


def of_cluster(cluster: Cluster) -> Iterator[Finding]:
    """What concerns one cluster; this process has been set up for it, and its database need not answer."""
    import psycopg
    from django.db import Error

    try:
        yield from _server()
    except (psycopg.Error, Error, DatabaseError) as error:
        said = str(error).strip().splitlines()[0]
        yield Finding(
            Sentence("The database does not answer: {said}", {"said": said}),
            Sentence("Check its address, and that it runs; its log says more."),
        )
        return
    due = _due()
    yield due
    if due.mend is None:
        for check in (_policies, _clock, _office, _worker, _work, _ledger, _files):
            yield from check(cluster)
    for check in (_mail, _hosts, _backup):
        yield from check(cluster)


def _python() -> Finding:
    told = f"{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
    return Finding(
        Sentence("Python {version}, Sprega {sprega}", {"version": told, "sprega": version("sprega")})
    )


def _packages() -> Iterator[Finding]:
    """Whether what is installed is what the lock names; outside of a checkout there is no lock to ask."""
    lock = Path(__file__).parents[3] / "requirements" / "run.txt"
    if not lock.exists():
        return
    different = []
    for line in lock.read_text("utf-8").splitlines():
        name, found, wanted = line.partition("==")
        wanted = wanted.split()[0] if found and wanted.split() else ""
        if wanted and not line.startswith((" ", "#")) and _installed(name.split("[")[0]) != wanted:
            different.append(name)
    yield Finding(
        Sentence("Packages other than the lock names: {names}", {"names": ", ".join(different)})
        if different
        else Sentence("Packages are those of the lock"),
        Sentence("Run make setup.") if different else None,
    )


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _rights() -> Iterator[Finding]:
    """Keys and data are for their owner alone."""
    open_to_others = []
    for folder in (installation.clusters_folder(), *(cluster.folder for cluster in installation.clusters())):
        if folder.exists() and folder.stat().st_mode & 0o077:
            open_to_others.append(folder)
    for cluster in installation.clusters():
        kept = [one for one in cluster.folder.iterdir() if one.is_file() and one.suffix == ".json"]
        open_to_others += [one for one in kept if one.stat().st_mode & 0o077]
    yield Finding(
        Sentence("Others may read {paths}", {"paths": ", ".join(map(str, open_to_others))})
        if open_to_others
        else Sentence("Keys and files are for their owner alone"),
        Sentence(
            "Close them: chmod go= {paths}. If somebody may have read them, change the keys.",
            {"paths": " ".join(map(str, open_to_others))},
        )
        if open_to_others
        else None,
    )


def _server() -> Iterator[Finding]:
    import psycopg

    from sprega.server.database.privileges import refuse_privileged

    with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=10) as connection:
        told = connection.info.server_version
    about = Sentence(
        "The database answers: PostgreSQL {version}", {"version": f"{told // 10_000}.{told % 10_000}"}
    )
    old = Sentence("Sprega needs PostgreSQL {oldest} or newer.", {"oldest": str(OLDEST_SERVER)})
    yield Finding(about, old if told // 10_000 < OLDEST_SERVER else None)
    try:
        refuse_privileged(os.environ["DATABASE_URL"])
        yield Finding(Sentence("The web's role is bound by the policies"))
    except DatabaseError as fault:
        yield Finding(fault.problem, fault.mend)


def _due() -> Finding:
    from sprega.server.migrating import due

    waiting = due()
    if not waiting:
        return Finding(Sentence("The database is as this version needs it"))
    return Finding(
        Sentence("Migrations that wait: {names}", {"names": ", ".join(waiting)}),
        Sentence("Run sprega upgrade."),
    )


def _policies(_cluster: Cluster) -> Iterator[Finding]:
    from django.db import connection

    from sprega.foundation.access.outside import OUTSIDE_RLS

    with connection.cursor() as cursor:
        cursor.execute(UNPROTECTED)
        open_tables = [name for (name,) in cursor.fetchall() if name not in OUTSIDE_RLS]
    yield Finding(
        Sentence("Tables without working policies: {names}", {"names": ", ".join(open_tables)})
        if open_tables
        else Sentence("Every table with a member's data has its policies"),
        Sentence("Stop serving, and restore the last backup: somebody has changed the database by hand.")
        if open_tables
        else None,
    )


def _clock(_cluster: Cluster) -> Iterator[Finding]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (there,) = cursor.fetchone()
    apart = abs((datetime.now(UTC) - there).total_seconds())
    yield Finding(
        Sentence("Clock here and in the database: {seconds:.1f} s apart", {"seconds": apart}),
        Sentence("Set both by a time server (systemctl enable --now systemd-timesyncd).")
        if apart > CLOCKS_APART
        else None,
    )


def _office(cluster: Cluster) -> Iterator[Finding]:
    from sprega.foundation.access.identity import NOBODY
    from sprega.foundation.access.services import acting_as
    from sprega.foundation.organisations.models import Representation
    from sprega.foundation.organisations.services import FOUNDING

    with acting_as(FOUNDING, actor=NOBODY):
        count = Representation.objects.in_force().filter(role=Representation.Role.OFFICE).count()
    yield Finding(
        Sentence("Persons in the cluster office: {count}", {"count": count}),
        None if count else Sentence("Open it: sprega office {name} EMAIL", {"name": cluster.name}),
    )


def _worker(cluster: Cluster) -> Iterator[Finding]:
    from sprega.foundation.jobs.workers import HEARTBEAT, since_heartbeat

    seconds = since_heartbeat()
    if seconds is not None and seconds < HEARTBEAT:
        yield Finding(Sentence("A worker is at work"))
        return
    silent = {"minutes": int((seconds or 0) // 60)}
    yield Finding(
        Sentence("No worker is at work")
        if seconds is None
        else Sentence("No worker has given a sign of life for {minutes} min", silent),
        Sentence("Start one: sprega serve, or sprega worker {name}", {"name": cluster.name}),
    )


def _work(_cluster: Cluster) -> Iterator[Finding]:
    from sprega.foundation.access.identity import NOBODY
    from sprega.foundation.access.services import acting_as
    from sprega.foundation.jobs.actions import WORKER
    from sprega.foundation.jobs.models import Run

    with acting_as(WORKER, actor=NOBODY):
        failed = Run.objects.filter(state=Run.State.FAILED).count()
    yield Finding(
        Sentence("Long work that failed: {count}", {"count": failed}),
        Sentence("The office finds it on its page and can try it again.") if failed else None,
    )


def _ledger(_cluster: Cluster) -> Iterator[Finding]:
    from sprega.foundation.ledger.models import Commitment

    oldest = Commitment.objects.filter(place=None).order_by("at").values_list("at", flat=True).first()
    behind = oldest is not None and datetime.now(UTC) - oldest > TREE_BEHIND
    yield Finding(
        Sentence("Events of the ledger that wait for their place since {at}", {"at": oldest.isoformat()})
        if behind and oldest is not None
        else Sentence("The ledger's tree is up to date"),
        Sentence("A worker places them every minute: see that one runs.") if behind else None,
    )


def _files(cluster: Cluster) -> Iterator[Finding]:
    """Whether uploads can be written, and every file that the database names has its bytes."""
    from sprega.foundation.files.queries import without_bytes

    folder = cluster.files if cluster.files.exists() else cluster.folder
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:  # nameless: it leaves nothing that others would own
            probe.write(b"\0" * 4096)
            probe.flush()
        said = ""
    except OSError as error:
        said = error.strerror or type(error).__name__
    yield Finding(
        Sentence("Files cannot be written in {folder}: {said}", {"folder": folder, "said": said})
        if said
        else Sentence("Files can be written"),
        Sentence("Make room there, and let the user who runs Sprega own it.") if said else None,
    )
    free = shutil.disk_usage(folder).free
    if free < LEAST_SPACE:
        yield Finding(
            Sentence("Free where files lie: {gigabytes:.1f} GB", {"gigabytes": free / 1e9}),
            Sentence("Make room in {folder}, or uploads will be refused.", {"folder": folder}),
        )
    count = without_bytes()
    yield Finding(
        Sentence("Files whose bytes are missing: {count}", {"count": count}),
        Sentence("Bring {folder} back from the last backup.", {"folder": cluster.files}) if count else None,
    )


def _mail(cluster: Cluster) -> Iterator[Finding]:
    from django.conf import settings

    from sprega.foundation.mail.server import NOT_SET

    if cluster.practice:
        yield Finding(Sentence("Mails of the practice cluster stay in its outbox"))
    elif settings.EMAIL_BACKEND == NOT_SET:
        yield Finding(
            Sentence("No mail server is set: letters wait in the outbox"),
            Sentence("Set SPREGA_SMTP_URL, such as smtp://user:password@mail.example.org:587."),
        )
    else:
        server = {"host": settings.EMAIL_HOST, "port": str(settings.EMAIL_PORT)}
        yield Finding(Sentence("Mails leave by {host}, port {port}", server))


def _hosts(cluster: Cluster) -> Iterator[Finding]:
    import urllib.error
    import urllib.request

    if cluster.practice and not cluster.hosts:
        return
    if not cluster.hosts:
        yield Finding(
            Sentence("It has no name on the network: it is reached from this machine only, without TLS"),
            Sentence(
                "To go live, write its names into hosts in {file}.", {"file": cluster.folder / "cluster.json"}
            ),
        )
        return
    for host in cluster.hosts:
        try:
            urllib.request.urlopen(f"https://{host}/health", timeout=10).close()
            said = ""
        except urllib.error.HTTPError as error:
            said = "" if error.code == 503 else f"HTTP {error.code}"
        except OSError as error:
            said = str(getattr(error, "reason", error))
        yield Finding(
            Sentence("https://{host} does not lead here: {said}", {"host": host, "said": said})
            if said
            else Sentence("https://{host} answers, its certificate is good", {"host": host}),
            Sentence("Check DNS, the certificate and the reverse proxy (docs/how-to/go-live.md).")
            if said
            else None,
        )


def _backup(cluster: Cluster) -> Iterator[Finding]:
    if cluster.practice:
        return
    last = last_backup(cluster)
    late = last is None or datetime.now(UTC) - last > BACKUP_EVERY
    yield Finding(
        Sentence("No backup was made yet")
        if last is None
        else Sentence("Last backup: {at}", {"at": last.isoformat(timespec="minutes")}),
        Sentence("Make one every night: sprega backup FILE.tar (docs/how-to/back-up.md).") if late else None,
    )
