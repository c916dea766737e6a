# SPDX-License-Identifier: EUPL-1.2
"""Why no award exists, and the smallest change that mends it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations
from typing import Any

import numpy as np

from sprega.engines.award.least_change import SMALLEST_SHARE, allows, least, lowered_orders
from sprega.engines.award.milp import Milp
from sprega.engines.award.model import REACHES, WHOLE_LOT, Bid, Change, Infeasibility, Purchase
from sprega.engines.award.solve import LARGE_FROM, OutOfTimeError, discounted_offers
from sprega.engines.model import Sentence

NO_RULE: dict[str, Any] = {
    "max_suppliers": None,
    "min_sources": None,
    "min_source_share": SMALLEST_SHARE,
    "max_supplier_share": None,
    "reserve": None,
}
"""What each of the group's own rules is when it is dropped, in the order in which they give way."""

LONGEST = 30.0
"""Seconds in which causes are looked for where no time limit is given."""

SEARCH = 10.0
"""Seconds for the smallest change of one rule: dividing lots evenly, for one, can be very hard."""

SHORTEST = 1.0
"""Seconds in which causes are looked for when the time limit is over already."""

PATIENCE = 10.0
"""Seconds for other ways to mend beside one that is known."""

CLOSE_ENOUGH = 1e-3
"""A proposed figure is rounded so that it goes too far by at most this part of the change."""

MOST_DIGITS = 12

FINEST = 5
"""Digits after the point of a percent that is raised by a hair, where the rounded one is just not enough."""

NOISE = 1e-8
"""Relative rounding that a solver leaves behind."""

SHORT = 1e-8
"""The least part of an item's demand that counts as lacking."""


def explain(purchase: Purchase, *, deadline: float | None = None) -> tuple[Infeasibility, ...]:
    """Every cause that keeps a purchase from any award, with changes that mend it.

    Parameters
    ----------
    purchase : Purchase
        One for which `solve_award` found nothing.
    deadline : float, optional
        On `time.monotonic`; after it, changes are named that are enough but perhaps not the smallest, or
        none.

    Returns
    -------
    tuple of Infeasibility
        First what keeps a lot from being delivered at all; then, with that mended, the suppliers' smallest
        orders; then, with both mended, the group's rules: each whose change alone helps, as an alternative,
        or else the smallest set of rules that must change together. All changes together, with one of the
        alternatives, allow an award.

    Notes
    -----
    Lots and smallest orders change by the least total. Of rules that must change together, each changes as
    little as it can while those after it may still change freely, in the order whose changes are least,
    each as a part of what was asked.
    """
    now = time.monotonic()
    until = now + LONGEST if deadline is None else max(deadline, now + SHORTEST)
    lots = [cause for lot, _ in purchase.lot_items() for cause in _lot(purchase, lot)]
    if any(cause.change is None for cause in lots):
        return tuple(lots)
    deliverable = mended(purchase, lots)
    try:
        orders = _smallest_orders(deliverable, until)
        fitting = mended(deliverable, orders)
        rules = _rules(fitting, until, mended_before=bool(lots or orders))
    except OutOfTimeError:
        return (*lots, _unknown(purchase, NOT_FOUND))
    causes = [*lots, *orders, *rules]
    if not causes:
        return (_unknown(purchase, Sentence("Loosen a capacity, a smallest order or a rule a little.")),)
    return tuple(_with_buying_up(purchase, causes, until))


def large_and_hopeless(purchase: Purchase, *, deadline: float | None = None) -> bool:
    """Whether a large purchase is seen at once to allow no award, before its prices are searched."""
    if discounted_offers(purchase) < LARGE_FROM:
        return False
    until = time.monotonic() + SEARCH
    return not _possible(replace(purchase, reserve=None), until if deadline is None else min(until, deadline))


NOT_FOUND = Sentence(
    "The time limit ended the search for a change that mends it. Allow more time with --time-limit."
)


def _unknown(purchase: Purchase, mend: Sentence) -> Infeasibility:
    reason = Sentence("The suppliers' terms and the group's rules together allow no award.")
    return Infeasibility(purchase.name, "purchase", reason, mend, smallest=False)


