# SPDX-License-Identifier: EUPL-1.2
"""Separation: which of all 2**n coalitions has an excess that it should not have."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sprega.engines.games.excess import excess_blocks
from sprega.engines.games.model import Vector
from sprega.engines.games.span import SpanTest


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


def broken_levels(
    game: Vector, x: Vector, excesses: list[float], settled: list[SpanTest], tolerance: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], Vector]:
    """Look through all coalitions for those above the first level that is lower than their excess.

    A coalition is bound by a level unless it lies in the span settled before. Spans grow from level to
    level, so the first lower level decides: whoever has left by then has left all later ones too.

    Parameters
    ----------
    game : ndarray (2**n,)
        The savings game.
    x : ndarray (n,)
        The point of the last level solved.
    excesses : list of float
        The levels, in the game's unit.
    settled : list of SpanTest
        For each level, the coalitions settled before it.
    tolerance : float
        How far above its level a coalition may be, in the game's unit.

    Returns
    -------
    masks, levels, amounts : ndarray
        The worst coalition of each row of the table that has one, the level it breaks, by how much.

    Examples
    --------
    >>> from sprega.engines.games.span import Span
    >>> efficient = Span(2, {}).extended([0b11]).test
    >>> game, x = np.array([0.0, 1.0, 2.0, 9.0]), np.array([0.0, 9.0])
    >>> masks, _, amounts = broken_levels(game, x, [-3.0], [efficient], 0.1)
    >>> masks.tolist(), amounts.tolist()
    ([1], [4.0])
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


def _leave_out_trivial(excess: Vector, first: int, last: int) -> None:
    """Take the empty and the grand coalition out of a block of the pass."""
    if first == 0:
        excess[0, 0] = -np.inf
    if (first + excess.shape[0]) * excess.shape[1] > last:
        excess[-1, -1] = -np.inf
