# SPDX-License-Identifier: EUPL-1.2
"""The Shapley value from a sample of coalitions, where each one costs an optimisation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sprega.engines.games.model import SampledShapley, Vector
from sprega.engines.games.shapley import shapley
from sprega.engines.model import EngineError, Sentence

Draw: TypeAlias = tuple[int, int]  # a coalition and its complement
ENOUGH = 4  # rounds for a standard error; fewer and evener ones have the better intervals
FINEST = 8  # draws in a round


def sample_shapley(
    costs: Callable[[Sequence[int]], Sequence[float]],
    n: int,
    *,
    evaluations: int,
    seed: int,
    confidence: float = 0.95,
    batch: int = 64,
    stop: Callable[[], bool] | None = None,
) -> SampledShapley:
    """Estimate the Shapley value of a cost game with confidence intervals.

    Parameters
    ----------
    costs : callable
        Takes bit masks of distinct, non-empty coalitions and returns their costs in the same order. No
        mask is asked for twice, so a batch may be spread over processes or machines.
    n : int
        Number of players.
    evaluations : int
        Most coalitions to ask for. From 2**n - 1 on the value is computed exactly.
    seed : int
        The same seed asks for the same coalitions and gives the same shares.
    confidence : float, default 0.95
        Probability with which each player's interval is to contain the exact value.
    batch : int, default 64
        Most coalitions in one call of `costs`; it does not change the result.
    stop : callable, optional
        Asked between batches; True ends the sampling with what has been drawn so far.

    Returns
    -------
    SampledShapley
        Shares that sum to c(N), their intervals, and the number of coalitions evaluated.

    Raises
    ------
    EngineError
        A parameter is out of range, a cost is missing or not finite, or there were too few evaluations
        (given, or made before `stop`) for a standard error.

    Notes
    -----
    Owen's multilinear extension (Owen, 1972), halved (Okhrati and Lipani, 2020): a coalition S that each
    player joins with probability q stands beside its complement, a draw of probability 1 - q; the marginal
    contributions of all players to both are averaged. With q uniform, every size of S is equally likely:
    so sizes are drawn, in rounds of equal strata. What a player costs as the first or the last to join is
    evaluated, not drawn: with fixed costs these are rare, large numbers, and intervals would be too short.
    Their sum, scaled by coalition size as it is for all players, serves as control variate; the scale is
    estimated, which leaves a bias that is small beside the interval. Spreading what a draw lacks to c(N)
    equally over the players makes it efficient. Intervals are Student's t over the
    rounds. On test games those of 95 % covered 92-96 %; with costs as curved as a square root 89-94 %, the
    less the fewer the evaluations.

    Examples
    --------
    >>> found = sample_shapley(lambda masks: [m.bit_count() ** 0.5 for m in masks], 4, evaluations=15, seed=1)
    >>> found.shares, found.evaluations, found.exact
    (array([0.5, 0.5, 0.5, 0.5]), 15, True)
    """
    if n < 1 or evaluations < 1 or batch < 1 or not 0 < confidence < 1:
        raise EngineError(
            Sentence(
                "Sampling needs n, evaluations and batch of at least 1 and a confidence between 0 and 1."
            )
        )
    grand = (1 << n) - 1
    evaluations = min(evaluations, grand)
    ends = [*(1 << player for player in range(n)), *(grand ^ 1 << player for player in range(n)), grand]
    strata = int(np.clip((evaluations - len(ends)) // (ENOUGH * 2 * (n + 1)), 1, FINEST))
    draws = _plan(n, evaluations, strata, {0, *ends}, np.random.default_rng(seed))
    order = [*ends, *(mask for draw in draws for mask in _masks(n, draw))]
    if evaluations == grand:
        order += range(1, grand)
    elif len(draws) < 2:
        raise _too_few(n, evaluations)
    known = {0: 0.0}
    _evaluate(costs, order, known, batch, stop)

    evaluated = len(known) - 1
    if evaluated == grand:
        shares = shapley([known[mask] for mask in range(1 << n)])
        return SampledShapley(shares, shares.copy(), shares.copy(), evaluated, True)

    complete = [draw for draw in draws if all(mask in known for mask in _masks(n, draw))]
    if len(complete) < 2:  # `stop` came too early
        raise _too_few(n, evaluated)
    rounds = len(complete) // strata
    if rounds < ENOUGH:  # then single draws, which are in random order, have to do
        strata, rounds = 1, len(complete)
    estimates = _estimates(n, complete[: strata * rounds], known)
    shares, margin = _mean_and_margin(estimates.reshape(rounds, strata, n).mean(axis=1), confidence)
    shares += (known[grand] - shares.sum()) / n
    return SampledShapley(shares, shares - margin, shares + margin, evaluated, False)


def _too_few(n: int, evaluations: int) -> EngineError:
    return EngineError(
        Sentence(
            "{evaluations} evaluations are too few for {n} players; about {needed} give a first interval.",
            {"evaluations": evaluations, "n": n, "needed": min(1 + 2 * n + 4 * (n + 1), (1 << n) - 1)},
        )
    )


def _masks(n: int, draw: Draw) -> Iterator[int]:
    """Yield the coalitions whose cost a draw needs: its own, and those that differ by one player."""
    for coalition in draw:
        yield coalition
        yield from (coalition ^ 1 << player for player in range(n))


def _plan(n: int, evaluations: int, strata: int, seen: set[int], rng: np.random.Generator) -> list[Draw]:
    """Draw, a round at a time, until the distinct coalitions would be more than the evaluations allowed.

    What to draw does not depend on any cost: the plan is the same however the batches fall.
    """
    grand = (1 << n) - 1
    most = 10 * evaluations // (2 * (n + 1))  # few players repeat their coalitions for ever
    draws: list[Draw] = []
    while len(draws) < most:
        # Places below 1/2: the upper half of the sizes 1 .. n-1 comes with the complements.
        places = (rng.permutation(strata) + rng.random(strata)) / (2 * strata)
        sizes = 1 + (places * (n - 1)).astype(int)
        halves = [sum(1 << int(player) for player in rng.permutation(n)[:size]) for size in sizes]
        fresh = [(half, grand ^ half) for half in halves]
        new = {mask for draw in fresh for mask in _masks(n, draw)} - seen
        if len(seen) - 1 + len(new) > evaluations:  # the empty coalition is seen, but not asked for
            break
        seen |= new
        draws += fresh
    return draws


def _evaluate(
    costs: Callable[[Sequence[int]], Sequence[float]],
    order: Iterable[int],
    known: dict[int, float],
    batch: int,
    stop: Callable[[], bool] | None,
) -> None:
    """Ask for the costs of the distinct coalitions in batches, until all are known or `stop` says so."""
    waiting = [mask for mask in dict.fromkeys(order) if mask not in known]
    for first in range(0, len(waiting), batch):
        if first and stop is not None and stop():
            return
        masks = waiting[first : first + batch]
        answers = [float(cost) for cost in costs(masks)]
        if len(answers) != len(masks):
            asked_and_came = {"asked": len(masks), "came": len(answers)}
            raise EngineError(Sentence("{asked} costs were asked for, {came} came.", asked_and_came))
        for mask, cost in zip(masks, answers, strict=True):
            if not np.isfinite(cost):
                raise EngineError(
                    Sentence("Coalition {mask} has no finite cost; give it one.", {"mask": mask})
                )
            known[mask] = cost


def _estimates(n: int, draws: Sequence[Draw], known: dict[int, float]) -> Vector:
    """Return an efficient estimate of the shares from each draw, an array (draws, n)."""
    grand = (1 << n) - 1
    ends = np.array([known[1 << i] + known[grand] - known[grand ^ 1 << i] for i in range(n)])
    change = np.array([[[known[s ^ 1 << i] - known[s] for i in range(n)] for s in draw] for draw in draws])
    member = np.array([[[s >> i & 1 for i in range(n)] for s in draw] for draw in draws])
    marginal = np.where(member == 1, -change, change)
    others = member.sum(axis=2, keepdims=True) - member  # how many were there before the player

    profile = _profile(ends, marginal, others)
    rest = marginal - profile[others, np.arange(n)]
    rest[(others == 0) | (others == n - 1)] = 0.0  # what is known stands in the profile
    # Sizes 1 .. n-1 of S are drawn with 1/(n-1) each; t others are met in S of size t without the player
    # and of size t + 1 with him, with chances (n-t)/n and (t+1)/n. The mean over t takes 1/n of each.
    estimates: Vector = profile.mean(axis=0) + (n - 1) / (n + 1) * rest.mean(axis=1)
    estimates += (known[grand] - estimates.sum(axis=1, keepdims=True)) / n
    return estimates


def _profile(ends: Vector, marginal: Vector, others: NDArray[np.int64]) -> Vector:
    """Guess what each player costs by the number of others there, an array (n, n).

    A draw has each player with t others beside n-1-t others, so their sum is what is to be guessed: what
    it is at the ends, times a ratio that is the same for everybody who was met there. In a game that is
    quadratic in the amounts the ratio is 1, and a single draw is exact.
    """
    n = ends.size
    inwards = np.minimum(np.arange(n), np.arange(n)[::-1])
    place = inwards[others].ravel()
    found = np.bincount(place, weights=marginal.ravel(), minlength=inwards.max() + 1)
    at_ends = np.bincount(
        place, weights=np.broadcast_to(ends / 2, others.shape).ravel(), minlength=found.size
    )
    found[0] = at_ends[0] = 1.0
    met = np.flatnonzero(at_ends)
    ratio = np.interp(inwards, met, np.clip(found[met] / at_ends[met], 0, 2))
    profile: Vector = np.outer(ratio, ends / 2)
    return profile


def _mean_and_margin(estimates: Vector, confidence: float) -> tuple[Vector, Vector]:
    """Return the mean over the draws and the half width of its Student interval."""
    from scipy.special import stdtrit

    draws = len(estimates)
    quantile = float(stdtrit(draws - 1, 0.5 + confidence / 2))
    mean: Vector = estimates.mean(axis=0)
    margin: Vector = quantile * estimates.std(axis=0, ddof=1) / np.sqrt(draws)
    return mean, margin
