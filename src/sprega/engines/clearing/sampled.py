# SPDX-License-Identifier: EUPL-1.2
"""The game of a purchase too large to solve for every group: sampled shares, and a bounded least core."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sprega.engines.award.coalitions import members_of_lot, some_lot_costs
from sprega.engines.award.model import Award, Floats, Purchase
from sprega.engines.award.solve import GroupPayment, group_payment
from sprega.engines.award.worst_group import WorstGroup, worst_group
from sprega.engines.clearing.exact import Progress
from sprega.engines.clearing.model import JOINING_PAYS, RULES, RuleStability, Sharing
from sprega.engines.clearing.sharing import equal_price_shares, proportional_shares
from sprega.engines.games.sampling import sample_shapley
from sprega.engines.games.shapley import shapley
from sprega.engines.model import Sentence

LOT_EVALUATIONS = 4096
"""Groups priced for each lot where lots stand for themselves; smaller lots are then exact."""

EVALUATIONS = 1500
"""Groups priced where terms couple the lots, each a program of its own."""

SEPARATIONS = 60
"""Programs that look for a blocking group, for the least core and again for the point in it."""

SEPARATION_SECONDS = 10.0
"""What one such program may take; its bounds count as far as it came."""

CORE_SECONDS = 60.0
"""What the least core may take, and again the point in it."""

PRECISION = 2e-8
"""Width of an excess interval, as a part of the sum of stand-alone costs."""

CORE_PRECISION = 1e-7
"""Width of the least core's interval that is enough, as a part of the sum of stand-alone costs."""

Pricer = Callable[[Sequence[int]], list[GroupPayment]]


@dataclass(frozen=True)
class SampledShares:
    """Shapley shares with their 95 % interval, stand-alone costs, and the groups priced on the way."""

    stand_alone: Floats
    shares: Floats
    low: Floats
    high: Floats
    groups: dict[int, float]
    proven: bool


@dataclass(frozen=True)
class LeastCore:
    """Bounds of the least worst excess of any sharing, and the point of `high` nearest to a wish."""

    low: float
    high: float
    point: Floats
    nearest: bool


class Groups:
    """Prices groups one after the other or side by side, and remembers whether all were proved."""

    def __init__(self, purchase: Purchase, award: Award, *, deadline: float | None, dask: str | None) -> None:
        self.purchase, self.award, self.deadline, self.dask = purchase, award, deadline, dask
        self.proven = True
        self.priced = 0

    def __call__(self, masks: Sequence[int]) -> list[float]:
        """c(S) of each mask over the players."""
        everybody = (1 << len(self.purchase.players)) - 1
        asked = [mask for mask in masks if mask != everybody]
        found = dict(zip(asked, self._side_by_side(asked), strict=True))
        self.proven = self.proven and all(payment.proven for payment in found.values())
        self.priced += len(masks)
        return [found[mask].payment if mask in found else self.award.payment for mask in masks]

    def _side_by_side(self, masks: Sequence[int]) -> list[GroupPayment]:
        from joblib import Parallel, delayed, parallel_config

        left = None if self.deadline is None else max(0.0, self.deadline - time.monotonic())
        jobs = [delayed(_price)(self.purchase, self.award, mask, left) for mask in masks]
        if len(jobs) < 4:
            return [function(*given, **named) for function, given, named in jobs]
        if self.dask is None:
            return list(Parallel(n_jobs=-1)(jobs))
        from distributed import Client

        with Client(self.dask), parallel_config(backend="dask"):
            return list(Parallel()(jobs))


