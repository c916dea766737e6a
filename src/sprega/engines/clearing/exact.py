# SPDX-License-Identifier: EUPL-1.2
"""The game of a purchase, solved for every group of members."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sprega.engines.award.coalitions import add_spread, lot_costs, members_of_lot
from sprega.engines.award.model import WHOLE_LOT, Award, Floats, Purchase
from sprega.engines.award.solve import group_payment
from sprega.engines.clearing.model import JOINING_PAYS, OBJECTS, RuleStability, Sharing
from sprega.engines.clearing.sharing import equal_price_shares, proportional_shares
from sprega.engines.games.core import stability
from sprega.engines.games.excess import subset_sums
from sprega.engines.games.nucleolus import nucleolus
from sprega.engines.games.shapley import shapley

COUPLED_PLAYERS = 8
UNCOUPLED_PLAYERS = 24
SPLIT_LOT_MEMBERS = 10

KEPT_PLAYERS = 12
"""Up to so many players every group's cost is kept with the result."""

Progress = Callable[[str, float], None]


def is_exact(purchase: Purchase) -> bool:
    """Whether every group of members is solved, or the game is sampled."""
    count = len(purchase.players)
    if count <= COUPLED_PLAYERS:
        return True
    if purchase.couplings or count > UNCOUPLED_PLAYERS:
        return False
    if purchase.award == WHOLE_LOT:
        return True
    return all(len(members_of_lot(purchase, lot)) <= SPLIT_LOT_MEMBERS for lot, _ in purchase.lot_items())


def cost_game(
    purchase: Purchase, award: Award, *, deadline: float | None = None, progress: Progress
) -> tuple[Floats, bool]:
    """c(S) of every group of players, by bit mask, with the award's payment for all together.

    Parameters
    ----------
    purchase : Purchase
        One for which `is_exact` holds.
    award : Award
        For all together.
    deadline : float, optional
        On `time.monotonic`.
    progress : callable
        Told the stage and the part of it that is done.

    Returns
    -------
    cost : (2**players,) floats
        In currency.
    proven : bool
        False when the deadline left any of them above the relative gap.
    """
    players = purchase.players
    count = len(players)
    proven = True

    def group(members: tuple[int, ...], lots: tuple[int, ...] | None) -> float:
        nonlocal proven
        found = group_payment(purchase, members, lots, deadline=deadline, plan=award)
        proven = proven and found.proven
        return found.payment

    cost = np.zeros(1 << count)
    if purchase.couplings:
        last = len(cost) - 1
        for mask in range(1, last):
            cost[mask] = group(tuple(m for b, m in enumerate(players) if mask >> b & 1), None)
            progress("coalitions", mask / last)
    else:
        lots = [lot for lot, _ in purchase.lot_items()]
        for done, lot in enumerate(lots, start=1):
            members, own = lot_costs(purchase, lot, group)
            add_spread(cost, own, np.array([players.index(m) for m in members], dtype=np.int64), count)
            progress("coalitions", done / len(lots))
    cost[-1] = award.payment
    return cost, proven


def exact_sharing(
    purchase: Purchase, award: Award, *, deadline: float | None = None, progress: Progress
) -> Sharing:
    """Shares under every rule and all objections, from every group's cost; parameters as in `cost_game`."""
    players = purchase.players
    cost, proven = cost_game(purchase, award, deadline=deadline, progress=progress)
    stand_alone = cost[1 << np.arange(len(players))]
    total = float(stand_alone.sum())
    joining_pays = bool(award.payment <= total * (1 + JOINING_PAYS))
    progress("shares", 0.0)
    shares = {
        "equal-price": equal_price_shares(purchase, award),
        "shapley": shapley(cost),
        "nucleolus": nucleolus_shares(cost, bounded=joining_pays),
        "proportional": proportional_shares(award.payment, stand_alone),
    }
    progress("shares", 0.5)
    found = {}
    for rule, share in shares.items():
        judged = stability(cost, share, tolerance=OBJECTS * total)
        mask = judged.worst_coalition or 0
        worst = tuple(m for b, m in enumerate(players) if mask >> b & 1)
        found[rule] = RuleStability(judged.objecting, judged.worst_excess, worst)
    progress("shares", 1.0)
    kept = cost if len(players) <= KEPT_PLAYERS else None
    return Sharing(stand_alone, shares, found, joining_pays, proven, coalition_cost=kept)


def nucleolus_shares(cost: Floats, *, bounded: bool) -> Floats:
    """Shares of the cost game that give each member its nucleolus of the savings.

    Parameters
    ----------
    cost : (2**players,) floats
        c(S) by bit mask.
    bounded : bool
        Nobody pays more than alone; False for the prenucleolus, where joining does not pay.

    Returns
    -------
    (players,) floats
        They add up to c(N).
    """
    alone = cost[1 << np.arange(len(cost).bit_length() - 1)]
    savings = subset_sums(alone) - cost
    savings[0] = 0.0
    # within the tolerance of "joining pays" nothing is left to share but rounding, which all bear equally
    lacking = min(0.0, float(savings[-1])) if bounded else 0.0
    savings[-1] -= lacking
    shares: Floats = alone - nucleolus(savings, bounded=bounded).x - lacking / len(alone)
    return shares
