"""Lots that are sampled in other processes give what they give here."""

import time

import numpy as np
import pytest
from tests.purchases import random_purchase

from sprega.engines.award.solve import solve_award
from sprega.engines.clearing import sampled
from sprega.engines.clearing.group_prices import _price_all, deadline_of, moment_of


def test_lots_side_by_side(monkeypatch):
    purchase = random_purchase(7, award="split", members=7, items=3, terms=("lanes",))
    award = solve_award(purchase)
    told: list[float] = []

    def shares():
        return sampled.sampled_shares(
            purchase, award, seed=1, deadline=None, progress=lambda _stage, done: told.append(done)
        )

    here = shares()
    monkeypatch.setattr(sampled, "HANDED_OUT", 0)
    there = shares()
    assert there.rows == here.rows
    for name in ("stand_alone", "shares", "low", "high"):
        np.testing.assert_array_equal(getattr(there, name), getattr(here, name))
    assert told == 2 * [1 / 3, 2 / 3, 1.0]


def test_a_job_that_waits_its_turn_gets_no_more_time():
    """What is handed out says when all must end, not how long each may take."""
    deadline = time.monotonic() + 0.2
    until = moment_of(deadline)
    assert deadline_of(until) == pytest.approx(deadline, abs=0.05)
    purchase = random_purchase(7, award="split", members=5, items=3, terms=("discounts", "lanes"))
    award = solve_award(purchase)
    time.sleep(0.25)
    found = _price_all(purchase, award, [1, 3, 7], None, until, quick=False)
    assert [price.low for price in found] == [0.0] * 3  # nothing was searched, and it is said so
    assert not any(price.proven for price in found)
    assert np.isfinite([price.payment for price in found]).all()
