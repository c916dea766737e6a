# SPDX-License-Identifier: EUPL-1.2
"""The Shapley value, exactly, from the value of every coalition."""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.typing import ArrayLike

from sprega.engines.games.model import Vector, as_game

ROW = 12  # players whose coalitions fill a row of 32 KB, the first-level cache


def shapley(v: ArrayLike) -> Vector:
    """Compute the Shapley value of a cooperative game.

    Parameters
    ----------
    v : array_like (2**n,)
        Savings or costs of every coalition, indexed by bit mask, v[0] = 0.

    Returns
    -------
    ndarray (n,)
        Each player's value, in the unit of v; sums to v(N).

    Raises
    ------
    EngineError
        v is not a game (see `as_game`).

    Notes
    -----
    Shapley (1953). A player's value is a sum of marginal contributions with weights
    w[t] = t! (n-1-t)! / n! for t players present. Collected by coalition, that is

        phi_i  =  sum over S with i of (w[s-1] + w[s]) v(S)   -   K,

    where K is the same for everybody and follows from efficiency. So one weighted pass suffices: the table
    of coalitions, high players by low players, is reduced to its weighted row and column sums, and these
    two small arrays are folded in halves, player by player. O(2**n) time, O(2**(n-12)) memory beside v.

    Examples
    --------
    >>> shapley([0, 0, 0, 60, 0, 60, 0, 120])  # player 0 can pair with either of the others
    array([60., 30., 30.])
    """
    game, n = as_game(v)
    low = min(n, ROW)
    table = game.reshape(1 << (n - low), 1 << low)
    weights = _weights(n)
    low_size, high_size = _sizes(low), _sizes(n - low)
    by_size = [weights[low_size + size] for size in range(n - low + 1)]

    columns = np.zeros(1 << low)
    rows = np.empty(1 << (n - low))
    weighted = np.empty_like(columns)
    for row, size in enumerate(high_size):
        np.multiply(table[row], by_size[size], out=weighted)
        columns += weighted
        rows[row] = weighted.sum()

    raw = np.concatenate([_with_each_player(columns), _with_each_player(rows)])
    raw += (game[-1] - raw.sum()) / n
    return raw


def _weights(n: int) -> Vector:
    """Return w[s-1] + w[s] by coalition size s: 1 / (s C(n, s)) + 1 / ((n-s) C(n, s))."""
    weights = np.zeros(n + 1)
    for size in range(1, n):
        weights[size] = (1 / size + 1 / (n - size)) / comb(n, size)
    weights[n] = 1 / n
    return weights


def _sizes(n: int) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Return the number of members of each of the 2**n coalitions."""
    sizes = np.zeros(1 << n, dtype=np.intp)
    for player in range(n):
        half = 1 << player
        sizes[half : 2 * half] = sizes[:half] + 1
    return sizes


def _with_each_player(sums: Vector) -> Vector:
    """Sum over the coalitions that contain each player, by halving: the top half has the last player."""
    found: list[float] = []
    while sums.size > 1:
        half = sums.size // 2
        found.append(float(sums[half:].sum()))
        sums = sums[:half] + sums[half:]
    return np.array(found[::-1])
