# SPDX-License-Identifier: EUPL-1.2
"""The cheapest split of one item without lane costs, for very many groups of members.

Branch and bound over the range of quantity that each supplier delivers; with a straight line below each
payment curve the rest is a transportation problem with bounds, solved by successive shortest paths.
Compiled, since a purchase asks it tens of thousands of times.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from sprega.engines.award.model import Bid, Floats
from sprega.engines.award.prices import segments

EPS = 1e-12
NODES = 100_000
"""After so many nodes the question is handed to the general program."""


def curve_arrays(bids: list[Bid], *, buy_up: bool) -> tuple[Floats, Floats, Floats, Floats]:
    """Payment curves of proper groups, unbounded: low, high, intercept, slope (bids, stretches)."""
    curves = [segments(bid, upper=np.inf, buy_up=buy_up, proper=True) for bid in bids]
    width = max((len(curve) for curve in curves), default=1)
    low, high = np.full((len(bids), width), np.inf), np.full((len(bids), width), -1.0)
    intercept, slope = np.zeros((len(bids), width)), np.zeros((len(bids), width))
    for k, curve in enumerate(curves):
        for j, s in enumerate(curve):
            low[k, j], high[k, j], intercept[k, j], slope[k, j] = s.low, s.high, s.intercept, s.slope
    return low, high, intercept, slope


@njit(cache=True)
def transport(demand, unit, low, high):  # type: ignore[no-untyped-def]
    """Cheapest way to fill `demand` (rows) from suppliers with totals in `low..high`, else inf."""
    suppliers, rows = unit.shape
    flow = np.zeros((suppliers, rows))
    total = np.zeros(suppliers)
    size = demand.sum()
    for r in range(rows):
        best = 0
        for k in range(1, suppliers):
            if unit[k, r] < unit[best, r]:
                best = k
        flow[best, r] = demand[r]
        total[best] += demand[r]
    tolerance = EPS * size
    distance = np.empty(suppliers)
    before = np.empty(suppliers, dtype=np.int64)
    by_row = np.empty(suppliers, dtype=np.int64)
    for phase in range(
        2
    ):  # first what is above a high bound moves off, then what is below a low one is filled
        for origin in range(suppliers):
            rounds = 0
            while (phase == 0 and total[origin] > high[origin] + tolerance) or (
                phase == 1 and total[origin] < low[origin] - tolerance
            ):
                rounds += 1
                if rounds > 8 * suppliers * rows:
                    return np.nan, flow
                for k in range(suppliers):
                    distance[k] = np.inf
                    before[k] = -1
                distance[origin] = 0.0
                changed = True
                sweeps = 0
                while changed and sweeps <= suppliers:
                    changed = False
                    sweeps += 1
                    for a in range(suppliers):
                        if distance[a] == np.inf:
                            continue
                        for b in range(suppliers):
                            if a == b:
                                continue
                            # phase 0 moves a row's quantity from a to b, phase 1 from b to a
                            giver = a if phase == 0 else b
                            taker = b if phase == 0 else a
                            cheapest = np.inf
                            row = -1
                            for r in range(rows):
                                if flow[giver, r] > tolerance:
                                    step = unit[taker, r] - unit[giver, r]
                                    if step < cheapest:
                                        cheapest = step
                                        row = r
                            if row >= 0 and distance[a] + cheapest < distance[b] - 1e-13:
                                distance[b] = distance[a] + cheapest
                                before[b] = a
                                by_row[b] = row
                                changed = True
                target = -1
                for k in range(suppliers):
                    if k == origin or distance[k] == np.inf:
                        continue
                    room = high[k] - total[k] if phase == 0 else total[k] - low[k]
                    if room > tolerance and (target < 0 or distance[k] < distance[target]):
                        target = k
                if target < 0:
                    return np.inf, flow
                if phase == 0:
                    amount = min(total[origin] - high[origin], high[target] - total[target])
                else:
                    amount = min(low[origin] - total[origin], total[target] - low[target])
                k = target
                steps = 0
                while k != origin:
                    giver = before[k] if phase == 0 else k
                    amount = min(amount, flow[giver, by_row[k]])
                    k = before[k]
                    steps += 1
                    if steps > suppliers:
                        return np.nan, flow
                k = target
                while k != origin:
                    giver = before[k] if phase == 0 else k
                    taker = k if phase == 0 else before[k]
                    flow[giver, by_row[k]] -= amount
                    flow[taker, by_row[k]] += amount
                    total[giver] -= amount
                    total[taker] += amount
                    k = before[k]
    cost = 0.0
    for k in range(suppliers):
        for r in range(rows):
            cost += flow[k, r] * unit[k, r]
    return cost, flow


@njit(cache=True)
def curve_at(quantity, low, high, intercept, slope):  # type: ignore[no-untyped-def]
    """The payment curve's value: the least of the stretches that hold `quantity`."""
    value = np.inf
    for j in range(len(low)):
        if low[j] <= quantity <= high[j]:
            value = min(value, intercept[j] + slope[j] * quantity)
    return value


