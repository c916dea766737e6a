# SPDX-License-Identifier: EUPL-1.2
"""How far a rule or the smallest orders must give way before an award exists, as small programs.

What an award costs does not matter unless there is a reserve. Without one, everything that only costs is
left out and an item's demand is one quantity, so that the programs stay small however many members there are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sprega.engines.award.evaluate import evaluate
from sprega.engines.award.milp import GAP, Milp
from sprega.engines.award.model import REACHES, Award, Floats, Member, Purchase, Site
from sprega.engines.award.program import Program, Terms
from sprega.engines.award.question import Question
from sprega.engines.award.solve import NO_AWARD, OutOfTimeError, solve_award

SMALLEST_SHARE = 0.001
"""A source of less than this part of an item is none: `min_source_share` is not lowered further."""

SHARE_CLOSE = 1e-7
"""How near the least `max_supplier_share` is found."""

COUNTS = 1e-8
"""Relative tolerance with which a source counts."""


@dataclass(frozen=True)
class Least:
    """The value of a rule that changes least; False in `proven` where the search was cut short."""

    value: float
    proven: bool = True


def outline(purchase: Purchase) -> Purchase:
    """The same purchase as far as it matters for whether any award exists, its reserve aside.

    Every item is needed at one site by one member; whatever only costs is gone.
    """
    demand = purchase.item_demand
    items = np.flatnonzero(demand > 0)
    none = np.zeros((len(purchase.suppliers), 1))
    return replace(
        purchase,
        members=(Member("all", "all", "all", "other"),),
        sites=(Site("all", 0, "all"),),
        suppliers=tuple(replace(s, fixed=0.0, discounts=(), bundles=()) for s in purchase.suppliers),
        demand_site=np.zeros(len(items), dtype=np.int64),
        demand_item=items,
        demand_quantity=demand[items],
        demand_price=np.full(len(items), np.nan),
        per_unit=none,
        per_lane=none,
        co2_price=0.0,
        reserve=None,
    )


def allows(purchase: Purchase, *, deadline: float | None) -> bool:
    """Whether any award exists.

    Raises
    ------
    OutOfTimeError
        When the deadline comes before that is known.
    """
    model = _Model(purchase)
    return model.solve(deadline=deadline) is not None


def allows_in_time(purchase: Purchase, *, deadline: float, otherwise: bool) -> bool:
    """Whether any award exists; `otherwise` where the deadline comes before that is known."""
    try:
        return allows(purchase, deadline=deadline)
    except OutOfTimeError:
        return otherwise


def lowered_orders(purchase: Purchase, *, deadline: float | None) -> tuple[dict[int, float], bool]:
    """The goods value that suppliers must accept for the least total lowering of `min_order`.

    Returns
    -------
    dict of supplier to float, in currency, of those that must accept less; and whether it is proved least.
    """
    model = _Model(replace(purchase, reserve=None), elastic=True)
    for column in model.program.lowering.values():
        model.milp.cost[column] = 1.0
    found = model.solve(deadline=deadline)
    if found is None:
        return {}, True
    award, proven = found
    value = award.tier_payment.sum(axis=1)
    reached = {
        k: float(value[k])
        for k, supplier in enumerate(purchase.suppliers)
        if award.delivered[k].any() and value[k] < supplier.min_order * (1 - REACHES)
    }
    return reached, proven


def least(purchase: Purchase, rule: str, *, deadline: float | None) -> Least | None:
    """The value of one rule, changed as little as possible, with which an award exists.

    Parameters
    ----------
    purchase : Purchase
        All its other rules hold.
    rule : str
        `max_suppliers`, `min_sources`, `min_source_share`, `max_supplier_share` or `reserve`.
    deadline : float or None
        On `time.monotonic`.

    Returns
    -------
    Least or None
        None where no value of this rule is enough. Shares are fractions.

    Raises
    ------
    OutOfTimeError
        When the deadline comes before any value is known to be enough.
    """
    return {
        "max_suppliers": _suppliers,
        "min_sources": _sources,
        "min_source_share": _source_share,
        "max_supplier_share": _supplier_share,
        "reserve": _reserve,
    }[rule](purchase, deadline)


class _Model:
    """The program of a purchase without an aim of its own, its payment held by the reserve."""

    def __init__(self, purchase: Purchase, *, elastic: bool = False) -> None:
        limit = purchase.reserve
        self.purchase = outline(purchase) if limit is None else replace(purchase, co2_price=0.0)
        lots = tuple(lot for lot, _ in self.purchase.lot_items())
        question = Question(self.purchase.players, lots, proper=False)
        self.program = Program(self.purchase, question, elastic=elastic)
        self.milp: Milp = self.program.milp
        self.milp.cost[:] = [0.0] * len(self.milp.cost)
        if limit is not None:
            self.milp.row(self.scaled(self.program.payment), upper=limit / self.program.scale)

    def scaled(self, terms: Terms, factor: float = 1.0) -> Terms:
        return [(column, factor * amount / self.program.scale) for column, amount in terms]

    def value(self, k: int) -> Terms:
        """The goods value of a supplier."""
        return [term for _, terms, _ in self.program.value.get(k, []) for term in terms]

    def sources(self) -> dict[int, list[Terms]]:
        """By item, the part of its demand that each supplier delivers."""
        program = self.program
        quantity = self.purchase.demand_quantity
        parts: dict[int, list[Terms]] = {}
        for i, rows in program.rows_of_item.items():
            by_supplier = (
                [
                    (program.part[k, r], float(quantity[r]) / program.needed[i])
                    for r in rows
                    if (k, r) in program.part
                ]
                for k in range(len(self.purchase.suppliers))
            )
            parts[i] = [terms for terms in by_supplier if terms]
        return parts

    def solve(
        self, *, deadline: float | None, gap: float = GAP, absolute_gap: float = 0.0
    ) -> tuple[Award, bool] | None:
        """An award and whether it is proved best; None when there is none."""
        solution = self.milp.solve(deadline=deadline, gap=gap, absolute_gap=absolute_gap)
        if solution.infeasible:
            return None
        if solution.x is None:
            raise OutOfTimeError(NO_AWARD)
        award = evaluate(self.purchase, self.program.delivered(solution.x), proper=False)
        return award, solution.proven


def _suppliers(purchase: Purchase, deadline: float | None) -> Least | None:
    model = _Model(replace(purchase, max_suppliers=len(purchase.suppliers)))
    for column in model.program.used.values():
        model.milp.cost[column] = 1.0
    found = model.solve(deadline=deadline, absolute_gap=0.9)
    if found is None:
        return None
    award, proven = found
    return Least(float(award.delivered.any(axis=1).sum()), proven)


def _sources(purchase: Purchase, deadline: float | None) -> Least | None:
    model = _Model(replace(purchase, min_sources=None))
    milp = model.milp
    fewest = milp.column(-1.0, 1.0, float(purchase.min_sources or 1), integer=True)
    for parts in model.sources().values():
        counted: Terms = []
        for terms in parts:
            counts = milp.binary()
            counted.append((counts, 1.0))
            milp.row([*terms, (counts, -purchase.min_source_share)], lower=0.0)
        milp.row([*counted, (fewest, -1.0)], lower=0.0)
    found = model.solve(deadline=deadline, absolute_gap=0.9)
    if found is None:
        return None
    award, proven = found
    enough = _parts(model.purchase, award) >= purchase.min_source_share * (1 - COUNTS)
    return Least(float(enough.sum(axis=0).min()), proven)


def _source_share(purchase: Purchase, deadline: float | None) -> Least | None:
    wanted = purchase.min_sources or 1
    model = _Model(replace(purchase, min_sources=None))
    milp = model.milp
    share = milp.column(-1.0, SMALLEST_SHARE, purchase.min_source_share)
    for parts in model.sources().values():
        counted: Terms = []
        for terms in parts:
            counts = milp.binary()
            counted.append((counts, 1.0))
            milp.row([*terms, (share, -1.0), (counts, -1.0)], lower=-1.0)
        milp.row(counted, lower=float(wanted))
    found = model.solve(deadline=deadline)
    if found is None:
        return None
    award, proven = found
    parts_of_item = np.sort(_parts(model.purchase, award), axis=0)
    return Least(float(parts_of_item[-wanted].min()), proven)


def _parts(purchase: Purchase, award: Award) -> Floats:
    """The part of each demanded item that each supplier delivers, shape (suppliers, demanded items)."""
    demand = purchase.item_demand
    needed = demand > 0
    parts: Floats = purchase.item_quantity(award.delivered)[:, needed] / demand[needed]
    return parts


def _supplier_share(purchase: Purchase, deadline: float | None) -> Least | None:
    """Least largest share by Dinkelbach's method (1967): a ratio is least where no award beats it."""
    # a share of 1 binds nothing, and has goods values held exactly where a curve jumps
    model = _Model(replace(purchase, max_supplier_share=1.0))
    milp = model.milp
    largest = milp.column()
    suppliers = sorted(model.program.value)
    every = [term for k in suppliers for term in model.scaled(model.value(k))]
    for k in suppliers:
        milp.row([*model.scaled(model.value(k)), (largest, -1.0)], upper=0.0)
    most = len(suppliers) if purchase.max_suppliers is None else purchase.max_suppliers
    # follows from the rows above and from how many suppliers there are, but not where they are there in part
    milp.row([*every, (largest, -float(most))], upper=0.0)
    close = SHARE_CLOSE * 1000  # the program sees goods of about a thousand
    share, proven = 1.0, True
    known = False
    while True:
        milp.cost[:] = [0.0] * len(milp.cost)
        milp.cost[largest] = 1.0
        for column, amount in every:
            milp.cost[column] -= share * amount
        try:
            found = model.solve(deadline=deadline, absolute_gap=close)
        except OutOfTimeError:
            if not known:
                raise
            return Least(share, proven=False)
        if found is None:
            return None
        award, proven = found
        value = award.tier_payment.sum(axis=1)
        total = float(value.sum())
        reached = float(value.max()) / total if total > 0 else 0.0
        if not proven or reached >= share - SHARE_CLOSE:
            return Least(min(reached, share), proven)
        share, known = reached, True


def _reserve(purchase: Purchase, deadline: float | None) -> Least | None:
    award = solve_award(replace(purchase, reserve=None, co2_price=0.0), deadline=deadline)
    return None if award is None else Least(award.payment, award.proven)
