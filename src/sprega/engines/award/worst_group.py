# SPDX-License-Identifier: EUPL-1.2
"""The group of members that would gain most by buying alone: one program chooses the group and its award."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sprega.engines.award.evaluate import evaluate
from sprega.engines.award.model import Floats, Purchase
from sprega.engines.award.program import Program
from sprega.engines.award.question import Question


@dataclass(frozen=True)
class WorstGroup:
    """What the best group found gains alone, and what no group can exceed.

    Attributes
    ----------
    low, high : float
        In currency; `low` is the gain of `mask`, `high` is proved.
    mask : int
        The group by bit mask over the players; 0 when time ran out before any was found.
    payment : float
        What it pays alone.
    """

    low: float
    high: float
    mask: int
    payment: float


def worst_group(
    purchase: Purchase, shares: Floats, *, precision: float, deadline: float | None = None
) -> WorstGroup:
    """Find the proper group with the largest excess of its shares over its payment alone.

    Parameters
    ----------
    purchase : Purchase
        With at least two players.
    shares : (players,) floats
        In currency.
    precision : float
        Width of the interval to which the answer is solved, in currency.
    deadline : float, optional
        On `time.monotonic`.

    Returns
    -------
    WorstGroup
    """
    players = purchase.players
    reward = {member: float(share) for member, share in zip(players, shares, strict=True)}
    question = Question(players, tuple(range(len(purchase.lots))), proper=True, reward=reward)
    program = Program(purchase, question)
    solution = program.milp.solve(deadline=deadline, absolute_gap=precision / program.scale)
    # a program that a time limit ends proves little; no group pays less than its members' lowest prices
    most = float(np.maximum(shares - lowest_payments(purchase), 0.0).sum())
    high = min(-solution.bound * program.scale, most) + 0.0  # no -0.0
    if solution.x is None:
        return WorstGroup(-np.inf, high, 0, np.inf)
    mask = sum(1 << b for b, member in enumerate(players) if solution.x[program.take[member]] > 0.5)
    payment = evaluate(purchase, program.delivered(solution.x), proper=True).payment
    low = float(shares @ np.array([mask >> b & 1 for b in range(len(players))])) - payment
    return WorstGroup(low, max(low, high), mask, payment)


def lowest_payments(purchase: Purchase) -> Floats:
    """What each player pays at least in whatever group: every unit at its lowest price with all percents off.

    Parameters
    ----------
    purchase : Purchase
        With a bid on every item that is needed.

    Returns
    -------
    (players,) floats
        In currency; they add up over a group to no more than it pays.
    """
    price = np.full((len(purchase.suppliers), len(purchase.items)), np.inf)
    for bid in purchase.bids:
        firm = purchase.suppliers[bid.supplier]
        discount = max((share for _, share in firm.discounts), default=0.0)
        bundle = max((share for items, share in firm.bundles if bid.item in items), default=0.0)
        price[bid.supplier, bid.item] = min(bid.prices) * (1.0 - bundle) * (1.0 - discount)
    needed = purchase.demand_quantity > 0
    item, site = purchase.demand_item[needed], purchase.demand_site[needed]
    lowest = (price[:, item] + purchase.per_unit[:, site]).min(axis=0) * purchase.demand_quantity[needed]
    paid = np.zeros(len(purchase.members))
    np.add.at(paid, purchase.demand_member[needed], lowest)
    return paid[list(purchase.players)]