@njit(cache=True)
def minorant(left, right, used, opened, low, high, intercept, slope):  # type: ignore[no-untyped-def]
    """The straight line below a payment curve on `left..right` that touches it at `left`: (value, slope).

    Where the range is `opened` at the right, a stretch that only starts there is none of it.
    """
    at_left = curve_at(left, low, high, intercept, slope) if left > 0 or used else 0.0
    steepest = np.inf
    for j in range(len(low)):
        if high[j] < left or low[j] > right or high[j] < low[j] or (opened and low[j] >= right):
            continue
        for point in (max(low[j], left), min(high[j], right)):
            if point > left:
                steepest = min(steepest, (intercept[j] + slope[j] * point - at_left) / (point - left))
    if steepest == np.inf:
        steepest = 0.0
    return at_left - steepest * left, steepest


@njit(cache=True)
def cheapest(demand, per_unit, low, high, intercept, slope, capacity):  # type: ignore[no-untyped-def]
    """Least payment for `demand` (rows); nan when the node limit was reached, inf when impossible.

    A node holds a range of quantity for each supplier; its bound is the transportation problem under the
    straight lines below the curves, and its division, priced by the curves themselves, is a candidate.
    """
    suppliers, rows = per_unit.shape
    width = low.shape[1]
    size = demand.sum()
    if size <= 0:
        return 0.0
    depth = 2 * suppliers * (width + 2) + 4
    left = np.zeros((depth, suppliers))
    right = np.zeros((depth, suppliers))
    used = np.zeros((depth, suppliers), dtype=np.bool_)
    opened = np.zeros((depth, suppliers), dtype=np.bool_)
    right[0] = np.minimum(capacity, size)
    top = 1
    best = np.inf
    nodes = 0
    base = np.empty(suppliers)
    rate = np.empty(suppliers)
    name = np.empty(suppliers, dtype=np.int64)
    while top > 0:
        top -= 1
        nodes += 1
        if nodes > NODES:
            return np.nan
        active = 0
        constant = 0.0
        for k in range(suppliers):
            if right[top, k] > 0:
                base[k], rate[k] = minorant(
                    left[top, k],
                    right[top, k],
                    used[top, k],
                    opened[top, k],
                    low[k],
                    high[k],
                    intercept[k],
                    slope[k],
                )
                constant += base[k]
                name[active] = k
                active += 1
        if active == 0 or constant == np.inf:
            continue
        unit = np.empty((active, rows))
        lows = np.empty(active)
        highs = np.empty(active)
        for a in range(active):
            k = name[a]
            lows[a] = left[top, k]
            highs[a] = right[top, k]
            for r in range(rows):
                unit[a, r] = rate[k] + per_unit[k, r]
        if highs.sum() < size * (1 - 1e-9) or lows.sum() > size * (1 + 1e-9):
            continue
        cost, flow = transport(demand, unit, lows, highs)
        if np.isnan(cost):
            return np.nan
        if constant + cost >= best * (1 - 1e-13):
            continue
        candidate = constant + cost
        worst = 0.0
        branch = -1
        branch_quantity = 0.0
        for a in range(active):
            k = name[a]
            quantity = min(max(flow[a].sum(), lows[a]), highs[a])
            if quantity <= EPS * size and not used[top, k]:
                continue
            gap = curve_at(quantity, low[k], high[k], intercept[k], slope[k]) - base[k] - rate[k] * quantity
            candidate += gap
            if gap > worst:
                worst = gap
                branch = k
                branch_quantity = quantity
        best = min(best, candidate)
        if branch < 0 or worst <= 1e-12 * best:
            continue
        # split at the nearer end of the stretch that holds the quantity, or at the right end itself where
        # another stretch starts; else say whether the supplier is used at all
        k = branch
        split = -1.0
        for j in range(width):
            if low[k, j] <= branch_quantity <= high[k, j]:
                for point in (low[k, j], high[k, j]):
                    if left[top, k] < point < right[top, k] and (
                        split < 0 or abs(point - branch_quantity) < abs(split - branch_quantity)
                    ):
                        split = point
            elif (
                low[k, j] == right[top, k]
                and not opened[top, k]
                and left[top, k] < right[top, k]
                and split < 0
            ):
                split = right[top, k]
        left[top + 1] = left[top]
        right[top + 1] = right[top]
        used[top + 1] = used[top]
        opened[top + 1] = opened[top]
        if split < 0:
            if used[top, k] or left[top, k] > 0:
                return np.nan
            right[top, k] = 0.0
            used[top + 1, k] = True
        else:
            below, above = (top, top + 1) if split <= branch_quantity else (top + 1, top)
            right[below, k] = split
            opened[below, k] = True
            left[above, k] = split
        top += 2
    return best


@njit(cache=True)
def cheapest_of_groups(masks, demand, owner, per_unit, low, high, intercept, slope, share):  # type: ignore[no-untyped-def]
    """`cheapest` for each group in `masks`; a group may use `share` of a capacity per unit that it needs."""
    cost = np.zeros(len(masks))
    rows = len(demand)
    for position in range(len(masks)):
        mask = masks[position]
        count = 0
        for r in range(rows):
            if mask >> owner[r] & 1:
                count += 1
        if count == 0:
            continue
        part = np.empty(count)
        pay = np.empty((per_unit.shape[0], count))
        a = 0
        for r in range(rows):
            if mask >> owner[r] & 1:
                part[a] = demand[r]
                for k in range(per_unit.shape[0]):
                    pay[k, a] = per_unit[k, r]
                a += 1
        cost[position] = cheapest(part, pay, low, high, intercept, slope, share * part.sum())
    return cost
