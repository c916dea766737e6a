# SPDX-License-Identifier: EUPL-1.2
"""A result folder appears whole or not at all, for its owner only, and replaces only an earlier result."""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sprega.cli.refusal import Refusal, reason
from sprega.engines.model import Sentence

RESULT = "result.json"
PAGES = "members"
FILES = {RESULT, "award.xlsx", "report.pdf", "release.json", PAGES}
BESIDE_AN_OPEN_FILE = (".~lock.", "~$")
OF_THE_SYSTEM = {".DS_Store", "Thumbs.db", "desktop.ini"}
"""What spreadsheet programs and file managers leave in a folder by themselves."""

SCHEMA = "sprega.result/"
"""How the schema of every version of our result begins."""

FOLDER_RIGHTS, FILE_RIGHTS = 0o700, 0o600
"""Whatever the system's usual rights are."""

_SWAP = 2  # RENAME_EXCHANGE
_HERE = -100  # AT_FDCWD


@contextmanager
def whole_result(folder: Path) -> Iterator[Path]:
    """Give a folder to write into beside `folder`; at the end it takes the place of `folder`.

    Whatever ends the work before that leaves `folder` as it was. Nobody but the owner may look into it, since
    it holds the figures of all members: whoever is to see a file is given that file.
    """
    target = folder.resolve()
    require_free(target)
    _clear_leftovers(target)
    try:
        made = _make_parents(target.parent)
    except OSError as error:
        raise _unwritable(folder, error) from error
    # named before it is made, so that a signal between the two finds it in the `finally` below
    new = target.parent / f".{target.name}.new-{secrets.token_hex(4)}"
    lock: int | None = None
    try:
        new.mkdir(mode=FOLDER_RIGHTS)
        lock = os.open(new, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)  # whoever tidies up can tell that this one is at work
        yield new
        _keep_private(new)
        _put(new, target)
        made = []
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        if lock is not None:
            os.close(lock)
        if new.exists():
            shutil.rmtree(new, ignore_errors=True)
        for parent in made:
            with suppress(OSError):
                parent.rmdir()


def require_free(folder: Path) -> None:
    """Refuse a folder that holds anything but an earlier result."""
    try:
        if not folder.exists():
            return
        if not folder.is_dir():
            raise Refusal(
                Sentence("{folder} is a file, not a folder.", {"folder": str(folder)}),
                Sentence("Name a new folder with --out."),
            )
        held = [path.relative_to(folder) for path in folder.rglob("*")]
        if held and not (_is_result(folder) and all(map(_is_ours, held))):
            raise Refusal(
                Sentence("The folder {folder} holds other files.", {"folder": str(folder)}),
                Sentence("Name a new folder, or one of an earlier result, with --out; nothing was changed."),
            )
    except OSError as error:
        raise _unwritable(folder, error) from error


def _is_result(folder: Path) -> bool:
    """Whether the folder holds a result of ours, told by its result.json."""
    try:
        content = json.loads((folder / RESULT).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(content, dict) and str(content.get("schema")).startswith(SCHEMA)


def _is_ours(inside: Path) -> bool:
    """Whether a path inside a result is one of its own files, and not somebody's who put it there."""
    if inside.name.startswith(BESIDE_AN_OPEN_FILE) or inside.name in OF_THE_SYSTEM:
        return True
    if inside.parent == Path(PAGES):
        return inside.suffix == ".pdf"
    return str(inside) in FILES


def _put(new: Path, target: Path) -> None:
    """Swap the folders in one step where the system can, else by two renames."""
    if not target.exists():
        new.rename(target)
    elif _exchange(new, target):
        shutil.rmtree(new)
    else:
        old = target.with_name(f".{target.name}.old")
        target.rename(old)
        new.rename(target)
        shutil.rmtree(old)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places at once (Linux); False where that cannot be done."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:
        return False
    return rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _SWAP) == 0


def _clear_leftovers(target: Path) -> None:
    """Tidy up after a run that was killed: bring an old result back, drop half-written ones."""
    old = target.with_name(f".{target.name}.old")
    with suppress(OSError):
        if old.is_dir():
            if target.exists():
                shutil.rmtree(old)
            else:
                old.rename(target)
    for new in target.parent.glob(f".{_literal(target.name)}.new-*"):
        with suppress(OSError):
            lock = os.open(new, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(new)
            finally:
                os.close(lock)


def _literal(name: str) -> str:
    return "".join(f"[{character}]" if character in "*?[" else character for character in name)


def _make_parents(folder: Path) -> list[Path]:
    """Make a folder and what leads to it; return those made, the innermost first."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for parent in reversed(missing):
        parent.mkdir()
    return missing


def _keep_private(folder: Path) -> None:
    """Take every right from all but the owner, before anything stands under its own name."""
    folder.chmod(FOLDER_RIGHTS)
    for path in folder.rglob("*"):
        path.chmod(FOLDER_RIGHTS if path.is_dir() else FILE_RIGHTS)


def _unwritable(folder: Path, error: OSError) -> Refusal:
    return Refusal(
        Sentence(
            "The folder {folder} cannot be written ({reason}).",
            {"folder": str(folder), "reason": reason(error)},
        ),
        Sentence("Name a folder in which you may write; nothing was changed."),
    )


def file_names(codes: list[str]) -> list[str]:
    """Names for files, one for each code: safe on every system, and no two alike."""
    taken: set[str] = set()
    names = []
    for code in codes:
        kept = "".join(c if c.isalnum() or c in "-_" else "_" for c in code.strip())[:LONGEST_NAME]
        plain = kept if kept.strip("_") and kept.upper() not in RESERVED else f"member_{kept}".rstrip("_")
        name, count = plain, 1
        while name.casefold() in taken:
            count += 1
            name = f"{plain}-{count}"
        taken.add(name.casefold())
        names.append(name)
    return names


LONGEST_NAME = 60
RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(10))}
"""Names that Windows keeps for itself."""
