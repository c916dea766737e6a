# SPDX-License-Identifier: EUPL-1.2
"""Raise the bound of the relaxed award: subgradient steps on all multipliers together. NumPy alone."""

from __future__ import annotations

import time

import numpy as np

from sprega.engines.award.dual import Multipliers, Valued, clean, start, value
from sprega.engines.award.model import SPLIT, Award, Floats
from sprega.engines.award.relaxation import Relaxation

PATIENCE = 15
"""So many steps without a better bound, then half the step."""

KEEP = 0.8
"""Part of the last direction that is kept (Camerini, Fratta, Maffioli, 1975)."""

CLOSED = 1e-10
"""Relative gap at which nothing is left to gain."""


def cheapest(relaxation: Relaxation) -> Multipliers:
    """Each cover priced at its lowest average price over all suppliers, best discount included."""
    units, levels = relaxation.units, relaxation.levels
    multipliers = clean(relaxation, start(relaxation))
    paid = np.ones(len(relaxation.purchase.suppliers))
    np.minimum.at(paid, levels.supplier, levels.paid)
    at_low = np.where(units.low > 0, units.intercept / np.where(units.low > 0, units.low, 1.0), 0.0)
    at_low = np.where((units.low <= 0) & (units.intercept > 0), np.inf, at_low)
    at_high = units.intercept / np.where(units.high > 0, units.high, 1.0)
    average = np.where(units.high > 0, units.slope + np.minimum(at_low, at_high), np.inf)
    price = paid[units.supplier] * average.min(axis=1, initial=np.inf)
    offered = price[:, None] + units.cost + units.lane * multipliers.lane
    least = np.full(len(relaxation.needed), np.inf)
    here = units.demand > 0
    np.minimum.at(least, units.rows[here], offered[here])
    multipliers.cover = np.where(np.isfinite(least) & (relaxation.needed > 0), least, 0.0)
    return multipliers


def paid_prices(relaxation: Relaxation, award: Award) -> Multipliers:
    """Each cover priced at what an award pays for it."""
    purchase = relaxation.purchase
    multipliers = clean(relaxation, start(relaxation))
    quantity = purchase.item_quantity(award.delivered)
    unit = np.divide(award.goods, quantity, out=np.zeros_like(award.goods), where=quantity > 0)
    for k, i in np.argwhere(quantity > 0).tolist():
        unit[k, i] += purchase.co2_price * purchase.bid_of[k, i].co2
    served = award.delivered > 0
    row_cost = (unit[:, purchase.demand_item] * award.delivered).sum(axis=0) + award.unit_delivery.sum(axis=0)
    lane = np.where(served, purchase.per_lane[:, purchase.demand_site], 0.0)
    # a lane's cost falls on the rows that it serves, evenly
    lot = purchase.item_lot[purchase.demand_item]
    for k in range(len(purchase.suppliers)):
        key = purchase.demand_site * len(purchase.lots) + lot
        count = np.bincount(key, served[k], minlength=len(purchase.sites) * len(purchase.lots))
        lane[k] /= np.maximum(count[key], 1)
    row_cost = row_cost + lane.sum(axis=0)
    total = np.bincount(relaxation.cover_of_row, row_cost, minlength=len(relaxation.needed))
    needed = relaxation.needed
    multipliers.cover = np.divide(total, needed, out=np.zeros_like(total), where=needed > 0)
    return multipliers


def ascend(
    relaxation: Relaxation,
    begin: Multipliers,
    *,
    target: float,
    iterations: int,
    deadline: float | None = None,
) -> tuple[Multipliers, Valued]:
    """Find multipliers with a high bound.

    Parameters
    ----------
    relaxation : Relaxation
    begin : Multipliers
        Cleaned.
    target : float
        The objective of an award, which no bound exceeds.
    iterations : int
        Steps at most.
    deadline : float, optional
        On `time.monotonic`.

    Returns
    -------
    Multipliers, Valued
        The best found, and their bound.

    Notes
    -----
    Polyak's step towards `target` along deflected subgradients (Camerini, Fratta, Maffioli, 1975), halved
    when nothing improves. The multipliers of discount levels, each a concave function of one number, follow
    by signs alone (Riedmiller, Braun, 1993). Multipliers are scaled by the money that they move.
    """
    purchase = relaxation.purchase
    point, gamma, since = begin.copy(), 1.0, 0
    answer = value(relaxation, point)
    best, best_answer = point.copy(), answer
    money: Floats = np.maximum(np.abs(point.cover) * relaxation.needed, 1e-12)
    money = np.maximum(money, 0.01 * money.mean()) * (relaxation.needed > 0)
    prices: Floats = np.divide(
        money, relaxation.needed, out=np.zeros_like(money), where=relaxation.needed > 0
    )
    each = target / max(1, purchase.max_suppliers or len(purchase.suppliers))
    per_source = np.zeros(len(purchase.items))
    if purchase.award == SPLIT:
        np.add.at(per_source, purchase.demand_item, money * purchase.min_source_share)
    step_level = np.full(len(point.level), 0.02)
    last_sign = np.zeros(len(point.level))
    direction: Floats | None = None
    for _ in range(iterations):
        gap = target - best_answer.bound
        if gap <= CLOSED * abs(target) or (deadline is not None and time.monotonic() > deadline):
            break
        gradient = _gradient(relaxation, answer, prices, each, per_source)
        direction = gradient if direction is None else gradient + KEEP * direction
        norm = float(direction @ direction)
        if norm <= 0 and not np.any(answer.level_slope):
            break
        length = gamma * (target - answer.bound) / norm if norm > 0 else 0.0
        point = _moved(relaxation, point, length * direction, prices, each, per_source)
        last_sign, step_level = _follow(point.level, answer.level_slope, last_sign, step_level)
        point = clean(relaxation, point)
        answer = value(relaxation, point)
        if answer.bound > best_answer.bound:
            if answer.bound > best_answer.bound + 1e-3 * gap:
                since = 0
            best, best_answer = point.copy(), answer
        else:
            since += 1
        if since >= PATIENCE:
            gamma, since = gamma / 2, 0
            point, answer, direction = best.copy(), best_answer, None
        if gamma < 1e-4:
            break
    return settle(relaxation, best, best_answer, rounds=40, deadline=deadline)


