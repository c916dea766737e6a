# SPDX-License-Identifier: EUPL-1.2
"""Small random purchases with any of the terms, for oracles and properties."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np

from sprega.engines.award.model import Bid, Item, Member, Purchase, Site, Supplier

TERMS = (
    "tiers",
    "capacity",
    "delivery",
    "lanes",
    "fixed",
    "min_order",
    "discounts",
    "bundles",
    "co2",
    "lots",
)


def random_purchase(
    seed: int,
    *,
    award: str = "whole-lot",
    members: int = 3,
    items: int = 3,
    suppliers: int = 3,
    terms: tuple[str, ...] = TERMS,
    buy_up: bool = True,
    sites_each: int = 1,
    density: float = 0.7,
    **rules: object,
) -> Purchase:
    """A purchase drawn from a seed; every demanded item has a bid of enough capacity for all."""
    rng = random.Random(seed)  # noqa: S311
    people = tuple(Member(f"M{m}", f"Member {m}", f"M{m}", "company") for m in range(members))
    sites = tuple(
        Site(f"S{m}{s}", m, f"Site {m}{s}") for m in range(members) for s in range(rng.randint(1, sites_each))
    )
    lots: list[str] = []
    goods = []
    for i in range(items):
        if "lots" in terms and lots and rng.random() < 0.4:
            lot = rng.choice(lots)
        else:
            lot = f"L{len(lots)}"
            lots.append(lot)
        goods.append(Item(f"I{i}", f"Item {i}", lots.index(lot), "t"))
    rows = [
        (s, i, float(rng.randint(1, 40)))
        for s in range(len(sites))
        for i in range(items)
        if rng.random() < density
    ]
    for m in range(members):
        own = [s for s, site in enumerate(sites) if site.member == m]
        if not any(r[0] in own for r in rows):
            rows.append((own[0], rng.randrange(items), float(rng.randint(1, 40))))
    total = [sum(q for _, i, q in rows if i == item) for item in range(items)]
    bids = []
    for k in range(suppliers):
        for i in range(items):
            if k > 0 and rng.random() < 0.25:
                continue
            price = rng.uniform(5, 15)
            starts, prices = [float(rng.choice([0, 0, 0, 5, 15]))], [round(price, 2)]
            if "tiers" in terms:
                for _ in range(rng.randint(0, 2)):
                    starts.append(starts[-1] + rng.randint(5, 40))
                    prices.append(round(prices[-1] * rng.uniform(0.75, 0.98), 2))
            capacity = float("inf")
            if "capacity" in terms and k > 0 and rng.random() < 0.5:
                capacity = float(rng.randint(10, 100))
            co2 = round(rng.uniform(0, 3), 2) if "co2" in terms else 0.0
            bids.append(Bid(k, i, tuple(starts), tuple(prices), capacity, co2))
    firms = []
    for k in range(suppliers):
        firm = Supplier(f"K{k}", f"Supplier {k}")
        value = 10 * sum(total)
        if "fixed" in terms and rng.random() < 0.6:
            firm = replace(firm, fixed=float(rng.randint(10, 150)))
        if "min_order" in terms and rng.random() < 0.5:
            firm = replace(firm, min_order=round(value * rng.uniform(0.02, 0.3), 2))
        if "discounts" in terms and rng.random() < 0.7:
            first = round(value * rng.uniform(0.05, 0.4), 2)
            firm = replace(firm, discounts=((first, 0.03), (round(first * 1.7, 2), 0.08)))
        if "bundles" in terms and items > 1 and rng.random() < 0.7:
            offered = [b.item for b in bids if b.supplier == k]
            sets = []
            for _ in range(rng.randint(1, 2)):
                if len(offered) >= 2:
                    sets.append((tuple(sorted(rng.sample(offered, 2))), rng.choice([0.05, 0.1])))
            firm = replace(firm, bundles=tuple(dict(sets).items()))
        firms.append(firm)
    shape = (suppliers, len(sites))
    draw = np.random.default_rng(seed)
    per_unit = draw.uniform(0, 3, shape).round(2) if "delivery" in terms else np.zeros(shape)
    per_lane = np.zeros(shape)
    if "lanes" in terms:
        per_lane = (draw.uniform(0, 60, shape) * (draw.random(shape) < 0.6)).round(1)
    return Purchase(
        name=f"Random {seed}",
        currency="EUR",
        award=award,  # type: ignore[arg-type]
        members=people,
        sites=sites,
        items=tuple(goods),
        lots=tuple(lots),
        suppliers=tuple(firms),
        bids=tuple(bids),
        demand_site=np.array([r[0] for r in rows]),
        demand_item=np.array([r[1] for r in rows]),
        demand_quantity=np.array([r[2] for r in rows]),
        demand_price=np.full(len(rows), 16.0),
        per_unit=per_unit,
        per_lane=per_lane,
        buy_up=buy_up,
        **{"co2_price": 0.5 if "co2" in terms else 0.0, **rules},  # type: ignore[arg-type]
    )


def made(
    demand: list[tuple[int, int, float]],
    bids: list[Bid],
    suppliers: list[Supplier],
    *,
    award: str = "whole-lot",
    owner: list[int] | None = None,
    lots: list[int] | None = None,
    per_unit: object = None,
    per_lane: object = None,
    **rules: object,
) -> Purchase:
    """A purchase by hand: demand as (site, item, quantity), a member each site unless `owner` says."""
    sites = 1 + max(s for s, _, _ in demand)
    items = 1 + max(*(i for _, i, _ in demand), *(b.item for b in bids), 0)
    owner = owner or list(range(sites))
    lots = lots or list(range(items))
    none = np.zeros((len(suppliers), sites))
    return Purchase(
        name="Made by hand",
        currency="EUR",
        award=award,  # type: ignore[arg-type]
        members=tuple(Member(f"M{m}", f"Member {m}", f"M{m}", "company") for m in range(1 + max(owner))),
        sites=tuple(Site(f"S{s}", owner[s], f"Site {s}") for s in range(sites)),
        items=tuple(Item(f"I{i}", f"Item {i}", lots[i], "t") for i in range(items)),
        lots=tuple(f"L{lot}" for lot in range(1 + max(lots))),
        suppliers=tuple(suppliers),
        bids=tuple(bids),
        demand_site=np.array([d[0] for d in demand]),
        demand_item=np.array([d[1] for d in demand]),
        demand_quantity=np.array([float(d[2]) for d in demand]),
        demand_price=np.full(len(demand), np.nan),
        per_unit=none if per_unit is None else np.array(per_unit, dtype=float),
        per_lane=none if per_lane is None else np.array(per_lane, dtype=float),
        **rules,  # type: ignore[arg-type]
    )


def supplier(code: str, **terms: object) -> Supplier:
    """A supplier whose name is its code."""
    return Supplier(code, code, **terms)  # type: ignore[arg-type]


def bid(
    supplier: int, item: int, *tiers: tuple[float, float], capacity: float = np.inf, co2: float = 0.0
) -> Bid:
    """A bid by its (from_quantity, unit_price) tiers."""
    return Bid(
        supplier, item, tuple(float(t[0]) for t in tiers), tuple(float(t[1]) for t in tiers), capacity, co2
    )
