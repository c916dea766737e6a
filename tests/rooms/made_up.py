# SPDX-License-Identifier: EUPL-1.2
"""Clearings built by hand, for what reads a clearing: simple arithmetic instead of the engines."""

from __future__ import annotations

import numpy as np

from sprega.engines.award.model import Award, Bid, Item, Member, Purchase, Site, Supplier
from sprega.engines.clearing.model import RULES, Clearing, Note, PriceList, RuleStability


def unit_price(bid: Bid, quantity: float) -> float:
    """Price per unit at a quantity, buying up not considered."""
    reached = [price for start, price in zip(bid.starts, bid.prices, strict=True) if quantity >= start]
    return reached[-1] if reached else bid.prices[0]


def lot_cost(purchase: Purchase, lot: int, members: list[int]) -> tuple[float, int]:
    """Least payment of some members for a lot from one supplier, and that supplier."""
    items = [i for i, item in enumerate(purchase.items) if item.lot == lot and purchase.item_demand[i] > 0]
    need = purchase.member_demand[members].sum(axis=0)
    rows = [
        row
        for row, item in enumerate(purchase.demand_item)
        if item in items and purchase.demand_member[row] in members and purchase.demand_quantity[row] > 0
    ]
    sites = sorted({int(purchase.demand_site[row]) for row in rows})
    best = (np.inf, -1)
    for supplier in range(len(purchase.suppliers)):
        bids = [purchase.bid_of.get((supplier, item)) for item in items]
        if any(bid is None for bid in bids):
            continue
        goods = sum(unit_price(bid, need[bid.item]) * need[bid.item] for bid in bids)
        best = min(best, (goods + float(purchase.per_lane[supplier, sites].sum()), supplier))
    return best


def made_up_clearing(
    purchase: Purchase, *, rule: str = "equal-price", mode: str = "exact", **changes: object
) -> Clearing:
    """Clear a purchase lot by lot; `shapley` and `nucleolus` are only near to what they should be."""
    suppliers, rows = len(purchase.suppliers), len(purchase.demand_item)
    items, sites, lots = len(purchase.items), len(purchase.sites), len(purchase.lots)
    delivered = np.zeros((suppliers, rows))
    tier = np.zeros((suppliers, items))
    lane = np.zeros((suppliers, sites, lots))
    players = purchase.players
    everybody = list(players)
    for lot, needed in purchase.lot_items():
        _, supplier = lot_cost(purchase, lot, everybody)
        for item in needed:
            bid = purchase.bid_of[supplier, item]
            quantity = purchase.item_demand[item]
            tier[supplier, item] = quantity * unit_price(bid, quantity)
            for row in np.flatnonzero((purchase.demand_item == item) & (purchase.demand_quantity > 0)):
                delivered[supplier, row] = purchase.demand_quantity[row]
                site = purchase.demand_site[row]
                lane[supplier, site, lot] = purchase.per_lane[supplier, site]
    payment = float(tier.sum() + lane.sum())
    none = np.zeros(suppliers)
    award = Award(
        delivered=delivered,
        tier_payment=tier,
        goods=tier.copy(),
        unit_delivery=np.zeros((suppliers, rows)),
        lane_delivery=lane,
        fixed=none,
        top_up=none,
        payment=payment,
        co2=0.0,
        objective=payment,
        bound=payment,
        certified_bound=payment - 812.0,
        proven=True,
    )
    alone = np.array(
        [
            sum(
                lot_cost(purchase, lot, [player])[0]
                for lot, needed in purchase.lot_items()
                if purchase.member_demand[player, needed].sum() > 0
            )
            for player in players
        ]
    )
    invoice = np.zeros((suppliers, len(purchase.members)))
    unit = np.full((suppliers, len(purchase.members), items), np.nan)
    for supplier, row in zip(*np.nonzero(delivered), strict=True):
        item, member = purchase.demand_item[row], purchase.demand_member[row]
        price = tier[supplier, item] / delivered[supplier, purchase.demand_item == item].sum()
        invoice[supplier, member] += price * delivered[supplier, row]
        unit[supplier, member, item] = price
    for supplier, site, lot in zip(*np.nonzero(lane), strict=True):
        invoice[supplier, purchase.sites[site].member] += lane[supplier, site, lot]
    equal = invoice.sum(axis=0)[list(players)]
    proportional = alone * payment / alone.sum()
    mixes = (0.0, 0.4, 0.7, 1.0)
    shares = {name: (1 - mix) * equal + mix * proportional for name, mix in zip(RULES, mixes, strict=True)}
    amount = np.round(100 * invoice).astype(np.int64)
    value = purchase.demand_price * purchase.demand_quantity
    today = np.array([value[purchase.demand_member == player].sum() for player in players])
    stability = {name: RuleStability(0, -0.002 * payment, tuple(players[:3])) for name in RULES}
    stability["equal-price"] = RuleStability(3, 1234.5, tuple(players[1:3]))
    spread = np.array([0.001 * payment / len(players)] * len(players))
    interval = (shares["shapley"] - spread, shares["shapley"] + spread)
    sampled = mode == "sampled"
    known = {
        "purchase": purchase,
        "award": award,
        "stand_alone": alone,
        "shares": shares,
        "stability": stability,
        "rule": rule,
        "joining_pays": bool(payment <= alone.sum()),
        "price_list": PriceList(amount, invoice, unit, amount.sum(axis=0), amount.sum(axis=1), (), 2),
        "mode": mode,
        "today": today,
        "seconds": 1.5,
        "share_intervals": {"shapley": interval} if sampled else {},
        "nucleolus_is_nearest": sampled,
    }
    return Clearing(**{**known, **changes})


def large_purchase(items: int, suppliers: int, members: int, *, seed: int = 1) -> Purchase:
    """A purchase of any size with long names, for what must not overflow a page."""
    rng = np.random.default_rng(seed)
    people = tuple(
        Member(f"MEMBER-{m:03d}", f"Дружество с доста дълго наименование номер {m}", f"H{m}", "company")
        for m in range(members)
    )
    goods = tuple(
        Item(f"ITEM-{i:03d}", f"Item with a rather long name number {i}", i, "piece") for i in range(items)
    )
    sellers = tuple(
        Supplier(f"SUPPLIER-{s:03d}", f"Supplier of many things number {s} Ltd") for s in range(suppliers)
    )
    bids = tuple(
        Bid(s, i, (0.0, 500.0), tuple(np.round(rng.uniform(80, 12000) * np.array([1.0, 0.93]), 2)))
        for s in range(suppliers)
        for i in range(items)
        if s % 3 == i % 3 or rng.random() < 0.3
    )
    pairs = [(m, i) for m in range(members) for i in range(items) if i == m or rng.random() < 0.4]
    price = rng.uniform(500, 9000, len(pairs))
    return Purchase(
        name="A very large purchase", currency="EUR", award="whole-lot", members=people,
        sites=tuple(Site(f"SITE-{m}", m, f"Site {m}") for m in range(members)),
        items=goods, lots=tuple(f"LOT-{i:03d}" for i in range(items)), suppliers=sellers, bids=bids,
        demand_site=np.array([m for m, _ in pairs], dtype=np.int64),
        demand_item=np.array([i for _, i in pairs], dtype=np.int64),
        demand_quantity=np.round(rng.uniform(1, 90, len(pairs))), demand_price=price,
        per_unit=np.zeros((suppliers, members)), per_lane=np.full((suppliers, members), 20.0),
    )  # fmt: skip


__all__ = ["Note", "large_purchase", "made_up_clearing"]
