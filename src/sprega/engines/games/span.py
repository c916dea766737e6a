# SPDX-License-Identifier: EUPL-1.2
"""Which coalitions follow from those already settled: linear span, tested for all 2**n at once.

Arithmetic is modulo the prime P = 2**61 - 1. Determinants of 0/1 matrices up to order 30 are below P
(Hadamard's bound gives 1.3e14), so rank modulo P is rank over the rationals. A coalition lies in the span
exactly if it is orthogonal to the null space; one random null vector tells with an error of 2**-61.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sprega.engines.games.excess import low_players

P = (1 << 61) - 1
Residues: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class SpanTest:
    """A coalition is in the span exactly if ``low[low part] == high[high part]``."""

    low: Residues
    high: Residues

    def contains(self, masks: Residues) -> NDArray[np.bool_]:
        """Tell for each mask whether it lies in the span."""
        inside: NDArray[np.bool_] = self.low[masks % self.low.size] == self.high[masks // self.low.size]
        return inside


@dataclass(frozen=True)
class Span:
    """The span of some coalitions, as a reduced echelon basis modulo P: pivot player -> row."""

    n: int
    basis: dict[int, tuple[int, ...]]

    @property
    def rank(self) -> int:
        """The dimension of the span; n means that every coalition follows."""
        return len(self.basis)

    def extended(self, masks: Iterable[int]) -> Span:
        """Return the span of this one and further coalitions.

        Examples
        --------
        >>> Span(3, {}).extended([0b111, 0b001, 0b110]).rank
        2
        """
        basis = dict(self.basis)
        for mask in masks:
            row = [mask >> player & 1 for player in range(self.n)]
            for pivot, known in basis.items():
                if factor := row[pivot]:
                    row = [(a - factor * b) % P for a, b in zip(row, known, strict=True)]
            new = next((player for player, entry in enumerate(row) if entry), None)
            if new is None:
                continue
            inverse = pow(row[new], -1, P)
            row = [entry * inverse % P for entry in row]
            for pivot, known in basis.items():
                if factor := known[new]:
                    basis[pivot] = tuple((a - factor * b) % P for a, b in zip(known, row, strict=True))
            basis[new] = tuple(row)
        return Span(self.n, basis)

    @cached_property
    def test(self) -> SpanTest:
        """The null vector's subset sums; its seed is fixed, so that results repeat."""
        draw = random.Random(self.rank)  # noqa: S311 - a hash, not a secret
        null = [0 if player in self.basis else draw.randrange(1, P) for player in range(self.n)]
        for pivot, row in self.basis.items():
            null[pivot] = -sum(a * b for a, b in zip(row, null, strict=True) if a != 0 and b != 0) % P
        low = low_players(self.n)
        return SpanTest(_residues(null[:low]), (P - _residues(null[low:])) % P)


def _residues(null: list[int]) -> Residues:
    """Sum over every coalition modulo P; sums stay below 2**62."""
    sums = np.zeros(1 << len(null), dtype=np.int64)
    for player, entry in enumerate(null):
        half = 1 << player
        sums[half : 2 * half] = (sums[:half] + entry) % P
    return sums
