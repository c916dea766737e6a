# SPDX-License-Identifier: EUPL-1.2
"""The cheapest award for all together, and the least payment of any group on its own."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sprega.engines.award.coalitions import delivery_of_member, eligible_suppliers
from sprega.engines.award.evaluate import evaluate, violations
from sprega.engines.award.lagrangian import lagrangian_start
from sprega.engines.award.milp import GAP
from sprega.engines.award.model import REACHES, WHOLE_LOT, Award, Certificate, Floats, Purchase
from sprega.engines.award.prices import tier_payment
from sprega.engines.award.program import Program
from sprega.engines.award.question import Question
from sprega.engines.model import EngineError, Sentence

TIES_UP_TO = 3000
"""Equal offers are looked for in purchases of up to so many bids."""

LARGE_FROM = 1500
"""From so many discounted offers on a Lagrangian start pays."""

KNOWN = 1e-8
"""Relative room above a known award's objective in which the solver may find it again."""

NO_AWARD = Sentence("The time limit ended before any award was found. Allow more time with --time-limit.")


class OutOfTimeError(EngineError):
    """The time limit came before a first award."""


@dataclass(frozen=True)
class GroupPayment:
    """What a group pays at least on its own; `low` is what is proved where time ran out."""

    payment: float
    low: float
    proven: bool


def group_payment(
    purchase: Purchase,
    members: Sequence[int],
    lots: Sequence[int] | None = None,
    *,
    deadline: float | None = None,
    plan: Award | None = None,
) -> GroupPayment:
    """Least payment of a proper group under the same bids, CO2 ignored.

    Parameters
    ----------
    purchase : Purchase
    members : sequence of int
        Numbers of the members of the group.
    lots : sequence of int, optional
        Only these lots; all by default.
    deadline : float, optional
        On `time.monotonic`.
    plan : Award, optional
        The award for all together: what the group pays by its part of it when time runs out.

    Returns
    -------
    GroupPayment
        Infinite when the bids cannot serve the group.
    """
    every = tuple(range(len(purchase.lots))) if lots is None else tuple(lots)
    if plan is not None and deadline is not None and time.monotonic() > deadline:
        chosen = np.isin(purchase.demand_member, members)
        chosen &= np.isin(purchase.item_lot[purchase.demand_item], every)
        late = evaluate(purchase, _part_of_plan(purchase, plan, np.flatnonzero(chosen).tolist()), proper=True)
        return GroupPayment(late.payment, 0.0, proven=late.payment == 0)
    program = Program(purchase, Question(tuple(members), every, proper=True))
    if not program.active:
        return GroupPayment(0.0, 0.0, proven=True)
    solution = program.milp.solve(deadline=deadline)
    low = solution.bound * program.scale
    if solution.x is not None:
        payment = evaluate(purchase, program.delivered(solution.x), proper=True).payment
    elif plan is not None and not solution.infeasible:
        payment = evaluate(purchase, _part_of_plan(purchase, plan, program.active), proper=True).payment
    else:
        payment = np.inf
    return GroupPayment(payment, min(low, payment), solution.proven)


def _part_of_plan(purchase: Purchase, plan: Award, rows: Sequence[int]) -> Floats:
    """The rows' demand divided over the suppliers as everybody's is: within every capacity pro rata."""
    part = purchase.item_quantity(plan.delivered) / np.where(
        purchase.item_demand > 0, purchase.item_demand, 1.0
    )
    delivered = np.zeros_like(plan.delivered)
    delivered[:, rows] = part[:, purchase.demand_item[list(rows)]] * purchase.demand_quantity[list(rows)]
    return delivered


