# SPDX-License-Identifier: EUPL-1.2
"""What a given division of the deliveries costs, term by term, straight from the definitions."""

from __future__ import annotations

import numpy as np

from sprega.engines.award.model import REACHES, WHOLE_LOT, Award, Floats, Purchase, Supplier
from sprega.engines.award.prices import tier_payment

SERVES = 1e-9
"""A supplier serves a row from this part of the row's demand on; less is rounding."""


def evaluate(purchase: Purchase, delivered: Floats, *, proper: bool) -> Award:
    """Price a division of the deliveries.

    Parameters
    ----------
    purchase : Purchase
    delivered : (suppliers, rows) floats
        Quantities in the items' units; rows of members outside a subgroup are all zero.
    proper : bool
        True for a proper subgroup: it may pay up to `min_order` and for the first tier's smallest order.

    Returns
    -------
    Award
        Without bounds. Payments are infinite where a bid may not be used at its quantity.

    Notes
    -----
    Value discounts are measured on the goods value before any discount; bundles come off first.
    """
    delivered = np.where(delivered > SERVES * purchase.demand_quantity, delivered, 0.0)
    suppliers, items = len(purchase.suppliers), len(purchase.items)
    quantity = purchase.item_quantity(delivered)
    needed = quantity.sum(axis=0)

    tier = np.zeros((suppliers, items))
    emission = np.zeros((suppliers, items))
    for k, i in np.argwhere(quantity > 0).tolist():
        bid = purchase.bid_of.get((k, i))
        if bid is None:
            tier[k, i] = np.inf
            continue
        tier[k, i] = tier_payment(bid, quantity[k, i], buy_up=purchase.buy_up, proper=proper)
        emission[k, i] = bid.co2 * quantity[k, i]

    used = quantity.sum(axis=1) > 0
    value = tier.sum(axis=1)
    goods = tier.copy()
    for k in (int(k) for k in np.flatnonzero(used & np.isfinite(value))):
        supplier = purchase.suppliers[k]
        for item, share in won_bundles(supplier, tier[k], quantity[k], needed).items():
            goods[k, item] *= 1 - share
        goods[k] *= 1 - discount(supplier, float(value[k]))

    unit_delivery = delivered * purchase.per_unit[:, purchase.demand_site]
    served = np.zeros((suppliers, len(purchase.sites), len(purchase.lots)), dtype=bool)
    k_, r_ = np.nonzero(delivered)
    served[k_, purchase.demand_site[r_], purchase.item_lot[purchase.demand_item[r_]]] = True
    lane_delivery = served * purchase.per_lane[:, :, None]
    fixed = np.array([s.fixed for s in purchase.suppliers]) * used
    short = np.array([s.min_order for s in purchase.suppliers]) * used - value
    top_up = np.where(short > 0, short, 0.0) if proper else np.zeros(suppliers)

    payment = float(goods.sum() + unit_delivery.sum() + lane_delivery.sum() + fixed.sum() + top_up.sum())
    co2 = float(emission.sum())
    return Award(
        delivered=delivered,
        tier_payment=tier,
        goods=goods,
        unit_delivery=unit_delivery,
        lane_delivery=lane_delivery,
        fixed=fixed,
        top_up=top_up,
        payment=payment,
        co2=co2,
        objective=payment + (0.0 if proper else purchase.co2_price * co2),
    )


def discount(supplier: Supplier, value: float) -> float:
    """Fraction off all goods that a goods value reaches."""
    reached = [share for start, share in supplier.discounts if value >= start * (1 - REACHES)]
    return reached[-1] if reached else 0.0


def won_bundles(supplier: Supplier, tier: Floats, quantity: Floats, needed: Floats) -> dict[int, float]:
    """Fraction off each item by the bundles won, the cheapest choice of disjoint ones.

    A bundle is won by delivering the whole demand of all its items; an item that nobody in the group
    needs is delivered whole by delivering nothing.
    """
    won = [
        (items, share, share * float(tier[list(items)].sum()))
        for items, share in supplier.bundles
        if all(quantity[i] >= needed[i] * (1 - REACHES) for i in items)
    ]
    won = [bundle for bundle in won if bundle[2] > 0]
    won.sort(key=lambda bundle: -bundle[2])

    def best(position: int, taken: frozenset[int]) -> tuple[float, tuple[int, ...]]:
        if position == len(won):
            return 0.0, ()
        without = best(position + 1, taken)
        items, _, saving = won[position]
        if taken & set(items):
            return without
        rest, chosen = best(position + 1, taken | set(items))
        return max(without, (saving + rest, (position, *chosen)), key=lambda choice: choice[0])

    _, chosen = best(0, frozenset())
    return {item: won[position][1] for position in chosen for item in won[position][0]}


def violations(purchase: Purchase, award: Award) -> list[str]:
    """Keys of the rules and terms that an award for all together breaks; empty when it may stand."""
    broken: list[str] = []
    tolerance = 1e-7
    rows = purchase.demand_quantity
    if np.any(np.abs(award.delivered.sum(axis=0) - rows) > tolerance * np.maximum(rows, 1e-300)):
        broken.append("demand")
    if not np.isfinite(award.payment):
        broken.append("bid")
        return broken
    quantity = purchase.item_quantity(award.delivered)
    if any(
        quantity[k, i] > purchase.bid_of[(k, i)].capacity * (1 + tolerance)
        for k, i in np.argwhere(quantity > 0).tolist()
    ):
        broken.append("capacity")
    value = award.tier_payment.sum(axis=1)
    used = quantity.sum(axis=1) > 0
    if any(used[k] and value[k] < s.min_order * (1 - tolerance) for k, s in enumerate(purchase.suppliers)):
        broken.append("min_order")
    if purchase.award == WHOLE_LOT:
        lots = np.zeros((len(purchase.suppliers), len(purchase.lots)), dtype=bool)
        k_, i_ = np.nonzero(quantity)
        lots[k_, purchase.item_lot[i_]] = True
        if np.any(lots.sum(axis=0) > 1):
            broken.append("whole-lot")
    if purchase.max_suppliers is not None and used.sum() > purchase.max_suppliers:
        broken.append("max_suppliers")
    if purchase.max_supplier_share is not None and np.any(
        value > purchase.max_supplier_share * value.sum() * (1 + tolerance)
    ):
        broken.append("max_supplier_share")
    if purchase.min_sources is not None and purchase.award != WHOLE_LOT:
        demand = purchase.item_demand
        counts = (quantity >= purchase.min_source_share * demand * (1 - tolerance)) & (quantity > 0)
        if np.any(counts.sum(axis=0)[demand > 0] < purchase.min_sources):
            broken.append("min_sources")
    if purchase.reserve is not None and award.payment > purchase.reserve * (1 + tolerance):
        broken.append("reserve")
    return broken