def settle(
    relaxation: Relaxation, point: Multipliers, answer: Valued, *, rounds: int, deadline: float | None = None
) -> tuple[Multipliers, Valued]:
    """Raise the discount levels' multipliers alone: each is a concave function of one number."""
    best, best_answer = point.copy(), answer
    point = point.copy()
    step, sign = np.full(len(point.level), 0.02), np.zeros(len(point.level))
    kept, kept_value = point.level.copy(), answer.level_value.copy()
    for _ in range(rounds):
        if not np.any(answer.level_slope) or (deadline is not None and time.monotonic() > deadline):
            break
        sign, step = _follow(point.level, answer.level_slope, sign, step)
        answer = value(relaxation, point)
        better = answer.level_value > kept_value
        kept[better], kept_value[better] = point.level[better], answer.level_value[better]
    point.level = kept
    answer = value(relaxation, point)
    return (point, answer) if answer.bound > best_answer.bound else (best, best_answer)


def _gradient(
    relaxation: Relaxation, answer: Valued, cover: Floats, each: float, per_source: Floats
) -> Floats:
    purchase = relaxation.purchase
    parts = [answer.missing * cover]
    if purchase.max_suppliers is not None:
        parts.append(np.array([(answer.used - purchase.max_suppliers) * each * 0.1]))
    if purchase.max_supplier_share is not None:
        parts.append(answer.value - purchase.max_supplier_share * answer.value.sum())
    if purchase.min_sources is not None and purchase.award == SPLIT:
        parts.append((purchase.min_sources - answer.sources) * per_source * (purchase.item_demand > 0))
    if relaxation.units.lane_group.shape[1] and np.any(relaxation.units.lane):
        unit = relaxation.levels.pair_unit[answer.pairs]
        lane = np.zeros(relaxation.units.lane.shape)
        np.add.at(lane, unit, answer.part * relaxation.units.lane[unit])
        parts.append(lane.ravel())
    return np.concatenate(parts)


def _moved(
    relaxation: Relaxation, point: Multipliers, by: Floats, cover: Floats, each: float, per_source: Floats
) -> Multipliers:
    purchase, moved, at = relaxation.purchase, point.copy(), len(point.cover)
    moved.cover += by[:at] * cover
    if purchase.max_suppliers is not None:
        moved.suppliers += by[at] * each * 0.1
        at += 1
    if purchase.max_supplier_share is not None:
        moved.share += by[at : at + len(moved.share)]
        at += len(moved.share)
    if purchase.min_sources is not None and purchase.award == SPLIT:
        moved.sources += by[at : at + len(moved.sources)] * per_source
        at += len(moved.sources)
    if at < len(by):
        moved.lane += by[at:].reshape(moved.lane.shape)
        group = relaxation.units.lane_group
        inside = group >= 0
        count = np.bincount(group[inside])
        total = np.bincount(group[inside], moved.lane[inside])
        # back to the plane on which the weights of a lane sum to one; `clean` cuts off what is negative
        moved.lane[inside] -= ((total - 1) / count)[group[inside]]
    return moved


def _follow(level: Floats, slope: Floats, last: Floats, step: Floats) -> tuple[Floats, Floats]:
    """Move each level's multiplier uphill in place: longer steps while the sign holds, half when it turns."""
    sign = np.sign(slope)
    step = np.where(sign * last > 0, np.minimum(step * 1.6, 4.0), np.where(sign * last < 0, step / 2, step))
    before = level.copy()
    level += sign * step
    crossed = before * level < 0  # zero is a kink: stop there first
    level[crossed] = 0.0
    return np.where(sign != 0, sign, last), step
