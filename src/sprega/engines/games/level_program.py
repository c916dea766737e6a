# SPDX-License-Identifier: EUPL-1.2
"""The linear program of one level of the nucleolus, kept warm in HiGHS from level to level.

    minimise t  subject to  x(S) + t >= v(S) for open S,  x(S) = v(S) - t_S for settled S,  x(N) = v(N).

A row never leaves: settling takes t out of it, dropping frees it, and both can be undone. So the basis
survives every change, and the next solution is a few pivots away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sprega.engines.games.model import Vector, members
from sprega.engines.highs import WARM_SIMPLEX, silent_highs
from sprega.engines.model import EngineError, Sentence

TOLERANCE = 1e-10  # the tightest that HiGHS takes; the game is scaled to order 1
POSITIVE = 1e-6  # a dual that counts; the largest is at least 1/(n+1), so that one always does


@dataclass(frozen=True, eq=False)
class LevelSolution:
    """An optimum: the point, its level, the rows and the players' bounds that hold it there."""

    x: Vector
    excess: float
    tight_rows: NDArray[np.int64]
    tight_players: tuple[int, ...]


class LevelProgram:
    """Rows are coalitions in the order of `masks`; the grand coalition stands before them."""

    def __init__(self, n: int, total: float, *, bounded: bool) -> None:
        import highspy

        self.n = n
        self.masks = np.empty(0, dtype=np.int64)
        self.values = np.empty(0)
        self.closed_at = np.empty(0, dtype=np.int64)  # the level that settled or dropped the row; -1 if open
        self._held: dict[int, int] = {}  # player held at the bound -> level
        self._api = highspy
        closely = dict.fromkeys(("primal_feasibility_tolerance", "dual_feasibility_tolerance"), TOLERANCE)
        self._highs = silent_highs({**WARM_SIMPLEX, **closely})
        free = np.full(n + 1, -highspy.kHighsInf)
        lower = np.append(np.zeros(n), -highspy.kHighsInf) if bounded else free
        cost = np.append(np.zeros(n), 1.0)
        none = np.empty(0, dtype=np.int32)
        self._check(self._highs.addCols(n + 1, cost, lower, -free, 0, none, none, np.empty(0)))
        players = np.arange(n, dtype=np.int32)
        self._check(self._highs.addRow(total, total, n, players, np.ones(n)))

    def add(self, masks: Sequence[int], values: Vector) -> None:
        """Open rows for further coalitions."""
        matrix = np.column_stack([members(masks, self.n), np.ones(len(masks))])
        row, column = np.nonzero(matrix)
        starts = np.searchsorted(row, np.arange(len(masks))).astype(np.int32)
        above = np.full(len(masks), self._api.kHighsInf)
        entries = np.ones(row.size)
        self._check(
            self._highs.addRows(len(masks), values, above, row.size, starts, column.astype(np.int32), entries)
        )
        self.masks = np.append(self.masks, np.asarray(masks, dtype=np.int64))
        self.values = np.append(self.values, values)
        self.closed_at = np.append(self.closed_at, np.full(len(masks), -1))

    def solve(self) -> LevelSolution:
        """Return an optimum of the level; a second, cold attempt is made before giving up."""
        highs = self._highs
        for attempt in range(2):
            if attempt:
                self._check(highs.clearSolver())
            if highs.run() != self._api.HighsStatus.kOk:
                continue
            if highs.getModelStatus() == self._api.HighsModelStatus.kOptimal:
                break
        else:
            status = highs.modelStatusToString(highs.getModelStatus())
            raise EngineError(
                Sentence("HiGHS ended a level of the nucleolus with: {status}.", {"status": status})
            )
        solution = highs.getSolution()
        columns = np.array(solution.col_value)
        duals = np.array(solution.row_dual)[1:]
        held = np.flatnonzero(np.array(solution.col_dual)[: self.n] > POSITIVE)
        return LevelSolution(
            x=columns[: self.n],
            excess=float(columns[self.n]),
            tight_rows=np.flatnonzero((duals > POSITIVE) & (self.closed_at < 0)),
            tight_players=tuple(int(player) for player in held if int(player) not in self._held),
        )

    def close(self, level: int, solution: LevelSolution, inside: NDArray[np.bool_]) -> None:
        """Settle the tight rows and players at the solution; drop other rows `inside` the span."""
        tight = set(solution.tight_rows.tolist())
        for row in np.flatnonzero(inside & (self.closed_at < 0)).tolist():
            self.closed_at[row] = level
            if row in tight:
                amount = self.values[row] - solution.excess
                self._check(self._highs.changeCoeff(row + 1, self.n, 0.0))
                self._check(self._highs.changeRowBounds(row + 1, amount, amount))
            else:
                self._check(self._highs.changeRowBounds(row + 1, -self._api.kHighsInf, self._api.kHighsInf))
        for player in solution.tight_players:
            self._held[player] = level
            self._check(self._highs.changeColBounds(player, 0.0, 0.0))

    def reopen(self, level: int) -> None:
        """Undo everything from this level on."""
        for row in np.flatnonzero(self.closed_at >= level).tolist():
            self.closed_at[row] = -1
            self._check(self._highs.changeCoeff(row + 1, self.n, 1.0))
            self._check(self._highs.changeRowBounds(row + 1, self.values[row], self._api.kHighsInf))
        for player in [player for player, at in self._held.items() if at >= level]:
            del self._held[player]
            self._check(self._highs.changeColBounds(player, 0.0, self._api.kHighsInf))

    def _check(self, status: Any) -> None:
        if status != self._api.HighsStatus.kOk:
            raise EngineError(
                Sentence("HiGHS refused a change of the nucleolus' program: {status}.", {"status": status})
            )
