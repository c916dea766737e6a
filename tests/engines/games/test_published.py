# SPDX-License-Identifier: EUPL-1.2
"""The nucleoli that Benedek, Fliege and Nguyen published, all 300."""

from __future__ import annotations

import csv
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from sprega.engines.games.core import subset_sums
from sprega.engines.games.nucleolus import nucleolus

PUBLISHED = Path(__file__).resolve().parents[3] / "../shared/data/games/bnf_nucleoli.csv"
MULTIPLIER, INCREMENT, MODULUS = 214013, 2531011, 2**32


def draws(seed: int, count: int) -> np.ndarray:
    """Microsoft's C rand(), by doubling: what takes one state to the next also takes m states m further."""
    state = np.empty(count, dtype=np.uint64)
    state[0] = (seed * MULTIPLIER + INCREMENT) % MODULUS
    factor, shift, done = MULTIPLIER, INCREMENT, 1
    while done < count:
        further = min(done, count - done)
        state[done : done + further] = (state[:further] * factor + shift) % MODULUS
        factor, shift, done = factor * factor % MODULUS, (factor * shift + shift) % MODULUS, 2 * done
    return ((state >> 16) & 0x7FFF).astype(np.int64)


def game(kind: int, n: int, seed: int) -> np.ndarray:
    size = subset_sums(np.ones(n)).astype(int)
    several = np.flatnonzero(size >= 2)
    drawn = draws(seed, several.size)
    values = np.zeros(1 << n)
    if kind == 1:
        values[-1] = drawn[0] % 201 + 100 * (n - 2)
        values[several[:-1]] = drawn[1:] % (100 * size[several[:-1]]) + 1
    else:
        values[several] = drawn % (50 * n if kind == 2 else n) + 1
    return values


def kind_and_players(row: dict[str, str]) -> tuple[int, int]:
    return int(row["kind"]), int(row["n"])


@pytest.mark.published
@pytest.mark.parametrize("n", [5, 10, 15, 20])
@pytest.mark.parametrize("kind", [1, 2, 4])
def test_published_nucleoli(kind, n):
    if not PUBLISHED.exists():
        pytest.skip(f"the published nucleoli are not at hand: {PUBLISHED}")
    with PUBLISHED.open(newline="") as file:
        rows = [
            list(group) for key, group in groupby(csv.DictReader(file), kind_and_players) if key == (kind, n)
        ]
    assert [len(group) for group in rows] == [25]
    for row in rows[0]:
        found = nucleolus(game(kind, n, int(row["seed"]))).x
        np.testing.assert_allclose(found, np.array(row["nucleolus"].split(), float), rtol=0, atol=1e-8)
