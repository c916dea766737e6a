# SPDX-License-Identifier: EUPL-1.2
"""Who would gain most by leaving, and the least that this can be under any sharing, between two bounds."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from sprega.engines.award.model import Floats, Purchase
from sprega.engines.award.worst_group import WorstGroup, worst_group
from sprega.engines.clearing.exact import Progress
from sprega.engines.clearing.group_prices import Groups, late
from sprega.engines.games.excess import subset_sums

TABLE_PLAYERS = 18
"""Up to so many members what every group pays at least is held and raised until the worst is proved."""

PARCEL = 2048
"""Groups priced before it is seen which could still be worse."""

MARGIN = 3e-4
"""How far beyond its need a lower bound is proved, as a part of the sum of stand-alone costs."""

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


@dataclass(frozen=True)
class LeastCore:
    """Bounds of the least worst excess of any sharing, and the point of `high` nearest to a wish."""

    low: float
    high: float
    point: Floats
    nearest: bool


class WorstExcess:
    """The largest excess of any group under given shares, between two bounds.

    Where a group is priced quickly, every one that may be the worst is: `floor` holds what each pays at
    least, and grows from sharing to sharing. Otherwise one program chooses the group and its award, for as
    long as it may take.

    Attributes
    ----------
    rows : dict of mask to payment
        Groups priced so far.
    floor : (2**players,) floats or None
        In currency.
    """

    def __init__(
        self,
        purchase: Purchase,
        rows: dict[int, float],
        *,
        total: float,
        deadline: float | None,
        groups: Groups | None,
    ) -> None:
        self.purchase, self.rows, self.total = purchase, rows, total
        self.deadline, self.groups = deadline, groups
        self.floor: Floats | None = None
        if groups is None:
            return
        count = len(purchase.players)
        if (groups.quick and count <= TABLE_PLAYERS) or len(groups.found) == (1 << count) - 2:
            self.floor = np.zeros(1 << count)
            for mask, payment in groups.found.items():
                self.floor[mask] = payment.low

    def __call__(self, shares: Floats) -> WorstGroup:
        """Both bounds, and the group that gains the lower one."""
        if self.floor is not None and self.groups is not None:
            return self._by_table(shares, self.floor, self.groups)
        if self.groups is not None and self.groups.quick:
            self._look_around(shares, self.groups)
        found = self._by_program(shares)
        mask, low = self._worst_known(shares)
        if low > found.low:
            return WorstGroup(low, max(found.high, low), mask, self.rows[mask])
        return found

    def _worst_known(self, shares: Floats) -> tuple[int, float]:
        masks = list(self.rows)
        bits, payment = _rows(self.rows, len(shares))
        excess = bits @ shares - payment
        best = int(np.argmax(excess))
        return masks[best], float(excess[best])

    def _by_program(self, shares: Floats) -> WorstGroup:
        soon = time.monotonic() + SEPARATION_SECONDS
        found = worst_group(
            self.purchase,
            shares,
            precision=PRECISION * self.total,
            deadline=soon if self.deadline is None else min(soon, self.deadline),
        )
        if found.mask:
            self.rows[found.mask] = min(found.payment, self.rows.get(found.mask, np.inf))
        return found

    def _by_table(self, shares: Floats, floor: Floats, groups: Groups) -> WorstGroup:
        """Price every group that could gain more than the worst one known."""
        worth = subset_sums(shares)
        mask, low = self._worst_known(shares)
        while True:
            most = worth - floor
            most[[0, -1]] = -np.inf
            open_ = np.flatnonzero(most > low + PRECISION * self.total)
            if not len(open_) or late(self.deadline):
                break
            open_ = open_[np.argsort(-most[open_], kind="stable")[:PARCEL]]
            # a little further than these shares need, so that it holds for others near them
            limits = worth[open_] - low + MARGIN * self.total
            masks = [int(group) for group in open_]
            for group, payment in zip(masks, groups.below(masks, limits), strict=True):
                floor[group] = max(floor[group], payment.low)
                if payment.payment < np.inf:
                    self.rows[group] = payment.payment
            mask, low = self._worst_known(shares)
        return WorstGroup(low, max(low, float(most.max())), mask, self.rows[mask])

    def _look_around(self, shares: Floats, groups: Groups) -> None:
        """Let single members join or leave the worst group known, as long as it gains by that."""
        mask, low = self._worst_known(shares)
        everybody = (1 << len(shares)) - 1
        while not late(self.deadline):
            near = [mask ^ 1 << b for b in range(len(shares))]
            near = [group for group in near if group not in (0, everybody) and group not in self.rows]
            self.rows.update(zip(near, groups(near), strict=True))
            better, gain = self._worst_known(shares)
            if better == mask or gain <= low:
                return
            mask, low = better, gain


def least_core(
    cost: float,
    stand_alone: Floats,
    excess: WorstExcess,
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
    cost : float
        c(N), in currency.
    stand_alone : (players,) floats
    excess : WorstExcess
        Answers for any shares; the groups that it prices are the rows.
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

    groups = excess.rows
    best, most = start, stand_alone
    if bounded:
        # within the tolerance of "joining pays" all bear what is lacking; a start beyond anybody's own cost
        # would seem better than any sharing that is allowed
        most = stand_alone + max(0.0, cost - total) / len(stand_alone)
        best = _held_back(start, wish, most)
    high = excess(best).high
    low = -np.inf
    until = None if excess.floor is not None else time.monotonic() + CORE_SECONDS
    for step in range(SEPARATIONS):
        outer, low = _relaxed_core(cost, most, groups, bounded=bounded)
        progress("shares", step / (2 * SEPARATIONS))
        if high - low <= enough or late(deadline) or late(until):
            break
        middle = 0.5 * (best + outer) if step % 4 < 3 else outer
        found = excess(middle)
        if found.high < high:
            best, high = middle, found.high
    nearest = False
    until = None if excess.floor is not None else time.monotonic() + CORE_SECONDS
    for step in range(SEPARATIONS):
        progress("shares", 0.5 + step / (2 * SEPARATIONS))
        point = _nearest(cost, most, groups, high, wish, bounded=bounded)
        if point is None or late(deadline) or late(until):
            break
        if excess(point).high <= high + enough:
            best, nearest = point, True
            break
    progress("shares", 1.0)
    return LeastCore(float(min(low, high)) + 0.0, float(high) + 0.0, best, nearest)  # no -0.0


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
