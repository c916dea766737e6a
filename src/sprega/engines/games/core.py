# SPDX-License-Identifier: EUPL-1.2
"""The core: who would rather stand alone than pay their shares, and how near to it one can come."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sprega.engines.games.excess import excess_blocks, subset_sums
from sprega.engines.games.model import Stability, as_game
from sprega.engines.games.nucleolus import least_core_of
from sprega.engines.model import EngineError, Sentence

__all__ = ["least_core_value", "stability", "subset_sums"]


def stability(c: ArrayLike, x: ArrayLike, *, tolerance: float) -> Stability:
    """Count the coalitions that object to the shares, and find the one with the most reason.

    Parameters
    ----------
    c : array_like (2**n,)
        Costs of every coalition, indexed by bit mask, c[0] = 0.
    x : array_like (n,)
        What each player pays, in the unit of c.
    tolerance : float
        A coalition objects if x(S) - c(S) is above it; in the unit of c.

    Returns
    -------
    Stability
        Nobody objecting means that the shares are in the core, if they sum to c(N).

    Raises
    ------
    EngineError
        c is not a game, or x has not a finite share for each of its players.

    Notes
    -----
    Gillies (1959). Proper, non-empty coalitions only. Excesses that differ by no more than rounding
    count as equal, and the smallest bit mask is named.

    Examples
    --------
    >>> stability([0, 6, 6, 9], [7, 2], tolerance=0.01)
    Stability(objecting=1, worst_excess=1.0, worst_coalition=1)
    """
    game, n = as_game(c)
    shares = np.asarray(x, dtype=np.float64)
    if shares.shape != (n,) or not np.isfinite(shares).all():
        raise EngineError(Sentence("Give a finite share for each of the {n} players.", {"n": n}))
    if n == 1:
        return Stability(0, None, None)
    rounding = 4e-16 * n * (float(np.abs(shares).sum()) + abs(float(game[-1])))
    objecting = 0
    best: list[float] = []  # the smallest c(S) - x(S) of each row, and where it stands
    where: list[int] = []
    for first, slack in excess_blocks(game, shares):
        if first == 0:
            slack[0, 0] = np.inf
        if (first + slack.shape[0]) * slack.shape[1] == game.size:
            slack[-1, -1] = np.inf
        objecting += int(np.count_nonzero(slack < -tolerance))
        smallest = slack.min(axis=1)
        best += smallest.tolist()
        where += (slack <= smallest[:, None] + rounding).argmax(axis=1).tolist()
    lowest = np.array(best)
    row = int(np.argmax(lowest <= lowest.min() + rounding))
    width = game.size // lowest.size
    return Stability(objecting, -float(lowest.min()) + 0.0, row * width + where[row])  # no -0.0


def least_core_value(c: ArrayLike) -> float | None:
    """Return the smallest largest excess that some division of the costs can reach.

    Parameters
    ----------
    c : array_like (2**n,)
        Costs of every coalition, indexed by bit mask, c[0] = 0.

    Returns
    -------
    float or None
        The least t such that some x with x(N) = c(N) has x(S) - c(S) <= t for all proper S, in the unit
        of c: above 0, by more than rounding, where the core is empty. None for a single player.

    Raises
    ------
    EngineError
        c is not a game, or HiGHS failed.

    Notes
    -----
    Maschler, Peleg and Shapley (1979).

    Examples
    --------
    >>> least_core_value([0, 6, 6, 9])
    -1.5
    """
    game, n = as_game(c)
    return None if n == 1 else least_core_of(-game, n) + 0.0  # no -0.0
