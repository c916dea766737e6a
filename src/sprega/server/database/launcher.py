# SPDX-License-Identifier: EUPL-1.2
"""Start and stop an embedded PostgreSQL that lives in one folder.

What lies in the folder::

    data/       PostgreSQL's own files; the server's account alone may read them
    log/        what the server said
    programs/   a copy of the programs, where the server's account could not reach the original
    password    the superuser's password; port: where it listens; lock: one start at a time
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shlex
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from sprega.engines.model import Sentence
from sprega.server.database import binaries as programs
from sprega.server.database import postmaster
from sprega.server.database.account import (
    Account,
    account_name,
    refuse_unreachable,
    server_account,
)
from sprega.server.database.faults import ELSEWHERE, DatabaseError, failed, port_taken, unwritable
from sprega.server.database.postmaster import Life

HOST = "127.0.0.1"
SUPERUSER = "postgres"
PATIENCE = 300.0
"""Seconds to wait for a server: a recovery after a crash replays what was not yet written."""

ALWAYS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    # Without ERROR lines and details no member's data gets into the log: they quote what was typed.
    "log_min_messages": "log",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
    "jit": "off",  # its compile time is longer than any of our queries
    "timezone": "UTC",
    # After a kill the whole disk is flushed once, not each of a thousand files: 0.5 s instead of 6 s.
    **({"recovery_init_sync_method": "syncfs"} if sys.platform == "linux" else {}),
}
FOR_TESTS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""Options that trade what a crash would lose for speed."""


@dataclass(frozen=True)
class Server:
    """A running server."""

    folder: Path
    port: int
    pid: int
    password: str = field(repr=False)

    def url(self, database: str = "postgres") -> str:
        """The superuser's address, for setting up clusters only."""
        return f"postgresql://{SUPERUSER}:{self.password}@{HOST}:{self.port}/{database}"


@dataclass(frozen=True)
class _Place:
    """The files of one server."""

    folder: Path

    @property
    def made(self) -> bool:
        """Whether a server was ever started here."""
        return os.path.lexists(self.folder / "lock")

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "log" / "server.log"

    @property
    def password(self) -> Path:
        return self.folder / "password"

    @property
    def port(self) -> Path:
        return self.folder / "port"


def start(
    folder: Path,
    *,
    port: int | None = None,
    binaries: Path | None = None,
    options: Mapping[str, str] | None = None,
) -> Server:
    """Start the server of a folder, or find it running; make its files the first time.

    Any number of processes may call it at once: all get the same server. Without `port` it listens where
    it did the last time, or on a free one. `options` (such as `FOR_TESTS`) hold for this start only, and not
    when the server runs already. `binaries` is a folder with `postgres` and `initdb`.
    """
    place = _Place(folder.absolute())
    with _alone(place, make=True):
        if running := _running(place):
            if port not in (None, running.port):
                raise DatabaseError(
                    Sentence("The database runs already, on port {port}.", {"port": str(running.port)}),
                    Sentence("Use that port, or stop it first."),
                )
            return running
        try:
            return _start(place, port, binaries, options or {})
        except OSError as error:
            raise unwritable(place.folder, error) from error


def status(folder: Path) -> Server | None:
    """The running server of a folder, or None."""
    place = _Place(folder.absolute())
    if not place.made:
        return None
    with _alone(place, make=False):
        return _running(place)


def stop(folder: Path) -> bool:
    """Stop the server of a folder; connections end, nothing committed is lost. False if none ran."""
    place = _Place(folder.absolute())
    if not place.made:
        return False
    with _alone(place, make=False):
        found = postmaster.read(place.data)
        if found is None or not _ours(place, found.pid):
            return False
        os.kill(found.pid, signal.SIGINT)  # PostgreSQL's fast shutdown
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if postmaster.life(found.pid, place.data) is Life.GONE:
                return True
            time.sleep(0.02)
    raise DatabaseError(
        Sentence("The database did not stop within {seconds} seconds.", {"seconds": str(int(PATIENCE))}),
        Sentence("Read its log in {log}, then stop it again.", {"log": str(place.log)}),
    )