def mended(purchase: Purchase, causes: Iterable[Infeasibility]) -> Purchase:
    """The purchase with every proposed change made, of alternatives the first."""
    chosen = False
    for cause in causes:
        if cause.change is None or (cause.alternative and chosen):
            continue
        chosen = chosen or cause.alternative
        purchase = changed(purchase, cause.change)
    return purchase


def changed(purchase: Purchase, change: Change) -> Purchase:
    """The purchase with one cell changed."""
    after: Any = change.after
    if change.field == "buy_up":
        return replace(purchase, buy_up=after == "yes")
    if change.sheet == "Purchase":
        value = after / 100 if change.unit == "percent" else after
        return replace(purchase, **{change.field: value})
    if change.field == "min_order":
        firms = [replace(s, min_order=after) if s.code == change.supplier else s for s in purchase.suppliers]
        return replace(purchase, suppliers=tuple(firms))
    bids = list(purchase.bids)
    for position, bid in enumerate(bids):
        row = (purchase.suppliers[bid.supplier].code, purchase.items[bid.item].code)
        if row != (change.supplier, change.item):
            continue
        if change.field == "capacity":
            bids[position] = replace(bid, capacity=after)
        else:
            bids[position] = replace(bid, starts=(after, *bid.starts[1:]))
    return replace(purchase, bids=tuple(bids))


@dataclass(frozen=True)
class _Lack:
    """What a bid lacks to take its part: a larger capacity or a smaller first tier."""

    bid: Bid
    field: str
    has: float
    needed: float


def _lot(purchase: Purchase, lot: int) -> Iterator[Infeasibility]:
    if purchase.award == WHOLE_LOT:
        yield from _whole_lot(purchase, lot)
    else:
        for item in purchase.items_of_lot(lot):
            yield from _item(purchase, lot, item)


def _whole_lot(purchase: Purchase, lot: int) -> Iterator[Infeasibility]:
    """The supplier that comes nearest to carrying the lot, and what it lacks."""
    items = purchase.items_of_lot(lot)
    demand = purchase.item_demand
    nearest: tuple[float, list[_Lack]] | None = None
    fields: list[set[str]] = []
    for k in range(len(purchase.suppliers)):
        if any((k, i) not in purchase.bid_of for i in items):
            continue
        lacks: list[_Lack] = []
        for i in items:
            bid, needed = purchase.bid_of[(k, i)], float(demand[i])
            if needed > bid.capacity * (1 + REACHES):
                lacks.append(_Lack(bid, "capacity", bid.capacity, needed))
            if not purchase.buy_up and needed < bid.starts[0] * (1 - REACHES):
                lacks.append(_Lack(bid, "from_quantity", bid.starts[0], needed))
        if not lacks:
            return
        fields.append({lack.field for lack in lacks})
        distance = sum(abs(lack.has - lack.needed) / lack.needed for lack in lacks)
        if nearest is None or distance < nearest[0]:
            nearest = (distance, lacks)
    code = purchase.lots[lot]
    if nearest is None:
        yield Infeasibility(
            code,
            "lot",
            Sentence("No supplier bids on every item of lot {lot}.", {"lot": code}),
            Sentence("Ask a supplier to bid on all its items, or divide the lot."),
            cause="no_bid",
        )
        return
    if all("capacity" in lacking for lacking in fields):
        cause = "capacity"
        reason = Sentence("No supplier can carry the whole demand of lot {lot}.", {"lot": code})
    elif all("from_quantity" in lacking for lacking in fields):
        cause = "first_tier"
        reason = Sentence("Lot {lot} is smaller than the first tier of every bid.", {"lot": code})
    else:
        cause = "first_tier_and_capacity"
        reason = Sentence(
            "Every supplier that bids on lot {lot} falls short: for one its capacity is too small, for"
            " another its first tier too large.",
            {"lot": code},
        )
    yield from _bid_changes(purchase, code, cause, reason, nearest[1])


