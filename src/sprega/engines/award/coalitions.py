# SPDX-License-Identifier: EUPL-1.2
"""What every group of members would pay for one lot on its own, under the same bids."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sprega.engines.award.model import REACHES, WHOLE_LOT, Floats, Purchase
from sprega.engines.award.prices import tier_payment

Masks = NDArray[np.int64]
"""Groups as bit masks over the members that need a lot."""

GroupCost = Callable[[tuple[int, ...], tuple[int, ...]], float]
"""Least payment of (members, lots) as a proper group."""


def members_of_lot(purchase: Purchase, lot: int) -> tuple[int, ...]:
    """The members that need a lot, by number."""
    items = purchase.items_of_lot(lot)
    return tuple(int(m) for m in np.flatnonzero(purchase.member_demand[:, items].sum(axis=1) > 0))


def eligible_suppliers(purchase: Purchase, lot: int) -> list[int]:
    """Suppliers that bid on all the lot's needed items and can carry the whole demand of each."""
    items = purchase.items_of_lot(lot)
    demand = purchase.item_demand
    return [
        k
        for k in range(len(purchase.suppliers))
        if all(
            (bid := purchase.bid_of.get((k, i))) is not None and demand[i] <= bid.capacity * (1 + REACHES)
            for i in items
        )
    ]


def delivery_of_member(purchase: Purchase, lot: int, members: Sequence[int]) -> Floats:
    """Delivery cost of each member's whole need of a lot, shape (suppliers, members)."""
    items = set(purchase.items_of_lot(lot))
    cost = np.zeros((len(purchase.suppliers), len(members)))
    for position, member in enumerate(members):
        sites = set()
        for r in np.flatnonzero((purchase.demand_member == member) & (purchase.demand_quantity > 0)):
            if int(purchase.demand_item[r]) in items:
                site = int(purchase.demand_site[r])
                cost[:, position] += purchase.per_unit[:, site] * purchase.demand_quantity[r]
                sites.add(site)
        for site in sites:
            cost[:, position] += purchase.per_lane[:, site]
    return cost


def whole_lot_costs(purchase: Purchase, lot: int, members: Sequence[int]) -> Floats:
    """Least payment of every group for a lot that one supplier delivers whole.

    Parameters
    ----------
    purchase : Purchase
        Nothing may couple its lots.
    lot : int
    members : sequence of int
        Those who need the lot; bit b of a mask is `members[b]`.

    Returns
    -------
    (2**len(members),) floats
        In currency; infinite where no supplier is eligible.
    """
    items = purchase.items_of_lot(lot)
    best = np.full(1 << len(members), np.inf)
    best[0] = 0.0
    need = np.ascontiguousarray(purchase.member_demand[np.ix_(list(members), items)].T)
    delivery = delivery_of_member(purchase, lot, members)
    for k in eligible_suppliers(purchase, lot):
        bids = [purchase.bid_of[(k, i)] for i in items]
        width = max(len(bid.starts) for bid in bids)
        # shorter bids repeat their last tier, which changes nothing
        start = np.array([bid.starts + bid.starts[-1:] * (width - len(bid.starts)) for bid in bids])
        price = np.array([bid.prices + bid.prices[-1:] * (width - len(bid.prices)) for bid in bids])
        _lower_by_supplier(best, need, delivery[k], start, price, purchase.buy_up)
    return best


@njit(cache=True)
def _lower_by_supplier(best, need, delivery, start, price, buy_up):  # type: ignore[no-untyped-def]
    """Lower `best` (2**n) to what one supplier asks of each group, item by item and tier by tier."""
    items, members = need.shape
    tiers = start.shape[1]
    low_bits = members // 2
    low_count = 1 << low_bits
    # payment = price * quantity above each start, or the least smallest order of a higher tier
    least = np.full((items, tiers + 1), np.inf)
    for i in range(items):
        for t in range(tiers - 1, -1, -1):
            least[i, t] = min(least[i, t + 1], start[i, t] * price[i, t])
    falling = np.ones(items, dtype=np.bool_)
    for i in range(items):
        for t in range(1, tiers):
            if price[i, t] > price[i, t - 1]:
                falling[i] = False
    low_need = np.zeros((items, low_count))
    low_pay = np.zeros(low_count)
    for mask in range(1, low_count):
        bit = 0
        while not mask >> bit & 1:
            bit += 1
        rest = mask & (mask - 1)
        low_pay[mask] = low_pay[rest] + delivery[bit]
        for i in range(items):
            low_need[i, mask] = low_need[i, rest] + need[i, bit]
    high_need = np.zeros(items)
    cost = np.empty(low_count)
    for high in range(1 << (members - low_bits)):
        high_need[:] = 0.0
        pay = 0.0
        for bit in range(members - low_bits):
            if high >> bit & 1:
                pay += delivery[low_bits + bit]
                for i in range(items):
                    high_need[i] += need[i, low_bits + bit]
        for low in range(low_count):
            cost[low] = pay + low_pay[low]
        for i in range(items):
            if buy_up and falling[i]:
                # then the payment is the least of price times quantity or smallest order, over all tiers
                for low in range(low_count):
                    quantity = high_need[i] + low_need[i, low]
                    asked = price[i, 0] * max(quantity, start[i, 0])
                    for t in range(1, tiers):
                        asked = min(asked, price[i, t] * max(quantity, start[i, t]))
                    cost[low] += asked if quantity > 0 else 0.0
                continue
            for low in range(low_count):
                quantity = high_need[i] + low_need[i, low]
                if quantity > 0:
                    t = 0
                    while t < tiers and quantity >= start[i, t] * (1 - 1e-9):
                        t += 1
                    if t == 0:
                        cost[low] += least[i, 0] if buy_up else start[i, 0] * price[i, 0]
                    elif buy_up:
                        cost[low] += min(price[i, t - 1] * quantity, least[i, t])
                    else:
                        cost[low] += price[i, t - 1] * quantity
        base = high << low_bits
        for low in range(low_count):
            best[base + low] = min(best[base + low], cost[low])


