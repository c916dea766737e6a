# SPDX-License-Identifier: EUPL-1.2
"""The award with its demands and the group's rules priced instead of held: it falls apart by supplier.

NumPy alone, because `sprega check` recomputes bounds from here. Arrays are over

- *units*: what a supplier can be asked for, an item (split) or a lot (whole-lot);
- *levels*: a supplier's discount levels; *pairs*: a level with each unit of its supplier;
- *choices*: a level with a choice of the supplier's bundles;
- *covers*: what must be delivered, a demand row (split) or a lot (whole-lot).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from sprega.engines.award.model import REACHES, WHOLE_LOT, Bid, Floats, Integers, Purchase, Supplier
from sprega.engines.award.prices import Segment, segments, tier_payment

MOST_CHOICES = 64
"""Up to so many choices of a supplier's bundles are told apart; beyond, each item takes its best percent."""


@dataclass(frozen=True)
class Units:
    """Units by number; `rows`, `demand`, `cost` are (units, J), `low` to `counts` (units, S), padded with 0.

    A unit's price curve is `intercept + slope * q` on `[low, high]`; `counts` marks where it is a source.
    `cost` is per unit of quantity (delivery and CO2), `lane` the share of `per_lane` that its weight carries.
    """

    supplier: Integers
    item: Integers
    rows: Integers
    demand: Floats
    cost: Floats
    lane: Floats
    low: Floats
    high: Floats
    intercept: Floats
    slope: Floats
    counts: Floats
    whole: Floats  # goods value of the whole demand; inf where it cannot be carried
    lane_group: Integers


@dataclass(frozen=True)
class Levels:
    """Discount levels of all suppliers, by supplier: goods value from `low` to `high`, `paid` of it is paid.

    `number` is 0 for the level without a discount.

    `pair_level`, `pair_unit` hold each level with each unit of its supplier, by level.
    """

    supplier: Integers
    paid: Floats
    low: Floats
    high: Floats
    number: Integers
    pair_level: Integers
    pair_unit: Integers


@dataclass(frozen=True)
class Choices:
    """A level with a choice of disjoint bundles of its supplier; the first ones, one a level, choose none.

    The entries say, by choice, which pair's unit must be delivered whole (or may, with `either`), and what
    the bundle takes `off` its goods value before the discount.
    """

    level: Integers
    entry_choice: Integers
    entry_pair: Integers
    entry_off: Floats
    entry_either: Integers


@dataclass(frozen=True)
class Relaxation:
    """A purchase ready to be bounded."""

    purchase: Purchase
    units: Units
    levels: Levels
    choices: Choices
    needed: Floats  # (covers,) quantity of each cover
    cover_of_row: Integers  # (rows,)
    fixed: Floats  # (suppliers,)


def relax(purchase: Purchase) -> Relaxation:
    """Read a purchase into arrays.

    Parameters
    ----------
    purchase : Purchase

    Returns
    -------
    Relaxation

    Examples
    --------
    >>> from sprega.engines.award.model import Bid, Item, Member, Site
    >>> purchase = Purchase(
    ...     "Salt", "EUR", "split", (Member("M", "M", "M", "company"),), (Site("S", 0, "S"),),
    ...     (Item("I", "I", 0, "t"),), ("L",), (Supplier("K", "K"),), (Bid(0, 0, (0.0,), (5.0,)),),
    ...     np.array([0]), np.array([0]), np.array([10.0]), np.array([6.0]),
    ...     np.zeros((1, 1)), np.zeros((1, 1)),
    ... )
    >>> relax(purchase).units.slope
    array([[5.]])
    """
    whole_lot = purchase.award == WHOLE_LOT
    units, parts = _lot_units(purchase) if whole_lot else _item_units(purchase)
    demand = purchase.demand_quantity
    if whole_lot:
        needed = np.zeros(len(purchase.lots))
        needed[[lot for lot, _ in purchase.lot_items()]] = 1.0
        cover = purchase.item_lot[purchase.demand_item]
    else:
        needed, cover = demand.astype(float), np.arange(len(demand))
    levels, choices = _levels_and_choices(purchase, units, parts)
    fixed = np.array([s.fixed for s in purchase.suppliers], dtype=float)
    return Relaxation(purchase, units, levels, choices, needed, cover, fixed)


