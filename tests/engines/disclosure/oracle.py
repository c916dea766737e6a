# SPDX-License-Identifier: EUPL-1.2
"""An attacker with pencil and paper: raw amounts, one dense linear program a question, nothing of the engine.

It knows all that was shown, who stands behind it, the sign of every amount, its own amounts, and of an amount
that was revised the direction and the size of the change to within a factor of two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from scipy.optimize import linprog

from sprega.engines.disclosure.model import Release

SLACK = 1e-6  # of the largest amount: what linprog may be off by


class Attacker:
    """All versions of all amounts as unknowns."""

    def __init__(self, releases: Sequence[Release]) -> None:
        self.releases = releases
        versions: dict[tuple[str, str], list[float]] = {}
        self.holding: dict[str, str] = {}
        for release in releases:
            its = release.contributions
            for name, holding, item, amount in zip(
                its.contributors, its.holdings, its.items, its.amounts, strict=True
            ):
                self.holding[name] = holding
                seen = versions.setdefault((name, item), [])
                if amount and amount not in seen:
                    seen.append(float(amount))
        self.unknowns = [(*key, amount) for key, seen in versions.items() for amount in seen]
        self.place = {unknown: place for place, unknown in enumerate(self.unknowns)}
        self.truth = np.array([amount for *_, amount in self.unknowns])
        self.scale = max(1.0, float(np.abs(self.truth).max(initial=0.0)))
        rows, low, high = [], [], []
        for release in releases:
            rows.append(self.row(release, lambda *_: True))
            low.append(release.low)
            high.append(release.high)
        self.targets: list[tuple[str, np.ndarray, float]] = []
        for place, (name, _, amount) in enumerate(self.unknowns):
            self.targets.append((self.holding[name], np.eye(len(self.truth))[place], abs(amount)))
        for (name, item), seen in versions.items():
            for a, b in pairwise(seen):
                row = np.zeros(len(self.truth))
                row[self.place[name, item, b]], row[self.place[name, item, a]] = 1.0, -1.0
                rows.append(row)
                low.append(min(0.0, 2 * (b - a)))
                high.append(max(0.0, 2 * (b - a)))
                self.targets.append((self.holding[name], row, abs(b - a)))
        for release in releases:
            for holding in sorted(set(release.contributions.holdings)):
                row = self.row(release, lambda name, holding=holding: self.holding[name] == holding)
                self.targets.append((holding, row, float(np.abs(row) @ np.abs(self.truth))))
        unique = {}  # up to a factor
        for holding, row, size in self.targets:
            factor = abs(row[np.flatnonzero(row)[0]]) if row.any() else 1.0
            unique.setdefault(tuple(row / factor), (holding, row / factor, size / factor))
        self.targets = list(unique.values())
        self.rows, self.low, self.high = np.array(rows), np.array(low), np.array(high)

    def row(self, release: Release, picks) -> np.ndarray:
        row = np.zeros(len(self.truth))
        its = release.contributions
        for name, item, amount, weight in zip(
            its.contributors, its.items, its.amounts.tolist(), its.weights.tolist(), strict=True
        ):
            if amount and picks(name):
                row[self.place[name, item, amount]] += weight
        return row

    def ends(self, target: np.ndarray, knows: Iterable[str]) -> tuple[float, float]:
        """The closest ends for a sum of unknowns, to somebody who knows some holdings' amounts."""
        known = set(knows)
        bounds = [
            (a, a) if self.holding[name] in known else (0, None) if a > 0 else (None, 0)
            for name, _, a in self.unknowns
        ]
        equal = self.low == self.high
        ends = []
        for sign in (1.0, -1.0):
            found = linprog(
                sign * target,
                A_ub=np.vstack([self.rows[~equal], -self.rows[~equal]]) if (~equal).any() else None,
                b_ub=np.concatenate([self.high[~equal], -self.low[~equal]]) if (~equal).any() else None,
                A_eq=self.rows[equal] if equal.any() else None,
                b_eq=self.low[equal] if equal.any() else None,
                bounds=bounds,
            )
            assert found.status in {0, 3}, found.message  # solved, or without bound
            ends.append(sign * found.fun if found.status == 0 else -sign * np.inf)
        return ends[0], ends[1]

    def successes(
        self, percent: float, viewers: Iterable[tuple[str, ...]]
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield whom each viewer bounds closer than p percent from either side."""
        for viewer in viewers:
            for holding, target, size in self.targets:
                if holding in viewer or not size:
                    continue
                low, high = self.ends(target, viewer)
                value = float(target @ self.truth)
                near = percent / 100 * size - SLACK * self.scale
                if high - value < near or value - low < near:
                    yield holding, viewer
