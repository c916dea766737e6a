# SPDX-License-Identifier: EUPL-1.2
"""A cluster as one archive, and back: its database, files, settings and keys.

A tar file: `manifest.json`, `database.dump` (PostgreSQL's custom format), and `cluster/` with the cluster's
folder. The database is dumped before the files are taken: a file never changes once it is stored, and none is
removed meanwhile, so every one that the dump names is there.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sprega.cli.refusal import Refusal, reason
from sprega.engines.model import Sentence
from sprega.server import installation
from sprega.server.cluster import Cluster
from sprega.server.making import drop_database
from sprega.server.serving import alone
from sprega.server.whole_file import whole_file

if TYPE_CHECKING:
    import psycopg

    from sprega.server.database.launcher import Server
    from sprega.server.database.roles import Addresses

FORM = "sprega-backup-1"
LEFT_OUT = {"logs", "secrets.lock", "serving.lock"}
LAST = "last_backup.json"
ROLES = ("owner", "app", "maintenance")
CHECKPOINT = "SELECT size, note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1"


@dataclass(frozen=True)
class Manifest:
    """What an archive holds: a cluster of a moment, what its ledger had signed by then, its roles' names."""

    name: str
    at: str
    software: str
    events: int
    root: str
    roles: dict[str, str] = field(default_factory=dict)


