# SPDX-License-Identifier: EUPL-1.2
"""Why a command cannot go on, said to the person who typed it."""

from __future__ import annotations

import errno
from pathlib import Path

from sprega.engines.model import Sentence

DONE, WRONG, REFUSED, INFEASIBLE, INTERRUPTED = 0, 1, 2, 3, 130
"""Exit codes: done; `check` found something wrong; input that cannot be used; no award exists; Ctrl-C."""


class Refusal(Exception):
    """Something in the way of a command, and what would help; ends it with exit code 2."""

    def __init__(self, problem: Sentence, mend: Sentence) -> None:
        super().__init__(f"{problem} {mend}")
        self.problem = problem
        self.mend = mend


REASONS = {
    errno.ENOENT: Sentence("it does not exist"),
    errno.EACCES: Sentence("no permission"),
    errno.EPERM: Sentence("no permission"),
    errno.EROFS: Sentence("the disk is read-only"),
    errno.ENOSPC: Sentence("the disk is full"),
    errno.EDQUOT: Sentence("the disk is full"),
    errno.ENOTDIR: Sentence("a part of its path is a file"),
    errno.EISDIR: Sentence("it is a folder"),
    errno.EEXIST: Sentence("a file of this name exists"),
    errno.ENAMETOOLONG: Sentence("the name is too long"),
}


def reason(error: OSError) -> Sentence | str:
    """Why the system refused, in the reader's language where it is a usual reason."""
    return REASONS.get(error.errno or 0, error.strerror or str(error))


def unwritable_file(path: Path, error: OSError) -> Refusal:
    """The system refused to write a file that the person named."""
    return Refusal(
        Sentence("{file} cannot be written ({reason}).", {"file": str(path), "reason": reason(error)}),
        Sentence("Name a folder in which you may write."),
    )
