# SPDX-License-Identifier: EUPL-1.2
"""Least payments by brute force, written from the definitions and sharing no code with the engine."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
from scipy.optimize import linprog

from sprega.engines.award.model import Purchase


def tier_price(starts, prices, quantity, *, buy_up, proper):
    if quantity <= 0:
        return 0.0
    reached = [p for s, p in zip(starts, prices, strict=True) if quantity >= s - 1e-9]
    above = [p * s for s, p in zip(starts, prices, strict=True) if s > quantity + 1e-9]
    if reached:
        own = reached[-1] * quantity
        return min([own, *above]) if buy_up else own
    if buy_up:
        return min(p * s for s, p in zip(starts, prices, strict=True))
    return prices[0] * starts[0] if proper else float("inf")


def stretches(bid, *, buy_up, proper):
    """(low, high, intercept, slope): the pieces of `tier_price`, read off between its possible kinks."""
    orders = [p * s for s, p in zip(bid.starts, bid.prices, strict=True)]
    kinks = {0.0, *bid.starts, *(round(o / p, 9) for o in orders for p in bid.prices if p > 0)}
    kinks = [*sorted(kinks), 2 * max(kinks) + 1]
    found = []
    for low, high in pairwise(kinks):
        a, b = low + (high - low) / 3, low + 2 * (high - low) / 3
        at_a, at_b = (tier_price(bid.starts, bid.prices, x, buy_up=buy_up, proper=proper) for x in (a, b))
        if high - low > 1e-9 * high and np.isfinite(at_a):
            slope = (at_b - at_a) / (b - a)
            found.append((low, np.inf if high == kinks[-1] else high, at_a - slope * a, slope))
    return found


def supplier_payment(purchase: Purchase, k, quantity, needed, *, proper):
    """Goods after bundles and discounts, fixed, min_order: (payment, goods value), inf if not allowed."""
    firm = purchase.suppliers[k]
    tier = {}
    for i, q in quantity.items():
        if q <= 1e-9:
            continue
        bid = purchase.bid_of.get((k, i))
        if bid is None:
            return float("inf"), 0.0
        tier[i] = tier_price(bid.starts, bid.prices, q, buy_up=purchase.buy_up, proper=proper)
    if not tier:
        return 0.0, 0.0
    value = sum(tier.values())
    if value == float("inf"):
        return value, 0.0
    best_off = 0.0
    for chosen in product([0, 1], repeat=len(firm.bundles)):
        sets = [b for b, on in zip(firm.bundles, chosen, strict=True) if on]
        items = [i for b, _ in sets for i in b]
        if len(items) != len(set(items)):
            continue
        if any(quantity.get(i, 0.0) < needed.get(i, 0.0) - 1e-9 for i in items):
            continue
        best_off = max(best_off, sum(share * tier.get(i, 0.0) for b, share in sets for i in b))
    percent = 0.0
    for start, share in firm.discounts:
        if value >= start - 1e-9:
            percent = share
    payment = (value - best_off) * (1 - percent) + firm.fixed
    if value < firm.min_order - 1e-9:
        if not proper:
            return float("inf"), value
        payment += firm.min_order - value
    return payment, value


def price(purchase: Purchase, delivered, *, proper):
    """(payment, co2, values by supplier) of quantities delivered[k][row]."""
    needed, payment, co2 = {}, 0.0, 0.0
    values = []
    for r, i in enumerate(purchase.demand_item):
        needed[int(i)] = needed.get(int(i), 0.0) + sum(
            delivered[k][r] for k in range(len(purchase.suppliers))
        )
    for k in range(len(purchase.suppliers)):
        quantity, lanes = {}, set()
        for r, q in enumerate(delivered[k]):
            if q > 1e-9:
                i, s = int(purchase.demand_item[r]), int(purchase.demand_site[r])
                quantity[i] = quantity.get(i, 0.0) + q
                payment += purchase.per_unit[k, s] * q
                lanes.add((s, purchase.items[i].lot))
                co2 += purchase.bid_of[(k, i)].co2 * q if (k, i) in purchase.bid_of else 0.0
        payment += sum(purchase.per_lane[k, s] for s, _ in lanes)
        goods, value = supplier_payment(purchase, k, quantity, needed, proper=proper)
        payment += goods
        values.append(value)
    return payment, co2, values


def whole_lot(purchase: Purchase, group, *, proper):
    """(objective, payment) by trying every supplier for every lot."""
    rows = [r for r in range(len(purchase.demand_item)) if purchase.demand_member[r] in group]
    lots = sorted(
        {purchase.items[purchase.demand_item[r]].lot for r in rows if purchase.demand_quantity[r] > 0}
    )
    total = purchase.item_demand
    able = []
    for lot in lots:
        needed = [i for i, item in enumerate(purchase.items) if item.lot == lot and total[i] > 0]
        able.append(
            [
                k
                for k in range(len(purchase.suppliers))
                if all(
                    (k, i) in purchase.bid_of and purchase.bid_of[k, i].capacity >= total[i] for i in needed
                )
            ]
        )
    best = (float("inf"), float("inf"))
    for plan in product(*able):
        delivered = np.zeros((len(purchase.suppliers), len(purchase.demand_item)))
        for r in rows:
            lot = purchase.items[purchase.demand_item[r]].lot
            if lot in lots:
                delivered[plan[lots.index(lot)], r] = purchase.demand_quantity[r]
        payment, co2, values = price(purchase, delivered, proper=proper)
        if not proper and not rules_hold(purchase, payment, values):
            continue
        objective = payment + (0.0 if proper else purchase.co2_price * co2)
        best = min(best, (objective, payment))
    return best


def rules_hold(purchase: Purchase, payment, values):
    if purchase.max_suppliers is not None and sum(v > 0 for v in values) > purchase.max_suppliers:
        return False
    if (
        purchase.max_supplier_share is not None
        and max(values) > purchase.max_supplier_share * sum(values) + 1e-9
    ):
        return False
    return purchase.reserve is None or payment <= purchase.reserve + 1e-9


def split(purchase: Purchase, group, *, proper):
    """Least objective by trying every stretch of every curve, discount level, bundle, lane and supplier.

    For each combination the rest is a linear program; tiny purchases only.
    """
    K = range(len(purchase.suppliers))
    rows = [
        r
        for r in range(len(purchase.demand_item))
        if purchase.demand_member[r] in group and purchase.demand_quantity[r] > 0
    ]
    if not rows:
        return 0.0
    needed = {}
    for r in rows:
        needed[int(purchase.demand_item[r])] = (
            needed.get(int(purchase.demand_item[r]), 0) + purchase.demand_quantity[r]
        )
    bids = [b for b in purchase.bids if b.item in needed]
    options = [[None, *stretches(b, buy_up=purchase.buy_up, proper=proper)] for b in bids]
    index = {
        (b.supplier, r): c
        for c, (b, r) in enumerate((b, r) for b in bids for r in rows if purchase.demand_item[r] == b.item)
    }
    width = len(index)
    best = np.inf
    for combo in product(*options):
        if not _fits(purchase, bids, combo, needed, proper=proper):
            continue
        a_ub, b_ub = [], []
        upper = np.zeros(width)
        gradient = np.zeros(width)
        constant = 0.0
        goods = {k: (np.zeros(width), 0.0) for k in K}
        item_goods = {}
        for b, option in zip(bids, combo, strict=True):
            mine = [(r, index[b.supplier, r]) for r in rows if purchase.demand_item[r] == b.item]
            if option is None:
                continue
            low, high, intercept, slope = option
            if not proper or np.isfinite(b.capacity):
                share = needed[b.item] / purchase.item_demand[b.item] if proper else 1.0
                high = min(high, b.capacity * share)
            row = np.zeros(width)
            for r, c in mine:
                upper[c] = purchase.demand_quantity[r]
                row[c] = 1.0
            if low > high:
                break
            if np.isfinite(high):
                a_ub.append(row), b_ub.append(high)
            a_ub.append(-row), b_ub.append(-low)
            vector = slope * row
            item_goods[b.supplier, b.item] = (vector, intercept)
            goods[b.supplier] = (goods[b.supplier][0] + vector, goods[b.supplier][1] + intercept)
        else:
            best = min(
                best,
                _terms(
                    purchase,
                    proper,
                    rows,
                    needed,
                    index,
                    width,
                    upper,
                    a_ub,
                    b_ub,
                    goods,
                    item_goods,
                    gradient,
                    constant,
                ),
            )
    return best


def _fits(purchase, bids, combo, needed, *, proper):
    """Whether the stretches chosen can add up to each item's demand at all."""
    for i, demand in needed.items():
        chosen = [(b, o) for b, o in zip(bids, combo, strict=True) if b.item == i and o is not None]
        share = demand / purchase.item_demand[i] if proper else 1.0
        most = sum(min(high, b.capacity * share, demand) for b, (_, high, _, _) in chosen)
        least = sum(low for _, (low, _, _, _) in chosen)
        if not least <= demand <= most:
            return False
    return True


