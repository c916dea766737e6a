# SPDX-License-Identifier: EUPL-1.2
"""What groups pay on their own where each lot goes whole to one supplier and terms couple the lots.

Every term of a supplier becomes a choice of one offer: between two thresholds of goods value, and with
certain bundles won, it asks an amount once and a part of the goods value of each lot. Once the offers are
chosen, the lots are held together by the thresholds alone, and these are priced by multipliers (Geoffrion,
1974). So a search over offers, then over lots, answers in milliseconds what takes a general program a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sprega.engines.award.coalitions import delivery_of_member, eligible_suppliers
from sprega.engines.award.milp import GAP
from sprega.engines.award.model import REACHES, Floats, Purchase, Supplier
from sprega.engines.award.prices import tier_payment

MOST_OFFERS = 64
"""Suppliers with more offers than this are left to the general program."""

MOST_STEPS = 3_000_000
"""Steps of one search, after which the general program is asked."""

BLOCK = 4096
"""Groups whose goods values are held at a time."""


@dataclass(frozen=True)
class Offers:
    """What suppliers ask, offer by offer: shape (suppliers, offers), the first being not to be used.

    Attributes
    ----------
    count : (suppliers,) ints
    once : floats
        Paid once, in currency.
    part : floats
        Part of the goods value that is paid.
    paid : floats
        Part of a bundle's saving that is left after the value discount.
    low, high : floats
        Goods value at which the offer holds.
    bundles : (suppliers, offers, bundles) bools
        Which of all suppliers' bundles it wins.
    """

    count: NDArray[np.int64]
    once: Floats
    part: Floats
    paid: Floats
    low: Floats
    high: Floats
    bundles: NDArray[np.bool_]


def whole_lot_payments(purchase: Purchase, masks: Sequence[int], below: Floats | None = None) -> Floats:
    """Least payment of groups that buy alone, each lot from one supplier.

    Parameters
    ----------
    purchase : Purchase
        Its award `whole-lot`; any terms.
    masks : sequence of int
        Groups by bit mask over the players, none of them all together.
    below : (len(masks),) floats, optional
        Only a payment below this one is of interest, in currency: much faster where there is none.

    Returns
    -------
    (len(masks),) floats
        In currency, to a relative gap of 1e-9; `below` where it is proved that no payment is below it; nan
        where the search was given up.

    Examples
    --------
    >>> from sprega.engines.award.model import Bid, Item, Member, Site
    >>> purchase = Purchase(
    ...     "Salt", "EUR", "whole-lot", tuple(Member(c, c, c, "company") for c in "ABC"),
    ...     tuple(Site(c, number, c) for number, c in enumerate("ABC")), (Item("I", "I", 0, "t"),), ("L",),
    ...     (Supplier("K", "K", fixed=7.0, discounts=((60.0, 0.1),)),), (Bid(0, 0, (0.0,), (5.0,)),),
    ...     np.arange(3), np.zeros(3, int), np.array([10.0, 4.0, 20.0]), np.full(3, 6.0),
    ...     np.zeros((1, 3)), np.zeros((1, 3)),
    ... )
    >>> whole_lot_payments(purchase, [0b001, 0b010, 0b011]).tolist()
    [57.0, 27.0, 70.0]
    """
    offers = _offers(purchase)
    if offers is None or len(purchase.lots) == 0:
        return np.full(len(masks), np.nan)
    answer = np.full(len(masks), np.inf) if below is None else np.array(below, dtype=float)
    for first in range(0, len(masks), BLOCK):
        _pay_all(
            *_goods(purchase, masks[first : first + BLOCK]),
            offers.count,
            offers.once,
            offers.part,
            offers.paid,
            offers.low,
            offers.high,
            offers.bundles,
            GAP / 2,
            MOST_STEPS,
            answer[first : first + BLOCK],
        )
    return answer


def _offers(purchase: Purchase) -> Offers | None:
    """Every supplier's offers; None where there are too many."""
    first, rows = 0, []  # `first` bundle of the supplier
    for supplier in purchase.suppliers:
        choices = _disjoint(supplier)
        levels = _levels(supplier)
        if 1 + len(choices) * len(levels) > MOST_OFFERS:
            return None
        rows.append([(level, [first + b for b in choice]) for level in levels for choice in choices])
        first += len(supplier.bundles)
    width = 1 + max(len(row) for row in rows)
    shape = (len(rows), width)
    once, part, paid, low, high = (np.zeros(shape) for _ in range(5))
    bundles = np.zeros((*shape, first), dtype=bool)
    for k, row in enumerate(rows):
        for o, ((start, end, fraction, top), choice) in enumerate(row, start=1):
            once[k, o] = purchase.suppliers[k].fixed + top
            part[k, o] = fraction - (top > 0)
            paid[k, o], low[k, o], high[k, o] = fraction, start, end
            bundles[k, o, list(choice)] = True
    return Offers(np.array([1 + len(row) for row in rows]), once, part, paid, low, high, bundles)


