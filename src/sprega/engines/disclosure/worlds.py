# SPDX-License-Identifier: EUPL-1.2
"""Ways out of the truth: directions in which amounts may shift without touching what was shown."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sprega.engines.disclosure.model import Vector

NOTHING = 1e-9  # an entry up to it is rounding; statements and ways have entries up to 1
DRIFT = 1e-8  # what a way may move a statement by, for rounding
USEFUL = (
    1e-4  # of a way's largest move: a smaller one is not relied on, so that rounding stays small beside it
)
LONGEST = 1e6  # of steps along a direction
MOST = 3_000  # directions; more would take longer than they save


def directions(matrix: Vector, size: Vector) -> Vector:
    """Return directions that leave all statements as they are, each moving few atoms.

    Parameters
    ----------
    matrix : ndarray (rows, atoms)
        Statements to be left as they are.
    size : ndarray (atoms,)
        How much each atom holds: large ones give way to the others first.

    Returns
    -------
    ndarray (directions, atoms)
        Two bases of the null space, with as different atoms giving way as possible.

    Notes
    -----
    Gauss-Jordan elimination; a direction moves one free atom and the pivots.

    Examples
    --------
    >>> directions(np.array([[1.0, 1.0, 0.0]]), np.array([5.0, 3.0, 1.0])).tolist()
    [[-1.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, -1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    order = np.argsort(-size, kind="stable")
    first, pivots = _null_space(matrix, order)
    late = np.isin(order, pivots)
    second, _ = _null_space(matrix, np.concatenate([order[~late], order[late]]))
    return np.vstack([first, second])


def _null_space(matrix: Vector, order: NDArray[np.int64]) -> tuple[Vector, NDArray[np.int64]]:
    work = matrix[np.abs(matrix).max(axis=1, initial=0.0) > NOTHING].copy()
    rows, pivots = [], []
    open_rows = np.ones(work.shape[0], dtype=bool)
    for column in order.tolist():
        if not open_rows.any():
            break
        row = int(np.argmax(np.where(open_rows, np.abs(work[:, column]), -1.0)))
        if abs(work[row, column]) <= 1e-7:
            continue
        work[row] /= work[row, column]
        others = np.flatnonzero(np.abs(work[:, column]) > 0)
        others = others[others != row]
        work[others] -= np.outer(work[others, column], work[row])
        open_rows[row] = False
        rows.append(row)
        pivots.append(column)
    free = np.setdiff1d(np.arange(matrix.shape[1]), pivots)
    found = np.zeros((free.size, matrix.shape[1]))
    found[np.arange(free.size), free] = 1.0
    if pivots:
        found[:, pivots] = -work[rows][:, free].T
    found[np.abs(found) <= NOTHING] = 0.0
    return found, np.array(pivots, dtype=np.int64)


def normal(ways: Vector) -> Vector:
    """Scale ways so that the largest move is 1, and leave out what is rounding beside it.

    Examples
    --------
    >>> normal(np.array([[-4.0, 2.0, 1e-12]])).tolist()
    [[-1.0, 0.5, 0.0]]
    """
    largest = np.abs(ways).max(axis=-1, keepdims=True, initial=0.0)
    scaled: Vector = ways / np.where(largest > 0, largest, 1.0)
    scaled[np.abs(scaled) <= NOTHING] = 0.0
    return scaled


class Worlds:
    """Directions, forwards and backwards, with how far each viewer's knowledge lets one go.

    Parameters
    ----------
    truth, upper : ndarray (atoms,)
        Where one starts, and the ends of the attacker's world.
    known : ndarray (viewers, atoms)
        How much of each atom each viewer knows.
    full : ndarray (viewers, atoms) of bool
        Whether that is all of it.
    matrix, low, high : ndarray (rows, atoms), (rows,), (rows,)
        Statements that hold.
    """

    def __init__(
        self,
        truth: Vector,
        upper: Vector,
        known: Vector,
        full: NDArray[np.bool_],
        matrix: Vector,
        low: Vector,
        high: Vector,
    ) -> None:
        self.truth, self.known, self.full = truth, known, full
        self.matrix, self.below, self.above = matrix, matrix @ truth - low, high - matrix @ truth
        self.room = upper - truth
        self.count = 0
        self.ways = np.empty((0, truth.size))  # the first `count` rows count
        self.steps = np.empty((0, known.shape[0]))

    def add(self, ways: Vector) -> None:
        """Add directions, (directions, atoms), unless there are very many already."""
        if self.count > MOST or not ways.shape[0]:
            return
        both = normal(np.vstack([ways, -ways]))
        end = self.count + both.shape[0]
        if end > self.ways.shape[0]:
            more = end + self.count
            self.ways = np.vstack([self.ways[: self.count], np.empty((more, both.shape[1]))])
            self.steps = np.vstack([self.steps[: self.count], np.empty((more, self.steps.shape[1]))])
        everybody = np.arange(self.known.shape[0])
        self.ways[self.count : end] = both
        self.steps[self.count : end] = [self.step(way, everybody) for way in both]
        self.count = end

    def step(self, way: Vector, viewers: NDArray[np.int64]) -> Vector:
        """Return how far viewers can go along a direction."""
        drift = self.matrix @ way
        known, full = self.known[viewers], self.full[viewers]
        up, down, moved = way > NOTHING, way < -NOTHING, np.abs(way) > NOTHING
        rising, falling = drift > DRIFT, drift < -DRIFT
        longest = LONGEST
        for room, pace in (
            (self.room[up], way[up]),
            (self.above[rising], drift[rising]),
            (self.below[falling], -drift[falling]),
        ):
            if room.size:
                longest = min(longest, float((room / pace).min()))
        step = ((self.truth[down] - known[:, down]) / -way[down]).min(axis=1, initial=longest)
        step[full[:, moved].any(axis=1)] = 0.0
        possible: Vector = np.maximum(step, 0.0)
        return possible

    def gains(self, cost: Vector, viewers: NDArray[np.int64]) -> Vector:
        """Return the most that the sum of atoms, each times its cost, gains along one way, (viewers,)."""
        moved = np.flatnonzero(cost)
        pace = self.ways[: self.count, moved] @ cost[moved]
        useful = np.flatnonzero(pace > USEFUL)
        if not useful.size:
            return np.zeros(viewers.size)
        gained: Vector = (self.steps[np.ix_(useful, viewers)] * pace[useful, None]).max(axis=0)
        return gained