def _lot_units(purchase: Purchase) -> tuple[Units, list[dict[int, float]]]:
    """A unit for each (supplier, lot) that is eligible: all or nothing, so its goods value is a constant."""
    demand = purchase.item_demand
    found: list[tuple[int, int, float, float]] = []
    parts: list[dict[int, float]] = []
    for lot, items in purchase.lot_items():
        rows = np.flatnonzero(np.isin(purchase.demand_item, items) & (purchase.demand_quantity > 0))
        sites = np.unique(purchase.demand_site[rows])
        for k in range(len(purchase.suppliers)):
            bids = [purchase.bid_of.get((k, i)) for i in items]
            goods: dict[int, float] = {}
            emitted = 0.0
            for bid in bids:
                if bid is not None and demand[bid.item] <= bid.capacity * (1 + REACHES):
                    quantity = np.array(demand[bid.item])
                    paid = tier_payment(bid, quantity, buy_up=purchase.buy_up, proper=False)
                    goods[bid.item] = float(paid)
                    emitted += bid.co2 * float(quantity)
            if len(goods) < len(items) or not np.isfinite(sum(goods.values())):
                continue
            extra = purchase.per_unit[k, purchase.demand_site[rows]] @ purchase.demand_quantity[rows]
            extra += purchase.per_lane[k, sites].sum() + purchase.co2_price * emitted
            found.append((k, lot, sum(goods.values()), float(extra)))
            parts.append(goods)
    supplier, lots, value, extra_cost = (
        (np.array(column) for column in zip(*found, strict=True))
        if found
        else (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), np.zeros(0))
    )
    ones, zeros = np.ones((len(found), 1)), np.zeros((len(found), 1))
    return (
        Units(
            supplier=supplier.astype(np.int64),
            item=lots.astype(np.int64),
            rows=lots.astype(np.int64)[:, None],
            demand=ones,
            cost=extra_cost[:, None],
            lane=zeros,
            low=ones,
            high=ones,
            intercept=value[:, None],
            slope=zeros,
            counts=zeros,
            whole=value,
            lane_group=np.full((len(found), 1), -1),
        ),
        parts,
    )


def _item_units(purchase: Purchase) -> tuple[Units, list[dict[int, float]]]:
    """A unit for each bid that anybody needs, with its price curve and the rows that it may serve."""
    demand = purchase.item_demand
    rows_of: dict[int, list[int]] = defaultdict(list)
    for r in np.flatnonzero(purchase.demand_quantity > 0).tolist():
        rows_of[int(purchase.demand_item[r])].append(r)
    bids: list[Bid] = []
    curves: list[list[tuple[Segment, float]]] = []
    for bid in sorted(purchase.bids, key=lambda bid: (bid.supplier, bid.item)):
        if demand[bid.item] > 0:
            upper = min(float(demand[bid.item]), bid.capacity * (1 + REACHES))
            stretches = segments(bid, upper=upper, buy_up=purchase.buy_up, proper=False) if upper > 0 else ()
            if stretches:
                bids.append(bid)
                curves.append(_closed(purchase, stretches, float(demand[bid.item])))
    width = max((len(rows_of[b.item]) for b in bids), default=1)
    depth = max((len(c) for c in curves), default=1)
    rows = np.zeros((len(bids), width), dtype=np.int64)
    quantity, cost, lane = (np.zeros((len(bids), width)) for _ in range(3))
    group = np.full((len(bids), width), -1)
    shape = np.zeros((5, len(bids), depth))
    whole = np.full(len(bids), np.inf)
    parts: list[dict[int, float]] = []
    groups: dict[tuple[int, int, int], int] = {}
    for u, (bid, curve) in enumerate(zip(bids, curves, strict=True)):
        own = rows_of[bid.item]
        sites = purchase.demand_site[own]
        rows[u, : len(own)] = own
        quantity[u, : len(own)] = purchase.demand_quantity[own]
        cost[u, : len(own)] = purchase.per_unit[bid.supplier, sites] + purchase.co2_price * bid.co2
        lane[u, : len(own)] = purchase.per_lane[bid.supplier, sites] / purchase.demand_quantity[own]
        lot = int(purchase.item_lot[bid.item])
        for j, site in enumerate(sites.tolist()):
            group[u, j] = groups.setdefault((bid.supplier, site, lot), len(groups))
        for s, (segment, counts) in enumerate(curve):
            shape[:, u, s] = segment.low, segment.high, segment.intercept, segment.slope, counts
        if demand[bid.item] <= bid.capacity * (1 + REACHES):
            whole[u] = tier_payment(bid, np.array(demand[bid.item]), buy_up=purchase.buy_up, proper=False)
        parts.append({bid.item: float(whole[u])})
    return (
        Units(
            supplier=np.array([b.supplier for b in bids], dtype=np.int64),
            item=np.array([b.item for b in bids], dtype=np.int64),
            rows=rows,
            demand=quantity,
            cost=cost,
            lane=lane,
            low=shape[0],
            high=shape[1],
            intercept=shape[2],
            slope=shape[3],
            counts=shape[4],
            whole=whole,
            lane_group=group,
        ),
        parts,
    )