def _levels(supplier: Supplier) -> list[tuple[float, float, float, float]]:
    """(from, to, part left by the discount, `min_order` where it must be paid up to) by goods value."""
    turns = {0.0, supplier.min_order, *(start * (1 - REACHES) for start, _ in supplier.discounts)}
    starts = sorted(turns)
    levels = []
    for low, high in zip(starts, [*starts[1:], np.inf], strict=True):
        reached = [share for start, share in supplier.discounts if low >= start * (1 - REACHES)]
        top = supplier.min_order if low < supplier.min_order else 0.0
        levels.append((low, high, 1 - (reached[-1] if reached else 0.0), top))
    return levels


def _disjoint(supplier: Supplier) -> list[tuple[int, ...]]:
    """Choices of a supplier's bundles that have no item in common, with that of none."""
    choices: list[tuple[int, ...]] = [()]
    for b, (items, share) in enumerate(supplier.bundles):
        if share > 0 and len(choices) <= MOST_OFFERS:
            choices += [
                (*choice, b)
                for choice in choices
                if not any(set(items) & set(supplier.bundles[other][0]) for other in choice)
            ]
    return choices


def _goods(purchase: Purchase, masks: Sequence[int]) -> tuple[Floats, Floats, Floats]:
    """Goods value, delivery (infinite: not eligible) and bundles' savings of groups.

    Shapes (groups, suppliers, lots) twice, and (groups, bundles, lots): nan where a bundle cannot be won. The
    delivery is nan in lots that the group does not need.
    """
    players = purchase.players
    lots = [lot for lot, _ in purchase.lot_items()]
    taken = np.array([[mask >> b & 1 for b in range(len(players))] for mask in masks], dtype=float)
    quantity = taken @ purchase.member_demand[list(players)]
    goods = np.zeros((len(masks), len(purchase.suppliers), len(lots)))
    delivery = np.full_like(goods, np.inf)
    value: dict[tuple[int, int], Floats] = {}
    for column, lot in enumerate(lots):
        items = purchase.items_of_lot(lot)
        needed = quantity[:, items].sum(axis=1) > 0
        cost = taken @ delivery_of_member(purchase, lot, players).T
        for k in eligible_suppliers(purchase, lot):
            for i in items:
                bid = purchase.bid_of[k, i]
                value[k, i] = tier_payment(bid, quantity[:, i], buy_up=purchase.buy_up, proper=True)
                goods[:, k, column] += value[k, i]
            delivery[:, k, column] = cost[:, k]
        delivery[~needed, :, column] = np.nan
    place = {lot: column for column, lot in enumerate(lots)}
    bundles = [(k, *bundle) for k, supplier in enumerate(purchase.suppliers) for bundle in supplier.bundles]
    saving = np.zeros((len(masks), len(bundles), len(lots)))
    for b, (k, together, share) in enumerate(bundles):
        for i in together:
            needed = quantity[:, i] > 0
            if not needed.any():
                continue
            column = place[int(purchase.item_lot[i])]
            if (k, i) in value:
                saving[:, b, column] += np.where(needed, share * value[k, i], 0.0)
            else:
                saving[needed, b, column] = np.nan
    return goods, delivery, saving


