# SPDX-License-Identifier: EUPL-1.2
"""A lower bound of the objective that anyone can recompute by arithmetic alone (NumPy, no solver).

The demand rows are priced by multipliers; then every supplier stands for itself, and what remains is, for
each discount level and each choice of bundles, a minimum item by item. The one sum that ties a supplier's
items together (its goods value between two thresholds) is priced by one more multiplier, searched here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sprega.engines.award.model import REACHES, WHOLE_LOT, Award, Certificate, Floats, Integers, Purchase
from sprega.engines.award.prices import segments, tier_payment

SAFETY = 1e-12
"""Part of the amounts added up that the bound gives away, so that rounding never lifts it above the truth."""

BUNDLE_SETS = 64
STEPS = 200
SECONDS = 3.0
GOLDEN = (5**0.5 - 1) / 2
SEARCH = 24
REACH = 2.0

Inner = Callable[[Floats], tuple[Floats, Floats]]
"""From one multiplier a supplier to its least reduced cost (suppliers,) and deliveries (suppliers, rows)."""


def lower_bound(purchase: Purchase, certificate: Certificate) -> float:
    """Recompute the bound that a certificate proves.

    Parameters
    ----------
    purchase : Purchase
    certificate : Certificate
        `demand` (rows,) prices each unit of a demand row, in currency; `terms["max_suppliers"]`, one
        number, prices the use of a supplier where the purchase limits their number.

    Returns
    -------
    float
        No award for all together has an objective below it, whatever the multipliers.

    Notes
    -----
    Weak duality (Geoffrion, 1974), one subproblem a supplier. Rules of the group that are not priced are
    left out, which can only lower the bound.

    Examples
    --------
    >>> from sprega.engines.award.model import Bid, Item, Member, Site, Supplier
    >>> purchase = Purchase(
    ...     "Lime", "EUR", "split", (Member("A", "A", "A", "company"),), (Site("S", 0, "S"),),
    ...     (Item("lime", "Lime", 0, "t"),), ("lime",), (Supplier("K", "Kiln"),),
    ...     (Bid(0, 0, (0.0,), (10.0,)),), np.array([0]), np.array([0]), np.array([5.0]),
    ...     np.array([12.0]), np.ones((1, 1)), np.zeros((1, 1)),
    ... )
    >>> round(lower_bound(purchase, Certificate(np.array([11.0]))), 6)
    55.0
    """
    return _relaxation(purchase).solve(
        np.asarray(certificate.demand, dtype=float), _usage(purchase, certificate)
    )[0]


def certify(purchase: Purchase, award: Award) -> Award:
    """Find multipliers for an award and return it with its certificate.

    Parameters
    ----------
    purchase : Purchase
    award : Award
        For all together.

    Returns
    -------
    Award
        With `certificate` and `certified_bound`; `bound` is raised to it where it was weaker.

    Notes
    -----
    Subgradient steps after Polyak (1969) towards the award's own objective, from what each row pays in it.
    """
    relaxation = _relaxation(purchase)
    needed = purchase.demand_quantity > 0
    quantity = np.where(needed, purchase.demand_quantity, 1.0)
    usage = 0.0
    price = _paid_by_row(purchase, award) / quantity
    best, best_price = -np.inf, price
    scale, stale = 1.0, 0
    began = time.monotonic()
    for _ in range(STEPS):
        bound, delivered = relaxation.solve(price, usage)
        if bound > best + 1e-9 * abs(award.objective):
            best, best_price, stale = bound, price, 0
        else:
            stale += 1
            if stale >= 8:
                scale, stale, price = scale / 2, 0, best_price
                continue
        lacking = np.where(needed, 1.0 - delivered / quantity, 0.0)
        length = float(lacking @ lacking)
        distance = award.objective - bound
        if distance <= 1e-10 * abs(award.objective) or length < 1e-14 or scale < 1e-4:
            break
        if time.monotonic() - began > SECONDS:
            break
        price = price + scale * distance / length * lacking / quantity
    certificate = Certificate(best_price, {})
    certified = lower_bound(purchase, certificate)
    return replace(
        award,
        certificate=certificate,
        certified_bound=certified,
        bound=max(award.bound, min(certified, award.objective)),
    )


def _usage(purchase: Purchase, certificate: Certificate) -> float:
    given = certificate.terms.get("max_suppliers", [0.0])
    return max(0.0, float(given[0])) if purchase.max_suppliers is not None else 0.0


def _paid_by_row(purchase: Purchase, award: Award) -> Floats:
    """What each demand row pays in an award, CO2 at its price included, in currency."""
    item = purchase.demand_item
    quantity = np.zeros(award.goods.shape)
    np.add.at(quantity.T, item, award.delivered.T)
    rate = np.divide(award.goods, quantity, out=np.zeros_like(quantity), where=quantity > 0)
    co2 = np.zeros_like(quantity)
    for (k, i), bid in purchase.bid_of.items():
        co2[k, i] = bid.co2
    paid: Floats = (award.delivered * (rate + purchase.co2_price * co2)[:, item] + award.unit_delivery).sum(
        axis=0
    )
    weight = _lane_weight(purchase)
    site, lot = purchase.demand_site, purchase.item_lot[item]
    lanes = award.lane_delivery.sum(axis=0)[site, lot] * weight
    paid = paid + lanes
    if award.fixed.sum() > 0 and paid.sum() > 0:
        paid = paid * (1 + award.fixed.sum() / paid.sum())
    return paid


def _lane_weight(purchase: Purchase) -> Floats:
    """How a lane's cost is laid on the rows of its site and lot; they add up to one there."""
    lots = len(purchase.lots)
    key = purchase.demand_site * lots + purchase.item_lot[purchase.demand_item]
    size = np.where(purchase.demand_quantity > 0, 1.0, 0.0)
    total = np.bincount(key, size, minlength=len(purchase.sites) * lots)
    weight: Floats = np.divide(size, total[key], out=np.zeros_like(size), where=total[key] > 0)
    return weight


