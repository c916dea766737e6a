# SPDX-License-Identifier: EUPL-1.2
"""Which amounts in several figures are the same, and which are revised."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

SAME = 1e-12  # relative: two amounts that differ by no more are one

Parts: TypeAlias = tuple[tuple[int, float], ...]  # unknown and sign: an amount as a sum of unknowns


class Unknowns:
    """Collects unknowns while the releases are read in their order."""

    def __init__(self) -> None:
        self.owner: list[tuple[str, str]] = []  # contributor and holding
        self.signed: list[float] = []
        self.change: list[bool] = []
        self.links: list[tuple[Parts, float]] = []  # a revised amount keeps its known sign
        self._versions: dict[tuple[str, str], list[tuple[float, Parts]]] = {}

    def parts(self, contributor: str, holding: str, item: str, amount: float) -> Parts:
        """Return the amount as a sum of unknowns, making new ones where it is new or revised."""
        if amount == 0:
            return ()
        versions = self._versions.setdefault((contributor, item), [])
        for known, its in versions:
            if abs(known - amount) <= SAME * max(abs(known), abs(amount)):
                return its
        before, base = versions[-1] if versions else (0.0, ())
        delta = amount - before
        parts = (*base, (len(self.owner), float(np.sign(delta))))
        if (base and amount * delta < 0) or before * amount < 0:
            self.links.append((parts, float(np.sign(amount))))
        self.owner.append((contributor, holding))
        self.signed.append(delta)
        self.change.append(bool(base))
        versions.append((amount, parts))
        return parts