def _item(purchase: Purchase, lot: int, item: int) -> Iterator[Infeasibility]:
    """The least total change of capacities and first tiers with which an item can be divided at all."""
    bids = [bid for bid in purchase.bids if bid.item == item]
    demand = float(purchase.item_demand[item])
    code, name, unit = purchase.lots[lot], purchase.items[item].code, purchase.items[item].unit
    if not bids:
        yield Infeasibility(
            code,
            "lot",
            Sentence("No supplier bids on item {item}.", {"item": name}),
            Sentence("Ask a supplier for a bid on it, or take it out of the purchase."),
            cause="no_bid",
        )
        return
    carried = sum(min(bid.capacity, demand) for bid in bids)
    first = 0.0 if purchase.buy_up else min(bid.starts[0] for bid in bids)
    lacks = _least_lacks(purchase, bids, demand)
    if not lacks:
        return
    values = {"item": name, "has": carried, "needed": demand, "first": first, "unit": unit}
    if carried < demand * (1 - REACHES):
        cause = "capacity"
        reason = Sentence(
            "All bids together cannot carry the demand of item {item}: {has} of {needed} {unit}.", values
        )
    elif demand < first * (1 - REACHES):
        cause = "first_tier"
        reason = Sentence(
            "The demand of item {item}, {needed} {unit}, does not reach the first tier of any bid.", values
        )
    else:
        cause = "first_tier_and_capacity"
        reason = Sentence(
            "The bids on item {item} cannot be combined to exactly {needed} {unit}: each has a first tier"
            " that it must reach and a capacity that it cannot exceed.",
            values,
        )
    yield from _bid_changes(purchase, code, cause, reason, lacks)


def _least_lacks(purchase: Purchase, bids: Sequence[Bid], demand: float) -> list[_Lack]:
    """The least total change, and of those with the least the one that asks fewest bids."""
    milp = Milp()
    columns = []
    for bid in bids:
        capacity = min(bid.capacity, demand) / demand
        first = 0.0 if purchase.buy_up else bid.starts[0] / demand
        part, on = milp.column(upper=1.0), milp.binary()
        more, less = milp.column(1.0), milp.column(1.0)
        milp.row([(part, 1.0), (on, -capacity), (more, -1.0)], upper=0.0)
        milp.row([(part, 1.0), (on, -1.0)], upper=0.0)
        milp.row([(part, 1.0), (on, -first), (less, 1.0)], lower=0.0)
        columns.append((part, more, less))
    milp.row([(part, 1.0) for part, _, _ in columns], 1.0, 1.0)
    solution = milp.solve()
    if solution.x is None or solution.objective <= SHORT:
        return []
    moved = [column for _, more, less in columns for column in (more, less)]
    milp.row([(column, 1.0) for column in moved], upper=solution.objective * (1 + REACHES))
    for column in moved:
        milp.cost[column] = 0.0
        asked = milp.binary(1.0)
        milp.row([(column, 1.0), (asked, -solution.objective * (1 + REACHES))], upper=0.0)
    fewest = milp.solve().x
    x = solution.x if fewest is None else fewest
    lacks = []
    for bid, (part, more, less) in zip(bids, columns, strict=True):
        needed = float(x[part]) * demand
        if x[more] > SHORT / 10:
            lacks.append(_Lack(bid, "capacity", bid.capacity, needed))
        if x[less] > SHORT / 10:
            lacks.append(_Lack(bid, "from_quantity", bid.starts[0], needed))
    return lacks


def _bid_changes(
    purchase: Purchase, code: str, cause: str, reason: Sentence, lacks: Sequence[_Lack]
) -> Iterator[Infeasibility]:
    for lack in lacks:
        item, supplier = purchase.items[lack.bid.item], purchase.suppliers[lack.bid.supplier]
        after, digits = _figure(lack.needed, lack.has)
        change = Change("Bids", lack.field, lack.has, after, item.unit, supplier.code, item.code)
        values = {
            "item": item.code,
            "supplier": supplier.code,
            "has": lack.has,
            "needed": after,
            "digits": digits,
            "unit": item.unit,
        }
        if lack.field == "capacity":
            mend = Sentence(
                "Smallest change: {supplier} raises its capacity for {item} from {has} to"
                " {needed:.{digits}f} {unit}.",
                values,
            )
        else:
            mend = Sentence(
                "Smallest change: {supplier} lowers its first tier for {item} from {has} to"
                " {needed:.{digits}f} {unit}.",
                values,
            )
        yield Infeasibility(code, "lot", reason, mend, change, cause)