def solve_award(purchase: Purchase, *, gap: float = GAP, deadline: float | None = None) -> Award | None:
    """The award of least objective for all together, under the suppliers' terms and the group's rules.

    Parameters
    ----------
    purchase : Purchase
    gap : float
        Relative gap at which the search may end.
    deadline : float, optional
        On `time.monotonic`; ends the search with the best award known, `proven` False.

    Returns
    -------
    Award or None
        With the solver's bound; None when no award is feasible (`infeasible.explain` says why).

    Notes
    -----
    Lots that nothing couples are solved one by one; large coupled purchases after a Lagrangian start. Ties
    go to the lower payment, then to the supplier's code, by moving deliveries between suppliers as long as
    the objective does not rise (up to `TIES_UP_TO` bids).
    """
    everybody = purchase.players
    lots = [lot for lot, _ in purchase.lot_items()]
    questions = [tuple(lots)] if _coupled_for_all(purchase) else [(lot,) for lot in lots]
    delivered = np.zeros((len(purchase.suppliers), len(purchase.demand_quantity)))
    bound, proven, certificate = 0.0, True, None
    for asked in questions:
        if purchase.award == WHOLE_LOT and not _coupled_for_all(purchase):
            answer = _cheapest_supplier(purchase, asked[0])
            if answer is None:
                return None
            delivered += answer[0]
            bound += answer[1]
            continue
        if len(questions) == 1 and discounted_offers(purchase) >= LARGE_FROM:
            # a reserve on the objective itself is held against the best award, below; here it only hinders
            free = purchase if purchase.co2_price > 0 else replace(purchase, reserve=None)
            large = _large_award(free, asked, gap=gap, deadline=deadline)
            if large is None:
                return None
            delivered, bound, proven, certificate = large
            continue
        program = Program(purchase, Question(everybody, asked, proper=False))
        solution = program.milp.solve(gap=gap, deadline=deadline)
        if solution.infeasible:
            return None
        if solution.x is None:
            raise OutOfTimeError(NO_AWARD)
        delivered += program.delivered(solution.x)
        bound += solution.bound * program.scale
        proven = proven and solution.proven
    award = evaluate(purchase, delivered, proper=False)
    if len(purchase.bids) <= TIES_UP_TO:
        award = break_ties(purchase, award)
    bound = min(bound, award.objective)
    if purchase.reserve is not None and award.payment > purchase.reserve * (1 + REACHES):
        if not proven and bound <= purchase.reserve:
            raise OutOfTimeError(NO_AWARD)
        return None
    proven = proven and award.objective - bound <= 2 * GAP * abs(award.objective)
    return replace(award, bound=bound, proven=proven, certificate=certificate)


def discounted_offers(purchase: Purchase) -> int:
    """Bids times the discount levels of their suppliers: how large the program of a purchase is."""
    levels = [1 + len(supplier.discounts) for supplier in purchase.suppliers]
    return sum(levels[bid.supplier] for bid in purchase.bids if levels[bid.supplier] > 1)


def _large_award(
    purchase: Purchase, lots: tuple[int, ...], *, gap: float, deadline: float | None
) -> tuple[Floats, float, bool, Certificate] | None:
    """Deliveries, bound, whether proven, and the certificate found on the way; None if none is feasible."""
    start = lagrangian_start(purchase, deadline=deadline)
    known = start.award
    if known is not None and known.objective - start.bound <= gap * abs(known.objective):
        return known.delivered, start.bound, True, start.certificate
    question = Question(purchase.players, lots, proper=False)
    program = Program(purchase, question, restriction=start.restriction)
    # the award known stays within reach, so that "infeasible" can only mean that the solver refuses it
    cutoff = None if known is None else known.objective * (1 + KNOWN) / program.scale
    solution = program.milp.solve(gap=gap, deadline=deadline, cutoff=cutoff, heuristics=known is None)
    if solution.infeasible and known is None:
        return None
    bound = start.bound if solution.infeasible else max(start.bound, solution.bound * program.scale)
    if solution.x is not None:
        delivered = program.delivered(solution.x)
        if known is None or evaluate(purchase, delivered, proper=False).objective < known.objective:
            return delivered, bound, solution.proven, start.certificate
    if known is None:
        raise OutOfTimeError(NO_AWARD)
    if solution.infeasible:  # nothing is better than the award known by more than the cutoff's tolerance
        bound = known.objective
    return known.delivered, min(bound, known.objective), solution.proven, start.certificate


