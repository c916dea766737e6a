# SPDX-License-Identifier: EUPL-1.2
"""Shapley value and nucleolus beside coopgame-py (Rust) and coopgt (Python), in CPU seconds of one run.

python -m benchmarks.games [players ...]
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # CPU seconds are compared: no help from idle cores
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import time
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import TypeVar

import coopgame
import numpy as np
from coopgt.shapley_value import calculate as coopgt_shapley

from sprega.engines.games.core import subset_sums
from sprega.engines.games.nucleolus import nucleolus
from sprega.engines.games.shapley import shapley

T = TypeVar("T")
PLAYERS = (16, 20, 22, 24)
BUDGET = 120.0  # CPU seconds: a peer that is expected to need more is not run
GROWTH = 2.0  # of the peer's time for a player more, at least


def purchase_game(n: int, seed: int, items: int = 6) -> np.ndarray:
    """What a coalition saves by buying together: unit prices fall with the amount."""
    rng = np.random.default_rng(seed)
    costs = np.zeros(1 << n)
    for _ in range(items):
        demand = rng.lognormal(0.0, 1.0, n) * (rng.random(n) < 0.6)
        half = demand.sum() * rng.uniform(0.1, 1.0) + 1.0
        amount = subset_sums(demand)
        costs += rng.uniform(0.5, 2.0) * amount * (1 - 0.25 * amount / (amount + half))
    return subset_sums(costs[1 << np.arange(n)]) - costs


def superadditive_game(n: int, seed: int) -> np.ndarray:
    """Random groups that are worth something wherever they are together."""
    rng = np.random.default_rng(seed)
    values = np.zeros(1 << n)
    for _ in range(6 * n):
        group = rng.choice(n, rng.integers(2, n // 2), replace=False)
        values[int((1 << group).sum())] += rng.random()
    for player in range(n):
        halves = values.reshape(-1, 2, 1 << player)
        halves[:, 1] += halves[:, 0]
    return values


GAMES: dict[str, Callable[[int, int], np.ndarray]] = {
    "purchase": purchase_game,
    "superadditive": superadditive_game,
}


def cpu(compute: Callable[[], T]) -> tuple[float, T]:
    """CPU seconds of this process, and the result."""
    start = time.process_time()
    result = compute()
    return time.process_time() - start, result


def beside_coopgame(
    kind: str, n: int, spent: dict[str, tuple[int, float]]
) -> Iterator[tuple[str, float, float, str]]:
    """Both solutions of one game; `spent` remembers what the peer's nucleolus needed for fewer players."""
    game = GAMES[kind](n, seed=n)
    peer_game = coopgame.Game(game[1:])
    near = {"rtol": 0, "atol": 1e-7 * np.abs(game).max()}

    ours, x = cpu(lambda: shapley(game))
    peer, y = cpu(lambda: coopgame.shapley(peer_game))
    np.testing.assert_allclose(x, y, **near)
    yield f"Shapley, {kind}, n={n}", ours, peer, "coopgame-py"

    ours, found = cpu(lambda: nucleolus(game))
    if kind in spent:
        before, seconds = spent[kind]
        expected = seconds * GROWTH ** (n - before)
        if expected > BUDGET:
            yield f"nucleolus, {kind}, n={n}", ours, np.nan, f"coopgame-py not run, {expected:.0f} s expected"
            return
    peer, allocation = cpu(lambda: coopgame.nucleolus(peer_game)["allocation"])
    spent[kind] = n, peer
    np.testing.assert_allclose(found.x, allocation, **near)
    yield f"nucleolus, {kind}, n={n}", ours, peer, "coopgame-py"


def beside_coopgt(n: int = 9) -> tuple[str, float, float, str]:
    """The definition, order by order, as coopgt computes it."""
    game = purchase_game(n, seed=n)
    worth = {
        tuple(i + 1 for i in group): float(game[sum(1 << i for i in group)])
        for size in range(n + 1)
        for group in combinations(range(n), size)
    }
    ours, x = cpu(lambda: shapley(game))
    peer, y = cpu(lambda: coopgt_shapley(worth, n))
    np.testing.assert_allclose(x, y, rtol=0, atol=1e-9)
    return f"Shapley, purchase, n={n}", ours, peer, "coopgt"


def rows(players: tuple[int, ...] = PLAYERS) -> Iterator[tuple[str, float, float, str]]:
    """Yield what was computed, our CPU seconds, the peer's (nan: not run), and the peer."""
    nucleolus([0, 1, 1, 3])  # imports are not part of the comparison
    spent: dict[str, tuple[int, float]] = {}
    yield beside_coopgt()
    for n in players:
        for kind in GAMES:
            yield from beside_coopgame(kind, n, spent)


def main() -> None:
    players = tuple(int(argument) for argument in sys.argv[1:]) or PLAYERS
    print(f"{'':34}{'ours, s':>10}{'peer, s':>10}{'ratio':>9}  peer")
    for what, ours, peer, name in rows(players):
        print(f"{what:34}{ours:10.4f}{peer:10.3f}{peer / ours:9.1f}  {name}", flush=True)


if __name__ == "__main__":
    main()
