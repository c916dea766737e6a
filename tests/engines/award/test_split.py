# SPDX-License-Identifier: EUPL-1.2
"""Divided awards with every term and rule, against full enumeration and against a second program."""

import random
from itertools import combinations

import numpy as np
import pytest

from sprega.engines.award.evaluate import violations
from sprega.engines.award.solve import group_payment, solve_award
from tests.engines.award import oracle, weak_program
from tests.purchases import TERMS, random_purchase

WEAK = 3e-6
"""What the second program's own tolerances allow."""

TINY = [
    ("tiers", "capacity", "delivery", "co2"),
    ("tiers", "min_order"),
    ("tiers", "discounts"),
    ("tiers", "bundles", "lots"),
    ("tiers", "fixed", "capacity"),
    ("lanes", "tiers", "lots"),
    ("fixed", "min_order", "discounts", "bundles"),
]


def drawn(seed, **sizes):
    rng = random.Random(seed * 7 + 1)  # noqa: S311
    rules = {}
    if rng.random() < 0.3:
        rules["max_suppliers"] = rng.randint(1, 2)
    if rng.random() < 0.3:
        rules["max_supplier_share"] = rng.choice([0.5, 0.6, 0.7, 0.8])
    if rng.random() < 0.2:
        rules["reserve"] = rng.uniform(300, 2500)
    if rng.random() < 0.3:
        rules["min_sources"] = 2
    buy_up = rng.random() < 0.5
    terms = tuple(term for term in TERMS if rng.random() < 0.7)
    return random_purchase(
        seed,
        award="split",
        items=rng.choice([1, 2, 3]),
        buy_up=buy_up,
        density=0.8,
        terms=terms,
        **rules,
        **sizes,
    )


@pytest.mark.parametrize("terms", TINY)
def test_full_enumeration(terms):
    for seed in range(5):
        purchase = random_purchase(
            seed, award="split", members=2, items=2, suppliers=2, terms=terms, buy_up=seed != 1
        )
        award = solve_award(purchase)
        expected = oracle.split(purchase, set(purchase.players), proper=False)
        if award is None:
            assert expected == np.inf
        else:
            assert award.objective == pytest.approx(expected, rel=1e-7)
            assert violations(purchase, award) == []
        for member in purchase.players:
            expected = oracle.split(purchase, {member}, proper=True)
            assert group_payment(purchase, [member]).payment == pytest.approx(expected, rel=1e-7)


# 0: nobody can keep 80 % with one supplier; 136, 306: an order that only a dearer payment could reach
@pytest.mark.parametrize("seed", [*range(30), 136, 306])
def test_every_term_and_rule(seed):
    purchase = drawn(seed)
    award = solve_award(purchase)
    expected = weak_program.least(purchase, set(purchase.players), proper=False)
    if award is None:
        assert expected == np.inf
    else:
        assert award.objective == pytest.approx(expected, rel=WEAK)
        assert violations(purchase, award) == []
        assert award.proven
        assert award.objective * (1 - 3e-9) <= award.bound <= award.objective
    for size in range(1, len(purchase.players)):
        for group in combinations(purchase.players, size):
            expected = weak_program.least(purchase, set(group), proper=True)
            assert group_payment(purchase, group).payment == pytest.approx(expected, rel=WEAK)


@pytest.mark.parametrize("seed", range(40, 46))
def test_several_sites_each(seed):
    purchase = drawn(seed, sites_each=3)
    award = solve_award(purchase)
    expected = weak_program.least(purchase, set(purchase.players), proper=False)
    assert (np.inf if award is None else award.objective) == pytest.approx(expected, rel=WEAK)