def _coupled_for_all(purchase: Purchase) -> bool:
    """Whether anything ties the lots together for everybody, the group's own rules included."""
    return bool(
        purchase.couplings
        or purchase.max_suppliers is not None
        or purchase.max_supplier_share is not None
        or (purchase.reserve is not None and purchase.co2_price > 0)
    )


def _cheapest_supplier(purchase: Purchase, lot: int) -> tuple[Floats, float] | None:
    """The best supplier of a whole lot for everybody: least objective, then payment, then code."""
    items = purchase.items_of_lot(lot)
    members = list(purchase.players)
    delivery = delivery_of_member(purchase, lot, members).sum(axis=1)
    demand = purchase.item_demand
    offers = []
    for k in eligible_suppliers(purchase, lot):
        bids = [purchase.bid_of[(k, i)] for i in items]
        goods = [
            float(tier_payment(b, np.array(demand[b.item]), buy_up=purchase.buy_up, proper=False))
            for b in bids
        ]
        payment = sum(goods) + float(delivery[k])
        co2 = sum(float(b.co2 * demand[b.item]) for b in bids)
        offers.append((payment + purchase.co2_price * co2, payment, purchase.suppliers[k].code, k))
    offers = [offer for offer in offers if np.isfinite(offer[0])]
    if not offers:
        return None
    least = min(offer[0] for offer in offers)
    tied = [offer for offer in offers if offer[0] <= least + 1e-12 * abs(least)]
    cheapest = min(offer[1] for offer in tied)
    *_, k = min((offer for offer in tied if offer[1] <= cheapest + 1e-12 * abs(cheapest)), key=lambda o: o[2])
    delivered = np.zeros((len(purchase.suppliers), len(purchase.demand_quantity)))
    rows = np.isin(purchase.demand_item, items)
    delivered[k, rows] = purchase.demand_quantity[rows]
    return delivered, least


def break_ties(purchase: Purchase, award: Award) -> Award:
    """Move deliveries to suppliers of lower payment or earlier code as long as nothing gets worse."""
    order = sorted(range(len(purchase.suppliers)), key=lambda k: purchase.suppliers[k].code)
    rows_of = [np.flatnonzero(purchase.demand_item == i) for i in range(len(purchase.items))]
    rows_of_lot = [
        np.flatnonzero(purchase.item_lot[purchase.demand_item] == lot) for lot in range(len(purchase.lots))
    ]
    blocks = rows_of_lot if purchase.award == WHOLE_LOT else [*rows_of_lot, *rows_of]
    blocks = [np.arange(len(purchase.demand_quantity)), *(rows for rows in blocks if len(rows))]
    bids = np.array(
        [[(k, i) in purchase.bid_of for i in range(len(purchase.items))] for k in range(len(order))]
    )
    changed = True
    while changed:
        changed = False
        for rows in blocks:
            for giver in reversed(order):
                if not award.delivered[giver, rows].any():
                    continue
                enough = 1 + 1e-13
                for taker in order:
                    if taker == giver and purchase.co2_price == 0:
                        break
                    if taker == giver:  # only a lower payment speaks for those whose code comes later
                        enough = 1 - 1e-12
                        continue
                    moved = rows[award.delivered[giver, rows] > 0]
                    if not bids[taker, purchase.demand_item[moved]].all():
                        continue
                    delivered = award.delivered.copy()
                    delivered[taker, rows] += delivered[giver, rows]
                    delivered[giver, rows] = 0.0
                    trial = evaluate(purchase, delivered, proper=False)
                    if (
                        trial.objective > award.objective * (1 + 1e-13)
                        or trial.payment > award.payment * enough
                    ):
                        continue
                    if not violations(purchase, trial):
                        award, changed = trial, True
                        break
    return award