@njit(cache=True)
def _pay_all(goods, delivery, saving, count, once, part, paid, low, high, bundles, gap, most, answer):  # type: ignore[no-untyped-def]
    """Lower `answer` with the least payment of each group, nan where `most` steps were not enough."""
    suppliers, width = once.shape
    for g in range(len(answer)):
        lots = np.flatnonzero(~np.isnan(delivery[g, 0]))
        if len(lots) == 0:
            answer[g] = 0.0
            continue
        # one row an offer: what it asks for each lot, and which lots it must have
        value = np.empty((suppliers, len(lots)))
        price = np.full((suppliers, width, len(lots)), np.inf)
        forced = np.zeros((suppliers, width, len(lots)), dtype=np.bool_)
        open_ = np.zeros((suppliers, width), dtype=np.bool_)
        for k in range(suppliers):
            open_[k, 0] = True
            most_value = 0.0
            for j in range(len(lots)):
                value[k, j] = goods[g, k, lots[j]]
                if delivery[g, k, lots[j]] < np.inf:
                    most_value += value[k, j]
            for o in range(1, count[k]):
                possible = low[k, o] <= most_value
                for j in range(len(lots)):
                    off = 0.0
                    for b in range(bundles.shape[2]):
                        if bundles[k, o, b] and saving[g, b, lots[j]] != 0:
                            off += saving[g, b, lots[j]]
                            forced[k, o, j] = True
                    if np.isnan(off):
                        possible = False
                    price[k, o, j] = part[k, o] * value[k, j] + delivery[g, k, lots[j]] - paid[k, o] * off
                open_[k, o] = possible
        answer[g] = _least(value, price, forced, open_, once, low, high, answer[g], gap, most)


@njit(cache=True)
def _asked(assigned, value, price, forced, open_, once, low, high):  # type: ignore[no-untyped-def]
    """Payment of an assignment of lots to suppliers: each supplier's cheapest offer that holds."""
    total = 0.0
    for k in range(value.shape[0]):
        goods, used = 0.0, False
        for j in range(len(assigned)):
            if assigned[j] == k:
                goods += value[k, j]
                used = True
        if not used:
            continue
        least = np.inf
        for o in range(1, once.shape[1]):
            # an offer ends just below the next one's start
            if not open_[k, o] or goods < low[k, o] or goods >= high[k, o]:
                continue
            asked = once[k, o]
            for j in range(len(assigned)):
                if assigned[j] == k:
                    asked += price[k, o, j]
                elif forced[k, o, j]:
                    asked = np.inf
            least = min(least, asked)
        total += least
    return total


@njit(cache=True)
def _improve(assigned, value, price, forced, open_, once, low, high):  # type: ignore[no-untyped-def]
    """Move single lots as long as that lowers the payment."""
    best = _asked(assigned, value, price, forced, open_, once, low, high)
    better = True
    while better:
        better = False
        for j in range(len(assigned)):
            for k in range(value.shape[0]):
                if k != assigned[j] and price[k, 1, j] < np.inf:
                    home = assigned[j]
                    assigned[j] = k
                    asked = _asked(assigned, value, price, forced, open_, once, low, high)
                    if asked < best:
                        best, better = asked, True
                    else:
                        assigned[j] = home
    return best


