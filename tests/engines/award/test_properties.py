# SPDX-License-Identifier: EUPL-1.2
"""What holds of every award: it may stand, no single supplier is cheaper, and another bid never hurts."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sprega.engines.award.evaluate import evaluate, violations
from sprega.engines.award.model import Bid
from sprega.engines.award.solve import group_payment, solve_award
from tests.purchases import TERMS, random_purchase, supplier

CLOSE = 1e-8


@st.composite
def purchases(draw, **sizes):
    terms = tuple(draw(st.sets(st.sampled_from(TERMS))))
    return random_purchase(
        draw(st.integers(0, 10**6)),
        award=draw(st.sampled_from(["whole-lot", "split"])),
        members=draw(st.integers(1, 4)),
        items=draw(st.integers(1, 4)),
        suppliers=draw(st.integers(1, 4)),
        sites_each=draw(st.integers(1, 3)),
        buy_up=draw(st.booleans()),
        terms=terms,
        **sizes,
    )


@settings(max_examples=60, deadline=None)
@given(purchases())
def test_an_award_may_stand_and_no_single_supplier_is_cheaper(purchase):
    award = solve_award(purchase)
    single = []
    for k in range(len(purchase.suppliers)):
        if not all((k, i) in purchase.bid_of for i in np.flatnonzero(purchase.item_demand)):
            continue
        delivered = np.zeros((len(purchase.suppliers), len(purchase.demand_quantity)))
        delivered[k] = purchase.demand_quantity
        plan = evaluate(purchase, delivered, proper=False)
        if not violations(purchase, plan):
            single.append(plan.objective)
    if award is None:
        assert not single
        return
    assert violations(purchase, award) == []
    assert award.proven
    assert award.bound <= award.objective
    assert award.objective <= min(single, default=np.inf) * (1 + CLOSE)
    again = evaluate(purchase, award.delivered, proper=False)
    assert (again.payment, again.objective) == (award.payment, award.objective)


@settings(max_examples=40, deadline=None)
@given(purchases(), st.floats(1, 20), st.integers(0, 30))
def test_another_bid_never_hurts(purchase, price, start):
    newcomer = len(purchase.suppliers)
    offered = Bid(newcomer, int(np.argmax(purchase.item_demand)), (float(start),), (price,))
    more = replace(
        purchase,
        suppliers=(*purchase.suppliers, supplier("New")),
        bids=(*purchase.bids, offered),
        per_unit=np.vstack([purchase.per_unit, np.zeros(len(purchase.sites))]),
        per_lane=np.vstack([purchase.per_lane, np.zeros(len(purchase.sites))]),
    )
    before, after = solve_award(purchase), solve_award(more)
    if before is not None:
        assert after.objective <= before.objective * (1 + CLOSE)
    group = purchase.players[:1]
    assert group_payment(more, group).payment <= group_payment(purchase, group).payment * (1 + CLOSE)


@settings(max_examples=40, deadline=None)
@given(purchases(), st.sampled_from(["max_suppliers", "max_supplier_share", "reserve", "min_sources"]))
def test_a_rule_never_helps(purchase, rule):
    free = solve_award(purchase)
    if free is None:
        return
    value = {"max_suppliers": 1, "max_supplier_share": 0.6, "reserve": free.payment, "min_sources": 2}[rule]
    ruled = replace(purchase, **{rule: value})
    award = solve_award(ruled)
    if rule == "reserve":
        assert award is not None
    if award is not None:
        assert violations(ruled, award) == []
        assert award.objective >= free.objective * (1 - CLOSE)


@settings(max_examples=30, deadline=None)
@given(purchases())
def test_delivering_everything_to_one_place_changes_nothing_without_delivery_terms(purchase):
    plain = replace(
        purchase, per_unit=np.zeros_like(purchase.per_unit), per_lane=np.zeros_like(purchase.per_lane)
    )
    pooled = replace(plain, demand_site=np.zeros_like(plain.demand_site))
    award, together = solve_award(plain), solve_award(pooled)
    assert (award is None) == (together is None)
    if award is not None:
        assert abs(award.objective - together.objective) <= CLOSE * award.objective
