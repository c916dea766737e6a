# SPDX-License-Identifier: EUPL-1.2
"""Which amounts in several figures are the same, and which are revised."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np

SAME = 1e-12  # relative: two amounts that differ by no more are one
CHANGE = 2.0  # times its true size: what the attacker takes for the largest possible change

Parts: TypeAlias = tuple[tuple[int, float], ...]  # unknown and sign: an amount as a sum of unknowns


class Link(NamedTuple):
    """What is known beside the figures: a sum of unknowns lies between 0 and `high`."""

    parts: Parts
    high: float
    change: float
    """The size of the change that it tells of; 0 where it tells the sign of an amount."""


class Unknowns:
    """Collects unknowns while the releases are read in their order.

    A revised amount is the nearest of its earlier versions and a change, so that a small correction stays one
    also where the amount was something else in between. How it compares with the version before is a link.
    """

    def __init__(self) -> None:
        self.owner: list[tuple[str, str]] = []  # contributor and holding
        self.signed: list[float] = []
        self.change: list[bool] = []
        self.links: list[Link] = []
        self._versions: dict[tuple[str, str], list[tuple[float, Parts]]] = {}
        self._compared: dict[tuple[str, str], set[tuple[int, int]]] = {}
        self._last: dict[tuple[str, str], int] = {}

    def parts(self, contributor: str, holding: str, item: str, amount: float) -> Parts:
        """Return the amount as a sum of unknowns, making new ones where it is new or revised."""
        if amount == 0:
            return ()
        key = contributor, item
        versions = self._versions.setdefault(key, [])
        compared = self._compared.setdefault(key, set())
        now = next((k for k, (known, _) in enumerate(versions) if _is_same(known, amount)), len(versions))
        if now == len(versions):
            before: float = 0.0
            base: Parts = ()
            if versions:
                nearest = min(range(now), key=lambda k: abs(versions[k][0] - amount))
                before, base = versions[nearest]
                compared.add((nearest, now))
            versions.append((amount, self._revised(contributor, holding, amount, before, base)))
        last = self._last.get(key, now)
        pair = min(last, now), max(last, now)
        if last != now and pair not in compared:
            compared.add(pair)
            self._compare(versions[last], versions[now])
        self._last[key] = now
        return versions[now][1]

    def _revised(self, contributor: str, holding: str, amount: float, before: float, base: Parts) -> Parts:
        delta = amount - before
        parts = (*base, (len(self.owner), float(np.sign(delta))))
        if (base and amount * delta < 0) or before * amount < 0:  # it keeps its known sign
            sign = float(np.sign(amount))
            self.links.append(Link(tuple((unknown, sign * its) for unknown, its in parts), np.inf, 0.0))
        self.owner.append((contributor, holding))
        self.signed.append(delta)
        self.change.append(bool(base))
        return parts

    def _compare(self, before: tuple[float, Parts], after: tuple[float, Parts]) -> None:
        delta = after[0] - before[0]
        signs = dict(after[1])
        for unknown, its in before[1]:
            signs[unknown] = signs.get(unknown, 0.0) - its
        parts = tuple((unknown, float(np.sign(delta)) * its) for unknown, its in signs.items() if its)
        self.links.append(Link(parts, CHANGE * abs(delta), abs(delta)))


def _is_same(one: float, other: float) -> bool:
    return abs(one - other) <= SAME * max(abs(one), abs(other))
