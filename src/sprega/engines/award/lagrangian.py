# SPDX-License-Identifier: EUPL-1.2
"""A start for large awards: multipliers, an award near the best, and what a better award must look like."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sprega.engines.award.ascent import ascend, cheapest
from sprega.engines.award.dual import Multipliers, Valued, store, unit_costs, value
from sprega.engines.award.evaluate import evaluate, violations
from sprega.engines.award.model import REACHES, SPLIT, Award, Certificate, Floats, Purchase
from sprega.engines.award.program import Program
from sprega.engines.award.question import Question, Restriction
from sprega.engines.award.relaxation import Relaxation, relax

MARGIN = 1e-8
"""What is to be left out must be dearer than the known award by this part of it."""

STEPS = 200
ROUNDS = 2
TRIAL_GAP = 1e-3
TRIAL_NODES = 30
SMALLEST = 1e-4
SPARE = 4
"""Levels allowed in a trial beside those that the relaxed award takes."""


@dataclass(frozen=True)
class Start:
    """Where the search for a large award begins.

    Attributes
    ----------
    certificate : Certificate
    bound : float
        Lower bound of the objective that follows from it.
    award : Award or None
        The best award found.
    restriction : Restriction
        Every award as good as `award` keeps it, or one as good does.
    """

    certificate: Certificate
    bound: float
    award: Award | None
    restriction: Restriction


def lagrangian_start(purchase: Purchase, *, iterations: int = STEPS, deadline: float | None = None) -> Start:
    """Bound a large award, find a good one, and leave out what no better one can use.

    Parameters
    ----------
    purchase : Purchase
    iterations : int
        Subgradient steps in each round.
    deadline : float, optional
        On `time.monotonic`.

    Returns
    -------
    Start

    Notes
    -----
    With the demands priced, the relaxed objective is a sum over suppliers. Holding one supplier at one
    discount level replaces its term by that level's, so the bound rises by their difference (Geoffrion,
    1974); where it rises above the objective of a known award, no better award has the supplier at that
    level. In the same way a unit of an item whose reduced cost is c can be taken at most (known - bound) / c
    times. Both hold whatever the multipliers are. The known award is the best over the few levels that the
    relaxed one favours.

    Examples
    --------
    >>> from sprega.engines.award.model import Bid, Item, Member, Site, Supplier
    >>> purchase = Purchase(
    ...     "Salt", "EUR", "split", (Member("M", "M", "M", "company"),), (Site("S", 0, "S"),),
    ...     (Item("I", "I", 0, "t"),), ("L",), (Supplier("K", "K", discounts=((40.0, 0.1),)),),
    ...     (Bid(0, 0, (0.0,), (5.0,)),), np.array([0]), np.array([0]), np.array([10.0]), np.array([6.0]),
    ...     np.zeros((1, 1)), np.zeros((1, 1)),
    ... )
    >>> found = lagrangian_start(purchase)
    >>> round(found.award.objective, 6), round(found.bound, 6), 1 in found.restriction.levels[0]
    (45.0, 45.0, True)
    """
    relaxation = relax(purchase)
    undiscounted = undominated(purchase)
    point = cheapest(relaxation)
    best: Award | None = None
    target = 1.05 * value(relaxation, point).bound
    for turn in range(ROUNDS):
        point, answer = ascend(relaxation, point, target=target, iterations=iterations, deadline=deadline)
        found = _trial(purchase, relaxation, point, answer, undiscounted, best, deadline)
        if found is not None and (best is None or found.objective < best.objective):
            best = found
        if best is None:
            target = 1.02 * max(answer.bound, 0.0)
            continue
        target = best.objective
        if turn + 1 < ROUNDS and best.objective - answer.bound <= 1e-9 * abs(best.objective):
            break
    restriction = Restriction(undiscounted=undiscounted)
    if best is not None:
        restriction = survivors(relaxation, point, answer, best.objective, undiscounted)
    return Start(store(relaxation, point), answer.bound, best, restriction)


def forced_bounds(relaxation: Relaxation, point: Multipliers, answer: Valued) -> Floats:
    """Lower bound of the objective while a supplier is held at each of its levels, shape (levels,)."""
    levels = relaxation.levels
    opened = relaxation.fixed[levels.supplier] + point.suppliers[0]
    forced: Floats = answer.bound - answer.supplier_value[levels.supplier] + opened + answer.level_value
    return forced


def survivors(
    relaxation: Relaxation,
    point: Multipliers,
    answer: Valued,
    known: float,
    undiscounted: NDArray[np.bool_] | None,
) -> Restriction:
    """What an award of at most the `known` objective may use."""
    levels, units = relaxation.levels, relaxation.units
    limit = known + MARGIN * abs(known)
    forced = forced_bounds(relaxation, point, answer)
    kept = forced <= limit
    allowed: dict[int, frozenset[int]] = {}
    for k in range(len(relaxation.purchase.suppliers)):
        allowed[k] = frozenset(levels.number[kept & (levels.supplier == k)].tolist())
    used = frozenset(np.flatnonzero(answer.bound - answer.supplier_value > limit).tolist())
    most: dict[tuple[int, int, int], float] = {}
    row_most: dict[tuple[int, int, int], float] = {}
    if relaxation.purchase.award == SPLIT:
        cost = unit_costs(relaxation, point)
        room = np.maximum(limit - forced, 0.0)[levels.pair_level]
        here = kept[levels.pair_level]
        number, unit = levels.number[levels.pair_level], levels.pair_unit
        demand = units.demand[unit]
        least = cost.min(axis=1, initial=np.inf)
        whole = demand.sum(axis=1)
        # a bound so small that the solver's tolerance would fill it is of no use
        quantity = np.maximum(_quotient(room, least), SMALLEST * whole)
        for pair in np.flatnonzero(here & (quantity < whole)).tolist():
            u = unit[pair]
            key = (int(units.supplier[u]), int(units.item[u]), int(number[pair]))
            most[key] = float(units.slope[u, 0] * quantity[pair])
        if demand.shape[1] > 1:
            part = np.maximum(_quotient(room[:, None], cost) / np.where(demand > 0, demand, 1.0), SMALLEST)
            for pair, j in np.argwhere((part < 1) & (demand > 0) & here[:, None]).tolist():
                u = unit[pair]
                key = (int(units.supplier[u]), int(units.rows[u, j]), int(number[pair]))
                row_most[key] = float(part[pair, j])
    return Restriction(allowed, used, undiscounted, most, by_row(relaxation.purchase), row_most)


def by_row(purchase: Purchase) -> bool:
    """Whether rows of one item differ in what their delivery costs, so that each is worth its own bound."""
    return purchase.award == SPLIT and bool(np.any(purchase.per_unit != purchase.per_unit[:, :1]))


def _quotient(room: Floats, cost: Floats) -> Floats:
    quotient: Floats = np.divide(
        room, cost, out=np.full(np.broadcast_shapes(room.shape, cost.shape), np.inf), where=cost > 0
    )
    return quotient


def undominated(purchase: Purchase) -> NDArray[np.bool_] | None:
    """Which rows a supplier may be worth asking for while it gives no discount, shape (suppliers, rows).

    A row is not, where another supplier asks less for it before any discount, can carry everything, and is
    bound by nothing: what moves there can only raise that supplier's discount. None where the group's own
    rules or the terms let no such conclusion.
    """
    if (
        purchase.award != SPLIT
        or purchase.max_suppliers is not None
        or purchase.max_supplier_share is not None
        or purchase.min_sources is not None
        or purchase.reserve is not None
    ):
        return None
    suppliers = len(purchase.suppliers)
    price = np.full((suppliers, len(purchase.items)), np.inf)
    able = np.zeros((suppliers, len(purchase.items)), dtype=bool)
    for bid in purchase.bids:
        if bid.starts == (0.0,):
            price[bid.supplier, bid.item] = bid.prices[0] + purchase.co2_price * bid.co2
            able[bid.supplier, bid.item] = bid.capacity >= purchase.item_demand[bid.item]
    offer = price[:, purchase.demand_item] + purchase.per_unit[:, purchase.demand_site]
    takes = able[:, purchase.demand_item] & (purchase.per_lane[:, purchase.demand_site] == 0)
    gives = np.ones(suppliers, dtype=bool)
    for k, supplier in enumerate(purchase.suppliers):
        shares = [0.0, *(share for _, share in supplier.discounts)]
        takes[k] &= supplier.fixed == 0 and supplier.min_order == 0 and shares == sorted(shares)
        gives[k] = supplier.min_order == 0 and not supplier.bundles
    if not takes.any():
        return None
    least = np.where(takes, offer, np.inf).min(axis=0)
    kept: NDArray[np.bool_] = ~(gives[:, None] & np.isfinite(offer) & (offer > least * (1 + REACHES)))
    return kept


def _trial(
    purchase: Purchase,
    relaxation: Relaxation,
    point: Multipliers,
    answer: Valued,
    undiscounted: NDArray[np.bool_] | None,
    best: Award | None,
    deadline: float | None,
) -> Award | None:
    """The best award over the levels that the relaxed award favours."""
    levels = relaxation.levels
    excess = forced_bounds(relaxation, point, answer) - answer.bound
    active = answer.supplier_value < 0
    taken = (excess <= 1e-6 * abs(answer.bound)) & active[levels.supplier]
    others = np.flatnonzero(~taken & ((levels.low > 0) | active[levels.supplier]))
    chosen = taken.copy()
    chosen[others[np.argsort(excess[others], kind="stable")[:SPARE]]] = True
    base = (levels.number == 0) & (relaxation.fixed[levels.supplier] == 0)
    if undiscounted is not None:
        chosen |= base  # few rows are left to them
    if best is not None:
        value_of = best.tier_payment.sum(axis=1)
        for k in np.flatnonzero(value_of > 0):
            own = np.flatnonzero(levels.supplier == k)
            reached = own[levels.low[own] <= value_of[k] * (1 + REACHES)]
            chosen[reached[-1:]] = True
    for selection in (chosen, chosen | base, np.ones(len(chosen), dtype=bool)):
        allowed = {
            k: frozenset(levels.number[selection & (levels.supplier == k)].tolist())
            for k in range(len(purchase.suppliers))
        }
        restriction = Restriction(levels=allowed, undiscounted=undiscounted)
        lots = tuple(lot for lot, _ in purchase.lot_items())
        program = Program(purchase, Question(purchase.players, lots, proper=False), restriction=restriction)
        cutoff = None if best is None else best.objective * (1 + 1e-9) / program.scale
        solution = program.milp.solve(deadline=deadline, gap=TRIAL_GAP, cutoff=cutoff, nodes=TRIAL_NODES)
        if solution.x is not None:
            award = evaluate(purchase, program.delivered(solution.x), proper=False)
            return None if violations(purchase, award) else award
        if best is not None or (deadline is not None and time.monotonic() > deadline):
            return None
    return None