BUY_UP = Change("Purchase", "buy_up", "no", "yes")


def _with_buying_up(
    purchase: Purchase, causes: Sequence[Infeasibility], until: float
) -> Iterator[Infeasibility]:
    """Say of first tiers that buying up would do as well, where it does."""
    early = [cause for cause in causes if cause.cause.startswith("first_tier")]
    freed = changed(mended(purchase, [cause for cause in causes if cause not in early]), BUY_UP)
    helps = bool(early) and not any(True for lot, _ in freed.lot_items() for _ in _lot(freed, lot))
    if helps:
        try:
            helps = allows(freed, deadline=min(until, time.monotonic() + PATIENCE))
        except OutOfTimeError:
            helps = False
    for cause in causes:
        if helps and cause in early:
            mend = Sentence("{change} Or allow buy_up, which mends this as well.", {"change": cause.mend})
            yield replace(cause, mend=mend, instead=BUY_UP)
        else:
            yield cause


def _smallest_orders(purchase: Purchase, until: float) -> list[Infeasibility]:
    """The least total lowering of `min_order` with which an award exists, the group's rules aside."""
    if not any(s.min_order > 0 for s in purchase.suppliers):
        return []
    reached, proven = lowered_orders(replace(purchase, **NO_RULE), deadline=until)
    causes = []
    for k, value in reached.items():
        supplier = purchase.suppliers[k]
        after = max(0.0, supplier.min_order - _enough(supplier.min_order - value))
        change = Change("Suppliers", "min_order", supplier.min_order, after, purchase.currency, supplier.code)
        values = {
            "supplier": supplier.code,
            "min_order": supplier.min_order,
            "reached": after,
            "currency": purchase.currency,
        }
        reason = Sentence(
            "The orders do not reach the smallest order of {supplier}: {min_order} {currency}.", values
        )
        mend = Sentence("Smallest change: lower its min_order to {reached} {currency}.", values)
        causes.append(
            Infeasibility(
                supplier.code,
                "supplier",
                reason,
                mend if proven else _cut_short(change),
                change,
                "min_order",
                smallest=proven,
            )
        )
    return causes


def _rules(purchase: Purchase, until: float, *, mended_before: bool) -> list[Infeasibility]:
    """The rules whose change alone lets an award exist; if none does, the smallest set that does together."""
    present = [rule for rule in NO_RULE if _asked(purchase, rule) is not None]
    if mended_before and _kept(purchase, until):
        return []
    if not present:
        return []
    alone: list[Infeasibility] = []
    # the reserve first: it always helps where the other rules fit, and the others cost more to search
    late = None
    for rule in sorted(present, key=lambda rule: rule != "reserve"):
        limit = min(until, time.monotonic() + PATIENCE) if alone else until
        try:
            cause = _rule(purchase, rule, limit)
        except OutOfTimeError as error:
            late = error
            continue
        if cause is not None:
            alone.append(cause)
    if alone:
        alone.sort(key=lambda cause: present.index(cause.where))
        return [replace(cause, alternative=len(alone) > 1) for cause in alone]
    for size in range(2, len(present) + 1):
        together = _together(purchase, present, size, until)
        if together:
            return together
    if late is not None:
        raise late
    return []


def _asked(purchase: Purchase, rule: str) -> float | None:
    """What a rule asks; None where it is absent or counts for nothing."""
    if rule in ("min_sources", "min_source_share") and (
        purchase.award == WHOLE_LOT or purchase.min_sources is None
    ):
        return None
    asked: float | None = getattr(purchase, rule)
    return asked