@contextmanager
def _alone(place: _Place, make: bool) -> Iterator[None]:
    """Hold the folder's lock; refuse a folder that is somebody else's or cannot be written."""
    try:
        if make:
            _make_folder(place.folder)
        _refuse_foreign(place.folder)
        lock = os.open(place.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise unwritable(place.folder, error) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _make_folder(folder: Path) -> None:
    """Make the folder and what is missing above it; what exists above keeps its rights."""
    mode = 0o711 if os.geteuid() == 0 else 0o700  # root's server runs as another account and must pass
    for missing in [one for one in [*reversed(folder.parents), folder] if not one.exists()]:
        missing.mkdir(exist_ok=True)
        missing.chmod(mode)


def _refuse_foreign(folder: Path) -> None:
    """Refuse a folder of another account, for root too: its owner could lead root's hand by links."""
    owner = folder.stat().st_uid
    if owner != os.geteuid():
        raise DatabaseError(
            Sentence(
                "The database's folder {folder} belongs to {owner}.",
                {"folder": str(folder), "owner": account_name(owner)},
            ),
            ELSEWHERE,
        )


def _start(place: _Place, port: int | None, named: Path | None, options: Mapping[str, str]) -> Server:
    """Start a server that does not run; the lock is held."""
    ours = Account(os.geteuid(), os.getegid(), account_name(os.geteuid()))
    account = server_account(place.data)
    if account.borrowed:
        place.folder.chmod(0o711)
    refuse_unreachable(account, place.folder)
    major = _major(place.data)
    tools = programs.choose(named, major, account, ours, place.folder / "programs")
    place.log.parent.mkdir(mode=0o700, exist_ok=True)
    account.give(place.log.parent)
    if major is None:
        _initialise(place, account, tools, durable=options.get("fsync") != "off")
    _password(place)  # before the start: without it nobody could ask the server anything
    postmaster.remove_stale(place.data)
    _launch(place, account, tools, port, options)
    running = _running(place)
    if running is None:
        raise failed(_said(place.log, 0), place.folder, place.log)
    return running


def _launch(
    place: _Place, account: Account, tools: programs.Binaries, port: int | None, options: Mapping[str, str]
) -> None:
    """Run `pg_ctl start` until it succeeds or there is no hope."""
    remembered = _remembered(place.port)
    deadline = time.monotonic() + PATIENCE
    while True:
        chosen = port or remembered or _free_port()
        _write(place.port, str(chosen))
        settings = {**ALWAYS, **options, "port": str(chosen)}
        words = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        mark = place.log.stat().st_size if place.log.exists() else 0
        command: list[str | Path] = [tools.program("pg_ctl"), "start", "-D", place.data, "-l", place.log]
        command += ["-w", "-t", str(int(PATIENCE)), "-o", shlex.join(words)]
        code, output = account.run(command)
        if code == 0:
            return
        said = _said(place.log, mark)
        if "Address already in use" in said:
            if port or time.monotonic() > deadline:
                raise port_taken(chosen)
            remembered = None
        elif "pre-existing shared memory" in said and time.monotonic() < deadline:
            time.sleep(0.2)  # the last processes of a killed server are still leaving
        else:
            raise failed(said or output, place.folder, place.log)


def _initialise(place: _Place, account: Account, tools: programs.Binaries, durable: bool) -> None:
    """Make the server's files beside their place and move them there when whole: a cut leaves no half."""
    for leftover in place.folder.glob("unfinished-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    work = place.folder / f"unfinished-{secrets.token_hex(4)}"
    work.mkdir(mode=0o700)
    try:
        if not place.password.exists():
            _write(place.password, secrets.token_urlsafe(32))
        spoken = work / "password"
        _write(spoken, _password(place))
        account.give(spoken)
        account.give(work)
        details = ["--encoding=UTF8", "--locale=C.UTF-8", "--text-search-config=simple"]
        if tools.major >= 17:
            details += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            details += ["--sync-method=syncfs"] if sys.platform == "linux" else []
        command: list[str | Path] = [
            tools.program("initdb"),
            "-D",
            work / "data",
            "--auth=scram-sha-256",
            "--data-checksums",
        ]
        command += [f"--username={SUPERUSER}", f"--pwfile={spoken}", *details]
        code, output = account.run([*command, *([] if durable else ["--no-sync"])])
        if code:
            raise failed(output, place.folder, place.log)
        (work / "data").rename(place.data)
        _flush(place.folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _ours(place: _Place, pid: int) -> bool:
    """Whether a process serves this folder; asks it only where its command line leaves a doubt."""
    life = postmaster.life(pid, place.data)
    return life is Life.OURS or (life is Life.UNSURE and _running(place) is not None)


def _running(place: _Place) -> Server | None:
    """The server that runs on this folder and answers; waits for one that is starting or stopping."""
    started = time.monotonic()
    while True:
        found = postmaster.read(place.data)
        alive = postmaster.life(found.pid, place.data) if found else Life.GONE
        if found is None or alive is Life.GONE:
            return None
        server = Server(place.folder, found.port or 0, found.pid, _password(place))
        waited = time.monotonic() - started
        if found.port and _answers(server, place):
            return server
        if alive is Life.UNSURE and waited > 2:
            return None  # surely not ours, or PostgreSQL itself will say that it is in use
        if waited > PATIENCE:
            raise DatabaseError(
                Sentence("The database runs as process {pid} but does not answer.", {"pid": str(found.pid)}),
                Sentence(
                    "Read its log in {log}, end that process, and start again.", {"log": str(place.log)}
                ),
            )
        time.sleep(0.05)


def _answers(server: Server, place: _Place) -> bool:
    """Whether the server lets us in and works on this very folder."""
    try:
        with psycopg.connect(server.url(), connect_timeout=10, autocommit=True) as connection:
            row = connection.execute("SELECT current_setting('data_directory')").fetchone()
    except psycopg.OperationalError as error:
        if "password authentication failed" not in str(error):
            return False
        raise DatabaseError(
            Sentence("The database refuses the password in {file}.", {"file": str(place.password)}),
            Sentence("Restore that file from your backup."),
        ) from error
    return row is not None and Path(row[0]).exists() and Path(row[0]).samefile(place.data)


def _major(data: Path) -> int | None:
    """The PostgreSQL version that wrote the data; None where there is no data."""
    if not data.exists():
        return None
    try:
        return int((data / "PG_VERSION").read_text(encoding="ascii").strip())
    except (FileNotFoundError, ValueError) as error:
        raise DatabaseError(
            Sentence("The folder {folder} holds no PostgreSQL data.", {"folder": str(data)}),
            Sentence("Move it away, or restore it from your backup."),
        ) from error


def _password(place: _Place) -> str:
    try:
        return place.password.read_text(encoding="ascii").strip()
    except FileNotFoundError as error:
        raise DatabaseError(
            Sentence("The database's password is missing: {file}.", {"file": str(place.password)}),
            Sentence("Restore that file from your backup."),
        ) from error


def _remembered(file: Path) -> int | None:
    try:
        return int(file.read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _said(log: Path, mark: int) -> str:
    """What the log gained since a mark."""
    if not log.exists():
        return ""
    with log.open("rb") as stream:
        stream.seek(mark)
        return stream.read().decode("utf-8", "replace")


def _write(file: Path, text: str) -> None:
    """Write a small file whole or not at all, readable by us alone."""
    unfinished = file.with_name(f"{file.name}.new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(file)


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
