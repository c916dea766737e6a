# SPDX-License-Identifier: EUPL-1.2
"""The game of a purchase too large to solve for every group: sampled shares, and a bounded least core."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sprega.engines.award.coalitions import members_of_lot, some_lot_costs
from sprega.engines.award.model import SPLIT, WHOLE_LOT, Award, Floats, Purchase
from sprega.engines.award.solve import group_payment
from sprega.engines.clearing.exact import Progress
from sprega.engines.clearing.group_prices import (
    Groups,
    deadline_of,
    late,
    moment_of,
    one_by_one,
    side_by_side,
)
from sprega.engines.clearing.least_core import WorstExcess, least_core
from sprega.engines.clearing.model import JOINING_PAYS, RULES, RuleStability, Sharing
from sprega.engines.clearing.sharing import equal_price_shares, proportional_shares
from sprega.engines.games.sampling import sample_shapley
from sprega.engines.games.shapley import shapley
from sprega.engines.model import Sentence

LOT_EVALUATIONS = 4096
"""Groups priced for each lot where lots stand for themselves; smaller lots are then exact."""

EVALUATIONS = 1500
"""Groups priced where each is a program of its own, in a lot or where terms couple the lots."""

QUICK_EVALUATIONS = 4096
"""The same for whole lots, whose groups are priced in milliseconds: every group of 12 members."""

HANDED_OUT = 16_384
"""Groups of lots that may be divided from which on other processes are worth their start."""


@dataclass(frozen=True)
class SampledShares:
    """Shapley shares with their 95 % interval, stand-alone costs, and the groups priced on the way."""

    stand_alone: Floats
    shares: Floats
    low: Floats
    high: Floats
    rows: dict[int, float]
    proven: bool
    groups: Groups | None = None


def sampled_sharing(
    purchase: Purchase,
    award: Award,
    *,
    seed: int,
    deadline: float | None = None,
    progress: Progress,
    dask: str | None = None,
) -> Sharing:
    """Shares under every rule with what can be said of objections; parameters as in `sampled_shares`."""
    players = purchase.players
    sample = sampled_shares(purchase, award, seed=seed, deadline=deadline, progress=progress, dask=dask)
    alone = sample.stand_alone
    total = float(alone.sum())
    excess = WorstExcess(purchase, sample.rows, total=total, deadline=deadline, groups=sample.groups)
    joining_pays = bool(award.payment <= total * (1 + JOINING_PAYS))
    wish = proportional_shares(award.payment, alone)
    core = least_core(
        award.payment,
        alone,
        excess,
        start=sample.shares,
        wish=wish,
        bounded=joining_pays,
        deadline=deadline,
        progress=progress,
    )
    shares = {
        "equal-price": equal_price_shares(purchase, award),
        "shapley": sample.shares,
        "nucleolus": core.point,
        "proportional": wish,
    }
    found = {}
    for rule in RULES:
        worst = excess(shares[rule])
        named = tuple(m for b, m in enumerate(players) if worst.mask >> b & 1)
        found[rule] = RuleStability(None, (worst.low, worst.high), named)
    notes = []
    if not np.array_equal(sample.low, sample.high):  # few enough groups, quickly priced, are all priced
        notes.append(
            Sentence(
                "Not every group was priced: shares by contribution are sampled, "
                "with intervals that hold in 95 of 100 cases."
            )
        )
    if not core.nearest:
        notes.append(
            Sentence("The sharing of smallest complaint is the best one found, not proved to be the nearest.")
        )
    return Sharing(
        alone,
        shares,
        found,
        joining_pays,
        sample.proven,
        share_intervals={"shapley": (sample.low, sample.high)},
        least_core=(core.low, core.high),
        nucleolus_is_nearest=True,
        notes=tuple(notes),
    )


def sampled_shares(
    purchase: Purchase,
    award: Award,
    *,
    seed: int,
    deadline: float | None,
    progress: Progress,
    dask: str | None = None,
) -> SampledShares:
    """Shapley value of the cost game by sampling, lot by lot where nothing couples the lots.

    Parameters
    ----------
    purchase : Purchase
    award : Award
        For all together; its payment is c(N).
    seed : int
    deadline : float, optional
        On `time.monotonic`; ends the sampling with wider intervals.
    progress : callable
    dask : str, optional
        Address of a Dask scheduler that prices the groups.

    Returns
    -------
    SampledShares
    """
    if purchase.couplings:
        return _coupled(purchase, award, seed, deadline, progress, dask)
    return _lot_by_lot(purchase, award, seed, deadline, progress, dask)


def _coupled(
    purchase: Purchase, award: Award, seed: int, deadline: float | None, progress: Progress, dask: str | None
) -> SampledShares:
    count = len(purchase.players)
    groups = Groups(purchase, award, deadline=deadline, dask=dask)
    known: dict[int, float] = {}

    def costs(masks: Sequence[int]) -> list[float]:
        answers = groups(masks)
        known.update(zip(masks, answers, strict=True))
        progress("coalitions", min(1.0, len(groups.found) / evaluations))
        return answers

    # all groups of few members are sooner priced than the worst of them is found by programs that choose it
    every = purchase.award == WHOLE_LOT and 1 << count <= QUICK_EVALUATIONS
    wanted = QUICK_EVALUATIONS if groups.quick or every else EVALUATIONS
    evaluations = min(max(wanted, 8 * _fewest(count)), (1 << count) - 1)
    found = sample_shapley(
        costs,
        count,
        evaluations=evaluations,
        seed=seed,
        batch=256 if groups.quick else 64,
        stop=lambda: late(deadline) and len(groups.found) >= 2 * _fewest(count),
    )
    alone = np.array([known[1 << b] for b in range(count)])
    known.pop((1 << count) - 1, None)
    return SampledShares(alone, found.shares, found.low, found.high, known, groups.proven, groups)


def _lot_by_lot(
    purchase: Purchase, award: Award, seed: int, deadline: float | None, progress: Progress, dask: str | None
) -> SampledShares:
    """Shares add up over the lots; what all together pay above or below their sum is spread equally."""
    from joblib import delayed

    players = purchase.players
    alone, shares = np.zeros(len(players)), np.zeros(len(players))
    below, above = np.zeros(len(players)), np.zeros(len(players))  # squared half widths
    proven = True
    lots = [lot for lot, _ in purchase.lot_items()]
    until = moment_of(deadline)
    jobs = [delayed(_lot_shares)(purchase, award, lot, seed, until) for lot in lots]
    groups = sum(min(1 << len(members_of_lot(purchase, lot)), LOT_EVALUATIONS) for lot in lots)
    apart = purchase.award == SPLIT and groups >= HANDED_OUT
    answers = side_by_side(jobs, dask=dask) if apart else one_by_one(jobs)
    for done, (lot, found) in enumerate(zip(lots, answers, strict=True), start=1):
        position = [players.index(m) for m in members_of_lot(purchase, lot)]
        alone[position] += found.stand_alone
        shares[position] += found.shares
        below[position] += (found.shares - found.low) ** 2
        above[position] += (found.high - found.shares) ** 2
        proven = proven and found.proven
        progress("coalitions", done / len(lots))
    shares += (award.payment - shares.sum()) / len(players)
    # the lots are sampled independently, so their variances add up
    low, high = shares - np.sqrt(below), shares + np.sqrt(above)
    priced = {1 << b: float(cost) for b, cost in enumerate(alone)}
    return SampledShares(alone, shares, low, high, priced, proven)


def _lot_shares(purchase: Purchase, award: Award, lot: int, seed: int, until: float | None) -> SampledShares:
    """A lot's game on the members that need it, on whatever machine this runs."""
    deadline = deadline_of(until)
    members = members_of_lot(purchase, lot)
    count = len(members)
    programs = 0
    proven = True

    def group(members: tuple[int, ...], lots: tuple[int, ...]) -> float:
        nonlocal programs, proven
        found = group_payment(purchase, members, lots, deadline=deadline, plan=award)
        programs, proven = programs + 1, proven and found.proven
        return found.payment

    def costs(masks: Sequence[int]) -> list[float]:
        return [float(c) for c in some_lot_costs(purchase, lot, masks, group)]

    alone = np.array(costs([1 << b for b in range(count)]))
    if 1 << count <= LOT_EVALUATIONS:
        shares = np.asarray(shapley([0.0, *costs(range(1, 1 << count))]))
        return SampledShares(alone, shares, shares, shares, {}, proven)
    batch = max(512, 2 * _fewest(count))  # so that even the first batch gives an interval
    most = EVALUATIONS if programs else LOT_EVALUATIONS
    found = sample_shapley(
        costs,
        count,
        evaluations=max(most, 2 * batch),
        seed=seed + lot,
        batch=batch,
        stop=lambda: late(deadline),
    )
    return SampledShares(alone, found.shares, found.low, found.high, {}, proven)


def _fewest(count: int) -> int:
    """Evaluations from which on a first interval is known."""
    return min(1 + 2 * count + 4 * (count + 1), (1 << count) - 1)