def back_up(cluster: Cluster, server: Server | None, path: Path) -> Manifest:
    """Write the archive, whole or not at all, for its owner's eyes: it holds the keys too."""
    urls = installation.addresses(cluster, server)
    if not urls.maintenance:
        raise Refusal(
            Sentence("Only the role for maintenance reads all rows of the database."),
            Sentence("Set DATABASE_MAINTENANCE_URL, and make the backup again."),
        )
    at = datetime.now(UTC).isoformat(timespec="seconds")
    dump = path.with_name(f".{path.name}.dump")
    try:
        os.close(os.open(dump, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        with _moment(urls.maintenance) as (snapshot, size, root):
            options = ("--format=custom", "--no-owner", "--no-comments", f"--snapshot={snapshot}")
            _run("pg_dump", urls.maintenance, *options, f"--file={dump}")
            software = f"sprega {version('sprega')}"
            manifest = Manifest(cluster.name, at, software, size, root, _role_names(urls))
            with whole_file(path) as file, tarfile.open(fileobj=file, mode="w") as archive:
                _add_text(archive, "manifest.json", json.dumps({"form": FORM, **vars(manifest)}, indent=1))
                archive.add(dump, "database.dump")
                _add_folder(archive, cluster.folder, "cluster")
    finally:
        dump.unlink(missing_ok=True)
    with whole_file(cluster.folder / LAST) as file:
        file.write(json.dumps({"at": at, "file": str(path.absolute())}).encode())
    return manifest


@contextmanager
def _moment(url: str) -> Iterator[tuple[str, int, str]]:
    """A moment of the database for dump and manifest alike; while it lasts no file's bytes are removed."""
    import psycopg

    from sprega.foundation.files.store import REMOVING

    with psycopg.connect(url, autocommit=True) as connection:
        # the lock first: a row that the snapshot sees must find its bytes until they are in the archive
        connection.execute("SELECT pg_advisory_lock(%s)", [REMOVING])
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        yield (snapshot, *_signed(connection))


def _add_folder(archive: tarfile.TarFile, folder: Path, name: str) -> None:
    """A folder with what lies in it; hidden is what is being written at this moment."""
    for entry in sorted(folder.iterdir()):
        if entry.name in LEFT_OUT or entry.name.startswith("."):
            continue
        archive.add(entry, f"{name}/{entry.name}", recursive=False)
        if entry.is_dir():
            _add_folder(archive, entry, f"{name}/{entry.name}")


def read_manifest(path: Path) -> Manifest:
    """What an archive says of itself."""
    try:
        with tarfile.open(path) as archive:
            member = archive.extractfile("manifest.json")
            kept: dict[str, Any] = json.loads(member.read(100_000)) if member else {}
        if kept.pop("form", None) != FORM:
            raise KeyError(FORM)
        manifest = Manifest(**kept)
    except (tarfile.TarError, KeyError, TypeError, ValueError) as error:
        raise _no_backup(path) from error
    installation.check_name(manifest.name)
    return manifest


def restore(path: Path, server: Server | None, *, force: bool) -> tuple[Cluster, Manifest]:
    """Make the cluster of an archive; with `force` in place of the one of its name, which goes at the end.

    The restored ledger must end as the archive says, or nothing is changed.
    """
    manifest = read_manifest(path)
    folder = installation.clusters_folder() / manifest.name
    if folder.exists() and not force:
        raise Refusal(
            Sentence("The cluster {name} exists already.", {"name": manifest.name}),
            Sentence("Add --force to put the backup in its place; what came after it is lost then."),
        )
    unfinished = folder.with_name(f".{manifest.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    try:
        cluster = _unpacked(path, unfinished, manifest)
        old = Cluster.read(folder) if folder.exists() else None
        with _in_place_of(old), _own_database(cluster, old, server) as urls:
            _load(unfinished / "database.dump", urls, manifest)
            (unfinished / "database.dump").unlink()
            aside = folder.with_name(f".{manifest.name}.replaced")
            shutil.rmtree(aside, ignore_errors=True)
            if old is not None:
                folder.rename(aside)
            unfinished.rename(folder)
            shutil.rmtree(aside, ignore_errors=True)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return replace(cluster, folder=folder), manifest


def _unpacked(path: Path, unfinished: Path, manifest: Manifest) -> Cluster:
    """The archive's parts in the unfinished folder; nothing lands beside it."""
    try:
        with tarfile.open(path) as archive:
            archive.extraction_filter = tarfile.data_filter
            archive.extract("database.dump", unfinished)
            for member in archive:
                if member.name.startswith("cluster/"):
                    kept = member.replace(name=member.name.removeprefix("cluster/"), deep=False)
                    archive.extract(kept, unfinished)
    except (tarfile.TarError, KeyError) as error:
        raise _no_backup(path) from error
    for found in unfinished.rglob("*"):
        found.chmod(0o700 if found.is_dir() else 0o600)
    cluster = Cluster.read(unfinished)
    taken = {other.port for other in installation.clusters() if other.name != cluster.name}
    if cluster.port in taken:
        cluster = replace(cluster, port=installation.free_port())
        cluster.write()
    if cluster.name != manifest.name:
        raise _no_backup(path)
    return cluster


@contextmanager
def _in_place_of(old: Cluster | None) -> Iterator[None]:
    """Refuse to replace a cluster that is being served."""
    if old is None:
        yield
        return
    with alone(old):
        yield


@contextmanager
def _own_database(cluster: Cluster, old: Cluster | None, server: Server | None) -> Iterator[Addresses]:
    """An empty database for the restored cluster; the one it replaces comes back if anything goes wrong."""
    from sprega.server.database.roles import make_cluster_database

    if server is None:
        urls = installation.addresses(cluster, None)
        _require_empty(urls)
        yield urls
        return
    kept = f"{cluster.name}.replaced"
    if old is None:
        drop_database(cluster.name, server)  # what an interrupted restore left
    else:
        _set_aside(cluster.name, kept, server)
    try:
        yield make_cluster_database(
            server.url(), name=cluster.name, passwords=installation.passwords(cluster)
        )
    except BaseException:
        drop_database(cluster.name, server)
        if old is not None:
            _rename(kept, cluster.name, server)
            make_cluster_database(server.url(), name=old.name, passwords=installation.passwords(old))
        raise
    drop_database(kept, server)


def _set_aside(name: str, kept: str, server: Server) -> None:
    """Rename the database that is to be replaced, unless an interrupted restore has done so already."""
    import psycopg

    with psycopg.connect(server.url(), autocommit=True) as connection:
        done = connection.execute("SELECT FROM pg_database WHERE datname = %s", [kept]).fetchone()
    if done:
        drop_database(name, server)
    else:
        _rename(name, kept, server)


def _rename(name: str, to: str, server: Server) -> None:
    import psycopg
    from psycopg import sql

    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        connection.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(to))
        )


def _require_empty(urls: Addresses) -> None:
    import psycopg

    if not (urls.owner and urls.maintenance):
        raise Refusal(
            Sentence("A restore needs all three roles of the database."),
            Sentence("Set DATABASE_OWNER_URL and DATABASE_MAINTENANCE_URL beside DATABASE_URL."),
        )
    with psycopg.connect(urls.owner) as connection:
        found = connection.execute("SELECT FROM pg_tables WHERE schemaname = 'public' LIMIT 1").fetchone()
    if found is not None:
        raise Refusal(
            Sentence("The database that DATABASE_URL names is not empty."),
            Sentence("Make an empty one with roles.sql, and restore into that."),
        )


def _load(dump: Path, urls: Addresses, manifest: Manifest) -> None:
    """Tables, then rows, then what guards them; as their owner, whom no policy holds while rows come."""
    import psycopg
    from psycopg import sql

    names = _role_names(urls)
    known = {f"{manifest.name}_{role}": names[role] for role in ROLES}  # on the embedded server
    known |= {manifest.roles[role]: names[role] for role in ROLES if role in manifest.roles}
    with psycopg.connect(urls.owner, autocommit=True) as connection:
        # The dump grants what a table has from nothing on: what new tables get by themselves must not come
        # on top of what the ledger's tables were left with. The dump sets these defaults again.
        for things in ("TABLES", "SEQUENCES", "FUNCTIONS"):
            for role in ("app", "maintenance"):
                taken = sql.SQL("ALTER DEFAULT PRIVILEGES REVOKE ALL ON {} FROM {}")
                connection.execute(taken.format(sql.SQL(things), sql.Identifier(names[role])))
        connection.execute(_script(dump, "pre-data", known).encode())
        _run(
            "pg_restore",
            urls.owner,
            "--section=data",
            "--no-owner",
            "--exit-on-error",
            "--single-transaction",
            dump,
        )
        connection.execute(_script(dump, "post-data", known).encode())
    with psycopg.connect(urls.maintenance) as connection:
        found = _signed(connection)
    if found != (manifest.events, manifest.root):
        raise Refusal(
            Sentence("The restored ledger does not end as the backup says."),
            Sentence("The archive is damaged: take another one."),
        )


def _role_names(urls: Addresses) -> dict[str, str]:
    """What the three roles are called, which a PostgreSQL of one's own decides."""
    from psycopg.conninfo import conninfo_to_dict

    return {role: str(conninfo_to_dict(getattr(urls, role)).get("user", "")) for role in ROLES}


def _script(dump: Path, section: str, names: Mapping[str, str]) -> str:
    """A section as statements, its roles by their names here. No member's data stands in it."""
    written = _run("pg_restore", None, f"--section={section}", "--no-owner", "--file=-", dump)
    there = "|".join(re.escape(name) for name in names)
    written = re.sub(rf'"?\b({there})\b"?', lambda found: f'"{names[found[1]]}"', written)
    # psql's own commands, and the schema that exists already
    lines = [line for line in written.splitlines() if not line.startswith(("\\", "CREATE SCHEMA public"))]
    return "\n".join(lines)


def _signed(connection: psycopg.Connection[Any]) -> tuple[int, str]:
    """Size and root of the ledger, as its last checkpoint says."""
    from sprega.foundation.ledger.checkpoint import parse_note, read

    row = connection.execute(CHECKPOINT).fetchone()
    return (row[0], read(parse_note(row[1])[0]).root.hex()) if row else (0, "")


def _run(program: str, url: str | None, *arguments: str | Path) -> str:
    """Run one of PostgreSQL's programs; the password goes in by the environment, which others cannot read."""
    from psycopg.conninfo import conninfo_to_dict

    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}
    command: list[str] = [str(_program(program, url)), *map(str, arguments)]
    if url is not None:
        environment["PGPASSWORD"] = str(conninfo_to_dict(url).get("password", ""))
        command.append(f"--dbname={_without_password(url)}")
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs, no shell
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["-"])[0]
        raise Refusal(
            Sentence("{program} failed: {said}", {"program": program, "said": last}),
            Sentence("Mend the cause, often a full disk or a database that does not answer; then try again."),
        )
    return done.stdout


