# SPDX-License-Identifier: EUPL-1.2
"""Whose account the server runs under: PostgreSQL refuses root, so root lends it one without rights."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sprega.engines.model import Sentence
from sprega.server.database.faults import DatabaseError

CANDIDATES = ("sprega", "postgres")
CLEAN = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8"}
"""The environment of the server: none of the caller's PG* variables, messages in English."""


@dataclass(frozen=True)
class Account:
    """An account of this machine."""

    uid: int
    gid: int
    name: str

    @property
    def borrowed(self) -> bool:
        """Whether it is another account than our own."""
        return self.uid != os.geteuid()

    def run(self, command: Sequence[str | Path], timeout: float | None = None) -> tuple[int, str]:
        """Run a program under this account: its exit code and all it said."""
        switch: dict[str, Any] = (
            {"user": self.uid, "group": self.gid, "extra_groups": []} if self.borrowed else {}
        )
        try:
            done = subprocess.run(  # noqa: S603 - our own programs, no shell
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=CLEAN,
                cwd="/",
                umask=0o077,
                timeout=timeout,
                check=False,
                encoding="utf-8",
                errors="replace",
                **switch,
            )
        except OSError as error:
            return 126, str(error)
        return done.returncode, done.stdout

    def give(self, path: Path) -> None:
        """Make a file or folder that we made belong to this account."""
        if self.borrowed:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def can_enter(self, folder: Path) -> bool:
        """Whether this account may pass through a folder."""
        return self.run(["/usr/bin/test", "-x", folder])[0] == 0


def _of(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)


def account_name(uid: int) -> str:
    """The account's name, or its number where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def server_account(data: Path) -> Account:
    """Whose account runs the server on this data: our own; for root the data's owner or a system account."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), account_name(os.geteuid()))
    if data.exists():
        owner = data.stat()
        return Account(owner.st_uid, owner.st_gid, account_name(owner.st_uid))
    for name in CANDIDATES:
        try:
            return _of(pwd.getpwnam(name))
        except KeyError:
            continue
    return _made("sprega")


def _made(name: str) -> Account:
    """Make a system account without home, shell or password."""
    said = Account(0, 0, "root").run(
        ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name]
    )
    try:
        return _of(pwd.getpwnam(name))  # also when a second start made it meanwhile
    except KeyError:
        raise DatabaseError(
            Sentence(
                "PostgreSQL does not run as root, and the account {name} could not be made: {said}.",
                {"name": name, "said": said[1].strip()},
            ),
            Sentence(
                "Make it by hand (useradd --system {name}), or run as an ordinary user.",
                {"name": name},
            ),
        ) from None


def refuse_unreachable(account: Account, folder: Path) -> None:
    """Refuse a folder that the server's account cannot reach; its parents' rights are not ours to change."""
    if not account.borrowed or account.can_enter(folder):
        return
    wall = next((one for one in [*reversed(folder.parents), folder] if not account.can_enter(one)), folder)
    raise DatabaseError(
        Sentence(
            "The server runs as {account}, which cannot enter {wall}, so it cannot reach {folder}.",
            {"account": account.name, "wall": str(wall), "folder": str(folder)},
        ),
        Sentence(
            "Name another folder with SPREGA_HOME (/var/lib/sprega is usual), or let it in: chmod o+x {wall}",
            {"wall": str(wall)},
        ),
    )
