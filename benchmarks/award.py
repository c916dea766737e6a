# SPDX-License-Identifier: EUPL-1.2
"""Awards with discounts on total value, beside the weak form in plain HiGHS and the strong form in SCIP.

python -m benchmarks.award [--quick]

Every figure is in CPU seconds of one run on one thread. A gap is relative, proved by each solver itself.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sprega.engines.award.model import Bid, Item, Member, Purchase, Site, Supplier
from sprega.engines.award.solve import solve_award

Row = tuple[str, float, float, str, float, float]


def discount_purchase(
    suppliers: int,
    items: int,
    levels: int,
    *,
    seed: int,
    capacitated: bool = False,
    sites: int = 1,
    linear: bool = False,
    lanes: bool = False,
) -> Purchase:
    """A purchase in which every supplier gives a rising discount on the value of all its goods.

    After Goossens, Maas, Spieksma, van de Klundert (EJOR 2007), with the goods' value as the total: demands
    uniform on 50-500, an item's price uniform on 10-100, a supplier's within 15 % of it and on its own level
    within 5 %, a bid missing with probability 0.2 (the first supplier bids on all). Level 0 gives nothing;
    each further one starts at 2-30 % of the value of all that the supplier offers and takes 1-5 % more off.
    `capacitated`, as in Manerba and Mansini: all but the first carry 20-80 % of each demand. Over several
    `sites` an item's demand is divided by a flat Dirichlet draw; `linear` delivery costs 0-5 a unit by
    (supplier, site), `lanes` 20-300 besides.
    """
    rng = np.random.default_rng(seed)
    total = rng.integers(50, 500, items).astype(float)
    base = rng.uniform(10, 100, items)
    rows: list[tuple[int, int, float]] = []
    for i in range(items):
        if sites == 1:
            rows.append((0, i, total[i]))
        else:
            part = rng.dirichlet(np.ones(sites))
            rows += [(s, i, round(total[i] * part[s] + 0.5, 2)) for s in range(sites)]
    demand = np.zeros(items)
    for _, i, quantity in rows:
        demand[i] += quantity
    bids: list[Bid] = []
    firms: list[Supplier] = []
    for k in range(suppliers):
        own, value = rng.uniform(0.95, 1.05), 0.0
        for i in range(items):
            if rng.random() < 0.2 and k > 0:
                continue
            price = round(base[i] * own * rng.uniform(0.85, 1.15), 2)
            capacity = float(round(demand[i] * rng.uniform(0.2, 0.8))) if capacitated and k > 0 else np.inf
            bids.append(Bid(k, i, (0.0,), (price,), capacity))
            value += price * demand[i]
        starts = np.sort(rng.uniform(0.02, 0.3, levels - 1)) * value
        shares = np.cumsum(rng.uniform(0.01, 0.05, levels - 1))
        discounts = tuple((round(a, 2), round(b, 4)) for a, b in zip(starts, shares, strict=True))
        firms.append(Supplier(f"K{k:03d}", f"Supplier {k}", discounts=discounts))
    shape = (suppliers, sites)
    per_unit = rng.uniform(0, 5, shape).round(2) if linear or lanes else np.zeros(shape)
    per_lane = rng.uniform(20, 300, shape).round(0) if lanes else np.zeros(shape)
    return Purchase(
        name=f"{suppliers}x{items}x{levels}",
        currency="EUR",
        award="split",
        members=tuple(Member(f"M{s}", f"Member {s}", f"M{s}", "company") for s in range(sites)),
        sites=tuple(Site(f"S{s}", s, f"Site {s}") for s in range(sites)),
        items=tuple(Item(f"I{i}", f"Item {i}", i, "t") for i in range(items)),
        lots=tuple(f"L{i}" for i in range(items)),
        suppliers=tuple(firms),
        bids=tuple(bids),
        demand_site=np.array([row[0] for row in rows]),
        demand_item=np.array([row[1] for row in rows]),
        demand_quantity=np.array([row[2] for row in rows]),
        demand_price=np.full(len(rows), np.nan),
        per_unit=per_unit,
        per_lane=per_lane,
    )


@dataclass(frozen=True)
class Kind:
    """A row of the table: the purchase, to which gap it is to be solved, and our time limit in seconds."""

    what: str
    purchase: Purchase
    gap: float = 1e-9
    limit: float = 60.0


def kinds(*, quick: bool) -> Iterator[Kind]:
    """The kinds of `engines.md`."""
    yield Kind("20x40x4", discount_purchase(20, 40, 4, seed=1))
    yield Kind("20x40x4 capacitated", discount_purchase(20, 40, 4, seed=1, capacitated=True))
    yield Kind("50x100x3", discount_purchase(50, 100, 3, seed=1))
    yield Kind("50x100x3 capacitated", discount_purchase(50, 100, 3, seed=1, capacitated=True))
    if quick:
        return
    linear = discount_purchase(40, 60, 4, seed=1, sites=22, linear=True)
    yield Kind("40x60x4, 22 sites, linear delivery", linear, limit=100.0)
    fixed = discount_purchase(20, 30, 4, seed=1, sites=22, lanes=True)
    yield Kind("20x30x4, 22 sites, fixed lanes", fixed, limit=68.0)
    yield Kind("100x500x5", discount_purchase(100, 500, 5, seed=1), gap=1e-3, limit=100.0)
    crowded = discount_purchase(100, 500, 5, seed=1, capacitated=True)
    yield Kind("100x500x5 capacitated", crowded, gap=1e-3, limit=100.0)


@dataclass
class Form:
    """The textbook program of a purchase: part of a row by supplier and level, levels and lanes yes or no.

    `strong` bounds every part by its level and its lane; otherwise the goods value of a level does, and one
    row a lane.
    """

    cost: list[float]
    integer: list[bool]
    rows: list[tuple[list[int], list[float], float, float]]


def form(purchase: Purchase, *, strong: bool) -> Form:
    """Write the program down, in one thousandth of an average price to keep figures near one."""
    found = Form([], [], [])
    scale = 1000.0 / float(purchase.demand_quantity.sum() * np.mean([b.prices[0] for b in purchase.bids]))

    def column(cost: float, *, integer: bool = False) -> int:
        found.cost.append(cost)
        found.integer.append(integer)
        return len(found.cost) - 1

    rows_of: dict[int, list[int]] = {}
    for r, i in enumerate(purchase.demand_item.tolist()):
        rows_of.setdefault(i, []).append(r)
    cover: list[list[int]] = [[] for _ in purchase.demand_quantity]
    own: dict[int, list[Bid]] = {}
    for bid in purchase.bids:
        own.setdefault(bid.supplier, []).append(bid)
    for k, supplier in enumerate(purchase.suppliers):
        steps = [(0.0, 0.0), *supplier.discounts]
        on = [column(0.0, integer=True) for _ in steps]
        found.rows.append((on, [1.0] * len(on), -np.inf, 1.0))
        most = sum(bid.prices[0] * purchase.item_demand[bid.item] for bid in own[k])
        goods: list[tuple[list[int], list[float]]] = [([], []) for _ in steps]
        for bid in own[k]:
            carried: tuple[list[int], list[float]] = ([], [])
            for r in rows_of[bid.item]:
                quantity, site = float(purchase.demand_quantity[r]), int(purchase.demand_site[r])
                parts = []
                for level, (_, share) in enumerate(steps):
                    paid = (1 - share) * bid.prices[0] + float(purchase.per_unit[k, site])
                    part = column(paid * quantity * scale)
                    parts.append(part)
                    goods[level][0].append(part)
                    goods[level][1].append(bid.prices[0] * quantity * scale)
                    if strong:
                        found.rows.append(([part, on[level]], [1.0, -1.0], -np.inf, 0.0))
                cover[r] += parts
                carried[0].extend(parts)
                carried[1].extend([quantity / purchase.item_demand[bid.item]] * len(parts))
                lane = float(purchase.per_lane[k, site])
                if lane > 0:
                    opened = column(lane * scale, integer=True)
                    found.rows.append(([*parts, opened], [1.0] * len(parts) + [-1.0], -np.inf, 0.0))
            if np.isfinite(bid.capacity):
                found.rows.append((*carried, -np.inf, bid.capacity / purchase.item_demand[bid.item]))
        for level, (start, _) in enumerate(steps):
            end = steps[level + 1][0] if level + 1 < len(steps) else most
            columns, values = goods[level]
            found.rows.append(([*columns, on[level]], [*values, -end * scale], -np.inf, 0.0))
            if start > 0:
                found.rows.append(([*columns, on[level]], [*values, -start * scale], 0.0, np.inf))
    for parts in cover:
        found.rows.append((parts, [1.0] * len(parts), 1.0, 1.0))
    return found


def weak_in_highs(purchase: Purchase, gap: float, limit: float) -> tuple[float, float]:
    """CPU seconds and gap of HiGHS on the weak form."""
    from sprega.engines.award.milp import Milp

    asked = form(purchase, strong=False)
    width = len(asked.cost)
    milp = Milp(asked.cost, [0.0] * width, [1.0] * width, asked.integer, asked.rows)
    began = time.process_time()
    found = milp.solve(gap=gap, deadline=time.monotonic() + limit)
    spent = time.process_time() - began
    return spent, abs(found.objective - found.bound) / abs(found.objective) if found.x is not None else np.inf


def strong_in_scip(purchase: Purchase, gap: float, limit: float) -> tuple[float, float]:
    """CPU seconds and gap of SCIP on the strong form."""
    from pyscipopt import Model, quicksum

    asked = form(purchase, strong=True)
    model = Model()
    model.hideOutput()
    model.setParam("limits/time", limit)
    model.setParam("limits/gap", gap)
    model.setParam("parallel/maxnthreads", 1)
    columns = [
        model.addVar(vtype="B" if integer else "C", lb=0.0, ub=1.0, obj=cost)
        for cost, integer in zip(asked.cost, asked.integer, strict=True)
    ]
    for at, values, low, high in asked.rows:
        terms = quicksum(value * columns[c] for c, value in zip(at, values, strict=True))
        if low == high:
            model.addCons(terms == low)
        elif np.isfinite(low):
            model.addCons(terms >= low)
        else:
            model.addCons(terms <= high)
    began = time.process_time()
    model.optimize()
    spent = time.process_time() - began
    if not model.getNSols():
        return spent, np.inf
    objective = model.getObjVal()
    return spent, max(0.0, objective - model.getDualbound()) / abs(objective)


PEERS = {"HiGHS, weak form": weak_in_highs, "SCIP, strong form": strong_in_scip}


def rows(*, quick: bool = False) -> Iterator[Row]:
    """What, our CPU seconds and gap, the peer, its CPU seconds and gap."""
    patience = 10.0 if quick else 45.0
    for kind in kinds(quick=quick):
        began = time.process_time()
        award = solve_award(kind.purchase, gap=kind.gap, deadline=time.monotonic() + kind.limit)
        spent = time.process_time() - began
        assert award is not None
        for name, solve in PEERS.items():
            yield (kind.what, spent, award.gap, name, *solve(kind.purchase, kind.gap, patience))


def main() -> None:
    """Print the table."""
    print(f"{'purchase':36} {'ours':>8} {'gap':>9}  {'peer':18} {'CPU s':>8} {'gap':>9}")
    for what, spent, gap, peer, peer_spent, peer_gap in rows(quick="--quick" in sys.argv):
        print(f"{what:36} {spent:8.2f} {gap:9.2e}  {peer:18} {peer_spent:8.2f} {peer_gap:9.2e}", flush=True)


if __name__ == "__main__":
    main()
