# SPDX-License-Identifier: EUPL-1.2
"""Where the bytes lie: under random names in the cluster's folder, for its owner's eyes alone.

A file is written whole, and is on the disk, before any row names it; it never changes. Whoever is killed
between the two leaves bytes without a row, which `actions.sweep` removes after a day.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

PLACE = re.compile(r"[0-9a-f]{40}\Z")
REMOVING = 0x0F_11_E6
"""Key of the advisory lock between a backup, which holds it alone, and those who remove bytes."""
FULL = {errno.ENOSPC, errno.EDQUOT}


class DiskFull(Exception):
    """There is no room for the bytes; nothing of them was kept."""


@dataclass(frozen=True)
class Stored:
    """What was written: its random name, how many bytes, and their hash."""

    place: str
    size: int
    sha256: str


def put(chunks: Iterable[bytes]) -> Stored:
    """Write bytes under a new random name, whole and lasting, or not at all."""
    place = secrets.token_hex(20)
    path = path_of(place)
    fresh = path.with_name(f".{place}")
    digest, size = hashlib.sha256(), 0
    try:
        _make_folder(path.parent)
        with _new_file(fresh) as stream:
            for chunk in chunks:
                stream.write(chunk)
                digest.update(chunk)
                size += len(chunk)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.rename(path)
        _sync(path.parent)
    except OSError as error:
        if error.errno in FULL:
            raise DiskFull from error
        raise
    finally:
        fresh.unlink(missing_ok=True)
    return Stored(place, size, digest.hexdigest())


def open_place(place: str) -> BinaryIO:
    """The bytes of a place."""
    return path_of(place).open("rb")


def size_of(place: str) -> int | None:
    """How many bytes lie at a place; None where nothing lies."""
    try:
        return path_of(place).stat().st_size
    except FileNotFoundError:
        return None


def remove(place: str) -> None:
    """Remove the bytes of a place, if they are there."""
    path_of(place).unlink(missing_ok=True)


def path_of(place: str) -> Path:
    """Where the bytes of a place lie."""
    if not PLACE.match(place):
        raise ValueError("not a place of the store")
    return settings.CLUSTER.files / place[:2] / place


def places_older_than(seconds: float) -> Iterator[str]:
    """Places whose bytes were written longer ago; remains of a killed writer are removed on the way."""
    oldest = time.time() - seconds
    for path in sorted(settings.CLUSTER.files.glob("[0-9a-f][0-9a-f]/*")):
        try:
            old = path.stat().st_mtime < oldest
        except FileNotFoundError:  # another worker was faster
            continue
        if old and path.name.startswith("."):
            path.unlink(missing_ok=True)
        elif old and PLACE.match(path.name):
            yield path.name


def _make_folder(folder: Path) -> None:
    """A folder of the store and those above it, for the owner alone, so that they outlast a power cut."""
    for one in (folder.parent, folder):
        if not one.exists():
            one.mkdir(mode=0o700, exist_ok=True)
            _sync(one.parent)


def _new_file(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
