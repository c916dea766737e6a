# SPDX-License-Identifier: EUPL-1.2
"""A mixed-integer program grown column by column and row by row, and solved by HiGHS."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from sprega.engines.award.model import Floats
from sprega.engines.highs import set_options, silent_highs
from sprega.engines.model import EngineError, Sentence

GAP = 1e-9
"""Relative gap to which every award and every c(S) is solved."""

TOLERANCES = ("primal_feasibility_tolerance", "dual_feasibility_tolerance", "mip_feasibility_tolerance")
EXACT, SECOND_OPINION = 1e-9, 1e-7

CUT_ROUNDS = 12
VIOLATED = 1e-6


@dataclass(frozen=True)
class Solution:
    """What HiGHS found: `x` is None where no point is known; `bound` holds for every point."""

    x: Floats | None
    objective: float
    bound: float
    infeasible: bool
    proven: bool


@dataclass
class Milp:
    """Minimise a linear objective; `pool` rows are valid but only added while they cut something off."""

    cost: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    integer: list[bool] = field(default_factory=list)
    rows: list[tuple[list[int], list[float], float, float]] = field(default_factory=list)
    pool: list[tuple[list[int], list[float], float, float]] = field(default_factory=list)

    def column(
        self, cost: float = 0.0, lower: float = 0.0, upper: float = np.inf, *, integer: bool = False
    ) -> int:
        """Add a variable and return its number."""
        self.cost.append(cost)
        self.lower.append(lower)
        self.upper.append(upper)
        self.integer.append(integer)
        return len(self.cost) - 1

    def binary(self, cost: float = 0.0) -> int:
        """Add a yes/no variable and return its number."""
        return self.column(cost, 0.0, 1.0, integer=True)

    def row(
        self,
        terms: Iterable[tuple[int, float]],
        lower: float = -np.inf,
        upper: float = np.inf,
        *,
        lazy: bool = False,
    ) -> None:
        """Add `lower <= sum(coefficient * variable) <= upper`; a column may occur more than once."""
        gathered: dict[int, float] = {}
        for column, coefficient in terms:
            gathered[column] = gathered.get(column, 0.0) + coefficient
        (self.pool if lazy else self.rows).append((list(gathered), list(gathered.values()), lower, upper))

    def solve(
        self,
        *,
        deadline: float | None = None,
        gap: float = GAP,
        absolute_gap: float = 0.0,
        start: Floats | None = None,
        cutoff: float | None = None,
        nodes: int | None = None,
        heuristics: bool = True,
        threads: int = 1,
    ) -> Solution:
        """Solve to a relative or an absolute gap, or until `deadline` (on `time.monotonic`) or so many nodes.

        Without `heuristics` no time goes into looking for points: right where a point near the best is known.

        Raises
        ------
        EngineError
            When HiGHS ends in any other way than optimal, infeasible or out of time.
        """
        highs = self._load(threads)
        if self.pool and any(self.integer):
            self._cut(highs, deadline)
        options: dict[str, object] = {"mip_rel_gap": gap, "mip_abs_gap": absolute_gap}
        if cutoff is not None:
            options["objective_bound"] = cutoff
        if not heuristics:
            options |= {f"mip_heuristic_run_{name}": False for name in ("rins", "rens", "root_reduced_cost")}
            options["mip_heuristic_effort"] = 0.0
        if nodes is not None:
            options["mip_max_nodes"] = nodes
        set_options(highs, options)
        if start is not None:
            self._start(highs, start)
        solution = self._run(highs, deadline)
        if not solution.infeasible:
            return solution
        # At so small a tolerance presolve has called programs infeasible that have a point: believe it only
        # when a wider tolerance agrees, else solve without presolve.
        set_options(highs, dict.fromkeys(TOLERANCES, SECOND_OPINION))
        highs.clearSolver()
        second = self._run(highs, deadline)
        if second.infeasible or (deadline is not None and time.monotonic() > deadline):
            return replace(second, x=None, objective=np.inf)
        set_options(highs, {**dict.fromkeys(TOLERANCES, EXACT), "presolve": "off"})
        highs.clearSolver()
        return self._run(highs, deadline)

    def _load(self, threads: int):  # type: ignore[no-untyped-def]
        import highspy

        highs = silent_highs({"threads": threads, "random_seed": 0, **dict.fromkeys(TOLERANCES, EXACT)})
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.cost), len(self.rows)
        lp.col_cost_ = np.array(self.cost)
        lp.col_lower_, lp.col_upper_ = np.array(self.lower), np.array(self.upper)
        lp.row_lower_ = np.array([row[2] for row in self.rows], dtype=float)
        lp.row_upper_ = np.array([row[3] for row in self.rows], dtype=float)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lengths = np.array([0] + [len(row[0]) for row in self.rows])
        lp.a_matrix_.start_ = np.cumsum(lengths).astype(np.int32)
        lp.a_matrix_.index_ = np.array([c for row in self.rows for c in row[0]], dtype=np.int32)
        lp.a_matrix_.value_ = np.array([v for row in self.rows for v in row[1]], dtype=float)
        if any(self.integer):
            kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
            lp.integrality_ = [kinds[flag] for flag in self.integer]
        _require(highs.passModel(lp), "passModel")
        return highs

    def _cut(self, highs, deadline: float | None) -> None:  # type: ignore[no-untyped-def]
        """Add pool rows that the relaxation violates, round by round, then hand over to branch and bound."""
        import highspy
        from scipy.sparse import csr_matrix

        lengths = np.cumsum([0] + [len(row[0]) for row in self.pool])
        index = np.array([c for row in self.pool for c in row[0]], dtype=np.int32)
        value = np.array([v for row in self.pool for v in row[1]], dtype=float)
        matrix = csr_matrix((value, index, lengths), shape=(len(self.pool), len(self.cost)))
        low = np.array([row[2] for row in self.pool])
        high = np.array([row[3] for row in self.pool])
        waiting = np.ones(len(self.pool), dtype=bool)
        continuous = highspy.HighsVarType.kContinuous
        whole = np.flatnonzero(self.integer).astype(np.int32)
        highs.changeColsIntegrality(len(whole), whole, np.full(len(whole), int(continuous), dtype=np.uint8))
        for _ in range(CUT_ROUNDS):
            if deadline is not None and time.monotonic() > deadline:
                break
            _require(highs.run(), "run")
            if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                break
            activity = matrix @ np.array(highs.getSolution().col_value)
            cut = np.flatnonzero(waiting & ((activity < low - VIOLATED) | (activity > high + VIOLATED)))
            if not len(cut):
                break
            part = matrix[cut]
            _require(
                highs.addRows(
                    len(cut),
                    low[cut],
                    high[cut],
                    part.nnz,
                    part.indptr.astype(np.int32),
                    part.indices,
                    part.data,
                ),
                "addRows",
            )
            waiting[cut] = False
        highs.changeColsIntegrality(
            len(whole), whole, np.full(len(whole), int(highspy.HighsVarType.kInteger), dtype=np.uint8)
        )

    def _start(self, highs, start: Floats) -> None:  # type: ignore[no-untyped-def]
        import highspy

        point = highspy.HighsSolution()
        point.col_value = list(start)
        highs.setSolution(point)

    def _run(self, highs, deadline: float | None) -> Solution:  # type: ignore[no-untyped-def]
        import highspy

        if deadline is not None:
            left = max(0.01, deadline - time.monotonic())
            set_options(highs, {"time_limit": left + highs.getRunTime()})
        _require(highs.run(), "run")
        status = highs.getModelStatus()
        known = highspy.HighsModelStatus
        impossible = status == known.kModelEmpty and any(low > 0 or high < 0 for *_, low, high in self.rows)
        if impossible or status in (known.kInfeasible, known.kUnboundedOrInfeasible):
            return Solution(None, np.inf, np.inf, infeasible=True, proven=True)
        if status not in (
            known.kOptimal,
            known.kTimeLimit,
            known.kObjectiveBound,
            known.kInterrupt,
            known.kSolutionLimit,
        ):
            raise EngineError(
                Sentence(
                    "The solver ended with “{status}”. Look for figures of very different size.",
                    {"status": highs.modelStatusToString(status)},
                )
            )
        info = highs.getInfo()
        has_point = info.primal_solution_status == int(highspy.SolutionStatus.kSolutionStatusFeasible)
        mip = any(self.integer)
        objective = info.objective_function_value if has_point else np.inf
        optimal = status == known.kOptimal
        bound = info.mip_dual_bound if mip else (objective if optimal else -np.inf)
        return Solution(
            np.array(highs.getSolution().col_value) if has_point else None,
            float(objective),
            float(min(bound, objective)),
            infeasible=False,
            proven=optimal,
        )


def _require(status, call: str) -> None:  # type: ignore[no-untyped-def]
    import highspy

    if status == highspy.HighsStatus.kError:
        raise EngineError(Sentence("The solver refused the call {call}.", {"call": call}))
