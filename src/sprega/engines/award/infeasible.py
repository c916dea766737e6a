# SPDX-License-Identifier: EUPL-1.2
"""Why no award exists, and the smallest change that mends it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sprega.engines.award.change import changed, cut_short, enough, mended, rounded
from sprega.engines.award.least_change import allows_in_time, lowered_orders
from sprega.engines.award.milp import Milp
from sprega.engines.award.model import REACHES, WHOLE_LOT, Bid, Change, Infeasibility, Purchase
from sprega.engines.award.rule_changes import NO_RULE, PATIENCE, SEARCH, rule_changes
from sprega.engines.award.solve import LARGE_FROM, OutOfTimeError, discounted_offers
from sprega.engines.model import Sentence

LONGEST = 30.0
"""Seconds in which causes are looked for where no time limit is given."""

SHORTEST = 1.0
"""Seconds in which causes are looked for when the time limit is over already."""

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
        rules = rule_changes(fitting, until, mended_before=bool(lots or orders))
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
    until = until if deadline is None else min(until, deadline)
    return not allows_in_time(replace(purchase, reserve=None), deadline=until, otherwise=True)


NOT_FOUND = Sentence(
    "The time limit ended the search for a change that mends it. Allow more time with --time-limit."
)


def _unknown(purchase: Purchase, mend: Sentence) -> Infeasibility:
    reason = Sentence("The suppliers' terms and the group's rules together allow no award.")
    return Infeasibility(purchase.name, "purchase", reason, mend, smallest=False)


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
        after, digits = rounded(lack.needed, lack.has)
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
    soon = min(until, time.monotonic() + PATIENCE)
    helps = helps and allows_in_time(freed, deadline=soon, otherwise=False)
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
        after = max(0.0, supplier.min_order - enough(supplier.min_order - value))
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
                mend if proven else cut_short(change),
                change,
                "min_order",
                smallest=proven,
            )
        )
    return causes
