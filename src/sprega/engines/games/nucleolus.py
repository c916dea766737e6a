# SPDX-License-Identifier: EUPL-1.2
"""The nucleolus: the division that the most dissatisfied coalition, then the next, can least complain of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sprega.engines.games.excess import excess_blocks
from sprega.engines.games.level_program import LevelProgram, LevelSolution
from sprega.engines.games.model import Level, Nucleolus, Vector, as_game, members
from sprega.engines.games.separation import broken_levels, largest_excess
from sprega.engines.games.span import Span, SpanTest
from sprega.engines.model import EngineError, Sentence

SURPLUS = 1e-10  # of the largest value: a surplus or deficit up to it is rounding
ADDITIVE = 1e-12  # of the largest value: a game that is nowhere further from a sum is a sum
VIOLATED = 2e-10  # of the game's scale: a coalition further above its level breaks it
PRECISION = 4e-16  # of the largest value and player: what adding up x(S) may cost


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
    >>> nucleolus([0, 0, 0, 60, 0, 60, 0, 72]).x.round(9)  # player 0 is needed, either of the others will do
    array([60.,  6.,  6.])
    """
    game, n = as_game(v)
    alone = game[1 << np.arange(n)]
    surplus = game[-1] - alone.sum()
    size = max(abs(float(game[-1])), float(np.abs(alone).sum()))
    if bounded and surplus < -SURPLUS * size:
        raise EngineError(
            Sentence(
                "The players alone have {alone}, together only {together}: no division gives everybody what "
                "they have alone. Use bounded=False.",
                {"alone": alone.sum(), "together": game[-1]},
            )
        )
    scale, largest = _spread(game, alone)
    if scale <= ADDITIVE * largest or n == 1 or (bounded and abs(surplus) <= SURPLUS * size):
        x = alone + surplus / n
        return Nucleolus(x, None if n == 1 else largest_excess(game, x), (), 1)
    return _Search(game, alone, scale, largest, bounded=bounded).run()


def least_core_of(game: Vector, n: int) -> float:
    """Return the smallest t for which some efficient x has v(S) - x(S) <= t for all proper S."""
    alone = game[1 << np.arange(n)]
    scale, largest = _spread(game, alone)
    if scale <= ADDITIVE * largest:
        return largest_excess(game, alone + (game[-1] - alone.sum()) / n)
    return _Search(game, alone, scale, largest, bounded=False).first_level()


def _spread(game: Vector, alone: Vector) -> tuple[float, float]:
    """Return max |v(S) - sum of v({i})| and max |v(S)|."""
    scale = 0.0
    for _, excess in excess_blocks(game, alone):
        scale = max(scale, float(excess.max()), -float(excess.min()))
    return scale, max(float(game.max()), -float(game.min()))


@dataclass(frozen=True, eq=False)
class _Step:
    """A level as solved over the coalitions at hand."""

    solution: LevelSolution
    before: SpanTest  # what was settled before it, and is no longer bound by its excess
    after: Span


class _Search:
    """Levels over a growing set of coalitions, in the zero-normalised game of order 1."""

    def __init__(self, game: Vector, alone: Vector, scale: float, largest: float, *, bounded: bool) -> None:
        self.game, self.alone, self.scale = game, alone, scale
        self.n = alone.size
        self.tolerance = VIOLATED * scale + PRECISION * self.n * largest
        self.grand = (1 << self.n) - 1
        self.passes = 1
        self.steps: list[_Step] = []
        self.program = LevelProgram(self.n, float(self.worth([self.grand])[0]), bounded=bounded)
        singles = [1 << player for player in range(self.n)]
        # A single and its complement in the program bound the excess from below, at every level.
        start = sorted({*singles, *(self.grand - single for single in singles)})
        self.program.add(start, self.worth(start))

    def worth(self, masks: list[int]) -> Vector:
        """Return the coalitions' values in the normalised game."""
        worth: Vector = (self.game[masks] - members(masks, self.n) @ self.alone) / self.scale
        return worth

    def division(self, solution: LevelSolution) -> Vector:
        """Return the solution in the unit of the game, efficient to the last digit."""
        x = self.alone + self.scale * solution.x
        x += (self.game[-1] - x.sum()) / self.n
        return x

    def first_level(self) -> float:
        """Return the least core's excess, in the unit of the game."""
        while True:
            step = self.solve_level()
            self.steps = [step]
            if not self.cut():
                return step.solution.excess * self.scale

    def run(self) -> Nucleolus:
        """Settle level after level until nothing is left open and no coalition breaks its level."""
        while True:
            step = self.solve_level()
            self.steps.append(step)
            done = step.after.rank == self.n
            # A pass over all coalitions is dear: only where it bounds what follows, and to prove the end.
            if (len(self.steps) == 1 or done) and self.cut():
                continue
            if done:
                return self.result()
            inside = step.after.test.contains(self.program.masks)
            self.program.close(len(self.steps) - 1, step.solution, inside)

    def solve_level(self) -> _Step:
        """Solve the next level over the coalitions at hand; it settles at least one more dimension."""
        before = self.steps[-1].after if self.steps else Span(self.n, {}).extended([self.grand])
        solution = self.program.solve()
        tight = self.program.masks[solution.tight_rows].tolist()
        after = before.extended([*tight, *(1 << player for player in solution.tight_players)])
        if after.rank == before.rank:
            raise EngineError(Sentence("The nucleolus stalled at level {level}.", {"level": len(self.steps)}))
        return _Step(solution, before.test, after)

    def cut(self) -> bool:
        """Add the coalitions that break their level, and go back to the earliest level broken."""
        self.passes += 1
        masks, levels, amounts = broken_levels(
            self.game,
            self.division(self.steps[-1].solution),
            [step.solution.excess * self.scale for step in self.steps],
            [step.before for step in self.steps],
            self.tolerance,
        )
        if not masks.size:
            return False
        held = set(self.program.masks.tolist())
        new = np.array([mask not in held for mask in masks.tolist()])
        if not new.any():
            # What the program holds is right to its own tolerance; only more than that is a failure.
            if amounts.max() > 100 * self.tolerance:
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
        """Return the point and its certificate in the unit of the game."""
        levels = tuple(
            Level(
                step.solution.excess * self.scale,
                tuple(self.program.masks[step.solution.tight_rows].tolist()),
                step.solution.tight_players,
            )
            for step in self.steps
        )
        return Nucleolus(self.division(self.steps[-1].solution), levels[0].excess, levels, self.passes)