@njit(cache=True)
def _least(value, price, forced, open_, once, low, high, best, gap, most):  # type: ignore[no-untyped-def]
    """The least payment below `best` by a search over offers and then over lots; nan if given up."""
    suppliers, lots = value.shape
    width = once.shape[1]
    # what a supplier asks at least for a lot, whichever offer it is
    loose = np.full((suppliers, lots), np.inf)
    for k in range(suppliers):
        for o in range(1, width):
            if open_[k, o]:
                for j in range(lots):
                    loose[k, j] = min(loose[k, j], price[k, o, j])
    assigned = np.zeros(lots, dtype=np.int64)
    bound = 0.0
    for j in range(lots):
        assigned[j] = np.argmin(loose[:, j])
        bound += loose[assigned[j], j]
    if bound >= best * (1 - gap):
        return best
    for start in range(-1, suppliers if best == np.inf else -1):  # the cheapest; as much as can be from one
        for j in range(lots):
            assigned[j] = np.argmin(loose[:, j]) if start < 0 or loose[start, j] == np.inf else start
        best = min(best, _improve(assigned, value, price, forced, open_, once, low, high))
    # suppliers with the largest goods first
    order = np.argsort(-value.sum(axis=1))
    cost = loose.copy()  # (suppliers, lots) at the offers chosen so far
    offer = np.full(suppliers, -1)
    multiplier = np.zeros((suppliers + 1, suppliers))
    depth, spent = 0, np.zeros(1, dtype=np.int64)
    while depth >= 0:
        k = order[depth]
        offer[k] += 1
        if offer[k] == width:
            offer[k] = -1
            cost[k] = loose[k]
            depth -= 1
            continue
        o = offer[k]
        if not open_[k, o]:
            continue
        cost[k] = price[k, o]
        multiplier[depth + 1] = multiplier[depth]
        multiplier[depth + 1, k] = 0.0
        last = depth + 1 == suppliers
        bound, found = _ascend(
            cost,
            offer,
            multiplier[depth + 1],
            value,
            price,
            forced,
            open_,
            once,
            low,
            high,
            best,
            gap,
            150 if last else 40,
            spent,
            assigned,
        )
        best = min(best, found)
        if spent[0] > most:
            return np.nan
        if bound >= best * (1 - gap):
            continue
        if not last:
            depth += 1
            continue
        best = _search(
            cost, offer, multiplier[depth + 1], value, forced, once, low, high, best, gap, most, spent
        )
        if spent[0] > most:
            return np.nan
    return best


@njit(cache=True)
def _forced_to(offer, forced, j):  # type: ignore[no-untyped-def]
    """The supplier whose offer needs lot `j`; -1 if none does, -2 if two do."""
    owner = -1
    for k in range(len(offer)):
        if offer[k] > 0 and forced[k, offer[k], j]:
            if owner >= 0:
                return -2
            owner = k
    return owner


@njit(cache=True)
def _ascend(  # type: ignore[no-untyped-def]
    cost, offer, multiplier, value, price, forced, open_, once, low, high, best, gap, rounds, spent, assigned
):
    """Raise the bound of the offers chosen by subgradient steps; answers it, and the best payment met."""
    suppliers, lots = value.shape
    owner = np.empty(lots, dtype=np.int64)
    for j in range(lots):
        owner[j] = _forced_to(offer, forced, j)
        if owner[j] == -2 or (owner[j] >= 0 and cost[owner[j], j] == np.inf):
            return np.inf, np.inf
    fixed = 0.0
    for k in range(suppliers):
        if offer[k] > 0:
            fixed += once[k, offer[k]]
            reach, must = 0.0, 0.0
            for j in range(lots):
                if cost[k, j] < np.inf and (owner[j] == -1 or owner[j] == k):
                    reach += value[k, j]
                if owner[j] == k:
                    must += value[k, j]
            if reach < low[k, offer[k]] or must > high[k, offer[k]]:
                return np.inf, np.inf
    top, found = -np.inf, np.inf
    kept = multiplier.copy()
    trial = multiplier.copy()
    slope = np.empty(suppliers)
    scale = 1.0
    for _ in range(rounds):
        spent[0] += 1
        bound = fixed
        slope[:] = 0.0
        for k in range(suppliers):
            if offer[k] > 0 and trial[k] != 0.0:
                at = low[k, offer[k]] if trial[k] > 0 else high[k, offer[k]]
                bound += trial[k] * at
        for j in range(lots):
            chosen, least = -1, np.inf
            for k in range(suppliers):
                if owner[j] < 0 or owner[j] == k:
                    asked = cost[k, j]
                    if offer[k] > 0:
                        asked -= trial[k] * value[k, j]
                    if asked < least:
                        chosen, least = k, asked
            if chosen < 0:
                return np.inf, found
            bound += least
            assigned[j] = chosen
            slope[chosen] += value[chosen, j]
        if bound > top:
            top = bound
            kept[:] = trial
        else:
            scale *= 0.7
        if top >= best * (1 - gap):
            break
        size = 0.0
        for k in range(suppliers):
            if offer[k] <= 0:
                slope[k] = 0.0
            elif slope[k] < low[k, offer[k]]:
                slope[k] = low[k, offer[k]] - slope[k]
            elif slope[k] > high[k, offer[k]]:
                slope[k] = high[k, offer[k]] - slope[k]
            elif trial[k] > 0:
                slope[k] = low[k, offer[k]] - slope[k]
            elif trial[k] < 0:
                slope[k] = high[k, offer[k]] - slope[k]
            else:
                slope[k] = 0.0
            size += slope[k] ** 2
        if size == 0.0:
            break
        step = scale * (best - bound) / size
        for k in range(suppliers):
            if offer[k] > 0:
                moved = trial[k] + step * slope[k]
                if high[k, offer[k]] == np.inf or moved * trial[k] < 0:
                    moved = max(moved, 0.0) if trial[k] >= 0 else min(moved, 0.0)
                trial[k] = moved
    multiplier[:] = kept
    if top < best * (1 - gap):
        found = _asked(assigned, value, price, forced, open_, once, low, high)
    return top, found


