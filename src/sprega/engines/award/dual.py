# SPDX-License-Identifier: EUPL-1.2
"""The value of the relaxed award at given multipliers, and in which direction it rises. NumPy alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sprega.engines.award.model import SPLIT, WHOLE_LOT, Certificate, Floats, Integers
from sprega.engines.award.relaxation import Relaxation

ROUNDING = 1e-13
"""A bound is lowered by this part of all that was added up for it, so that rounding cannot lift it."""


@dataclass
class Multipliers:
    """What the relaxed constraints are worth; any numbers give a valid bound after `clean`.

    Attributes
    ----------
    cover : (covers,) floats
        Currency per unit of a demand row, or per lot.
    level : (levels,) floats
        Currency per currency of goods value missing at (positive) or above (negative) a discount level.
    suppliers : (1,) floats
        Currency per supplier, `max_suppliers`.
    share : (suppliers,) floats
        Currency per currency of goods value, `max_supplier_share`.
    sources : (items,) floats
        Currency per source, `min_sources`.
    lane : (units, J) floats
        How `per_lane` is divided over the rows that it serves.
    """

    cover: Floats
    level: Floats
    suppliers: Floats
    share: Floats
    sources: Floats
    lane: Floats

    def copy(self) -> Multipliers:
        """An independent copy."""
        return Multipliers(*(a.copy() for a in vars(self).values()))


@dataclass(frozen=True)
class Valued:
    """A bound with what it was made of: the answer of each level, and of the whole.

    Attributes
    ----------
    bound : float
        Lower bound of the objective, lowered by what rounding may have added.
    level_value : (levels,) floats
        Least reduced cost of a supplier that is held at a level, before `fixed`.
    supplier_value : (suppliers,) floats
        The same of each supplier, at most 0.
    level_slope : (levels,) floats
        Derivative of `level_value` by the level's multiplier.
    missing : (covers,) floats
        What the answer leaves undelivered (negative: delivers too much).
    used : int
    value : (suppliers,) floats
        Goods value of the answer.
    sources : (items,) floats
    pairs : (taken,) ints
        The pairs of the levels that the answer takes.
    part : (taken, J) floats
        Their quantities.
    """

    bound: float
    level_value: Floats
    supplier_value: Floats
    level_slope: Floats
    missing: Floats
    used: int
    value: Floats
    sources: Floats
    pairs: Integers
    part: Floats


def start(relaxation: Relaxation) -> Multipliers:
    """Multipliers of zero, lanes divided evenly."""
    units, purchase = relaxation.units, relaxation.purchase
    return Multipliers(
        cover=np.zeros(len(relaxation.needed)),
        level=np.zeros(len(relaxation.levels.paid)),
        suppliers=np.zeros(1),
        share=np.zeros(len(purchase.suppliers)),
        sources=np.zeros(len(purchase.items)),
        lane=np.ones(units.cost.shape),
    )


def load(relaxation: Relaxation, certificate: Certificate) -> Multipliers:
    """The multipliers of a certificate; a list of another length than it should have counts as zeros."""
    multipliers = start(relaxation)
    demand = np.zeros(len(relaxation.cover_of_row))
    if np.shape(certificate.demand) == demand.shape:
        demand = np.nan_to_num(np.asarray(certificate.demand, dtype=float), posinf=0.0, neginf=0.0)
    if len(relaxation.needed) == len(demand) and relaxation.purchase.award != WHOLE_LOT:
        multipliers.cover = demand
    else:
        quantity = relaxation.purchase.demand_quantity
        multipliers.cover = _sums(relaxation.cover_of_row, demand * quantity, len(relaxation.needed))
    for name in ("level", "suppliers", "share", "sources", "lane"):
        given = certificate.terms.get(name)
        place = getattr(multipliers, name)
        if given is not None and len(given) == place.size:
            array = np.nan_to_num(np.array(given, dtype=float), posinf=0.0, neginf=0.0)
            setattr(multipliers, name, array.reshape(place.shape))
    return clean(relaxation, multipliers)


def store(relaxation: Relaxation, multipliers: Multipliers) -> Certificate:
    """Multipliers as a certificate; those that a purchase has no use for are left out."""
    purchase = relaxation.purchase
    quantity = purchase.demand_quantity
    cover = multipliers.cover[relaxation.cover_of_row]
    if purchase.award == WHOLE_LOT:
        total = np.bincount(relaxation.cover_of_row, quantity, minlength=len(relaxation.needed))
        cover = cover / np.where(total > 0, total, 1.0)[relaxation.cover_of_row]
    terms: dict[str, list[float]] = {}
    for name in ("level", "suppliers", "share", "sources"):
        values = getattr(multipliers, name)
        if np.any(values):
            terms[name] = values.tolist()
    if np.any(relaxation.units.lane * (multipliers.lane != 1.0)):
        terms["lane"] = multipliers.lane.ravel().tolist()
    return Certificate(np.where(quantity > 0, cover, 0.0), terms)


def clean(relaxation: Relaxation, multipliers: Multipliers) -> Multipliers:
    """Signs clipped, rules that do not exist priced at nothing, lane weights summing to one for each lane."""
    purchase = relaxation.purchase
    cleaned = multipliers.copy()
    cleaned.cover[relaxation.needed <= 0] = 0.0
    cleaned.suppliers = np.maximum(cleaned.suppliers, 0.0) * (purchase.max_suppliers is not None)
    cleaned.share = np.maximum(cleaned.share, 0.0) * (purchase.max_supplier_share is not None)
    asked = purchase.min_sources is not None and purchase.award == SPLIT
    cleaned.sources = np.maximum(cleaned.sources, 0.0) * (purchase.item_demand > 0) * asked
    group = relaxation.units.lane_group
    inside = group >= 0
    if inside.any():
        weight = np.maximum(cleaned.lane[inside], 0.0)
        count = np.bincount(group[inside])
        total = np.bincount(group[inside], weight)
        even = total <= 1e-300
        total, count = np.where(even, 1.0, total)[group[inside]], count[group[inside]]
        cleaned.lane[inside] = np.where(even[group[inside]], 1.0 / count, weight / total)
    return cleaned


def value(relaxation: Relaxation, multipliers: Multipliers) -> Valued:
    """Bound the objective from below.

    Parameters
    ----------
    relaxation : Relaxation
    multipliers : Multipliers
        Cleaned.

    Returns
    -------
    Valued

    Notes
    -----
    Lagrangian relaxation of the demands (Geoffrion, 1974): what remains is, for each supplier, a continuous
    knapsack between the ends of a discount level, whose two ends are priced by `multipliers.level`.
    """
    purchase, units, levels = relaxation.purchase, relaxation.units, relaxation.levels
    free = _Free(relaxation, multipliers)
    choice_value, chosen_size = free.choices()
    # the least choice of each level, the least level of each supplier
    count, suppliers = len(levels.paid), len(purchase.suppliers)
    best_choice = _first_least(choice_value, relaxation.choices.level, count)
    mu = multipliers.level
    end = np.where(mu > 0, levels.low, levels.high)
    level_value = choice_value[best_choice] + mu * end if count else np.zeros(0)
    best_level = _first_least(level_value, levels.supplier, suppliers)
    opened = relaxation.fixed + multipliers.suppliers[0]
    offer = np.where(best_level >= 0, opened + np.append(level_value, np.inf)[best_level], np.inf)
    takes = offer < 0
    supplier_value = np.where(takes, offer, 0.0)

    rules = 0.0
    if purchase.max_suppliers is not None:
        rules -= float(multipliers.suppliers[0]) * purchase.max_suppliers
    if purchase.min_sources is not None:
        rules += float(multipliers.sources.sum()) * purchase.min_sources
    earned = multipliers.cover * relaxation.needed
    size = float(np.abs(earned).sum()) + abs(rules) + float(np.abs(supplier_value).sum())
    if count:
        largest = np.zeros(suppliers)
        np.maximum.at(largest, levels.supplier, chosen_size[best_choice] + np.abs(mu * end))
        size += float(largest.sum())
    terms = max(1000, len(levels.pair_unit))
    bound = float(earned.sum()) + rules + float(supplier_value.sum()) - ROUNDING * size * terms / 1000

    amount, goods, counted = free.answer(best_choice)
    level_slope = np.where(mu > 0, levels.low, levels.high) - goods if count else goods
    at_zero = (mu == 0) & (goods < levels.low)
    level_slope = np.where(at_zero, levels.low - goods, level_slope)
    level_slope = np.where((mu == 0) & (goods >= levels.low) & (goods <= levels.high), 0.0, level_slope)
    taken = np.zeros(count, dtype=bool)
    taken[best_level[takes]] = True
    pairs = np.flatnonzero(taken[levels.pair_level])
    part = free.rows(pairs, amount)
    delivered = np.bincount(
        units.rows[levels.pair_unit[pairs]].ravel(), part.ravel(), minlength=len(relaxation.needed)
    )
    supplier_goods = np.zeros(suppliers)
    supplier_goods[levels.supplier[taken]] = goods[taken]
    sources = np.zeros(len(purchase.items))
    if purchase.min_sources is not None and purchase.award == SPLIT:
        np.add.at(sources, units.item[levels.pair_unit[pairs]], counted[pairs])
    return Valued(
        bound=bound,
        level_value=level_value,
        supplier_value=supplier_value,
        level_slope=level_slope,
        missing=relaxation.needed - delivered,
        used=int(takes.sum()),
        value=supplier_goods,
        sources=sources,
        pairs=pairs,
        part=part,
    )


def unit_costs(relaxation: Relaxation, multipliers: Multipliers) -> Floats:
    """Reduced cost of a unit of each row's quantity, shape (pairs, J).

    Minus infinity where the curve is not a straight line from zero or a bundle may ask for the whole demand,
    infinity where there is no row.
    """
    free, levels, units = _Free(relaxation, multipliers), relaxation.levels, relaxation.units
    straight = (units.low[:, 0] == 0) & (units.intercept[:, 0] == 0) & (units.high[:, 1:] == 0).all(axis=1)
    straight &= ~units.counts.any(axis=1)
    straight[levels.pair_unit[relaxation.choices.entry_pair]] = False
    reduced = units.cost + units.lane * multipliers.lane - multipliers.cover[units.rows]
    unit = levels.pair_unit
    cost: Floats = (free.factor * units.slope[unit, 0])[:, None] + reduced[unit]
    cost[~straight[unit]] = -np.inf
    cost[units.demand[unit] <= 0] = np.inf
    return cost


class _Free:
    """The least reduced cost of every pair, alone and delivered whole."""

    def __init__(self, relaxation: Relaxation, multipliers: Multipliers) -> None:
        self.relaxation = relaxation
        units, levels, purchase = relaxation.units, relaxation.levels, relaxation.purchase
        unit, level = levels.pair_unit, levels.pair_level
        reduced = units.cost + units.lane * multipliers.lane - multipliers.cover[units.rows]
        reduced = np.where(units.demand > 0, reduced, 0.0)
        self.order = np.argsort(reduced, axis=1, kind="stable")
        red = np.take_along_axis(reduced, self.order, axis=1)
        need = np.take_along_axis(units.demand, self.order, axis=1)
        before = np.cumsum(need, axis=1) - need
        extra = multipliers.share - (purchase.max_supplier_share or 0.0) * multipliers.share.sum()
        # what goods value costs beside what is paid for it
        self.weight = (extra[levels.supplier] - multipliers.level)[level]
        factor = levels.paid[level] + self.weight
        slope, intercept = units.slope[unit], units.intercept[unit]
        low, high = units.low[unit], units.high[unit]
        bonus = units.counts * multipliers.sources[units.item][:, None] if units.counts.any() else None
        pay = factor[:, None] * slope
        wide = red.shape[1] > 1
        if wide:
            wanted = np.zeros(slope.shape)
            for j in range(red.shape[1]):
                wanted += need[unit, j, None] * (red[unit, j, None] + pay < 0)
        else:
            wanted = need[unit] * (red[unit] + pay < 0)
        amount = np.minimum(np.maximum(wanted, low), high)
        if wide:
            served = np.zeros(slope.shape)
            for j in range(red.shape[1]):
                filled = np.clip(amount - before[unit, j, None], 0.0, need[unit, j, None])
                served += red[unit, j, None] * filled
        else:
            served = red[unit] * amount
        goods = intercept + slope * amount
        worth = factor[:, None] * goods + served
        if bonus is not None:
            worth = worth - bonus[unit]
        best = np.argmin(worth, axis=1)[:, None]
        least = np.take_along_axis(worth, best, axis=1)[:, 0]
        take = least < 0
        self.least = np.where(take, least, 0.0)
        self.amount = np.where(take, np.take_along_axis(amount, best, axis=1)[:, 0], 0.0)
        self.goods = np.where(take, np.take_along_axis(goods, best, axis=1)[:, 0], 0.0)
        self.counted = np.where(take, np.take_along_axis(units.counts[unit], best, axis=1)[:, 0], 0.0)
        self.size = np.where(
            take,
            np.abs(factor) * self.goods + np.abs(np.take_along_axis(served, best, axis=1)[:, 0]),
            0.0,
        )
        self.need, self.before, self.factor = need, before, factor
        self.whole_served = (reduced * units.demand).sum(axis=1)
        self.bonus = multipliers.sources[units.item] * (purchase.min_sources is not None)

    def choices(self) -> tuple[Floats, Floats]:
        """Least reduced cost of each choice before its level's multiplier, and what was added up for it."""
        levels, choices, units = self.relaxation.levels, self.relaxation.choices, self.relaxation.units
        count = len(levels.paid)
        base = _sums(levels.pair_level, self.least, count)
        size = _sums(levels.pair_level, self.size, count)
        self.swapped = np.zeros(0, dtype=bool)
        values, sizes = base[choices.level], size[choices.level]
        if len(choices.entry_pair):
            pair = choices.entry_pair
            unit = levels.pair_unit[pair]
            paid = levels.paid[levels.pair_level[pair]]
            whole = (
                self.factor[pair] * units.whole[unit]
                - paid * choices.entry_off
                + self.whole_served[unit]
                - self._whole_bonus(unit)
            )
            self.swapped = (choices.entry_either == 0) | (whole < self.least[pair])
            change = np.where(self.swapped, whole - self.least[pair], 0.0)
            values = values + _sums(choices.entry_choice, change, len(values))
            added = np.abs(self.factor[pair]) * units.whole[unit] + np.abs(self.whole_served[unit])
            sizes = sizes + _sums(choices.entry_choice, added + np.abs(self.least[pair]), len(values))
        return values, sizes

    def _whole_bonus(self, unit: Integers) -> Floats:
        bonus: Floats = self.bonus[unit] if self.relaxation.purchase.award == SPLIT else np.zeros(len(unit))
        return bonus

    def answer(self, best_choice: Integers) -> tuple[Floats, Floats, Floats]:
        """Quantity of each pair, goods value of each level, and whether the pair is a source."""
        levels, choices, units = self.relaxation.levels, self.relaxation.choices, self.relaxation.units
        amount, goods, counted = self.amount.copy(), self.goods.copy(), self.counted.copy()
        if len(choices.entry_pair):
            chosen = np.zeros(len(choices.level), dtype=bool)
            chosen[best_choice] = True
            here = chosen[choices.entry_choice] & self.swapped
            pair = choices.entry_pair[here]
            unit = levels.pair_unit[pair]
            amount[pair] = units.demand[unit].sum(axis=1)
            goods[pair] = units.whole[unit]
            counted[pair] = 1.0
        return amount, _sums(levels.pair_level, goods, len(levels.paid)), counted

    def rows(self, pairs: Integers, amount: Floats) -> Floats:
        """Quantities of the rows of some pairs, cheapest first, shape (len(pairs), J)."""
        unit = self.relaxation.levels.pair_unit[pairs]
        filled = np.clip(amount[pairs, None] - self.before[unit], 0.0, self.need[unit])
        part = np.empty_like(filled)
        np.put_along_axis(part, self.order[unit], filled, axis=1)
        return part


def _sums(group: Integers, values: Floats, groups: int) -> Floats:
    sums: Floats = np.bincount(group, values, minlength=groups).astype(float)
    return sums


def _first_least(values: Floats, group: Integers, groups: int) -> Integers:
    """Position of the least value of each group, -1 for an empty one."""
    order = np.lexsort((values, group))
    found = np.full(groups, -1, dtype=np.int64)
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    found[group[order[starts]]] = order[starts]
    return found
