# SPDX-License-Identifier: EUPL-1.2
"""Whole lots with every term and rule, against trying every supplier for every lot."""

import random
from itertools import combinations

import numpy as np
import pytest

from sprega.engines.award.evaluate import violations
from sprega.engines.award.solve import group_payment, solve_award
from tests.engines.award import oracle
from tests.purchases import TERMS, random_purchase


def rules(seed):
    rng = random.Random(seed)  # noqa: S311
    drawn = {}
    if rng.random() < 0.3:
        drawn["max_suppliers"] = rng.randint(1, 2)
    if rng.random() < 0.3:
        drawn["max_supplier_share"] = rng.choice([0.5, 0.6, 0.7, 0.8])
    if rng.random() < 0.2:
        drawn["reserve"] = rng.uniform(800, 2500)
    if rng.random() < 0.2:
        drawn["min_sources"] = 2  # only a split knows it
    return drawn


def compared(purchase):
    award = solve_award(purchase)
    objective, payment = oracle.whole_lot(purchase, set(purchase.players), proper=False)
    if award is None:
        assert objective == np.inf
        return
    assert award.objective == pytest.approx(objective, rel=1e-9)
    assert award.payment == pytest.approx(payment, rel=1e-9)
    assert violations(purchase, award) == []
    assert award.proven
    assert award.objective * (1 - 3e-9) <= award.bound <= award.objective


@pytest.mark.parametrize("seed", range(60))
def test_every_term_and_rule(seed):
    compared(random_purchase(seed, members=3, items=4, buy_up=seed % 2 == 0, sites_each=2, **rules(seed)))


@pytest.mark.parametrize("seed", range(15))
def test_lots_that_stand_for_themselves(seed):
    terms = ("tiers", "capacity", "delivery", "lanes", "co2", "lots")
    compared(random_purchase(seed, members=3, items=5, suppliers=4, terms=terms, buy_up=seed % 2 == 0))


@pytest.mark.parametrize("term", TERMS)
def test_each_term_alone(term):
    for seed in range(3):
        compared(random_purchase(100 + seed, items=4, terms=(term, "tiers"), buy_up=seed != 1))


@pytest.mark.parametrize("seed", range(25))
def test_every_group(seed):
    purchase = random_purchase(seed, members=3, items=3, buy_up=seed % 3 > 0, sites_each=2, **rules(seed))
    for size in range(1, len(purchase.players)):
        for group in combinations(purchase.players, size):
            found = group_payment(purchase, group)
            _, payment = oracle.whole_lot(purchase, set(group), proper=True)
            assert found.payment == pytest.approx(payment, rel=1e-9)
            assert found.proven
            assert found.low <= found.payment