def _kept(purchase: Purchase, until: float) -> bool:
    """Whether an award exists; the reserve last, since it takes a search for the cheapest."""
    if not allows(replace(purchase, reserve=None), deadline=until):
        return False
    if purchase.reserve is None:
        return True
    cheapest = least(purchase, "reserve", deadline=until)
    return cheapest is not None and cheapest.value <= purchase.reserve * (1 + REACHES)


def _together(
    purchase: Purchase, present: Sequence[str], size: int, until: float
) -> list[Infeasibility] | None:
    """Of the sets of so many rules, and orders in which they give way, the one that changes least."""
    best: tuple[float, list[Infeasibility]] | None = None
    # with the reserve last, all before it are found without a look at what anything costs
    orders = sorted(permutations(present, size), key=lambda order: "reserve" in order[:-1])
    hopeless = set()
    for dropped in combinations(present, size):
        free = replace(purchase, **{rule: NO_RULE[rule] for rule in (*dropped, "reserve")})
        if not allows(free, deadline=until):
            hopeless.add(frozenset(dropped))
    late = None
    for order in orders:
        if {"min_sources", "min_source_share"} <= set(order) or frozenset(order) in hopeless:
            continue
        # half of what is left, so that an order that is hard to search leaves time for the others
        left = until - time.monotonic()
        try:
            causes = _in_order(purchase, order, time.monotonic() + min(left, PATIENCE if best else left / 2))
        except OutOfTimeError as error:
            late = error
            continue
        if causes is None:
            continue
        total = sum(
            cause.change.by / abs(float(cause.change.before) or 1.0) for cause in causes if cause.change
        )
        if best is None or total < best[0] * (1 - NOISE):
            best = (total, causes)
    if best is None and late is not None:
        raise late
    if best is None:
        return None
    rules = ", ".join(sorted((cause.where for cause in best[1]), key=list(NO_RULE).index))
    reason = Sentence("No award fits these rules together: {rules}.", {"rules": rules})
    causes = [replace(cause, reason=reason) if len(best[1]) > 1 else cause for cause in best[1]]
    return sorted(causes, key=lambda cause: list(NO_RULE).index(cause.where))


def _in_order(purchase: Purchase, order: Sequence[str], until: float) -> list[Infeasibility] | None:
    """Each rule changed as little as possible while those after it are dropped; None if not enough."""
    causes: list[Infeasibility] = []
    current = replace(purchase, **{rule: NO_RULE[rule] for rule in order})
    for rule in order:
        current = replace(current, **{rule: getattr(purchase, rule)})
        cause = _rule(current, rule, until)
        if cause is None or cause.change is None:
            return None
        if cause.change.by > 0:
            causes.append(cause)
            current = changed(current, cause.change)
    return causes


def _rule(purchase: Purchase, rule: str, until: float) -> Infeasibility | None:
    """The smallest change of one rule; None where no change of it is enough."""
    limit = until if rule == "reserve" else min(until, time.monotonic() + SEARCH)
    found = least(purchase, rule, deadline=limit)
    if found is None:
        return None
    if rule in ("max_suppliers", "min_sources"):
        return _count_rule(purchase, rule, int(found.value), found.proven)
    if rule == "reserve":
        return _reserve(purchase, found.value, found.proven)
    return _share_rule(purchase, rule, found.value, found.proven, until)


def _count_rule(purchase: Purchase, rule: str, enough: int, proven: bool) -> Infeasibility:
    asked = int(getattr(purchase, rule))
    enough = max(asked, enough) if rule == "max_suppliers" else min(asked, enough)
    change = Change("Purchase", rule, asked, enough)
    values = {"asked": asked, "enough": enough}
    if rule == "max_suppliers":
        reason = Sentence("No award gets by with so few suppliers: {asked}.", values)
        mend = Sentence("Smallest change: raise max_suppliers to {enough}.", values)
    else:
        reason = Sentence("Not every item can have so many sources: {asked}.", values)
        mend = Sentence("Smallest change: lower min_sources to {enough}.", values)
    mend = mend if proven else _cut_short(change)
    return Infeasibility(rule, "rule", reason, mend, change, rule, smallest=proven)