def _terms(
    purchase, proper, rows, needed, index, width, upper, a_ub, b_ub, goods, item_goods, gradient, constant
):
    """Enumerate discount levels, bundles and lanes for one combination of stretches."""
    active = sorted({k for k, _ in item_goods})
    choices = []
    for k in active:
        firm = purchase.suppliers[k]
        levels = [(0.0, firm.discounts[0][0] if firm.discounts else np.inf, 0.0)]
        for n, (start, share) in enumerate(firm.discounts):
            levels.append((start, firm.discounts[n + 1][0] if n + 1 < len(firm.discounts) else np.inf, share))
        options = []
        for level in levels:
            for chosen in product([0, 1], repeat=len(firm.bundles)):
                sets = [b for b, on in zip(firm.bundles, chosen, strict=True) if on]
                items = [i for b, _ in sets for i in b]
                if len(items) == len(set(items)):
                    for topped in [False, True] if proper and firm.min_order > 0 else [False]:
                        options.append((level, sets, topped))
        choices.append(options)
    lanes = sorted(
        {
            (k, int(purchase.demand_site[r]), purchase.items[int(purchase.demand_item[r])].lot)
            for (k, r) in index
            if (k, int(purchase.demand_item[r])) in item_goods
            and purchase.per_lane[k, int(purchase.demand_site[r])] > 0
        }
    )
    best = np.inf
    demand = np.zeros((len(rows), width))
    for n, r in enumerate(rows):
        for (_, row), c in index.items():
            if row == r:
                demand[n, c] = 1.0
    quantity = purchase.demand_quantity[rows]
    for choice in product(*choices):
        cost = np.zeros(width)
        fixed = 0.0
        rows_ub, rhs = list(a_ub), list(b_ub)
        lower = np.zeros(width)
        for k, (level, sets, topped) in zip(active, choice, strict=True):
            firm = purchase.suppliers[k]
            vector, intercept = goods[k]
            low, high, share = level
            rows_ub.append(-vector), rhs.append(intercept - low)
            if np.isfinite(high):
                rows_ub.append(vector), rhs.append(high - intercept)
            for i in range(len(purchase.items)):
                if (k, i) in item_goods:
                    off = sum(s for b, s in sets if i in b)
                    cost += (1 - share) * (1 - off) * item_goods[k, i][0]
                    fixed += (1 - share) * (1 - off) * item_goods[k, i][1]
            for b, _ in sets:
                for i in b:
                    for r in rows:
                        if purchase.demand_item[r] == i:
                            if (k, i) not in item_goods:
                                fixed = np.inf
                            elif (k, r) in index:
                                lower[index[k, r]] = purchase.demand_quantity[r]
            if not np.isfinite(fixed):
                break
            fixed += firm.fixed
            if firm.min_order > 0:
                if topped:
                    cost = cost - vector
                    fixed += firm.min_order - intercept
                    rows_ub.append(vector), rhs.append(firm.min_order - intercept)
                else:
                    rows_ub.append(-vector), rhs.append(intercept - firm.min_order)
        if not np.isfinite(fixed):
            continue
        for (k, r), c in index.items():
            i, s = int(purchase.demand_item[r]), int(purchase.demand_site[r])
            cost[c] += purchase.per_unit[k, s]
            if not proper:
                cost[c] += purchase.co2_price * purchase.bid_of[k, i].co2
        for open_ in product([0, 1], repeat=len(lanes)):
            bound = upper.copy()
            lane_cost = 0.0
            for on, (k, s, lot) in zip(open_, lanes, strict=True):
                if on:
                    lane_cost += purchase.per_lane[k, s]
                else:
                    for (kk, r), c in index.items():
                        if (
                            kk == k
                            and purchase.demand_site[r] == s
                            and purchase.items[purchase.demand_item[r]].lot == lot
                        ):
                            bound[c] = 0.0
            if np.any(lower > bound):
                continue
            answer = linprog(
                cost,
                A_ub=np.array(rows_ub) if rows_ub else None,
                b_ub=rhs or None,
                A_eq=demand,
                b_eq=quantity,
                bounds=list(zip(lower, bound, strict=True)),
                method="highs",
            )
            if answer.status == 0:
                best = min(best, answer.fun + fixed + lane_cost)
    return best
