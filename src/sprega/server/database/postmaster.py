# SPDX-License-Identifier: EUPL-1.2
"""Whether a server really runs on a data folder: its pid file may be left over, and its number given away."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from pathlib import Path


class Life(Enum):
    """What can be said of the process that a pid file names."""

    OURS = "a server of this folder"
    GONE = "no such process, or surely another program"
    UNSURE = "a server, perhaps of another folder"


@dataclass(frozen=True)
class PidFile:
    """What `postmaster.pid` says; the port is absent in the first moments of a start."""

    pid: int
    port: int | None


def read(data: Path) -> PidFile | None:
    """Read the pid file; None where there is none or it is cut short."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
        return PidFile(abs(int(lines[0])), int(lines[3]) if len(lines) > 3 and int(lines[3]) else None)
    except (OSError, ValueError, IndexError):
        return None


def life(pid: int, data: Path) -> Life:
    """Judge a process by its command line, which unlike its folder every account may read."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return Life.GONE
    except PermissionError:
        return Life.GONE  # somebody else's; ours runs under our own account, or we are root
    if not Path("/proc/self/cmdline").exists():
        return Life.UNSURE
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return Life.GONE
    if Path(os.fsdecode(words[0])).name not in ("postgres", "postmaster"):
        return Life.GONE  # also a dead process that nobody has taken note of: its line is empty
    named = [Path(os.fsdecode(after)) for word, after in pairwise(words) if word == b"-D"]
    if not named or not named[0].is_absolute() or not named[0].exists():
        return Life.UNSURE
    return Life.OURS if named[0].samefile(data) else Life.GONE


def remove_stale(data: Path) -> None:
    """Remove a pid file whose process surely is no server of this folder.

    PostgreSQL does so itself for a number that is free; after a restart of the machine the number may
    belong to another program of the same account, and then PostgreSQL would refuse to start.
    """
    found = read(data)
    if found and life(found.pid, data) is Life.GONE:
        (data / "postmaster.pid").unlink(missing_ok=True)
