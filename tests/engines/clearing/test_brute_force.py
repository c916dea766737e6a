# SPDX-License-Identifier: EUPL-1.2
"""The whole clearing with every term, both ways of award, against brute force."""

import random

import numpy as np
import pytest
from tests.engines.clearing import oracle
from tests.purchases import TERMS, random_purchase

from sprega.engines.award.infeasible import explain
from sprega.engines.award.model import InfeasibleError
from sprega.engines.clearing.model import APPLICABLE
from sprega.engines.clearing.solve import clear


def compared(purchase, *, close):
    try:
        found = clear(purchase)
    except InfeasibleError as error:
        assert error.causes
        assert error.causes == explain(purchase)
        return None
    count = len(purchase.players)
    cost = oracle.costs(purchase, found.award)
    alone = cost[[1 << b for b in range(count)]]
    total = alone.sum()
    near = {"rtol": 0, "atol": close * total}
    assert found.mode == "exact"
    assert found.proven
    np.testing.assert_allclose(found.coalition_cost, cost, **near)
    np.testing.assert_allclose(found.stand_alone, alone, **near)
    assert found.cost == found.award.payment
    assert found.joining_pays == (found.cost <= total * (1 + 1e-6))
    np.testing.assert_allclose(found.shares["shapley"], oracle.shapley(cost), **near)
    expected = oracle.nucleolus(cost, bounded=found.joining_pays)
    np.testing.assert_allclose(found.shares["nucleolus"], expected, rtol=0, atol=10 * close * total)
    np.testing.assert_allclose(found.shares["equal-price"], oracle.equal_price(purchase, found.award), **near)
    np.testing.assert_allclose(found.shares["proportional"], found.cost * alone / total, **near)
    calm = []
    for rule, shares in found.shares.items():
        assert shares.sum() == pytest.approx(found.cost, rel=1e-9)
        objecting, worst, _ = oracle.objections(cost, shares)
        told = found.stability[rule]
        assert told.objecting == objecting
        if worst is None:
            assert told.worst_excess is None
            assert told.worst_coalition == ()
        else:
            assert told.worst_excess == pytest.approx(worst, abs=2 * close * total)
            named = sum(1 << purchase.players.index(m) for m in told.worst_coalition)
            excess = sum(x for b, x in enumerate(shares) if named >> b & 1) - cost[named]
            assert excess == pytest.approx(worst, abs=2 * close * total)
            assert 0 < named < len(cost) - 1
        if objecting == 0 and rule in APPLICABLE:
            calm.append(rule)
    assert found.rule == next((rule for rule in APPLICABLE if rule in calm), "nucleolus")
    listed = found.price_list
    assert listed.amount.sum() == listed.supplier_total.sum() == listed.share.sum()
    assert abs(listed.share.sum() - 100 * found.cost) <= 0.5 * len(purchase.suppliers) + 1e-6
    return found


def drawn(seed, award):
    rng = random.Random(seed)  # noqa: S311
    rules = {}
    if rng.random() < 0.2:
        rules["max_suppliers"] = 2
    if rng.random() < 0.2:
        rules["max_supplier_share"] = 0.7
    if award == "split" and rng.random() < 0.2:
        rules["min_sources"] = 2
    return random_purchase(
        seed,
        award=award,
        members=rng.randint(2, 5 if award == "whole-lot" else 4),
        items=rng.randint(1, 4 if award == "whole-lot" else 3),
        sites_each=2,
        buy_up=rng.random() < 0.6,
        terms=tuple(term for term in TERMS if rng.random() < 0.7),
        **rules,
    )


@pytest.mark.parametrize("seed", range(40))
def test_whole_lots(seed):
    compared(drawn(seed, "whole-lot"), close=1e-8)


@pytest.mark.parametrize("seed", range(16))
def test_divided(seed):
    compared(drawn(seed, "split"), close=3e-6)


@pytest.mark.parametrize("award", ["whole-lot", "split"])
@pytest.mark.parametrize("seed", range(6))
def test_lots_that_stand_for_themselves(award, seed):
    terms = ("tiers", "capacity", "delivery", "lots", *(("lanes",) if seed % 2 else ()))
    purchase = random_purchase(seed, award=award, members=4, items=4, sites_each=2, density=0.6, terms=terms)
    compared(purchase, close=1e-8 if award == "whole-lot" else 3e-6)
