# SPDX-License-Identifier: EUPL-1.2
"""Why the database cannot be had, and what would help."""

from __future__ import annotations

from pathlib import Path

from sprega.cli.refusal import reason
from sprega.engines.model import Sentence


class DatabaseError(Exception):
    """Something in the way of the database, and what would help."""

    def __init__(self, problem: Sentence, mend: Sentence) -> None:
        super().__init__(f"{problem} {mend}")
        self.problem = problem
        self.mend = mend


ELSEWHERE = Sentence("Name a folder of your own with the environment variable SPREGA_HOME.")


def unwritable(folder: Path, error: OSError) -> DatabaseError:
    """The system refused to write into the folder."""
    return DatabaseError(
        Sentence(
            "The database's folder {folder} cannot be written: {reason}.",
            {"folder": str(folder), "reason": reason(error)},
        ),
        Sentence("Make room or give yourself the right, or name another folder with SPREGA_HOME."),
    )


def disk_full(folder: Path) -> DatabaseError:
    """No room for the database."""
    return DatabaseError(
        Sentence("The disk is full: the database has no room in {folder}.", {"folder": str(folder)}),
        Sentence("Make room on that disk, then start again. What was stored is kept."),
    )


def port_taken(port: int) -> DatabaseError:
    """Another program listens where the database should."""
    return DatabaseError(
        Sentence("Port {port} is taken by another program.", {"port": str(port)}),
        Sentence("End that program, or start the database on another port."),
    )


def failed(output: str, folder: Path, log: Path) -> DatabaseError:
    """What PostgreSQL said when it could not start or could not make its files."""
    if "No space left on device" in output or "Disk quota exceeded" in output:
        return disk_full(folder)
    last = [line for line in output.splitlines() if "FATAL" in line or "error:" in line or "PANIC" in line]
    said = (last or output.strip().splitlines() or ["-"])[-1].strip()
    return DatabaseError(
        Sentence("PostgreSQL did not start. It said: {said}", {"said": said}),
        Sentence("Read its log in {log}, mend the cause, and start again.", {"log": str(log)}),
    )
