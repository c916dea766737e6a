# SPDX-License-Identifier: EUPL-1.2
"""The most blocking group, found by one program, against pricing every group."""

import random

import numpy as np
import pytest

from sprega.engines.award.solve import group_payment
from sprega.engines.award.worst_group import lowest_payments, worst_group
from tests.purchases import TERMS, random_purchase


# 51: a smallest order that goods value without a delivery would seem to reach
@pytest.mark.parametrize("seed", [*range(24), 51])
def test_against_every_group(seed):
    rng = random.Random(seed)  # noqa: S311
    terms = tuple(term for term in TERMS if rng.random() < 0.7)
    purchase = random_purchase(
        seed,
        award=rng.choice(["split", "whole-lot"]),
        members=rng.randint(2, 4),
        items=rng.randint(1, 3),
        buy_up=rng.random() < 0.5,
        sites_each=2,
        terms=terms,
    )
    players = purchase.players
    groups = range(1, (1 << len(players)) - 1)
    cost = {
        mask: group_payment(purchase, [m for b, m in enumerate(players) if mask >> b & 1]).payment
        for mask in groups
    }
    alone = np.array([cost[1 << b] for b in range(len(players))])
    total = alone.sum()
    lowest = lowest_payments(purchase)
    for mask, payment in cost.items():
        assert sum(low for b, low in enumerate(lowest) if mask >> b & 1) <= payment * (1 + 1e-9)
    for height in (0.2, 1.0):  # nobody objects; some do
        shares = alone * [height * rng.uniform(0.6, 1.3) for _ in players]
        excess = {mask: sum(x for b, x in enumerate(shares) if mask >> b & 1) - cost[mask] for mask in groups}
        largest = max(excess.values())
        found = worst_group(purchase, shares, precision=2e-8 * total)
        assert found.low <= largest + 1e-9 * total
        assert found.high >= largest - 1e-9 * total
        assert found.high - found.low <= 1e-7 * total
        assert excess[found.mask] == pytest.approx(largest, abs=1e-7 * total)
        assert found.payment == pytest.approx(cost[found.mask], rel=1e-9)


def test_neither_nobody_nor_everybody():
    purchase = random_purchase(0, members=3)
    for shares in (np.full(3, -1e6), np.full(3, 1e6)):
        found = worst_group(purchase, shares, precision=1e-3)
        assert 0 < found.mask < 7
        assert found.mask.bit_count() == (1 if shares[0] < 0 else 2)


def test_no_time_still_bounds_the_worst():
    """Nobody gains more than all that lies above the lowest prices, without any program."""
    purchase = random_purchase(3, members=4, items=3, terms=tuple(TERMS))
    shares = lowest_payments(purchase) + 10.0
    found = worst_group(purchase, shares, precision=1e-6, deadline=0.0)
    assert found.low <= found.high <= 40.0 + 1e-6