def _relaxation(purchase: Purchase) -> _WholeLots | _Divided:
    return _WholeLots(purchase) if purchase.award == WHOLE_LOT else _Divided(purchase)


@dataclass(frozen=True)
class _Case:
    """One discount level with one choice of bundles: fraction off, value range, and fraction off by item."""

    low: float
    high: float
    paid: float
    off: dict[int, float]
    forced: bool


def _cases(purchase: Purchase, k: int) -> list[_Case]:
    """Every way in which a supplier's discounts can turn out."""
    supplier = purchase.suppliers[k]
    starts = [0.0, *(start for start, _ in supplier.discounts)]
    shares = [0.0, *(share for _, share in supplier.discounts)]
    ends = [*(start * (1 + REACHES) for start in starts[1:]), np.inf]
    sets = list(_bundle_sets(purchase, k))
    cases = []
    for start, end, share in zip(starts, ends, shares, strict=True):
        low = max(start * (1 - REACHES), supplier.min_order * (1 - REACHES))
        if low <= end and (end > 0 or start > 0):
            cases += [_Case(low, end, 1 - share, off, forced) for off, forced in sets]
    return cases


def _bundle_sets(purchase: Purchase, k: int) -> Iterator[tuple[dict[int, float], bool]]:
    """Disjoint choices of bundles that could be won; beyond a number of them, all percents at once."""
    demand = purchase.item_demand

    def whole(items: tuple[int, ...]) -> bool:
        bids = [purchase.bid_of.get((k, i)) for i in items if demand[i] > 0]
        return all(bid is not None and bid.capacity >= demand[bid.item] * (1 - REACHES) for bid in bids)

    bundles = [(b, share) for b, share in purchase.suppliers[k].bundles if share > 0 and whole(b)]
    found: list[dict[int, float]] = [{}]
    for items, share in bundles:
        found += [chosen | dict.fromkeys(items, share) for chosen in found if not chosen.keys() & set(items)]
        if len(found) > BUNDLE_SETS:
            best: dict[int, float] = {}
            for other, percent in bundles:
                for i in other:
                    best[i] = max(best.get(i, 0.0), percent)
            yield best, False
            return
    for chosen in found:
        yield chosen, True