@njit(cache=True)
def _search(cost, offer, multiplier, value, forced, once, low, high, best, gap, most, spent):  # type: ignore[no-untyped-def]
    """The least payment at the offers chosen, if below `best`: lot by lot, those with most to lose first."""
    suppliers, lots = value.shape
    reduced = np.full((suppliers, lots), np.inf)
    base = 0.0
    for k in range(suppliers):
        if offer[k] > 0:
            base += once[k, offer[k]]
            if multiplier[k] != 0.0:
                base += multiplier[k] * (low[k, offer[k]] if multiplier[k] > 0 else high[k, offer[k]])
    regret = np.empty(lots)
    for j in range(lots):
        owner = _forced_to(offer, forced, j)
        least, second = np.inf, np.inf
        for k in range(suppliers):
            if cost[k, j] < np.inf and (owner < 0 or owner == k):
                reduced[k, j] = cost[k, j] - multiplier[k] * value[k, j]
                if reduced[k, j] < least:
                    least, second = reduced[k, j], least
                else:
                    second = min(second, reduced[k, j])
        regret[j] = second - least
    order = np.argsort(-regret)
    ranked = np.empty((lots, suppliers), dtype=np.int64)
    rest = np.zeros(lots + 1)
    reach = np.zeros((lots + 1, suppliers))
    for place in range(lots - 1, -1, -1):
        j = order[place]
        ranked[place] = np.argsort(reduced[:, j])
        rest[place] = rest[place + 1] + reduced[ranked[place, 0], j]
        for k in range(suppliers):
            reach[place, k] = reach[place + 1, k] + (value[k, j] if reduced[k, j] < np.inf else 0.0)
    goods = np.zeros((lots + 1, suppliers))
    partial = np.zeros(lots + 1)
    partial[0] = base
    real = np.zeros(lots + 1)
    for k in range(suppliers):
        if offer[k] > 0:
            real[0] += once[k, offer[k]]
    turn = np.full(lots, -1)
    place = 0
    while place >= 0:
        if place == lots:
            fits = True
            for k in range(suppliers):
                if offer[k] > 0 and not (low[k, offer[k]] <= goods[lots, k] < high[k, offer[k]]):
                    fits = False
            if fits and real[lots] < best:
                best = real[lots]
            place -= 1
            continue
        turn[place] += 1
        spent[0] += 1
        if spent[0] > most:
            return best
        j = order[place]
        if turn[place] < suppliers:
            k = ranked[place, turn[place]]
            asked = partial[place] + reduced[k, j]
            if asked + rest[place + 1] < best * (1 - gap):
                goods[place + 1] = goods[place]
                goods[place + 1, k] += value[k, j]
                within = True
                for s in range(suppliers):
                    if offer[s] > 0 and (
                        goods[place + 1, s] > high[s, offer[s]]
                        or goods[place + 1, s] + reach[place + 1, s] < low[s, offer[s]]
                    ):
                        within = False
                if within:
                    partial[place + 1] = asked
                    real[place + 1] = real[place] + cost[k, j]
                    place += 1
                    if place < lots:
                        turn[place] = -1
                continue
        turn[place] = -1
        place -= 1
    return best
