# SPDX-License-Identifier: EUPL-1.2
"""Whatever keeps a random purchase from an award: what is proposed mends it, and slightly less does not."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from sprega.engines.award.infeasible import explain
from sprega.engines.award.solve import solve_award
from sprega.formats.result_summary import infeasible_summary
from tests.purchases import random_purchase

CAUSES = (
    "capacity",
    "first_tier",
    "min_order",
    "reserve",
    "max_suppliers",
    "min_sources",
    "min_source_share",
    "max_supplier_share",
)
BROKEN = [(cause,) for cause in CAUSES] + list(combinations(CAUSES, 2))
LESS = 0.01
"""The part of a change that is left out, to see that it was needed."""


def broken(seed, award, causes, *, buy_up):
    """A random purchase made harder in these ways, perhaps until no award is left."""
    rng = random.Random(f"{seed} {award} {causes} {buy_up}")  # noqa: S311
    terms = ("tiers", "delivery", "discounts", "fixed", "lots")
    terms = tuple(term for term in terms if rng.random() < 0.6)
    purchase = random_purchase(
        seed,
        award=award,
        members=2,
        items=rng.randint(1, 3),
        suppliers=rng.randint(2, 4),
        terms=terms,
        buy_up=buy_up,
    )
    demand = purchase.item_demand
    bids, firms = list(purchase.bids), list(purchase.suppliers)
    value = float(sum(demand[i] * 10 for i in range(len(demand))))
    rules = {}
    if "capacity" in causes:
        bids = [
            replace(b, capacity=round(demand[b.item] * rng.uniform(0.1, 0.7), rng.randint(0, 3)))
            for b in bids
        ]
    if "first_tier" in causes:
        for position, b in enumerate(bids):
            first = round(demand[b.item] * rng.uniform(0.5, 1.6), rng.randint(0, 3))
            starts = tuple(first + start - b.starts[0] for start in b.starts)
            bids[position] = replace(b, starts=starts)
    if "min_order" in causes:
        firms = [replace(s, min_order=round(value * rng.uniform(0.5, 2), 2)) for s in firms]
    if "max_suppliers" in causes:
        rules["max_suppliers"] = 1
    if "min_sources" in causes:
        rules["min_sources"] = rng.randint(2, 4)
    if "min_source_share" in causes:
        rules["min_sources"] = rules.get("min_sources", 2)
        rules["min_source_share"] = round(rng.uniform(0.2, 1 / rules["min_sources"]), 2)
        for position, b in enumerate(bids):
            if rng.random() < 0.7:
                bids[position] = replace(
                    b, capacity=min(b.capacity, round(demand[b.item] * rng.uniform(0.02, 0.3), 3))
                )
        keep = {b.item for b in bids}
        for item in keep:  # somebody carries the rest
            position = next(p for p, b in enumerate(bids) if b.item == item)
            if "capacity" not in causes:
                bids[position] = replace(bids[position], capacity=np.inf)
    if "max_supplier_share" in causes:
        rules["max_supplier_share"] = round(rng.uniform(0.2, 0.6), rng.randint(2, 4))
    purchase = replace(purchase, bids=tuple(bids), suppliers=tuple(firms))
    if "reserve" in causes:
        free = solve_award(replace(purchase, co2_price=0.0))
        cost = free.payment if free is not None else value
        rules["reserve"] = round(cost * rng.uniform(0.8, 1.02), 2)
    return replace(purchase, **rules)


def with_cell(purchase, change, value):
    """The purchase with `value` in the workbook's cell that a change of the JSON names."""
    if change["sheet"] == "Purchase":
        if change["field"] == "buy_up":
            return replace(purchase, buy_up=value == "yes")
        value = value / 100 if change["unit"] == "percent" else value
        return replace(purchase, **{change["field"]: value})
    if change["sheet"] == "Suppliers":
        assert change["field"] == "min_order"
        firms = [
            replace(s, min_order=value) if s.code == change["supplier"] else s for s in purchase.suppliers
        ]
        return replace(purchase, suppliers=tuple(firms))
    bids = list(purchase.bids)
    (position,) = (
        p
        for p, b in enumerate(bids)
        if purchase.suppliers[b.supplier].code == change["supplier"]
        and purchase.items[b.item].code == change["item"]
    )
    if change["field"] == "capacity":
        bids[position] = replace(bids[position], capacity=value)
    else:
        assert change["field"] == "from_quantity"
        bids[position] = replace(bids[position], starts=(value, *bids[position].starts[1:]))
    return replace(purchase, bids=tuple(bids))


def slightly_less(change):
    """The value short of what is proposed: one fewer, or a hundredth of the change, or what a cent hides."""
    before, after = change["from"], change["to"]
    if isinstance(after, int):
        return after - (1 if after > before else -1)
    short = max(LESS * abs(after - before), 0.0101 if change["unit"] == "EUR" else 0.0)
    return after - np.sign(after - before) * min(short, abs(after - before))


def plans(entries):
    """Each way to follow the advice: all changes, with one of the alternatives."""
    needed = [e["change"] for e in entries if not e["alternative"]]
    alternatives = [e["change"] for e in entries if e["alternative"]]
    return [[*needed, one] for one in alternatives] or [needed]


def feasible(purchase):
    return solve_award(purchase) is not None


def made(purchase, changes):
    for change in changes:
        assert change["from"] != change["to"]
        purchase = with_cell(purchase, change, change["to"])
    return purchase


def examine(purchase):
    entries = infeasible_summary(explain(purchase))["infeasible"]
    assert entries
    assert all(entry["change"] and entry["smallest"] for entry in entries), entries
    for plan in plans(entries):
        assert feasible(made(purchase, plan)), plan
        for change in plan:
            rest = made(purchase, [other for other in plan if other is not change])
            assert not feasible(with_cell(rest, change, slightly_less(change))), (change, plan)
    early = [e for e in entries if e["instead"]]
    if early:
        rest = [e for e in entries if not e["instead"]]
        assert feasible(with_cell(made(purchase, plans(rest)[0]), early[0]["instead"], "yes"))
    return entries


@pytest.mark.parametrize("buy_up", [True, False])
@pytest.mark.parametrize("award", ["whole-lot", "split"])
@pytest.mark.parametrize("causes", BROKEN, ids="+".join)
def test_what_is_proposed_mends_and_less_does_not(causes, award, buy_up):
    for seed in range(3):
        purchase = broken(seed, award, causes, buy_up=buy_up)
        if not feasible(purchase):
            examine(purchase)
