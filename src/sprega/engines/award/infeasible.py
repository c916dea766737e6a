# SPDX-License-Identifier: EUPL-1.2
"""Why no award exists, and the smallest change that mends it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from sprega.engines.award.milp import Milp
from sprega.engines.award.model import REACHES, WHOLE_LOT, Infeasibility, Purchase
from sprega.engines.award.program import Program
from sprega.engines.award.question import Question
from sprega.engines.award.solve import solve_award
from sprega.engines.model import Sentence

NO_RULE: dict[str, Any] = {
    "max_suppliers": None,
    "min_sources": None,
    "max_supplier_share": None,
    "reserve": None,
}
"""What each of the group's own rules is when it is dropped."""


def explain(purchase: Purchase) -> tuple[Infeasibility, ...]:
    """Every cause that keeps a purchase from any award.

    Parameters
    ----------
    purchase : Purchase
        One for which `solve_award` found nothing.

    Returns
    -------
    tuple of Infeasibility
        First what keeps a lot from being delivered at all; if nothing does, the suppliers' smallest
        orders; if they do not, each of the group's rules whose change alone would help, or else the
        smallest set of rules that must change together.
    """
    lots = tuple(cause for lot, _ in purchase.lot_items() for cause in _lot(purchase, lot))
    if lots:
        return lots
    free = replace(purchase, **NO_RULE)
    if any(s.min_order > 0 for s in purchase.suppliers) and solve_award(free) is None:
        return _smallest_orders(free)
    return _rules(purchase)


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
    nearest: tuple[float, int, list[tuple[int, str, float, float]]] | None = None
    for k in range(len(purchase.suppliers)):
        if any((k, i) not in purchase.bid_of for i in items):
            continue
        lacks: list[tuple[int, str, float, float]] = []
        for i in items:
            bid, needed = purchase.bid_of[(k, i)], float(demand[i])
            if needed > bid.capacity * (1 + REACHES):
                lacks.append((i, "capacity", bid.capacity, needed))
            if not purchase.buy_up and needed < bid.starts[0] * (1 - REACHES):
                lacks.append((i, "first tier", bid.starts[0], needed))
        if not lacks:
            return
        distance = sum(abs(has - needed) / needed for _, _, has, needed in lacks)
        if nearest is None or distance < nearest[0]:
            nearest = (distance, k, lacks)
    code = purchase.lots[lot]
    if nearest is None:
        yield Infeasibility(
            code,
            "lot",
            Sentence("No supplier bids on every item of lot {lot}.", {"lot": code}),
            Sentence("Ask a supplier to bid on all its items, or divide the lot."),
        )
        return
    _, k, lacks = nearest
    for i, what, has, needed in lacks:
        values = {
            "lot": code,
            "item": purchase.items[i].code,
            "supplier": purchase.suppliers[k].code,
            "has": has,
            "needed": needed,
            "unit": purchase.items[i].unit,
        }
        if what == "capacity":
            reason = Sentence("No supplier can carry the whole demand of lot {lot}.", values)
            mend = Sentence(
                "Smallest change: {supplier} raises its capacity for {item} from {has} to {needed} {unit}.",
                values,
            )
        else:
            reason = Sentence("Lot {lot} is smaller than the first tier of every bid.", values)
            mend = Sentence(
                "Smallest change: {supplier} lowers its first tier for {item} from {has} to {needed} {unit};"
                " or allow buy_up.",
                values,
            )
        yield Infeasibility(code, "lot", reason, mend, abs(needed - has))


def _item(purchase: Purchase, lot: int, item: int) -> Iterator[Infeasibility]:
    """The least total change of capacities and first tiers with which an item can be divided at all."""
    bids = [bid for bid in purchase.bids if bid.item == item]
    demand = float(purchase.item_demand[item])
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
    x = milp.solve().x
    code, unit = purchase.lots[lot], purchase.items[item].unit
    name = purchase.items[item].code
    if x is None:
        yield Infeasibility(
            code,
            "lot",
            Sentence("No supplier bids on item {item}.", {"item": name}),
            Sentence("Ask a supplier for a bid on it, or take it out of the purchase."),
        )
        return
    short = sum(float(x[more]) for _, more, _ in columns) * demand
    early = sum(float(x[less]) for _, _, less in columns) * demand
    values = {"item": name, "change": _enough(max(short, early)), "unit": unit, "needed": demand}
    if short > 1e-7 * demand:
        yield Infeasibility(
            code,
            "lot",
            Sentence("All bids together cannot carry the demand of item {item}: {needed} {unit}.", values),
            Sentence("Smallest change: {change} {unit} more capacity, or so much less demand.", values),
            short,
        )
    if early > 1e-7 * demand:
        lowered = [
            purchase.suppliers[b.supplier].code for b, c in zip(bids, columns, strict=True) if x[c[2]] > 1e-9
        ]
        yield Infeasibility(
            code,
            "lot",
            Sentence("The demand of item {item} does not reach the first tiers of the bids.", values),
            Sentence(
                "Smallest change: lower the first tier of {supplier} by {change} {unit}; or allow buy_up.",
                {**values, "supplier": ", ".join(lowered), "change": _enough(early)},
            ),
            early,
        )


