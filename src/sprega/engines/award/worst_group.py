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
    # whatever a group is, its payment is not negative
    high = min(-solution.bound * program.scale, float(np.maximum(shares, 0.0).sum())) + 0.0  # no -0.0
    if solution.x is None:
        return WorstGroup(-np.inf, high, 0, np.inf)
    mask = sum(1 << b for b, member in enumerate(players) if solution.x[program.take[member]] > 0.5)
    payment = evaluate(purchase, program.delivered(solution.x), proper=True).payment
    low = float(shares @ np.array([mask >> b & 1 for b in range(len(players))])) - payment
    return WorstGroup(low, max(low, high), mask, payment)
