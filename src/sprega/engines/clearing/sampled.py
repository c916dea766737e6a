# SPDX-License-Identifier: EUPL-1.2
"""The game of a purchase too large to solve for every group: sampled shares, and a bounded least core."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sprega.engines.award.coalitions import members_of_lot, some_lot_costs
from sprega.engines.award.model import WHOLE_LOT, Award, Floats, Purchase
from sprega.engines.award.solve import GroupPayment, group_payment
from sprega.engines.award.whole_lot import whole_lot_payments
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

QUICK_EVALUATIONS = 4096
"""The same for whole lots, whose groups are priced in milliseconds: every group of 12 members."""

TABLE_PLAYERS = 18
"""Up to so many members what every group pays at least is held and raised until the worst is proved."""

PROBES = 8
"""Large groups that are priced to see whether the quick way will do."""

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

Pricer = Callable[[Sequence[int]], list[GroupPayment]]


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


@dataclass(frozen=True)
class LeastCore:
    """Bounds of the least worst excess of any sharing, and the point of `high` nearest to a wish."""

    low: float
    high: float
    point: Floats
    nearest: bool


class Groups:
    """Prices groups one after the other or side by side, each once, and remembers what was proved.

    `found` holds what is known of each group: an infinite payment says that only its lower bound is.
    """

    def __init__(self, purchase: Purchase, award: Award, *, deadline: float | None, dask: str | None) -> None:
        self.purchase, self.award, self.deadline, self.dask = purchase, award, deadline, dask
        self.found: dict[int, GroupPayment] = {}
        self.quick = purchase.award == WHOLE_LOT and not _late(deadline) and self._mostly_quick()

    def _mostly_quick(self) -> bool:
        """Whether the search over offers prices large groups: smallest orders and fixed costs defeat it."""
        count = len(self.purchase.players)
        large = [((1 << count) - 1) ^ (1 << b) for b in range(min(count, PROBES))]
        priced = np.isfinite(whole_lot_payments(self.purchase, large)).sum()
        return bool(2 * priced > len(large))

    def __call__(self, masks: Sequence[int]) -> list[float]:
        """c(S) of each mask over the players."""
        everybody = (1 << len(self.purchase.players)) - 1
        asked = [mask for mask in masks if mask != everybody and mask not in self.found]
        self.found.update(zip(asked, self._side_by_side(asked), strict=True))
        return [self.award.payment if mask == everybody else self.found[mask].payment for mask in masks]

    @property
    def proven(self) -> bool:
        """Whether every payment is the least."""
        return all(payment.proven for payment in self.found.values())

    def below(self, masks: Sequence[int], limits: Floats) -> list[GroupPayment]:
        """The groups' payments where these are below the limits; otherwise infinite, the limit as bound."""
        return self._side_by_side(masks, limits)

    def _side_by_side(self, masks: Sequence[int], limits: Floats | None = None) -> list[GroupPayment]:
        from joblib import Parallel, cpu_count, delayed, parallel_config

        left = None if self.deadline is None else max(0.0, self.deadline - time.monotonic())
        # what is priced in milliseconds travels in few parcels, the rest one by one
        size = max(1, -(-len(masks) // (4 * cpu_count()))) if self.quick else 1
        jobs = [
            delayed(_price_all)(
                self.purchase,
                self.award,
                masks[first : first + size],
                None if limits is None else limits[first : first + size],
                left,
                quick=self.quick,
            )
            for first in range(0, len(masks), size)
        ]
        if len(jobs) < 4:
            answers = [function(*given, **named) for function, given, named in jobs]
        elif self.dask is None:
            answers = list(Parallel(n_jobs=-1)(jobs))
        else:
            from distributed import Client

            with Client(self.dask), parallel_config(backend="dask"):
                answers = list(Parallel()(jobs))
        return [payment for answer in answers for payment in answer]


def _price_all(
    purchase: Purchase,
    award: Award,
    masks: Sequence[int],
    limits: Floats | None,
    seconds: float | None,
    *,
    quick: bool,
) -> list[GroupPayment]:
    """Several groups' payments, on whatever machine this runs."""
    deadline = None if seconds is None else time.monotonic() + seconds
    payments = np.full(len(masks), np.nan)
    if quick and seconds != 0:
        payments = whole_lot_payments(purchase, masks, limits)
    found = []
    for position, (mask, payment) in enumerate(zip(masks, payments, strict=True)):
        if np.isnan(payment):
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            found.append(_price(purchase, award, mask, left))
        elif limits is not None and payment >= limits[position]:
            found.append(GroupPayment(np.inf, float(payment), proven=True))
        else:
            found.append(GroupPayment(float(payment), float(payment), proven=True))
    return found


def _price(purchase: Purchase, award: Award, mask: int, seconds: float | None) -> GroupPayment:
    """One group's payment by the general program."""
    deadline = None if seconds is None else time.monotonic() + seconds
    members = tuple(m for b, m in enumerate(purchase.players) if mask >> b & 1)
    return group_payment(purchase, members, deadline=deadline, plan=award)


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
        worth = group_sums(shares)
        mask, low = self._worst_known(shares)
        while True:
            most = worth - floor
            most[[0, -1]] = -np.inf
            open_ = np.flatnonzero(most > low + PRECISION * self.total)
            if not len(open_) or _late(self.deadline):
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
        while not _late(self.deadline):
            near = [mask ^ 1 << b for b in range(len(shares))]
            near = [group for group in near if group not in (0, everybody) and group not in self.rows]
            self.rows.update(zip(near, groups(near), strict=True))
            better, gain = self._worst_known(shares)
            if better == mask or gain <= low:
                return
            mask, low = better, gain


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
        stop=lambda: _late(deadline) and len(groups.found) >= 2 * _fewest(count),
    )
    alone = np.array([known[1 << b] for b in range(count)])
    known.pop((1 << count) - 1, None)
    return SampledShares(alone, found.shares, found.low, found.high, known, groups.proven, groups)


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
        if high - low <= enough or _late(deadline) or _late(until):
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


def group_sums(shares: Floats) -> Floats:
    """What each group's members pay together, shape (2**players,).

    Examples
    --------
    >>> group_sums(np.array([1.0, 2.0])).tolist()
    [0.0, 1.0, 2.0, 3.0]
    """
    total = np.zeros(1)
    for share in shares:
        total = np.concatenate([total, total + share])
    return total


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
