# SPDX-License-Identifier: EUPL-1.2
"""What goes into and comes out of the engine of cooperative games.

A game is an array of 2**n floats indexed by bit mask: bit i stands for player i, entry 0 is the empty
coalition. A *savings* game ``v`` says what a coalition can gain, a *cost* game ``c`` what it must pay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sprega.engines.model import EngineError, Sentence

Vector: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Stability:
    """Which coalitions would rather stand alone than pay their shares.

    Attributes
    ----------
    objecting : int
        Coalitions whose excess x(S) - c(S) is above the tolerance.
    worst_excess : float or None
        The largest excess, in the unit of the costs; None for a single player.
    worst_coalition : int or None
        Bit mask of the coalition that has it, the smallest mask among equals.
    """

    objecting: int
    worst_excess: float | None
    worst_coalition: int | None


@dataclass(frozen=True)
class Level:
    """One level of the nucleolus, a part of its certificate.

    Attributes
    ----------
    excess : float
        The smallest possible largest excess of all coalitions not settled before, in the game's unit.
    coalitions : tuple of int
        Bit masks of the coalitions that cannot go below it, and are settled here.
    at_bound : tuple of int
        Players who are thereby held at what they have alone, x_i = v({i}).
    """

    excess: float
    coalitions: tuple[int, ...]
    at_bound: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Nucleolus:
    """The nucleolus of a savings game.

    Attributes
    ----------
    x : ndarray (n,)
        What each player gets, in the game's unit; sums to v(N).
    least_core : float or None
        The largest excess at x; above 0, by more than rounding, where the core is empty. None for one
        player.
    levels : tuple of Level
        The certificate (Kohlberg, 1971). Empty where efficiency and the bounds alone determine x.
    passes : int
        How often all 2**n coalitions were looked through.
    """

    x: Vector
    least_core: float | None
    levels: tuple[Level, ...]
    passes: int


@dataclass(frozen=True, eq=False)
class SampledShapley:
    """The Shapley value as estimated from some of the coalitions.

    Attributes
    ----------
    shares, low, high : ndarray (n,)
        The estimate and its confidence interval, player by player, in the unit of the costs.
    evaluations : int
        Distinct coalitions whose cost was asked for.
    exact : bool
        True where every coalition was evaluated; the intervals then have no width.
    """

    shares: Vector
    low: Vector
    high: Vector
    evaluations: int
    exact: bool


def as_game(values: ArrayLike) -> tuple[Vector, int]:
    """Return the game as a float64 array and its number of players, or refuse it.

    Parameters
    ----------
    values : array_like (2**n,)
        The worth or cost of every coalition.

    Returns
    -------
    game : ndarray (2**n,)
        The same numbers, copied only where they were not contiguous float64.
    n : int
        The number of players.

    Raises
    ------
    EngineError
        The length is not 2**n with n >= 1, the empty coalition is not worth 0, or a value is not finite.

    Examples
    --------
    >>> as_game([0, 1, 2, 4])[1]
    2
    """
    game = np.ascontiguousarray(values, dtype=np.float64)
    n = game.size.bit_length() - 1
    if game.ndim != 1 or n < 1 or game.size != 1 << n:
        raise EngineError(
            Sentence(
                "A game needs a value for each of its 2**n coalitions; {count} came.", {"count": game.size}
            )
        )
    if game[0] != 0:
        raise EngineError(Sentence("The empty coalition must be worth 0, not {value}.", {"value": game[0]}))
    with np.errstate(invalid="ignore", over="ignore"):
        total = game.sum()  # one pass without a mask in memory; only a suspicious sum is looked into
    if not np.isfinite(total):
        broken = np.flatnonzero(~np.isfinite(game))
        if broken.size:
            raise EngineError(
                Sentence("Coalition {mask} has no finite value; give it one.", {"mask": int(broken[0])})
            )
    return game, n


def members(masks: ArrayLike, n: int) -> Vector:
    """Return the membership matrix of coalitions: row per mask, column per player, 1.0 for members.

    Examples
    --------
    >>> members([5], 3)
    array([[1., 0., 1.]])
    """
    bits = np.asarray(masks, dtype=np.int64)[:, None] >> np.arange(n)
    return (bits & 1).astype(np.float64)