def _closed(purchase: Purchase, curve: tuple[Segment, ...], demand: float) -> list[tuple[Segment, float]]:
    """Stretches with both ends reached, within tolerance, cut where a source starts to count.

    A stretch that `segments` ends a hair below the next tier is closed again: a bound may not leave it out.
    """
    closed: list[tuple[Segment, float]] = []
    counts_from = purchase.min_source_share * demand if purchase.min_sources is not None else np.inf
    for position, segment in enumerate(curve):
        low, high = segment.low * (1 - REACHES), segment.high
        if position + 1 < len(curve):
            high = max(high, min(curve[position + 1].low, high * (1 + 1e-5)))
        if low < counts_from * (1 - REACHES) and counts_from <= high:
            closed.append((Segment(low, counts_from, segment.intercept, segment.slope), 0.0))
            low = counts_from * (1 - REACHES)
        closed.append(
            (Segment(low, high, segment.intercept, segment.slope), float(low >= counts_from * (1 - REACHES)))
        )
    return closed


def _levels_and_choices(
    purchase: Purchase, units: Units, parts: list[dict[int, float]]
) -> tuple[Levels, Choices]:
    levels: list[tuple[int, float, float, float, int]] = []
    pair_level: list[int] = []
    pair_unit: list[int] = []
    more: list[tuple[int, list[tuple[int, float, bool]]]] = []  # level, its (pair, off, either)
    largest = (units.intercept + units.slope * units.high).max(axis=1, initial=0.0)
    for k, supplier in enumerate(purchase.suppliers):
        own = np.flatnonzero(units.supplier == k)
        bundles = _bundle_choices(purchase, supplier, [parts[u] for u in own])
        for low, high, share, number in _levels(supplier, float(largest[own].sum())):
            first = len(pair_level)
            for entries in bundles:
                more.append((len(levels), [(first + u, off, either) for u, off, either in entries]))
            pair_level += [len(levels)] * len(own)
            pair_unit += own.tolist()
            levels.append((k, 1 - share, low, high, number))
    table = np.array(levels, dtype=float).reshape(-1, 5)
    listed = np.array(
        [
            (len(levels) + choice, pair, off, either)
            for choice, (_, entries) in enumerate(more)
            for pair, off, either in entries
        ],
        dtype=float,
    ).reshape(-1, 4)
    return (
        Levels(
            supplier=table[:, 0].astype(np.int64),
            paid=table[:, 1],
            low=table[:, 2],
            high=table[:, 3],
            number=table[:, 4].astype(np.int64),
            pair_level=np.array(pair_level, dtype=np.int64),
            pair_unit=np.array(pair_unit, dtype=np.int64),
        ),
        Choices(
            level=np.array([*range(len(levels)), *(level for level, _ in more)], dtype=np.int64),
            entry_choice=listed[:, 0].astype(np.int64),
            entry_pair=listed[:, 1].astype(np.int64),
            entry_off=listed[:, 2],
            entry_either=listed[:, 3].astype(np.int64),
        ),
    )


def _levels(supplier: Supplier, most: float) -> list[tuple[float, float, float, int]]:
    """(from, to, fraction off, number) of each level within reach of `most` and the smallest order."""
    starts = [0.0, *(start for start, _ in supplier.discounts), np.inf]
    shares = [0.0, *(share for _, share in supplier.discounts)]
    levels = []
    for level, share in enumerate(shares):
        low = max(starts[level], supplier.min_order) * (1 - REACHES)
        high = min(starts[level + 1], most)
        if low <= high * (1 + REACHES):
            levels.append((low, max(low, high), share, level))
    return levels


def _bundle_choices(
    purchase: Purchase, supplier: Supplier, parts: list[dict[int, float]]
) -> list[list[tuple[int, float, bool]]]:
    """Choices of at least one bundle, disjoint: (unit of the supplier, what comes off, whether optional)."""
    home = {item: u for u, goods in enumerate(parts) for item in goods}
    offered: list[tuple[frozenset[int], dict[int, float]]] = []
    for items, share in supplier.bundles:
        needed = [i for i in items if purchase.item_demand[i] > 0]
        if share > 0 and needed and all(i in home and np.isfinite(parts[home[i]][i]) for i in needed):
            offered.append((frozenset(items), dict.fromkeys(needed, share)))
    choices: list[tuple[int, ...]] = [()]
    for position, (bundle, _) in enumerate(offered):
        free = [choice for choice in choices if not any(bundle & offered[b][0] for b in choice)]
        choices += [(*choice, position) for choice in free]
        if len(choices) > MOST_CHOICES:
            break
    either = len(choices) > MOST_CHOICES
    if either:
        choices = [(), tuple(range(len(offered)))]
    found = []
    for choice in choices[1:]:
        share_of: dict[int, float] = {}
        for _, shares in (offered[b] for b in choice):
            for i, share in shares.items():
                share_of[i] = max(share, share_of.get(i, 0.0))
        off: dict[int, float] = {}
        for i, share in share_of.items():
            off[home[i]] = off.get(home[i], 0.0) + share * parts[home[i]][i]
        found.append([(u, amount, either) for u, amount in off.items()])
    return found