@dataclass(frozen=True)
class _Table:
    """All cases of all suppliers side by side: (cases, suppliers) arrays, missing ones with infinite cost."""

    low: Floats
    high: Floats
    paid: Floats
    exists: NDArray[np.bool_]

    @classmethod
    def of(cls, cases: list[list[_Case]]) -> _Table:
        depth = max((len(c) for c in cases), default=1)
        shape = (depth, len(cases))
        table = cls(np.zeros(shape), np.full(shape, np.inf), np.ones(shape), np.zeros(shape, dtype=bool))
        for k, own in enumerate(cases):
            for c, case in enumerate(own):
                table.low[c, k], table.high[c, k] = case.low, case.high
                table.paid[c, k], table.exists[c, k] = case.paid, True
        return table


def _search(value: Inner, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Raise `value(mu) + mu * (low or high)` over mu, all suppliers at once; any mu gives a valid bound."""
    finite = np.where(np.isfinite(high), high, 0.0)

    def priced(mu: Floats) -> tuple[Floats, Floats]:
        inner, delivered = value(mu)
        return inner + np.where(mu >= 0, mu * low, mu * finite), delivered

    left = np.where(np.isfinite(high), -REACH, 0.0)
    right = np.where(low > 0, REACH, 0.0)
    best, delivered = priced(np.zeros_like(low))
    if not np.any(right > left):
        return best, delivered
    for _ in range(SEARCH):
        a, b = right - GOLDEN * (right - left), left + GOLDEN * (right - left)
        (at_a, from_a), (at_b, from_b) = priced(a), priced(b)
        for at, found in ((at_a, from_a), (at_b, from_b)):
            better = at > best
            best = np.where(better, at, best)
            delivered = np.where(better[:, None], found, delivered)
        lower = at_a < at_b
        left, right = np.where(lower, a, left), np.where(lower, right, b)
    return best, delivered


class _Relaxed:
    """What both kinds of award share: minimum over a supplier's cases, and the sum over suppliers."""

    def __init__(self, purchase: Purchase) -> None:
        self.purchase = purchase
        self.cases = [_cases(purchase, k) for k in range(len(purchase.suppliers))]
        self.table = _Table.of(self.cases)
        self.fixed = np.array([s.fixed for s in purchase.suppliers])

    def off(self, case: int, items: Integers, suppliers: Integers) -> tuple[Floats, NDArray[np.bool_]]:
        """Fraction off and whether delivery is forced, for pairs of supplier and item."""
        off, forced = np.zeros(len(items)), np.zeros(len(items), dtype=bool)
        for position, (k, i) in enumerate(zip(suppliers.tolist(), items.tolist(), strict=True)):
            own = self.cases[k]
            if case < len(own) and i in own[case].off:
                off[position], forced[position] = own[case].off[i], own[case].forced
        return off, forced

    def inner(self, case: int, price: Floats) -> Inner:
        """The minimum of each supplier, item by item, as a function of the value's multiplier."""
        raise TypeError("asked of a kind of award")

    def solve(self, price: Floats, usage: float) -> tuple[float, Floats]:
        """The bound at these multipliers, and the deliveries (rows,) that attain it."""
        purchase = self.purchase
        suppliers, rows = len(purchase.suppliers), len(price)
        least, chosen = np.full(suppliers, np.inf), np.zeros((suppliers, rows))
        for case in range(len(self.table.low)):
            exists = self.table.exists[case]
            found, delivered = _search(self.inner(case, price), self.table.low[case], self.table.high[case])
            better = exists & (found < least)
            least = np.where(better, found, least)
            chosen = np.where(better[:, None], delivered, chosen)
        total = least + self.fixed + usage
        used = total < 0
        base = price * purchase.demand_quantity
        limit = usage * (purchase.max_suppliers or 0)
        spread = float(np.abs(base).sum() + np.abs(total[used]).sum() + limit)
        return float(base.sum() + total[used].sum() - limit - SAFETY * spread), chosen[used].sum(axis=0)


class _WholeLots(_Relaxed):
    """Each supplier takes each lot whole or not at all."""

    def __init__(self, purchase: Purchase) -> None:
        super().__init__(purchase)
        demand = purchase.item_demand
        goods: list[float] = []
        cost: list[float] = []
        suppliers: list[int] = []
        items: list[int] = []
        pair: list[int] = []
        lots: list[int] = []
        keepers: list[int] = []
        for lot, needed in purchase.lot_items():
            rows = np.flatnonzero(np.isin(purchase.demand_item, needed) & (purchase.demand_quantity > 0))
            sites = np.unique(purchase.demand_site[rows])
            for k in range(len(purchase.suppliers)):
                bids = [purchase.bid_of.get((k, i)) for i in needed]
                own = [
                    bid
                    for bid in bids
                    if bid is not None and demand[bid.item] <= bid.capacity * (1 + REACHES)
                ]
                if len(own) < len(needed):
                    continue
                paid = [
                    float(tier_payment(bid, demand[bid.item], buy_up=purchase.buy_up, proper=False))
                    for bid in own
                ]
                if not np.all(np.isfinite(paid)):
                    continue
                delivery = purchase.per_unit[k, purchase.demand_site[rows]] @ purchase.demand_quantity[rows]
                carbon = purchase.co2_price * sum(bid.co2 * demand[bid.item] for bid in own)
                goods += paid
                suppliers += [k] * len(own)
                items += [bid.item for bid in own]
                pair += [len(cost)] * len(own)
                cost.append(float(delivery + purchase.per_lane[k, sites].sum() + carbon))
                lots.append(lot)
                keepers.append(k)
        self.goods, self.pair = np.array(goods), np.array(pair, dtype=np.int64)
        self.suppliers, self.items = np.array(suppliers, dtype=np.int64), np.array(items, dtype=np.int64)
        self.cost, self.lots = np.array(cost), np.array(lots, dtype=np.int64)
        self.keepers = np.array(keepers, dtype=np.int64)

    def inner(self, case: int, price: Floats) -> Inner:
        purchase = self.purchase
        row_lot = purchase.item_lot[purchase.demand_item]
        credit = np.bincount(row_lot, price * purchase.demand_quantity, minlength=len(purchase.lots))
        off, forced = self.off(case, self.items, self.suppliers)
        count = len(self.cost)
        base = np.bincount(self.pair, self.goods * (1 - off), minlength=count)
        value = np.bincount(self.pair, self.goods, minlength=count)
        must = np.bincount(self.pair, forced, minlength=count) > 0
        paid = self.table.paid[case][self.keepers]

        def at(mu: Floats) -> tuple[Floats, Floats]:
            reduced = paid * base - mu[self.keepers] * value + self.cost - credit[self.lots]
            taken = must | (reduced < 0)
            total: Floats = np.bincount(self.keepers, np.where(taken, reduced, 0.0), len(mu)).astype(float)
            by_lot = np.zeros((len(mu), len(purchase.lots)))
            by_lot[self.keepers, self.lots] = taken
            return total, by_lot[:, row_lot] * purchase.demand_quantity

        return at


class _Divided(_Relaxed):
    """Each supplier delivers any quantities within its capacities."""

    def __init__(self, purchase: Purchase) -> None:
        super().__init__(purchase)
        demand = purchase.item_demand
        rows_of = [
            np.flatnonzero((purchase.demand_item == i) & (purchase.demand_quantity > 0))
            for i in range(len(demand))
        ]
        self.bids = [bid for bid in purchase.bids if demand[bid.item] > 0]
        curves = [
            segments(
                bid, upper=min(float(demand[bid.item]), bid.capacity), buy_up=purchase.buy_up, proper=False
            )
            for bid in self.bids
        ]
        count, width = len(self.bids), max((len(c) for c in curves), default=1) or 1
        depth = max((len(rows_of[bid.item]) for bid in self.bids), default=1)
        self.low, self.high = np.full((count, width), np.nan), np.full((count, width), np.nan)
        self.intercept, self.slope = np.zeros((count, width)), np.zeros((count, width))
        self.rows = np.full((count, depth), -1, dtype=np.int64)
        self.size, self.cost = np.zeros((count, depth)), np.zeros((count, depth))
        weight = _lane_weight(purchase)
        for b, (bid, curve) in enumerate(zip(self.bids, curves, strict=True)):
            for j, s in enumerate(curve):
                self.low[b, j], self.high[b, j] = s.low, s.high
                self.intercept[b, j], self.slope[b, j] = s.intercept, s.slope
            rows = rows_of[bid.item]
            self.rows[b, : len(rows)] = rows
            size, site = purchase.demand_quantity[rows], purchase.demand_site[rows]
            self.size[b, : len(rows)] = size
            lane = purchase.per_lane[bid.supplier, site] * weight[rows] / size
            self.cost[b, : len(rows)] = (
                purchase.per_unit[bid.supplier, site] + lane + purchase.co2_price * bid.co2
            )
        self.items = np.array([bid.item for bid in self.bids], dtype=np.int64)
        self.suppliers = np.array([bid.supplier for bid in self.bids], dtype=np.int64)
        self.whole = self.size.sum(axis=1)

    def inner(self, case: int, price: Floats) -> Inner:
        off, forced = self.off(case, self.items, self.suppliers)
        paid = self.table.paid[case][self.suppliers] * (1 - off)
        unit = np.where(self.rows >= 0, self.cost - price[self.rows], np.inf)
        order = np.argsort(unit, axis=1)
        unit = np.take_along_axis(unit, order, axis=1)
        size = np.take_along_axis(self.size, order, axis=1)
        before = np.cumsum(size, axis=1) - size
        unit = np.where(np.isfinite(unit), unit, 0.0)
        wanted = np.take_along_axis(self.rows, order, axis=1)

        def at(mu: Floats) -> tuple[Floats, Floats]:
            rate = paid - mu[self.suppliers]
            slope = rate[:, None] * self.slope
            fill = ((unit[:, None, :] + slope[:, :, None]) < 0) * size[:, None, :]
            quantity = np.clip(fill.sum(axis=2), self.low, self.high)
            full = np.where(self.high >= self.whole[:, None] * (1 - REACHES), self.whole[:, None], np.nan)
            quantity = np.where(forced[:, None], full, quantity)
            part = np.clip(quantity[:, :, None] - before[:, None, :], 0.0, size[:, None, :])
            value = rate[:, None] * self.intercept + slope * quantity + (part * unit[:, None, :]).sum(axis=2)
            value = np.where(np.isnan(value), np.inf, value)
            stretch = np.argmin(value, axis=1)
            best = value[np.arange(len(value)), stretch]
            taken = forced | (best < 0)
            total: Floats = np.bincount(self.suppliers, np.where(taken, best, 0.0), len(mu)).astype(float)
            delivered = np.zeros((len(mu), len(price)))
            moved = np.where(taken[:, None], np.nan_to_num(part[np.arange(len(value)), stretch]), 0.0)
            keep = wanted >= 0
            owner = np.broadcast_to(self.suppliers[:, None], wanted.shape)
            np.add.at(delivered, (owner[keep], wanted[keep]), moved[keep])
            return total, delivered

        return at
