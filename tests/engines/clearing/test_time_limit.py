# SPDX-License-Identifier: EUPL-1.2
"""A time limit ends the search with finite figures that say what they are, or with advice."""

import time
from dataclasses import replace

import numpy as np
import pytest
from tests.purchases import random_purchase

from sprega.engines.award.evaluate import violations
from sprega.engines.award.milp import Milp
from sprega.engines.award.solve import OutOfTimeError, solve_award
from sprega.engines.clearing.exact import cost_game
from sprega.engines.clearing.solve import clear

TERMS = ("tiers", "capacity", "delivery", "lanes", "fixed", "discounts", "lots")


@pytest.mark.parametrize("seconds", [0.05, 0.5])
@pytest.mark.parametrize(
    ("award", "members", "items"), [("split", 9, 8), ("split", 8, 5), ("whole-lot", 12, 10)]
)
def test_a_short_time(award, members, items, seconds):
    purchase = random_purchase(
        1, award=award, members=members, items=items, suppliers=6, terms=TERMS, density=0.9, sites_each=2
    )
    began = time.process_time()
    try:
        found = clear(purchase, time_limit=seconds)
    except OutOfTimeError as error:
        assert "--time-limit" in str(error)
        return
    assert time.process_time() - began < seconds + 20
    assert violations(purchase, found.award) == []
    for figures in (found.stand_alone, *found.shares.values(), found.price_list.amount):
        assert np.isfinite(figures).all()
    for shares in found.shares.values():
        assert shares.sum() == pytest.approx(found.cost, rel=1e-9)
    assert np.isfinite(found.award.bound)
    assert found.award.bound <= found.award.objective
    if found.mode == "sampled":
        low, high = found.share_intervals["shapley"]
        assert np.isfinite(low).all()
        assert np.isfinite(high).all()
        assert np.all(low <= found.shares["shapley"])
        assert np.all(found.shares["shapley"] <= high)
        assert np.isfinite(found.least_core).all()
        for told in found.stability.values():
            assert np.isfinite(told.worst_excess).all()
            assert told.worst_excess[0] <= told.worst_excess[1]
    assert not found.proven
    assert any("time limit" in str(note) for note in found.notes)


def test_time_that_is_over_is_not_spent_on_groups():
    purchase = random_purchase(1, members=8, items=6, suppliers=6, terms=TERMS, density=0.9, sites_each=2)
    plan = solve_award(purchase)
    began = time.process_time()
    late = time.monotonic() - 1
    cost, proven = cost_game(purchase, plan, deadline=late, progress=lambda stage, part: None)
    assert time.process_time() - began < 2
    assert not proven
    # what all together deliver, priced for each group alone: never below what it could have
    exact, _ = cost_game(purchase, plan, progress=lambda stage, part: None)
    assert np.all(cost >= exact * (1 - 1e-9))


def test_a_reserve_is_not_called_too_low_for_want_of_time(monkeypatch):
    purchase = random_purchase(2, award="split", members=3, items=3, terms=TERMS)
    best = solve_award(purchase).payment
    assert solve_award(replace(purchase, reserve=0.99 * best)) is None
    solve = Milp.solve

    def halted(self, **options):
        """As if time had run out with the best plan known, but with half its bound."""
        found = solve(self, **options)
        return replace(found, bound=0.5 * found.bound, proven=False)

    monkeypatch.setattr(Milp, "solve", halted)
    with pytest.raises(OutOfTimeError, match="--time-limit"):
        solve_award(replace(purchase, reserve=0.99 * best))
    assert solve_award(replace(purchase, reserve=0.4 * best)) is None


def test_enough_time_changes_nothing():
    purchase = random_purchase(3, members=4, items=3)
    plain, limited = clear(purchase), clear(purchase, time_limit=600)
    assert limited.proven
    assert limited.cost == plain.cost
    for rule, shares in plain.shares.items():
        np.testing.assert_array_equal(limited.shares[rule], shares)
