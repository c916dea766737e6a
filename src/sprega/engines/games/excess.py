# SPDX-License-Identifier: EUPL-1.2
"""Looking through all 2**n coalitions, a cache-sized block at a time.

A coalition's sum x(S) is split: the low players' part repeats in every row of a table whose rows are the
high players' coalitions. So a pass costs one subtraction a coalition and no memory to speak of.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from sprega.engines.games.model import Vector

BLOCK = 1 << 14  # coalitions in a block: 128 KB of floats stay in the second-level cache


def low_players(n: int) -> int:
    """Return how many of n players count as low: half, but no more than fill a row of 2**12.

    Examples
    --------
    >>> low_players(7), low_players(30)
    (4, 12)
    """
    return min((n + 1) // 2, 12)


def subset_sums(x: ArrayLike) -> Vector:
    """Sum x over every coalition.

    Parameters
    ----------
    x : array_like (n,)
        A number for each player.

    Returns
    -------
    ndarray (2**n,)
        x(S), indexed by bit mask.

    Examples
    --------
    >>> subset_sums([1, 2, 4])
    array([0., 1., 2., 3., 4., 5., 6., 7.])
    """
    amounts = np.asarray(x, dtype=np.float64)
    sums = np.zeros(1 << amounts.size)
    for player, amount in enumerate(amounts):
        half = 1 << player
        np.add(sums[:half], amount, out=sums[half : 2 * half])
    return sums


def excess_blocks(game: Vector, x: Vector) -> Iterator[tuple[int, Vector]]:
    """Yield game(S) - x(S) for all coalitions, block by block.

    Parameters
    ----------
    game : ndarray (2**n,)
        Savings or costs by bit mask.
    x : ndarray (n,)
        What each player gets or pays.

    Yields
    ------
    first_row : int
        Row of the table at which the block begins; a row holds 2**low_players(n) coalitions.
    excess : ndarray (rows, 2**low_players(n))
        The excesses. **The buffer is used again** for the next block, and may be overwritten.

    Examples
    --------
    >>> [(row, block.tolist()) for row, block in excess_blocks(np.array([0.0, 1.0, 2.0, 4.0]), np.ones(2))]
    [(0, [[0.0, 0.0], [1.0, 2.0]])]
    """
    low = low_players(x.size)
    low_sums, high_sums = subset_sums(x[:low]), subset_sums(x[low:])
    table = game.reshape(high_sums.size, low_sums.size)
    height = min(high_sums.size, max(1, BLOCK // low_sums.size))
    buffer = np.empty((height, low_sums.size))
    for first in range(0, high_sums.size, height):
        np.subtract(table[first : first + height], low_sums, out=buffer)
        buffer -= high_sums[first : first + height, None]
        yield first, buffer
