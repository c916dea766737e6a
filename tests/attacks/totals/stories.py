"""Random stories of a cluster: who joins, leaves, revises, waives, and who looks at which total when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from tests.attacks.totals.attacker import Entry


@dataclass(frozen=True)
class Subject:
    """A total: over whom, of which items with what weight, and in which form."""

    name: str
    members: tuple[str, ...]
    weights: dict[str, float]
    form: str


@dataclass
class Story:
    """A cluster as it stands after the last step."""

    rng: np.random.Generator
    holding: dict[str, str]
    subjects: tuple[Subject, ...]
    amounts: dict[tuple[str, str], float]
    percent: float
    colluding: int
    joined: set[str]
    waived: dict[str, set[str]] = field(default_factory=dict)
    earlier: list[tuple[tuple[str, str], float]] = field(default_factory=list)
    happenings: tuple[str, ...] = ("move", "move", "revise", "revise", "waive", "rule")

    def entries(self, subject: Subject) -> tuple[Entry, ...]:
        """What stands behind a total now."""
        return tuple(
            Entry(member, item, self.amounts[member, item], weight)
            for member in subject.members
            if member in self.joined
            for item, weight in subject.weights.items()
            if self.amounts[member, item]
        )

    def steps(self, count: int) -> Iterator[Subject]:
        """Something happens, and then somebody looks at a total; again and again."""
        does = {"move": self._move, "revise": self._revise, "waive": self._waive, "rule": self._rule}
        for _ in range(count):
            does[self.happenings[self.rng.integers(len(self.happenings))]]()
            for _ in range(self.rng.integers(1, 3)):
                yield self.subjects[self.rng.integers(len(self.subjects))]

    def _move(self) -> None:
        """Members join or leave: mostly one, at times many."""
        members = list(self.holding)
        count = min(len(members), int(self.rng.choice([1, 1, 1, 2, 5])))
        self.joined ^= {str(name) for name in self.rng.choice(members, count, replace=False)}

    def _revise(self) -> None:
        """Amounts change a little, a lot, to nothing, or back to what they were."""
        keys = list(self.amounts)
        for _ in range(int(self.rng.choice([1, 1, 3]))):
            key = keys[self.rng.integers(len(keys))]
            now = self.amounts[key]
            if self.earlier and self.rng.random() < 0.3:
                key, now = self.earlier[self.rng.integers(len(self.earlier))]
                self.amounts[key] = now
                continue
            self.earlier.append((key, now))
            factor = self.rng.choice([0.0, 0.97, 1.02, 1.5, 3.0])
            self.amounts[key] = float(np.round(now * factor, 1)) or float(self.rng.integers(0, 2) * 7)

    def _waive(self) -> None:
        """Some members agree to be given away in a total, or take that back."""
        subject = self.subjects[self.rng.integers(len(self.subjects))]
        given = self.waived.setdefault(subject.name, set())
        if given and self.rng.random() < 0.5:
            given.clear()
        else:
            given |= {name for name in subject.members if self.rng.random() < 0.6}

    def _rule(self) -> None:
        """The office sets another percentage."""
        self.percent = float(self.rng.choice([4.7, 9.7, 15.3, 24.9]))


def story(seed: int) -> Story:
    """A cluster of three to twelve members, some of one holding, and two to five totals that overlap."""
    rng = np.random.default_rng(seed)
    members = list("ABCDEFGHIJKL"[: rng.integers(3, 13)])
    holding = {name: name for name in members}
    for name in members[1:]:
        if rng.random() < 0.2:
            holding[name] = holding[str(rng.choice(members[: members.index(name)]))]
    items = ["lime", "diesel", "balls"][: rng.integers(1, 4)]
    signed = rng.random() < 0.25
    amounts = {}
    for name in members:
        for item in items:
            amount = float(np.round(rng.lognormal(3, 1), 1)) if rng.random() < 0.85 else 0.0
            amounts[name, item] = -amount if signed and rng.random() < 0.3 else amount
    subjects = []
    for place in range(rng.integers(2, 6)):
        among = tuple(name for name in members if place == 0 or rng.random() < 0.75)
        weighted = rng.random() < 0.4
        weights = {
            item: float(rng.choice([0.5, 1.0, 2.0, 3.3])) if weighted else 1.0
            for item in items
            if rng.random() < 0.6 or item == items[place % len(items)]
        }
        subjects.append(Subject(f"total {place}", among, weights, "band" if rng.random() < 0.3 else "value"))
    return Story(
        rng=rng,
        holding=holding,
        subjects=tuple(subjects),
        amounts=amounts,
        percent=9.7,
        colluding=2 if rng.random() < 0.15 else 1,
        joined={name for name in members if rng.random() < 0.85},
    )