def _price(purchase: Purchase, award: Award, mask: int, seconds: float | None) -> GroupPayment:
    """One group's payment, on whatever machine this runs."""
    deadline = None if seconds is None else time.monotonic() + seconds
    members = tuple(m for b, m in enumerate(purchase.players) if mask >> b & 1)
    return group_payment(purchase, members, deadline=deadline, plan=award)


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
    alone, groups = sample.stand_alone, sample.groups
    total = float(alone.sum())
    joining_pays = bool(award.payment <= total * (1 + JOINING_PAYS))
    wish = proportional_shares(award.payment, alone)
    core = least_core(
        purchase,
        award.payment,
        alone,
        groups,
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
        worst = excess_interval(purchase, shares[rule], groups, total=total, deadline=deadline)
        named = tuple(m for b, m in enumerate(players) if worst.mask >> b & 1)
        found[rule] = RuleStability(None, (worst.low, worst.high), named)
    notes = [
        Sentence(
            "Not every group was priced: shares by contribution are sampled, "
            "with intervals that hold in 95 of 100 cases."
        )
    ]
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
    return _lot_by_lot(purchase, award, seed, deadline, progress)


def _coupled(
    purchase: Purchase, award: Award, seed: int, deadline: float | None, progress: Progress, dask: str | None
) -> SampledShares:
    count = len(purchase.players)
    groups = Groups(purchase, award, deadline=deadline, dask=dask)
    known: dict[int, float] = {}

    def costs(masks: Sequence[int]) -> list[float]:
        answers = groups(masks)
        known.update(zip(masks, answers, strict=True))
        progress("coalitions", min(1.0, groups.priced / EVALUATIONS))
        return answers

    evaluations = max(EVALUATIONS, 8 * _fewest(count))
    found = sample_shapley(
        costs,
        count,
        evaluations=evaluations,
        seed=seed,
        stop=lambda: _late(deadline) and groups.priced >= 2 * _fewest(count),
    )
    alone = np.array([known[1 << b] for b in range(count)])
    known.pop((1 << count) - 1, None)
    return SampledShares(alone, found.shares, found.low, found.high, known, groups.proven)


def _lot_by_lot(
    purchase: Purchase, award: Award, seed: int, deadline: float | None, progress: Progress
) -> SampledShares:
    """Shares add up over the lots; what all together pay above or below their sum is spread equally."""
    players = purchase.players
    alone, shares = np.zeros(len(players)), np.zeros(len(players))
    below, above = np.zeros(len(players)), np.zeros(len(players))  # squared half widths
    proven = True

    def group(members: tuple[int, ...], lots: tuple[int, ...]) -> float:
        nonlocal proven
        found = group_payment(purchase, members, lots, deadline=deadline, plan=award)
        proven = proven and found.proven
        return found.payment

    lots = [lot for lot, _ in purchase.lot_items()]
    for done, lot in enumerate(lots, start=1):
        members = members_of_lot(purchase, lot)
        position = [players.index(m) for m in members]
        count = len(members)

        def costs(masks: Sequence[int], lot: int = lot) -> list[float]:
            return [float(c) for c in some_lot_costs(purchase, lot, masks, group)]

        alone[position] += costs([1 << b for b in range(count)])
        if 1 << count <= LOT_EVALUATIONS:
            shares[position] += shapley([0.0, *costs(range(1, 1 << count))])
        else:
            batch = max(512, 2 * _fewest(count))  # so that even the first batch gives an interval
            found = sample_shapley(
                costs,
                count,
                evaluations=max(LOT_EVALUATIONS, 2 * batch),
                seed=seed + lot,
                batch=batch,
                stop=lambda: _late(deadline),
            )
            shares[position] += found.shares
            below[position] += (found.shares - found.low) ** 2
            above[position] += (found.high - found.shares) ** 2
        progress("coalitions", done / len(lots))
    shares += (award.payment - shares.sum()) / len(players)
    # the lots are sampled independently, so their variances add up
    low, high = shares - np.sqrt(below), shares + np.sqrt(above)
    groups = {1 << b: float(cost) for b, cost in enumerate(alone)}
    return SampledShares(alone, shares, low, high, groups, proven)


def _fewest(count: int) -> int:
    """Evaluations from which on a first interval is known."""
    return min(1 + 2 * count + 4 * (count + 1), (1 << count) - 1)


def _late(deadline: float | None) -> bool:
    return deadline is not None and time.monotonic() > deadline


def excess_interval(
    purchase: Purchase, shares: Floats, groups: dict[int, float], *, total: float, deadline: float | None
) -> WorstGroup:
    """The largest excess of any group between two bounds; the groups already priced count as well."""
    soon = time.monotonic() + SEPARATION_SECONDS
    found = worst_group(
        purchase,
        shares,
        precision=PRECISION * total,
        deadline=soon if deadline is None else min(soon, deadline),
    )
    if found.mask:
        groups[found.mask] = min(found.payment, groups.get(found.mask, np.inf))
    masks = list(groups)
    bits = np.array([[mask >> b & 1 for b in range(len(shares))] for mask in masks], dtype=float)
    excess = bits @ shares - np.array([groups[mask] for mask in masks])
    best = int(np.argmax(excess))
    if excess[best] > found.low:
        low = float(excess[best])
        return WorstGroup(low, max(found.high, low), masks[best], groups[masks[best]])
    return found


def least_core(
    purchase: Purchase,
    cost: float,
    stand_alone: Floats,
    groups: dict[int, float],
    start: Floats,
    wish: Floats,
    *,
    bounded: bool,
    deadline: float | None,
    progress: Progress,
) -> LeastCore:
    """Bound the least worst excess of any sharing by row generation, and find the wished-for point in it.

    Parameters
    ----------
    purchase : Purchase
    cost : float
        c(N), in currency.
    stand_alone : (players,) floats
    groups : dict of mask to payment
        Groups priced so far; grows.
    start, wish : (players,) floats
        A sharing to begin with, and the one to which the point shall be nearest (least squares).
    bounded : bool
        Whether nobody may pay more than alone.
    deadline : float, optional
    progress : callable

    Returns
    -------
    LeastCore

    Notes
    -----
    Rows are separated between the best sharing known and the relaxation's own (Ben-Ameur and Neto, Networks
    49, 2007), which needs far fewer programs than separating the latter.
    """
    total = float(stand_alone.sum())
    enough = CORE_PRECISION * total

    def excess(shares: Floats) -> WorstGroup:
        return excess_interval(purchase, shares, groups, total=total, deadline=deadline)

    best, most = start, stand_alone
    if bounded:
        # within the tolerance of "joining pays" all bear what is lacking; a start beyond anybody's own cost
        # would seem better than any sharing that is allowed
        most = stand_alone + max(0.0, cost - total) / len(stand_alone)
        best = _held_back(start, wish, most)
    high = excess(best).high
    low = -np.inf
    until = time.monotonic() + CORE_SECONDS
    for step in range(SEPARATIONS):
        outer, low = _relaxed_core(cost, most, groups, bounded=bounded)
        progress("shares", step / (2 * SEPARATIONS))
        if high - low <= enough or _late(deadline) or _late(until):
            break
        middle = 0.5 * (best + outer) if step % 4 < 3 else outer
        found = excess(middle)
        if found.high < high:
            best, high = middle, found.high
    nearest = False
    until = time.monotonic() + CORE_SECONDS
    for step in range(SEPARATIONS):
        progress("shares", 0.5 + step / (2 * SEPARATIONS))
        point = _nearest(cost, most, groups, high, wish, bounded=bounded)
        if point is None or _late(deadline) or _late(until):
            break
        if excess(point).high <= high + enough:
            best, nearest = point, True
            break
    progress("shares", 1.0)
    return LeastCore(float(min(low, high)), float(high), best, nearest)


def _held_back(start: Floats, wish: Floats, most: Floats) -> Floats:
    """The sharing on the way from `wish`, where nobody pays more than `most`, to `start` that keeps to it."""
    step, room = start - wish, np.maximum(most - wish, 0.0)
    rising = step > room
    part = float((room[rising] / step[rising]).min(initial=1.0))
    return wish + part * step


def _rows(groups: dict[int, float], count: int) -> tuple[Floats, Floats]:
    masks = np.array(list(groups), dtype=object)
    bits = np.array([[mask >> b & 1 for b in range(count)] for mask in masks], dtype=float)
    return bits, np.array(list(groups.values()))


def _relaxed_core(
    cost: float, stand_alone: Floats, groups: dict[int, float], *, bounded: bool
) -> tuple[Floats, float]:
    """The sharing of least worst excess over the groups known so far, and that excess."""
    from scipy.optimize import linprog

    count = len(stand_alone)
    bits, payment = _rows(groups, count)
    scale = max(float(stand_alone.sum()), 1e-300) / 1000
    answer = linprog(
        np.append(np.zeros(count), 1.0),
        A_ub=np.column_stack([bits, -np.ones(len(bits))]),
        b_ub=payment / scale,
        A_eq=np.append(np.ones(count), 0.0)[None, :],
        b_eq=[cost / scale],
        bounds=[*((None, c / scale if bounded else None) for c in stand_alone), (None, None)],
        method="highs",
    )
    if answer.status != 0 or answer.x is None or answer.fun is None:
        raise ArithmeticError(f"the least core's relaxation ended with: {answer.message}")
    return answer.x[:-1] * scale, float(answer.fun * scale)


def _nearest(
    cost: float,
    stand_alone: Floats,
    groups: dict[int, float],
    epsilon: float,
    wish: Floats,
    *,
    bounded: bool,
) -> Floats | None:
    """The sharing nearest to `wish` in which no known group's excess is above `epsilon`; None if none is.

    Least-distance programming by non-negative least squares (Lawson and Hanson, 1974, chapter 23), in the
    plane of sharings that add up to the cost.
    """
    from scipy.linalg import null_space
    from scipy.optimize import nnls

    count = len(stand_alone)
    bits, payment = _rows(groups, count)
    scale = max(float(stand_alone.sum()), 1e-300)
    origin = wish + (cost - wish.sum()) / count
    plane = null_space(np.ones((1, count)))
    limits = payment + epsilon - bits @ origin
    if bounded:
        bits = np.vstack([bits, np.eye(count)])
        limits = np.append(limits, stand_alone - origin)
    rows, right = -bits @ plane, -limits / scale  # rows @ y >= right
    matrix = np.vstack([rows.T, right[None, :]])
    target = np.append(np.zeros(plane.shape[1]), 1.0)
    weights, residual = nnls(matrix, target, maxiter=50 * matrix.shape[1])
    if residual < 1e-12:
        return None
    distance = matrix @ weights - target
    point: Floats = origin + plane @ (-distance[:-1] / distance[-1]) * scale
    return point
