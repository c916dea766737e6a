# SPDX-License-Identifier: EUPL-1.2
"""The nucleolus: the division that the most dissatisfied coalition, then the next, can least complain of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sprega.engines.games.excess import excess_blocks
from sprega.engines.games.level_program import LevelProgram, LevelSolution
from sprega.engines.games.model import Level, Nucleolus, Vector, as_game, members
from sprega.engines.games.span import Span, SpanTest
from sprega.engines.model import EngineError, Sentence

ROUNDING = 1e-10  # of the largest value: below it a surplus is rounding
VIOLATED = 2e-10  # of the game's scale: above it a coalition breaks its level


def nucleolus(v: ArrayLike, *, bounded: bool = True) -> Nucleolus:
    """Compute the nucleolus or the prenucleolus of a savings game.

    Parameters
    ----------
    v : array_like (2**n,)
        Savings of every coalition, indexed by bit mask, v[0] = 0.
    bounded : bool, default True
        Divide among imputations, x_i >= v({i}): the nucleolus. False gives the prenucleolus. Where the
        core is not empty the two are equal.

    Returns
    -------
    Nucleolus
        The point, the largest excess, and the levels as certificate.

    Raises
    ------
    EngineError
        v is not a game; or `bounded` and the players alone have more than v(N); or HiGHS failed.

    Notes
    -----
    Schmeidler (1969); sequence of linear programs after Maschler, Peleg and Shapley (1979). A program
    holds few coalitions; all 2**n are looked through after the first level and when a point is reached,
    and those above their level are added (row generation; Hallefjord, Helming and Jornsten, 1995).
    Coalitions with a positive dual are settled, those in their span follow. A full pass without
    violation proves every level at once: each is a relaxation that its own optimum satisfies.

    Examples
    --------
    >>> nucleolus([0, 0, 0, 60, 0, 60, 0, 120]).x.round(9)
    array([80., 20., 20.])
    """
    game, n = as_game(v)
    alone = game[1 << np.arange(n)]
    surplus = game[-1] - alone.sum()
    size = max(abs(float(game[-1])), float(np.abs(alone).sum()))
    if bounded and surplus < -ROUNDING * size:
        raise EngineError(
            Sentence(
                "The players alone have {alone}, together only {together}: no division gives everybody what "
                "they have alone. Use bounded=False.",
                {"alone": alone.sum(), "together": game[-1]},
            )
        )
    scale, low, high = _spread(game, alone)
    if scale <= ROUNDING * max(high, -low) or n == 1 or (bounded and abs(surplus) <= ROUNDING * size):
        x = alone + surplus / n
        return Nucleolus(x, None if n == 1 else largest_excess(game, x), (), 1)
    return _Search(game, alone, scale, bounded=bounded).run()


def largest_excess(game: Vector, x: Vector) -> float:
    """Return the largest v(S) - x(S) over proper non-empty coalitions, of two players or more.

    Examples
    --------
    >>> largest_excess(np.array([0.0, 1.0, 2.0, 4.0]), np.array([2.0, 2.0]))
    0.0
    """
    worst = -np.inf
    last = game.size - 1
    for first, excess in excess_blocks(game, x):
        _leave_out_trivial(excess, first, last)
        worst = max(worst, float(excess.max()))
    return worst


def least_core_of(game: Vector, n: int) -> float:
    """Return the smallest t for which some efficient x has v(S) - x(S) <= t for all proper S."""
    alone = game[1 << np.arange(n)]
    scale, low, high = _spread(game, alone)
    if scale <= ROUNDING * max(high, -low):
        return largest_excess(game, alone + (game[-1] - alone.sum()) / n)
    return _Search(game, alone, scale, bounded=False).first_level()


def _leave_out_trivial(excess: Vector, first: int, last: int) -> None:
    """Take the empty and the grand coalition out of a block of the pass."""
    if first == 0:
        excess[0, 0] = -np.inf
    if (first + excess.shape[0]) * excess.shape[1] > last:
        excess[-1, -1] = -np.inf


def _spread(game: Vector, alone: Vector) -> tuple[float, float, float]:
    """Return max |v(S) - sum of v({i})|, the least and the largest v(S)."""
    scale = 0.0
    for _, excess in excess_blocks(game, alone):
        scale = max(scale, float(excess.max()), -float(excess.min()))
    return scale, float(game.min()), float(game.max())


@dataclass(frozen=True, eq=False)
class _Step:
    """A level as solved over the coalitions at hand."""

    solution: LevelSolution
    before: SpanTest  # what was settled before it, and is no longer bound by its excess
    after: Span


class _Search:
    """Levels over a growing set of coalitions, in the zero-normalised game of order 1."""

    def __init__(self, game: Vector, alone: Vector, scale: float, *, bounded: bool) -> None:
        self.game, self.alone, self.scale = game, alone, scale
        self.n = alone.size
        self.grand = (1 << self.n) - 1
        self.passes = 1
        self.steps: list[_Step] = []
        self.program = LevelProgram(self.n, float(self.worth([self.grand])[0]), bounded=bounded)
        singles = [1 << player for player in range(self.n)]
        # A single and its complement in the program bound the excess from below, at every level.
        start = sorted({*singles, *(self.grand - single for single in singles)})
        self.program.add(start, self.worth(start))

    def worth(self, masks: list[int]) -> Vector:
        worth: Vector = (self.game[masks] - members(masks, self.n) @ self.alone) / self.scale
        return worth

    def division(self, solution: LevelSolution) -> Vector:
        """Return the solution in the unit of the game, efficient to the last digit."""
        x = self.alone + self.scale * solution.x
        return x + (self.game[-1] - x.sum()) / self.n

    def first_level(self) -> float:
        while True:
            step = self.solve_level()
            self.steps = [step]
            if not self.cut():
                return step.solution.excess * self.scale

    def run(self) -> Nucleolus:
        while True:
            step = self.solve_level()
            self.steps.append(step)
            done = step.after.rank == self.n
            # A pass over all coalitions is dear: only where it bounds what follows, and to prove the end.
            if (len(self.steps) == 1 or done) and self.cut():
                continue
            if done:
                return self.result()
            inside = step.after.test().contains(self.program.masks)
            self.program.close(len(self.steps) - 1, step.solution, inside)

    def solve_level(self) -> _Step:
        before = self.steps[-1].after if self.steps else Span(self.n, {}).extended([self.grand])
        solution = self.program.solve()
        tight = self.program.masks[solution.tight_rows].tolist()
        after = before.extended([*tight, *(1 << player for player in solution.tight_players)])
        if after.rank == before.rank:
            raise EngineError(Sentence("The nucleolus stalled at level {level}.", {"level": len(self.steps)}))
        return _Step(solution, before.test(), after)

    def cut(self) -> bool:
        """Add the coalitions that break their level, and go back to the earliest level broken."""
        self.passes += 1
        masks, levels, amounts = broken_levels(
            self.game,
            self.division(self.steps[-1].solution),
            [step.solution.excess * self.scale for step in self.steps],
            [step.before for step in self.steps],
            VIOLATED * self.scale,
        )
        if not masks.size:
            return False
        new = ~np.isin(masks, self.program.masks)
        if not new.any():
            # What the program holds is right to its own tolerance; only more than that is a failure.
            if amounts.max() > 100 * VIOLATED * self.scale:
                raise EngineError(Sentence("HiGHS left a coalition of the nucleolus above its level."))
            return False
        chosen = np.argsort(-amounts[new], kind="stable")[: 4 * self.n]
        earliest = int(levels[new][chosen].min())
        self.program.reopen(earliest)
        del self.steps[earliest:]
        added = masks[new][chosen].tolist()
        self.program.add(added, self.worth(added))
        return True

    def result(self) -> Nucleolus:
        levels = tuple(
            Level(
                step.solution.excess * self.scale,
                tuple(self.program.masks[step.solution.tight_rows].tolist()),
                step.solution.tight_players,
            )
            for step in self.steps
        )
        return Nucleolus(self.division(self.steps[-1].solution), levels[0].excess, levels, self.passes)


def broken_levels(
    game: Vector, x: Vector, excesses: list[float], settled: list[SpanTest], tolerance: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], Vector]:
    """Look through all coalitions for those above the first level that is lower than their excess.

    A coalition is bound by a level unless it lies in the span settled before. Spans grow from level to
    level, so the first lower level decides: whoever has left by then has left all later ones too.

    Returns
    -------
    masks, levels, amounts : ndarray
        The worst coalition of each row that has one, the level it breaks, by how much.
    """
    ceilings = np.minimum.accumulate(excesses) + tolerance
    low = np.stack([test.low for test in settled])
    high = np.stack([test.high for test in settled])
    width = low.shape[1]
    found: list[tuple[NDArray[np.int64], NDArray[np.int64], Vector]] = []
    for first, excess in excess_blocks(game, x):
        _leave_out_trivial(excess, first, game.size - 1)
        column = excess.argmax(axis=1)
        row = np.arange(excess.shape[0])
        above = excess[row, column] > ceilings[-1]
        while above.any():
            row, column = row[above], column[above]
            peak = excess[row, column]
            level = np.searchsorted(-ceilings, -peak, side="right")
            inside = low[level, column] == high[level, row + first]
            out = ~inside
            if out.any():
                masks = (row[out] + first) * width + column[out]
                found.append((masks, level[out], peak[out] - ceilings[level[out]] + tolerance))
            # The peak of these rows has left its level; look for one below that has not.
            row = row[inside]
            for one in row:
                hot = np.flatnonzero(excess[one] > ceilings[-1])
                at = np.searchsorted(-ceilings, -excess[one, hot], side="right")
                excess[one, hot[low[at, hot] == high[at, one + first]]] = -np.inf
            column = excess[row].argmax(axis=1)
            above = excess[row, column] > ceilings[-1]
    if not found:
        none = np.empty(0, dtype=np.int64)
        return none, none, np.empty(0)
    masks, levels, amounts = (np.concatenate(part) for part in zip(*found, strict=True))
    return masks, levels, amounts
