# SPDX-License-Identifier: EUPL-1.2
"""A whole clearing by brute force: every group priced, the rules by their definitions, objections counted."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest
from tests.engines.award import oracle, weak_program

from sprega.engines.award.model import WHOLE_LOT


def costs(purchase, award):
    """c(S) by bit mask over the players, with the award's payment for all together."""
    players = purchase.players
    cost = np.zeros(1 << len(players))
    for mask in range(1, len(cost) - 1):
        group = {m for b, m in enumerate(players) if mask >> b & 1}
        if purchase.award == WHOLE_LOT:
            cost[mask] = oracle.whole_lot(purchase, group, proper=True)[1]
        else:
            cost[mask] = weak_program.least(purchase, group, proper=True)
    cost[-1] = award.payment
    return cost


def shapley(cost):
    count = len(cost).bit_length() - 1
    value = np.zeros(count)
    orders = list(permutations(range(count)))
    for order in orders:
        mask = 0
        for player in order:
            value[player] += cost[mask | 1 << player] - cost[mask]
            mask |= 1 << player
    return value / len(orders)


def nucleolus(cost, *, bounded):
    coopgame = pytest.importorskip("coopgame")
    count = len(cost).bit_length() - 1
    alone = cost[[1 << b for b in range(count)]]
    if count == 1:
        return cost[1:]
    savings = [
        sum(alone[b] for b in range(count) if mask >> b & 1) - cost[mask] for mask in range(1, len(cost))
    ]
    solve = coopgame.nucleolus if bounded else coopgame.prenucleolus
    return alone - np.array(solve(coopgame.Game(savings))["allocation"])


def equal_price(purchase, award):
    """One price for each item; own delivery; fixed costs by what the goods cost."""
    paid = np.zeros(len(purchase.items))
    fixed = 0.0
    own = np.zeros(len(purchase.members))
    lanes = set()
    for k, firm in enumerate(purchase.suppliers):
        tier, whole = {}, set()
        for i in range(len(purchase.items)):
            rows = np.flatnonzero(purchase.demand_item == i)
            quantity = award.delivered[k, rows].sum()
            if quantity > 0:
                bid = purchase.bid_of[k, i]
                tier[i] = oracle.tier_price(
                    bid.starts, bid.prices, quantity, buy_up=purchase.buy_up, proper=False
                )
            if quantity >= purchase.item_demand[i] * (1 - 1e-9):
                whole.add(i)
            for r in rows:
                if award.delivered[k, r] > 0:
                    site = int(purchase.demand_site[r])
                    member = purchase.sites[site].member
                    own[member] += award.delivered[k, r] * purchase.per_unit[k, site]
                    lanes.add((k, site, purchase.items[i].lot, member))
        if not tier:
            continue
        fixed += firm.fixed
        value = sum(tier.values())
        best = {}
        for chosen in product([0, 1], repeat=len(firm.bundles)):
            sets = [b for b, on in zip(firm.bundles, chosen, strict=True) if on]
            items = [i for b, _ in sets for i in b]
            if len(items) == len(set(items)) and set(items) <= whole:
                off = {i: share for b, share in sets for i in b}
                if sum(off.get(i, 0) * t for i, t in tier.items()) > sum(
                    best.get(i, 0) * t for i, t in tier.items()
                ):
                    best = off
        percent = max([(s, p) for s, p in firm.discounts if value >= s - 1e-9], default=(0, 0.0))[1]
        for i, t in tier.items():
            paid[i] += t * (1 - best.get(i, 0.0)) * (1 - percent)
    for k, site, _, member in lanes:
        own[member] += purchase.per_lane[k, site]
    price = [p / d if d > 0 else 0.0 for p, d in zip(paid, purchase.item_demand, strict=True)]
    goods = purchase.member_demand @ price
    return (goods + own + fixed * goods / goods.sum())[list(purchase.players)]


def objections(cost, shares):
    """(number of groups that would do better alone, largest excess, its mask)."""
    count = len(shares)
    total = sum(cost[1 << b] for b in range(count))
    excess = {
        mask: sum(shares[b] for b in range(count) if mask >> b & 1) - cost[mask]
        for mask in range(1, len(cost) - 1)
    }
    if not excess:
        return 0, None, 0
    worst = max(excess, key=lambda mask: excess[mask])
    return sum(e > 1e-6 * total for e in excess.values()), excess[worst], worst
