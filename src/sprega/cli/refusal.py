# SPDX-License-Identifier: EUPL-1.2
"""Why a command cannot go on, said to the person who typed it."""

from __future__ import annotations

from sprega.engines.model import Sentence

DONE, WRONG, REFUSED, INFEASIBLE, INTERRUPTED = 0, 1, 2, 3, 130
"""Exit codes: done; `check` found something wrong; input that cannot be used; no award exists; Ctrl-C."""


class Refusal(Exception):
    """Something in the way of a command, and what would help; ends it with exit code 2."""

    def __init__(self, problem: Sentence, mend: Sentence) -> None:
        super().__init__(f"{problem} {mend}")
        self.problem = problem
        self.mend = mend