def _smallest_orders(purchase: Purchase) -> tuple[Infeasibility, ...]:
    """The least total lowering of `min_order` with which an award exists."""
    lots = tuple(lot for lot, _ in purchase.lot_items())
    program = Program(purchase, Question(purchase.players, lots, proper=False), elastic=True)
    x = program.milp.solve().x
    if x is None:
        return (
            Infeasibility(
                "buy_up",
                "rule",
                Sentence("The bids' tiers and capacities do not fit the demand taken together."),
                Sentence("Allow buy_up, or ask the suppliers for lower first tiers."),
            ),
        )
    causes = []
    for k, column in program.lowering.items():
        lowering = float(x[column]) * program.scale
        supplier = purchase.suppliers[k]
        if lowering > REACHES * supplier.min_order:
            values = {
                "supplier": supplier.code,
                "min_order": supplier.min_order,
                "reached": -_enough(lowering - supplier.min_order),
                "currency": purchase.currency,
            }
            causes.append(
                Infeasibility(
                    supplier.code,
                    "supplier",
                    Sentence(
                        "The orders do not reach the smallest order of {supplier}: {min_order} {currency}.",
                        values,
                    ),
                    Sentence("Smallest change: lower its min_order to {reached} {currency}.", values),
                    lowering,
                )
            )
    return tuple(causes)


def _rules(purchase: Purchase) -> tuple[Infeasibility, ...]:
    """The rules whose change alone lets an award exist; if none does, the smallest set that does together."""
    present = [rule for rule, none in NO_RULE.items() if getattr(purchase, rule) is not none]
    for size in range(1, len(present) + 1):
        causes: list[Infeasibility] = []
        for dropped in combinations(present, size):
            loose = replace(purchase, **{rule: NO_RULE[rule] for rule in dropped})
            if solve_award(loose) is None:
                continue
            if size == 1:
                causes.append(_rule(purchase, dropped[0]))
            else:
                together = ", ".join(dropped)
                causes.extend(
                    Infeasibility(
                        rule,
                        "rule",
                        Sentence("No award fits these rules together: {rules}.", {"rules": together}),
                        Sentence("Change all of them; no smaller set of rules is enough."),
                    )
                    for rule in dropped
                )
                return tuple(causes)
        if causes:
            return tuple(causes)
    return ()


def _rule(purchase: Purchase, rule: str) -> Infeasibility:
    """The smallest change of one rule."""

    def fits(value: float) -> bool:
        return solve_award(replace(purchase, **{rule: value})) is not None  # type: ignore[arg-type]

    if rule == "max_suppliers":
        asked = int(purchase.max_suppliers or 0)
        enough = next(m for m in range(asked + 1, len(purchase.suppliers) + 1) if fits(m))
        return Infeasibility(
            rule,
            "rule",
            Sentence("No award gets by with so few suppliers: {asked}.", {"asked": asked}),
            Sentence("Smallest change: raise max_suppliers to {enough}.", {"enough": enough}),
            float(enough - asked),
        )
    if rule == "min_sources":
        asked = int(purchase.min_sources or 0)
        enough = next((m for m in range(asked - 1, 1, -1) if fits(m)), 1)
        return Infeasibility(
            rule,
            "rule",
            Sentence("Not every item can have so many sources: {asked}.", {"asked": asked}),
            Sentence("Smallest change: lower min_sources to {enough}.", {"enough": enough}),
            float(asked - enough),
        )
    if rule == "max_supplier_share":
        share = float(purchase.max_supplier_share or 0.0)
        low, high = int(np.floor(share * 1000)), 1000
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if fits(middle / 1000) else (middle, high)
        return Infeasibility(
            rule,
            "rule",
            Sentence(
                "In every award some supplier has more than {share} percent of the goods value.",
                {"share": _shown(100 * share)},
            ),
            Sentence("Smallest change: raise max_supplier_share to {enough} percent.", {"enough": high / 10}),
            high / 1000 - share,
        )
    reserve = float(purchase.reserve or 0.0)
    cheapest = solve_award(replace(purchase, reserve=None, co2_price=0.0))
    if cheapest is None:
        raise ValueError("a rule was dropped that was not the cause")
    values = {
        "reserve": reserve,
        "cost": _shown(cheapest.payment),
        "excess": _enough(cheapest.payment - reserve),
        "currency": purchase.currency,
    }
    return Infeasibility(
        rule,
        "rule",
        Sentence("The cheapest award costs {cost} {currency}, more than the reserve.", values),
        Sentence("Smallest change: raise the reserve by {excess} {currency}.", values),
        cheapest.payment - reserve,
    )


def _enough(amount: float) -> float:
    """A change rounded up for a sentence, so that making it is enough."""
    digits = 2 if abs(amount) >= 0.01 or amount == 0 else 1 - int(np.floor(np.log10(abs(amount))))
    steps = amount * 10.0**digits
    return float(np.ceil(steps - 1e-9 * max(1.0, abs(steps)))) / 10.0**digits + 0.0


def _shown(amount: float) -> float:
    """An amount rounded for a sentence, never to nothing."""
    return round(amount, 2) if amount >= 0.01 else float(f"{amount:.2g}")