def split_costs(
    purchase: Purchase, lot: int, members: Sequence[int], masks: Masks, group_cost: GroupCost
) -> Floats:
    """Least payment of the groups in `masks` for a lot that may be divided; see `whole_lot_costs`.

    Items of a lot without lane costs stand for themselves and are solved by `single_item`; otherwise, and
    where that gives up, `group_cost` is asked.
    """
    items = purchase.items_of_lot(lot)
    rows = np.isin(purchase.demand_item, items) & (purchase.demand_quantity > 0)
    sites = np.unique(purchase.demand_site[rows])
    bidders = sorted({bid.supplier for bid in purchase.bids if bid.item in items})
    if np.any(purchase.per_lane[bidders][:, sites] > 0):
        cost = np.where(masks > 0, np.nan, 0.0)
    else:
        cost = np.zeros(len(masks))
        for i in items:
            cost += _item_costs(purchase, i, members, masks)
    for position in np.flatnonzero(np.isnan(cost)):
        mask = int(masks[position])
        cost[position] = group_cost(tuple(m for b, m in enumerate(members) if mask >> b & 1), (lot,))
    return cost


def _item_costs(purchase: Purchase, item: int, members: Sequence[int], masks: Masks) -> Floats:
    from sprega.engines.award.single_item import cheapest_of_groups, curve_arrays

    bids = [bid for bid in purchase.bids if bid.item == item]
    rows = np.flatnonzero((purchase.demand_item == item) & (purchase.demand_quantity > 0))
    position = {member: bit for bit, member in enumerate(members)}
    suppliers = [bid.supplier for bid in bids]
    demand = purchase.demand_quantity[rows]
    cost: Floats = cheapest_of_groups(
        masks,
        demand,
        np.array([position[int(m)] for m in purchase.demand_member[rows]]),
        np.ascontiguousarray(purchase.per_unit[suppliers][:, purchase.demand_site[rows]]),
        *curve_arrays(bids, buy_up=purchase.buy_up),
        np.array([bid.capacity for bid in bids]) / demand.sum(),
    )
    return cost


@njit(cache=True)
def add_spread(total, cost, players, count):  # type: ignore[no-untyped-def]
    """Add the game `cost` on `players` to the game `total` (2**count) in place."""
    low_bits = count // 2
    low_index = np.zeros(1 << low_bits, dtype=np.int64)
    high_index = np.zeros(1 << (count - low_bits), dtype=np.int64)
    for position in range(len(players)):
        player = players[position]
        if player < low_bits:
            for mask in range(len(low_index)):
                if mask >> player & 1:
                    low_index[mask] |= 1 << position
        else:
            for mask in range(len(high_index)):
                if mask >> (player - low_bits) & 1:
                    high_index[mask] |= 1 << position
    for high in range(len(high_index)):
        base = high << low_bits
        for low in range(len(low_index)):
            total[base + low] += cost[high_index[high] | low_index[low]]


def lot_costs(purchase: Purchase, lot: int, group_cost: GroupCost) -> tuple[tuple[int, ...], Floats]:
    """The members that need a lot, and the least payment of every group of them."""
    members = members_of_lot(purchase, lot)
    if purchase.award == WHOLE_LOT:
        return members, whole_lot_costs(purchase, lot, members)
    return members, split_costs(purchase, lot, members, np.arange(1 << len(members)), group_cost)


def some_lot_costs(purchase: Purchase, lot: int, masks: Sequence[int], group_cost: GroupCost) -> Floats:
    """The least payment of some groups of the members that need a lot, by bit mask."""
    members = members_of_lot(purchase, lot)
    if purchase.award != WHOLE_LOT:
        return split_costs(purchase, lot, members, np.array(masks, dtype=np.int64), group_cost)
    items = purchase.items_of_lot(lot)
    taken = np.array([[mask >> b & 1 for b in range(len(members))] for mask in masks], dtype=float)
    quantity = taken @ purchase.member_demand[list(members)][:, items]
    delivery = taken @ delivery_of_member(purchase, lot, members).T
    best = np.full(len(masks), np.inf)
    for k in eligible_suppliers(purchase, lot):
        cost = delivery[:, k].copy()
        for column, i in enumerate(items):
            bid = purchase.bid_of[(k, i)]
            cost += tier_payment(bid, quantity[:, column], buy_up=purchase.buy_up, proper=True)
        best = np.minimum(best, cost)
    return best
