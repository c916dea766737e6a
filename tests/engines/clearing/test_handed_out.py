"""Lots that are sampled in other processes give what they give here."""

import numpy as np
from tests.purchases import random_purchase

from sprega.engines.award.solve import solve_award
from sprega.engines.clearing import sampled


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
