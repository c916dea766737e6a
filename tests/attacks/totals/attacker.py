"""An attacker who takes every figure that was seen, adds what it knows, and bounds everybody else's amounts.

Written apart from the engine: raw amounts, its own linear program in HiGHS, nothing imported from what it
attacks. It is given more than a curious member has: who stands behind each figure and with what weight, the
sign of every amount, which amounts stayed as they were, and of each revised one the direction and size of the
change to within a factor of two. The true amounts serve to measure how near it came, and for nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

import highspy
import numpy as np

Viewer: TypeAlias = frozenset[str | tuple[str, str]]

OFF = 1e-6  # of the largest amount: how far linear programming may be off
FAR = 1e3  # times the sum of all amounts: as good as unbounded


@dataclass(frozen=True)
class Entry:
    """What one member brings to a figure."""

    member: str
    item: str
    amount: float
    weight: float = 1.0


@dataclass(frozen=True)
class Seen:
    """A figure that people saw, the waivers it was shown under, and the percentage in force."""

    entries: tuple[Entry, ...]
    low: float
    high: float
    percent: float = 10.0
    waived: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Target:
    """Something of one holding: a row over all amounts, whose it is, and the size that counts."""

    members: frozenset[str]
    row: np.ndarray
    size: float
    cells: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Recovered:
    """Somebody was bounded closer than the rule promised."""

    viewer: Viewer
    members: frozenset[str]
    distance: float
    promised: float


class Attacker:
    """All figures as linear statements over all versions of all amounts.

    A viewer is a set of what it knows: members, all of whose amounts it knows, and single (member, item).
    """

    def __init__(self, seen: Sequence[Seen], holding: Mapping[str, str]) -> None:
        self.seen, self.holding = seen, holding
        self.place: dict[tuple[str, str, float], int] = {}
        changes: dict[tuple[int, int], None] = {}
        latest: dict[tuple[str, str], int] = {}
        for figure in seen:
            for entry in _there(figure):
                key = (entry.member, entry.item)
                alike = [(abs(v - entry.amount), at) for (*k, v), at in self.place.items() if (*k,) == key]
                now = self.place.setdefault((*key, entry.amount), len(self.place))
                if alike and now == len(self.place) - 1 and min(alike)[1] != now:
                    changes[min(alike)[1], now] = None  # the version that it is nearest to
                if latest.get(key, now) != now:
                    changes[latest[key], now] = None
                latest[key] = now
        self.unknowns = list(self.place)
        self.truth = np.array([amount for *_, amount in self.unknowns])
        self.rows = np.array([self._row(figure) for figure in seen])
        self.changes = list(changes)
        self.targets = self._targets()

    def recovered(self, viewers: Collection[Viewer]) -> Iterator[Recovered]:
        """Whom the last figure brings nearer to somebody than the rule allows, unless they waived."""
        last = self.seen[-1]
        inside = {(entry.member, entry.item) for entry in _there(last)}
        for viewer in viewers:
            program = self._program(viewer)
            for target in self._hidden(viewer):
                if target.members <= last.waived and target.cells <= inside:
                    continue
                promised = last.percent / 100 * target.size
                near = promised - OFF * np.abs(self.truth).max()
                if near <= 0:
                    continue
                for sign in (1.0, -1.0):
                    distance = self._distance(program, target, sign)
                    if distance >= near:
                        continue
                    program.changeRowBounds(len(self.seen) - 1, -highspy.kHighsInf, highspy.kHighsInf)
                    before = self._distance(program, target, sign)
                    program.changeRowBounds(len(self.seen) - 1, *self._ends(len(self.seen) - 1))
                    if distance < before - OFF * np.abs(self.truth).max():
                        yield Recovered(viewer, target.members, distance, promised)

    def _row(self, figure: Seen, members: Collection[str] | None = None) -> np.ndarray:
        row = np.zeros(len(self.place))
        for entry in _there(figure):
            if members is None or entry.member in members:
                row[self.place[entry.member, entry.item, entry.amount]] += entry.weight
        return row

    def _targets(self) -> list[Target]:
        found: dict[tuple[float, ...], Target] = {}

        def add(row: np.ndarray, size: float) -> None:
            if not row.any():
                return
            factor = abs(row[np.flatnonzero(row)[0]])
            keys = [self.unknowns[place] for place in np.flatnonzero(row)]
            found.setdefault(
                tuple(row / factor),
                Target(
                    frozenset(member for member, *_ in keys),
                    row / factor,
                    size / factor,
                    frozenset((member, item) for member, item, _ in keys),
                ),
            )

        identity = np.eye(len(self.truth))
        for place, amount in enumerate(self.truth):
            add(identity[place], abs(amount))
        for before, after in self.changes:
            add(identity[after] - identity[before], abs(self.truth[after] - self.truth[before]))
        for figure in self.seen:
            for member in {entry.member for entry in figure.entries}:
                row = self._row(figure, {member})
                add(row, float(np.abs(row) @ np.abs(self.truth)))
                its = {one for one, holding in self.holding.items() if holding == self.holding[member]}
                row = self._row(figure, its)
                add(row, float(np.abs(row) @ np.abs(self.truth)))
        return list(found.values())

    def _hidden(self, viewer: Viewer) -> Iterator[Target]:
        """What the viewer does not know of each target."""
        known = np.array([_knows(viewer, member, item) for member, item, _ in self.unknowns])
        for target in self.targets:
            some = target.row != 0
            if not known[some].any():
                yield target
            elif not known[some].all():
                row = np.where(known, 0.0, target.row)
                share = (np.abs(row) @ np.abs(self.truth)) / (np.abs(target.row) @ np.abs(self.truth))
                yield Target(
                    frozenset(m for m, i in target.cells if not _knows(viewer, m, i)),
                    row,
                    target.size * share,
                    target.cells,
                )

    def _ends(self, place: int) -> tuple[float, float]:
        figure = self.seen[place]
        if figure.low < figure.high:
            return figure.low, figure.high
        exact = float(self.rows[place] @ self.truth)
        return exact, exact

    def _program(self, viewer: Viewer) -> highspy.Highs:
        program = highspy.Highs.__base__()
        for option, value in {
            "output_flag": False,
            "presolve": "off",
            "solver": "simplex",
            "threads": 1,
            "primal_feasibility_tolerance": 1e-9,
            "dual_feasibility_tolerance": 1e-9,
        }.items():
            program.setOptionValue(option, value)
        far = FAR * float(np.abs(self.truth).sum())
        for member, item, amount in self.unknowns:
            if _knows(viewer, member, item):
                program.addVar(amount, amount)
            else:
                program.addVar(*((0.0, far) if amount > 0 else (-far, 0.0)))
        for place, row in enumerate(self.rows):
            _add(program, row, *self._ends(place))
        for before, after in self.changes:
            change = float(self.truth[after] - self.truth[before])
            row = np.zeros(len(self.truth))
            row[after], row[before] = 1.0, -1.0
            _add(program, row, min(0.0, 2 * change), max(0.0, 2 * change))
        return program

    def _distance(self, program: highspy.Highs, target: Target, sign: float) -> float:
        """How far from the truth the target can be, upwards or downwards."""
        n = len(self.truth)
        program.changeColsCost(n, np.arange(n, dtype=np.int32), -sign * target.row)
        for attempt in range(2):
            if attempt:
                program.clearSolver()
            program.run()
            if program.getModelStatus() == highspy.HighsModelStatus.kOptimal:
                world = np.array(program.getSolution().col_value)
                return sign * float(target.row @ (world - self.truth))
        raise AssertionError(program.modelStatusToString(program.getModelStatus()))


def viewers(holding: Mapping[str, str], colluding: int = 1) -> list[Viewer]:
    """Somebody outside, every holding, and every group of holdings that the rule foresees."""
    groups: dict[str, set[str]] = {}
    for member, its in holding.items():
        groups.setdefault(its, set()).add(member)
    return [
        frozenset().union(*chosen)
        for size in range(colluding + 1)
        for chosen in combinations(groups.values(), size)
    ]


def _knows(viewer: Viewer, member: str, item: str) -> bool:
    return member in viewer or (member, item) in viewer


def _there(figure: Seen) -> Iterator[Entry]:
    return (entry for entry in figure.entries if entry.amount and entry.weight)


def _add(program: highspy.Highs, row: np.ndarray, low: float, high: float) -> None:
    some = np.flatnonzero(row).astype(np.int32)
    program.addRow(low, high, some.size, some, row[some])
