# SPDX-License-Identifier: EUPL-1.2
"""The Lagrangian start leaves out nothing that the best award needs, and ends honestly when time is short."""

import time

import numpy as np
import pytest
from benchmarks.award import discount_purchase

from sprega.engines.award import solve
from sprega.engines.award.certificate import lower_bound
from sprega.engines.award.evaluate import violations
from sprega.engines.award.lagrangian import lagrangian_start, undominated
from sprega.engines.award.solve import OutOfTimeError, solve_award
from tests.purchases import TERMS, bid, made, random_purchase, supplier

KINDS = [("discounts",), ("tiers", "discounts"), ("capacity", "delivery", "discounts"), TERMS]
RULES = [{}, {"max_suppliers": 2}, {"max_supplier_share": 0.6}]


def both_ways(purchase, monkeypatch):
    monkeypatch.setattr(solve, "LARGE_FROM", np.inf)
    plain = solve_award(purchase)
    monkeypatch.setattr(solve, "LARGE_FROM", 0)
    return plain, solve_award(purchase)


@pytest.mark.parametrize("award", ["whole-lot", "split"])
@pytest.mark.parametrize("terms", KINDS, ids="+".join)
@pytest.mark.parametrize("rules", RULES, ids=str)
def test_equal_to_the_plain_program(award, terms, rules, monkeypatch):
    for seed in range(2):
        purchase = random_purchase(seed, award=award, terms=terms, members=3, sites_each=2, **rules)
        plain, large = both_ways(purchase, monkeypatch)
        assert (plain is None) == (large is None)
        if plain is not None:
            assert large.objective == pytest.approx(plain.objective, rel=1e-8)
            assert large.bound <= plain.objective * (1 + 1e-9)
            assert violations(purchase, large) == []


@pytest.mark.parametrize(
    "kind", [{}, {"capacitated": True}, {"sites": 4, "linear": True}, {"sites": 3, "lanes": True}], ids=str
)
def test_medium_purchases_equal_the_plain_program(kind, monkeypatch):
    shape = (15, 20, 3) if kind.get("sites", 1) == 1 else (8, 8, 3)
    purchase = discount_purchase(*shape, seed=3, **kind)
    plain, large = both_ways(purchase, monkeypatch)
    assert plain.proven
    assert large.proven
    assert large.objective == pytest.approx(plain.objective, rel=1e-9)


def test_the_start_is_a_bound_and_an_award():
    purchase = discount_purchase(10, 15, 4, seed=5, capacitated=True)
    start = lagrangian_start(purchase)
    best = solve_award(purchase)
    assert lower_bound(purchase, start.certificate) <= best.objective * (1 + 1e-9)
    assert start.bound <= best.objective <= start.award.objective * (1 + 1e-12)
    assert start.bound >= 0.99 * best.objective
    assert violations(purchase, start.award) == []
    # what the best award uses is left in
    value = best.tier_payment.sum(axis=1)
    for k, firm in enumerate(purchase.suppliers):
        if value[k] > 0:
            level = sum(value[k] >= at * (1 - 1e-9) for at, _ in firm.discounts)
            assert level in start.restriction.levels[k]


def test_a_time_limit_keeps_the_award_and_an_honest_bound(monkeypatch):
    monkeypatch.setattr(solve, "LARGE_FROM", 0)
    purchase = discount_purchase(20, 30, 4, seed=1, capacitated=True)
    best = solve_award(purchase)
    began = time.monotonic()
    try:
        short = solve_award(purchase, deadline=began + 0.6)
    except OutOfTimeError:
        return
    assert short.objective >= best.objective * (1 - 1e-9)
    assert short.bound <= best.objective * (1 + 1e-9)
    assert short.proven == (short.objective - short.bound <= 2e-9 * short.objective)


def test_a_gap_ends_the_search_and_is_not_called_proven():
    purchase = discount_purchase(20, 40, 4, seed=1, capacitated=True)
    found = solve_award(purchase, gap=0.01)
    assert 1e-9 < found.gap <= 0.01
    assert not found.proven


def test_only_undominated_rows_are_left_without_a_discount():
    purchase = made(
        [(0, 0, 10), (1, 0, 10)],
        [bid(0, 0, (0, 5)), bid(1, 0, (0, 6)), bid(2, 0, (0, 4), capacity=5)],
        [supplier("A"), supplier("B"), supplier("C")],
        award="split",
        per_unit=[[0, 3], [0, 0], [0, 0]],
    )
    assert undominated(purchase).tolist() == [[True, False], [False, True], [True, True]]
    assert undominated(random_purchase(1, award="split", max_suppliers=2)) is None
