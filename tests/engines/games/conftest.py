# SPDX-License-Identifier: EUPL-1.2
"""Games that several tests play."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sprega.engines.games.core import subset_sums

Game = np.ndarray


def purchase_costs(n: int, seed: int, items: int = 6) -> Game:
    """The cost of buying together: each item's unit price falls with the amount (a concave cost)."""
    rng = np.random.default_rng(seed)
    costs = np.zeros(1 << n)
    for _ in range(items):
        demand = rng.lognormal(0.0, 1.0, n) * (rng.random(n) < 0.6)
        half = demand.sum() * rng.uniform(0.1, 1.0) + 1.0
        amount = subset_sums(demand)
        costs += rng.uniform(0.5, 2.0) * amount * (1 - 0.25 * amount / (amount + half))
    return costs


def savings_of(costs: Game) -> Game:
    """What a coalition saves against everybody buying alone."""
    n = costs.size.bit_length() - 1
    return subset_sums(costs[1 << np.arange(n)]) - costs


@pytest.fixture
def purchase() -> Callable[..., Game]:
    return purchase_costs


@pytest.fixture
def savings() -> Callable[[Game], Game]:
    return savings_of