def _without_password(url: str) -> str:
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    return make_conninfo(**{**conninfo_to_dict(url), "password": None})


def _program(name: str, url: str | None) -> Path:
    """A program that is no older than the server: the oldest such that this machine has."""
    import psycopg

    from sprega.server.database import binaries
    from sprega.server.database.account import Account, account_name

    major = 0
    if url is not None:
        with psycopg.connect(url) as connection:
            major = connection.info.server_version // 10_000
    ours = Account(os.geteuid(), os.getegid(), account_name(os.geteuid()))
    known = []
    for folder in [*binaries.carried(), *binaries.debian()]:
        said = binaries.version(folder, ours)
        if said and (folder / name).exists() and int(said.split(".")[0]) >= major:
            known.append((int(said.split(".")[0]), folder / name))
    if not known:
        raise Refusal(
            Sentence(
                "There is no {program} here for PostgreSQL {version}.",
                {"program": name, "version": str(major)},
            ),
            Sentence("Install the client programs of that version."),
        )
    return (max if url is None else min)(known)[1]


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode()
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = len(content), 0o600, int(datetime.now(UTC).timestamp())
    archive.addfile(entry, BytesIO(content))


def _no_backup(path: Path) -> Refusal:
    return Refusal(
        Sentence("{file} is no whole backup of Sprega.", {"file": str(path)}),
        Sentence("Name a file that sprega backup wrote."),
    )


def last_backup(cluster: Cluster) -> datetime | None:
    """When the newest backup was made here."""
    try:
        return datetime.fromisoformat(json.loads((cluster.folder / LAST).read_text("utf-8"))["at"])
    except (OSError, ValueError, KeyError):
        return None


def unreadable(path: Path, error: OSError) -> Refusal:
    """The system refused to read the archive, or to write what is in it."""
    return Refusal(
        Sentence(
            "{file} cannot be read ({reason}).",
            {"file": str(error.filename or path), "reason": reason(error)},
        ),
        Sentence("Check the name and whether you may read the file."),
    )
