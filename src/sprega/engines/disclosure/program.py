# SPDX-License-Identifier: EUPL-1.2
"""The attacker's linear program, kept warm in HiGHS: only objective and bounds change."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sprega.engines.disclosure.model import Vector
from sprega.engines.highs import WARM_SIMPLEX, silent_highs
from sprega.engines.model import EngineError, Sentence

TOLERANCE = 1e-9  # of feasibility; the largest amount is 1


class Program:
    """Maximise a sum of atoms subject to what was shown.

    Parameters
    ----------
    matrix : ndarray (rows, atoms)
        Statements over atoms.
    low, high : ndarray (rows,)
        Ends of the statements.
    upper : ndarray (atoms,)
        Largest values of the atoms; the smallest are 0.
    """

    def __init__(self, matrix: Vector, low: Vector, high: Vector, upper: Vector) -> None:
        import highspy

        self._api = highspy
        closely = dict.fromkeys(("primal_feasibility_tolerance", "dual_feasibility_tolerance"), TOLERANCE)
        self._highs = silent_highs({**WARM_SIMPLEX, **closely})
        rows, columns = matrix.shape
        self._all: NDArray[np.int32] = np.arange(columns, dtype=np.int32)
        self._low, self._high = low, high
        none = np.empty(0, dtype=np.int32)
        self._check(
            self._highs.addCols(
                columns, np.zeros(columns), np.zeros(columns), upper, 0, none, none, np.empty(0)
            )
        )
        row, column = np.nonzero(matrix)
        starts = np.searchsorted(row, np.arange(rows)).astype(np.int32)
        self._check(
            self._highs.addRows(
                rows,
                self._ends(low),
                self._ends(high),
                row.size,
                starts,
                column.astype(np.int32),
                matrix[row, column],
            )
        )

    def maximise(self, cost: Vector, lower: Vector, upper: Vector) -> Vector:
        """Return the atoms of the attacker's extreme world, (atoms,)."""
        highs = self._highs
        self._check(highs.changeColsCost(self._all.size, self._all, -cost))
        self._check(highs.changeColsBounds(self._all.size, self._all, lower, upper))
        for attempt in range(2):
            if attempt:
                self._check(highs.clearSolver())
            if highs.run() != self._api.HighsStatus.kOk:
                continue
            if highs.getModelStatus() == self._api.HighsModelStatus.kOptimal:
                return np.array(highs.getSolution().col_value)
        status = highs.modelStatusToString(highs.getModelStatus())
        raise EngineError(Sentence("HiGHS ended the attacker's program with: {status}.", {"status": status}))

    def forget(self, row: int) -> None:
        """Take a statement back."""
        infinity = self._api.kHighsInf
        self._check(self._highs.changeRowBounds(row, -infinity, infinity))

    def remember(self, row: int) -> None:
        """Undo `forget`."""
        self._check(
            self._highs.changeRowBounds(
                row, *self._ends(np.array([self._low[row], self._high[row]])).tolist()
            )
        )

    def _ends(self, ends: Vector) -> Vector:
        return np.clip(ends, -self._api.kHighsInf, self._api.kHighsInf)

    def _check(self, status: Any) -> None:
        if status != self._api.HighsStatus.kOk:
            raise EngineError(
                Sentence("HiGHS refused a change of the attacker's program: {status}.", {"status": status})
            )