def _share_rule(purchase: Purchase, rule: str, exact: float, proven: bool, until: float) -> Infeasibility:
    """A share to the first figure, rounded sensibly, with which an award is found again."""
    asked = 100 * float(getattr(purchase, rule))
    up = rule == "max_supplier_share"
    exact = max(asked, 100 * exact) if up else min(asked, 100 * exact)
    after, digits = _figure(exact, asked, noise=1e-6)
    change = Change("Purchase", rule, _plain(asked), after, "percent")
    short = after < exact if up else after > exact  # what is not short is proved by the award found
    if short and not (proven and _verified(changed(purchase, change), until)):
        digits = FINEST
        after = round(exact + (1 if up else -1) * 10.0**-digits, digits)
        change = replace(change, after=min(after, 100.0))
    values = {
        "share": _plain(asked),
        "enough": change.after,
        "digits": digits,
        "count": purchase.min_sources or 0,
    }
    if up:
        reason = Sentence(
            "In every award some supplier has more than {share} percent of the goods value.", values
        )
        mend = Sentence("Smallest change: raise max_supplier_share to {enough:.{digits}f} percent.", values)
    else:
        reason = Sentence("Not every item can have {count} sources of at least {share} percent each.", values)
        mend = Sentence("Smallest change: lower min_source_share to {enough:.{digits}f} percent.", values)
    mend = mend if proven else _cut_short(change)
    return Infeasibility(rule, "rule", reason, mend, change, rule, smallest=proven)


def _verified(purchase: Purchase, until: float) -> bool:
    try:
        return allows(purchase, deadline=until)
    except OutOfTimeError:
        return False


def _possible(purchase: Purchase, until: float) -> bool:
    try:
        return allows(purchase, deadline=until)
    except OutOfTimeError:
        return True


def _reserve(purchase: Purchase, cost: float, proven: bool) -> Infeasibility:
    reserve = float(purchase.reserve or 0.0)
    excess = _enough(max(0.0, cost - reserve))
    change = Change("Purchase", "reserve", reserve, _plain(reserve + excess), purchase.currency)
    values = {"reserve": reserve, "cost": _shown(cost), "excess": excess, "currency": purchase.currency}
    reason = Sentence("The cheapest award costs {cost} {currency}, more than the reserve.", values)
    mend = Sentence("Smallest change: raise the reserve by {excess} {currency}.", values)
    mend = mend if proven else _cut_short(change)
    return Infeasibility("reserve", "rule", reason, mend, change, "reserve", smallest=proven)


def _cut_short(change: Change) -> Sentence:
    return Sentence(
        "Enough: change {field} from {before} to {after}. Whether less would do was not settled in the"
        " time allowed.",
        {"field": change.field, "before": change.before, "after": change.after},
    )


def _figure(exact: float, before: float, *, noise: float = NOISE) -> tuple[float, int]:
    """A figure rounded away from what was asked, to as few digits as go hardly too far; and its digits."""
    change = abs(exact - before)
    if change == 0:
        return before, 0
    for digits in range(MOST_DIGITS + 1):
        step = 10.0**digits
        slack = min(noise * abs(exact) * step, 0.01)
        whole = np.ceil(exact * step - slack) if exact > before else np.floor(exact * step + slack)
        figure = round(float(whole) / step, digits)
        if abs(figure - exact) <= CLOSE_ENOUGH * change:
            return figure, digits
    return exact, MOST_DIGITS


def _plain(figure: float) -> float:
    """A figure without the rounding of binary fractions: 100 * 0.07 is 7."""
    return float(f"{figure:.{MOST_DIGITS}g}")


def _enough(amount: float) -> float:
    """A change rounded up for a sentence, so that making it is enough."""
    digits = 2 if abs(amount) >= 0.01 or amount == 0 else 1 - int(np.floor(np.log10(abs(amount))))
    steps = amount * 10.0**digits
    return float(np.ceil(steps - 1e-9 * max(1.0, abs(steps)))) / 10.0**digits + 0.0


def _shown(amount: float) -> float:
    """An amount rounded for a sentence, never to nothing."""
    return round(amount, 2) if amount >= 0.01 else float(f"{amount:.2g}")
