# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sprega.engines.games.core import least_core_value, stability, subset_sums
from sprega.engines.games.model import Stability
from sprega.engines.games.shapley import shapley
from sprega.engines.model import EngineError


@given(st.integers(1, 9), st.integers(0, 2**32 - 1), st.integers(0, 3))
@settings(deadline=None)
def test_every_proper_coalition_is_asked(n, seed, digits):
    rng = np.random.default_rng(seed)
    costs = np.append(0.0, rng.normal(size=2**n - 1).round(digits))
    shares = rng.normal(size=n).round(digits)
    found = stability(costs, shares, tolerance=0.1)
    excess = [sum(shares[i] for i in range(n) if mask >> i & 1) - costs[mask] for mask in range(1, 2**n - 1)]
    if not excess:
        assert found == Stability(0, None, None)
        return
    # With one digit many excesses stand on the tolerance itself, where rounding decides.
    assert sum(e > 0.1 + 1e-9 for e in excess) <= found.objecting <= sum(e > 0.1 - 1e-9 for e in excess)
    assert found.worst_excess == pytest.approx(max(excess), abs=1e-12)
    first = next(mask for mask, e in enumerate(excess, start=1) if e > max(excess) - 1e-12)
    assert found.worst_coalition == first


def test_subset_sums():
    np.testing.assert_array_equal(subset_sums([3.0, 5.0, 7.0]), [0, 3, 5, 8, 7, 10, 12, 15])


def test_shapley_of_a_concave_purchase_is_stable_but_paying_as_alone_is_not(purchase):
    costs = purchase(13, seed=1, items=1)
    assert stability(costs, shapley(costs), tolerance=1e-9).objecting == 0
    alone = costs[1 << np.arange(13)]
    found = stability(costs, alone * costs[-1] / alone.sum() + np.eye(13)[4], tolerance=1e-9)
    assert found.objecting > 0
    assert found.worst_coalition is not None
    assert found.worst_coalition >> 4 & 1


@given(st.integers(2, 6), st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_least_core_is_what_one_large_program_says(n, seed):
    from scipy.optimize import linprog

    costs = np.append(0.0, np.random.default_rng(seed).integers(0, 4, 2**n - 1).astype(float))
    masks = np.arange(1, 2**n - 1)
    inside = (masks[:, None] >> np.arange(n) & 1).astype(float)
    program = linprog(
        [0.0] * n + [1.0],
        A_ub=np.column_stack([inside, -np.ones(masks.size)]),
        b_ub=costs[masks],
        A_eq=[[1.0] * n + [0.0]],
        b_eq=[costs[-1]],
        bounds=(None, None),
    )
    assert least_core_value(costs) == pytest.approx(program.fun, abs=1e-9)


def test_least_core_of_small_and_flat_games():
    assert least_core_value([0, 7]) is None
    assert least_core_value([0, 6, 6, 9]) == pytest.approx(-1.5)
    assert least_core_value([0, 1, 2, 3, 4, 5, 6, 7]) == 0
    assert least_core_value(np.zeros(16)) == 0


def test_refuses_shares_that_do_not_fit():
    for shares in ([1.0], [1.0, np.nan], [[1.0, 2.0]]):
        with pytest.raises(EngineError, match="finite share for each of the 2 players"):
            stability([0, 6, 6, 9], shares, tolerance=0)


def test_the_worst_excess_is_never_a_negative_nothing():
    worst = stability([0, 6, 6, 12], [6, 6], tolerance=0.01).worst_excess
    assert str(worst) == "0.0"
