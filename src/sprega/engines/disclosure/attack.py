# SPDX-License-Identifier: EUPL-1.2
"""How near a viewer can come: by other worlds that fit, or by linear programming where none is at hand.

To prove that a target is safe from a viewer it is enough to show one world that fits all that the viewer
knows and in which the target is far enough from the truth. Such worlds are looked for in this order:

1. the sums of atoms stay, and inside its atoms the target takes from the others, or gives to them;
2. along a way out of the truth that leaves all that was shown as it is (`worlds`);
3. along a further way, of few moves, that a linear program finds for one viewer and that then serves others;
4. at the viewer's extreme world. Only this one can prove that the target is exposed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from sprega.engines.disclosure.model import Rule, Vector
from sprega.engines.disclosure.program import Program
from sprega.engines.disclosure.system import System, Target
from sprega.engines.disclosure.worlds import USEFUL, Worlds, directions, normal
from sprega.engines.model import EngineError, Sentence

DOUBT = 1e-8  # of the largest amount: what linear programming may be off by, counted against showing
TOLL = 1e-4  # what it costs to move the largest atom, against one of the target
MANY = 30_000  # viewers; more would fill the memory


@dataclass(frozen=True, eq=False)
class Viewer:
    """Someone who knows some of the unknowns.

    Attributes
    ----------
    names : tuple of str
        The holdings that pool their knowledge, or the contributors that a viewer was said to know.
    knows : ndarray (n,) of bool
        Which of the system's unknowns.
    """

    names: tuple[str, ...]
    knows: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Breach:
    """A viewer comes too near to a target from one side."""

    side: Side
    viewer: int
    distance: float
    needed: float

    def is_nearer_than(self, before: float) -> bool:
        """Tell whether the viewer comes nearer than by what was shown before."""
        return before > self.distance + min(DOUBT, 0.01 * self.needed)


def viewers_of(system: System, rule: Rule, knows: Sequence[Collection[str]] = ()) -> list[Viewer]:
    """Return an outsider, every holding, and those said to know more, with all whom the rule lets pool."""
    names = sorted(set(system.holdings))
    groups = [group for size in range(rule.colluding + 1) for group in combinations(names, size)]
    if len(groups) > MANY:
        raise EngineError(
            Sentence("{count} holdings are too many to look at every group of them.", {"count": len(names)})
        )
    holdings = np.array(system.holdings, dtype=object)
    of = {name: holdings == name for name in names}
    nothing = np.zeros(len(holdings), dtype=bool)
    found = [
        Viewer(group, np.logical_or.reduce([nothing, *(of[name] for name in group)])) for group in groups
    ]
    for known in map(frozenset, knows):
        its = np.array([name in known for name in system.contributors], dtype=bool)
        for size in range(rule.colluding):
            for group in combinations(names, size):
                pooled = np.logical_or.reduce([its, *(of[name] for name in group)])
                found.append(Viewer((*sorted(known), *group), pooled))
    return found


class Attack:
    """The system as seen by several viewers."""

    def __init__(self, system: System, viewers: Sequence[Viewer]) -> None:
        self.system = system
        self.viewers = list(viewers)
        self.program = Program(system.atom_matrix(), system.low, system.high, system.upper)
        self.truth = system.by_atom(system.magnitudes)
        self.members = system.by_atom(np.ones_like(system.magnitudes))
        self.knows = np.array([viewer.knows for viewer in self.viewers]).reshape(-1, system.magnitudes.size)
        self.known = system.by_atom(self.knows * system.magnitudes)
        self.known_members = system.by_atom(self.knows.astype(np.float64))
        self.full = self.known_members == self.members
        self.active = np.ones(system.low.size, dtype=bool)
        self._ways: list[tuple[Worlds, Program]] = []  # one, once needed, for the statements that are active

    def breaches(self, rule: Rule, targets: Sequence[Target]) -> Iterator[Breach]:
        """Yield every viewer that comes nearer to a target than the rule allows, with the side."""
        for target in targets:
            overlap = self.knows[:, target.unknowns]
            blind = np.flatnonzero(~overlap.any(axis=1))
            for upwards in (True, False):
                yield from self._against(rule, target, blind, upwards)
                for viewer in np.flatnonzero(overlap.any(axis=1) & ~overlap.all(axis=1)).tolist():
                    hidden = ~overlap[viewer]
                    part = np.abs(target.coefficients) * self.system.magnitudes[target.unknowns]
                    rest = replace(
                        target,
                        unknowns=target.unknowns[hidden],
                        coefficients=target.coefficients[hidden],
                        size=target.size * float(part[hidden].sum() / part.sum()),
                    )
                    yield from self._against(rule, rest, np.array([viewer]), upwards)

    def _against(
        self, rule: Rule, target: Target, viewers: NDArray[np.int64], upwards: bool
    ) -> Iterator[Breach]:
        side = self.side(target, upwards)
        needed = rule.percent / 100 * target.size
        enough = needed * (1 - 1e-12)
        left = viewers[side.distances(viewers, None) < enough]
        if not left.size:
            return
        enough = needed + DOUBT
        left = left[side.distances(left, None) + self._gained(side, left) < enough]
        if not left.size:
            return
        while left.size:
            viewer, left = int(left[0]), left[1:]
            short = enough - float(side.distances(np.array([viewer]), None)[0])
            way, gained = self._detour(side, viewer, short)
            if gained < short:
                distance = self.reach(side, viewer)
                if distance < enough:
                    yield Breach(side, viewer, distance, needed)
            left = left[side.distances(left, None) + self._gained(side, left, way) < enough]

    def side(self, target: Target, upwards: bool) -> Side:
        """Return a target with the direction in which a world should lead away from it."""
        return Side(self, target, upwards)

    def forget(self, row: int) -> None:
        """Take a statement back, until `remember`."""
        if self.active[row]:
            self.program.forget(row)
            self.active[row] = False
            self._ways.clear()

    def remember(self, row: int) -> None:
        """Undo `forget`."""
        if not self.active[row]:
            self.program.remember(row)
            self.active[row] = True
            self._ways.clear()

    def _gained(self, side: Side, viewers: NDArray[np.int64], way: Vector | None = None) -> Vector:
        """Return how far the ways out of the truth lead each viewer, or the one given."""
        worlds, _ = self._ways_out()
        alone = side.alone_if(self.known_members[viewers])
        gained = np.zeros(viewers.size)
        # Viewers differ in whether somebody unknown stands beside the target; mostly there are few patterns.
        for pattern in np.unique(alone, axis=0):
            alike = (alone == pattern).all(axis=1)
            cost, its = side.cost(pattern), viewers[alike]
            if way is None:
                gained[alike] = worlds.gains(cost, its)
            else:
                pace = float(cost @ way)
                gained[alike] = pace * worlds.step(way, its) if pace > USEFUL else 0.0
        return gained

    def _detour(self, side: Side, viewer: int, short: float) -> tuple[Vector, float]:
        """Look for a way that moves few atoms and leads a viewer `short` further; return it and its gain.

        Moves cost the less the larger the atom, so that large ones give way. It is kept, for other targets.
        """
        worlds, program = self._ways_out()
        want = side.cost(side.alone_if(self.known_members[viewer]))
        free = ~self.full[viewer]
        up = np.where(free, self.system.upper - self.truth, 0.0)
        down = np.where(free, self.truth - self.known[viewer], 0.0)
        capped = short * (1 + 1e-6) / np.maximum(np.abs(want), 1e-12)
        up, down = (
            np.where(want > 0, np.minimum(up, capped), up),
            np.where(want < 0, np.minimum(down, capped), down),
        )
        toll = TOLL / np.maximum(self.truth, TOLL)
        ends = np.concatenate([up, down])
        found = program.maximise(np.concatenate([want - toll, -want - toll]), np.zeros(ends.size), ends)
        way = found[: want.size] - found[want.size :]
        worlds.add(way[None, :])
        return normal(way), float(want @ way)

    def _ways_out(self) -> tuple[Worlds, Program]:
        if not self._ways:
            system, active = self.system, self.active
            matrix, low, high = system.atom_matrix()[active], system.low[active], system.high[active]
            worlds = Worlds(self.truth, system.upper, self.known, self.full, matrix, low, high)
            worlds.add(directions(matrix, self.truth))
            at = matrix @ self.truth
            moves = Program(np.hstack([matrix, -matrix]), low - at, high - at, np.tile(system.upper, 2))
            self._ways.append((worlds, moves))
        return self._ways[0]

    def reach(self, side: Side, viewer: int) -> float:
        """Return how far the target can be from the truth, for all that a viewer knows."""
        one = np.array([viewer])
        alone = side.alone_if(self.known_members[viewer])
        upper = np.where(self.full[viewer], self.known[viewer], self.system.upper)
        world = self.program.maximise(side.cost(alone), self.known[viewer], upper)
        return float(side.distances(one, world)[0])


class Side:
    """A target and the direction in which a world should lead away from it."""

    def __init__(self, attack: Attack, target: Target, upwards: bool) -> None:
        system = attack.system
        self.attack, self.target, self.upwards = attack, target, upwards
        self.where, place = np.unique(system.atom[target.unknowns], return_inverse=True)
        k = self.where.size
        self.own, self.count = np.zeros(k), np.zeros(k)
        np.add.at(self.own, place, system.magnitudes[target.unknowns])
        np.add.at(self.count, place, 1.0)
        # All of a target's unknowns in one atom have the same coefficient, since they stand in the same rows.
        coefficient = np.zeros(k)
        coefficient[place] = target.coefficients
        self.weight = np.abs(coefficient)
        self.grows = (coefficient > 0) == upwards

    def alone_if(self, known_members: Vector) -> NDArray[np.bool_]:
        """Return for each atom of the target whether nobody unknown stands beside it there."""
        beside = self.attack.members[self.where] - known_members[..., self.where] - self.count
        alone: NDArray[np.bool_] = beside < 0.5
        return alone

    def cost(self, alone: NDArray[np.bool_]) -> Vector:
        """Return what to maximise over atoms."""
        cost = np.zeros(self.attack.system.atoms)
        cost[self.where] = self.weight * np.where(self.grows, 1.0, np.where(alone, -1.0, 0.0))
        return cost

    def distances(self, viewers: NDArray[np.int64], world: Vector | None) -> Vector:
        """Return how far off each viewer must think possible in a world, the truth by default."""
        attack, where = self.attack, self.where
        known = attack.known[viewers][:, where]
        alone = self.alone_if(attack.known_members[viewers])
        gain = np.where(self.grows, attack.truth[where] - self.own - known, np.where(alone, 0.0, self.own))
        if world is not None:
            moved = (world - attack.truth)[where]
            gain = gain + np.where(self.grows, 1.0, np.where(alone, -1.0, 0.0)) * moved
        total: Vector = gain @ self.weight
        return total
