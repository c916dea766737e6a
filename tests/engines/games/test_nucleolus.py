# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from sprega.engines.games.core import stability, subset_sums
from sprega.engines.games.nucleolus import nucleolus
from sprega.engines.model import EngineError

SEEDS = st.integers(0, 2**32 - 1)
KINDS = ["reals", "few integers", "voting", "gloves", "bankruptcy", "twins", "sum"]


def drawn_game(kind: str, n: int, seed: int) -> np.ndarray:
    """A game whose players have nothing alone, but for a sum and voting; many have heavy ties."""
    rng = np.random.default_rng(seed)
    match kind:
        case "reals":
            values = rng.random(1 << n)
        case "few integers":
            values = rng.integers(0, 3, 1 << n).astype(float)
        case "voting":
            weights = rng.integers(1, 5, n)
            values = (subset_sums(weights) > weights.sum() / 2).astype(float)
        case "gloves":
            left = rng.integers(0, 2, n)
            values = np.minimum(subset_sums(left), subset_sums(1 - left))
        case "bankruptcy":
            claims = rng.integers(1, 9, n)
            values = np.maximum(0, subset_sums(claims) - claims.sum() // 2)
        case "twins":
            values = subset_sums(np.repeat(rng.integers(1, 9, (n + 1) // 2), 2)[:n]) ** 1.5
        case _:
            values = subset_sums(rng.normal(size=n))
    values[0] = 0
    return values


def with_imputations(game: np.ndarray) -> np.ndarray:
    """Give the grand coalition at least what its members have alone."""
    n = game.size.bit_length() - 1
    game[-1] = max(game[-1], game[1 << np.arange(n)].sum())
    return game


def by_all_coalitions(game: np.ndarray, *, bounded: bool) -> np.ndarray:
    """The definition's sequence of programs over all coalitions, each tested for being fixed (Maschler)."""
    n = game.size.bit_length() - 1
    masks = np.arange(1, 2**n - 1)
    inside = (masks[:, None] >> np.arange(n) & 1).astype(float)
    bounds = [(game[1 << i] if bounded else None, None) for i in range(n)]
    fixed = {2**n - 1: game[-1]}  # mask -> x(S), independent of each other

    def follows(row):
        rows = [[mask >> i & 1 for i in range(n)] for mask in fixed]
        return np.linalg.matrix_rank([*rows, row]) == len(fixed)

    def solve(objective, excess):
        """Minimise the objective over x (and the level, if none is given)."""
        free = [k for k in range(masks.size) if not follows(inside[k])]
        level = np.zeros(len(free)) if excess is not None else -np.ones(len(free))
        equal = np.array([[mask >> i & 1 for i in range(n)] + [0] for mask in fixed], dtype=float)
        result = linprog(
            objective,
            A_ub=np.column_stack([-inside[free], level]) if free else None,
            b_ub=-game[masks[free]] + (excess or 0.0) if free else None,
            A_eq=equal,
            b_eq=list(fixed.values()),
            bounds=[*bounds, (None, None) if excess is None else (0, 0)],
            options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
        )
        assert result.success
        return result

    while len(fixed) < n:
        excess = solve([0.0] * n + [1.0], None).x[-1]
        before = len(fixed)
        for k, mask in enumerate(masks):
            if not follows(inside[k]):
                most = -solve([*-inside[k], 0.0], excess + 1e-9).fun
                if most - (game[mask] - excess) < 1e-7:
                    fixed[mask] = game[mask] - excess
                    continue
                least = solve([*inside[k], 0.0], excess + 1e-9).fun
                if most - least < 1e-7:
                    fixed[mask] = (most + least) / 2
        assert len(fixed) > before
    return np.linalg.solve([[mask >> i & 1 for i in range(n)] for mask in fixed], list(fixed.values()))


@pytest.mark.parametrize("bounded", [True, False])
@pytest.mark.parametrize("kind", KINDS)
@given(n=st.integers(2, 4), seed=SEEDS)
@settings(max_examples=8, deadline=None)
def test_is_the_lexicographic_optimum(kind, bounded, n, seed):
    game = with_imputations(drawn_game(kind, n, seed))
    np.testing.assert_allclose(
        nucleolus(game, bounded=bounded).x, by_all_coalitions(game, bounded=bounded), rtol=0, atol=1e-6
    )


@pytest.mark.parametrize("kind", KINDS)
@given(n=st.integers(2, 10), seed=SEEDS, scale=st.sampled_from([1e-6, 1.0, 1e8]))
@settings(max_examples=25, deadline=None)
def test_agrees_with_coopgame(kind, n, seed, scale):
    coopgame = pytest.importorskip("coopgame")
    game = with_imputations(drawn_game(kind, n, seed))
    size = np.abs(game).max() or 1.0
    peer = coopgame.Game(game[1:])
    for bounded, solve in ((True, coopgame.nucleolus), (False, coopgame.prenucleolus)):
        found = nucleolus(game * scale, bounded=bounded).x / scale
        np.testing.assert_allclose(found, solve(peer)["allocation"], rtol=0, atol=1e-8 * size)


@pytest.mark.parametrize("n", [12, 14, 16])
def test_agrees_with_coopgame_on_purchases(n, purchase, savings):
    coopgame = pytest.importorskip("coopgame")
    game = savings(purchase(n, seed=n))
    peer = coopgame.Game(game[1:])
    np.testing.assert_allclose(nucleolus(game).x, coopgame.nucleolus(peer)["allocation"], rtol=0, atol=1e-9)
    found = nucleolus(game, bounded=False).x
    np.testing.assert_allclose(found, coopgame.prenucleolus(peer)["allocation"], rtol=0, atol=1e-9)


@given(n=st.integers(1, 9), seed=SEEDS, kind=st.sampled_from(KINDS))
@settings(deadline=None)
def test_is_an_efficient_imputation_and_names_its_largest_excess(n, seed, kind):
    game = with_imputations(drawn_game(kind, n, seed))
    found = nucleolus(game)
    close = 1e-9 * (1 + np.abs(game).max())
    assert found.x.sum() == pytest.approx(game[-1], abs=close)
    assert (found.x >= game[1 << np.arange(n)] - close).all()
    if n > 1:
        assert found.least_core == pytest.approx((game - subset_sums(found.x))[1:-1].max(), abs=close)


@given(n=st.integers(2, 9), seed=SEEDS, kind=st.sampled_from(KINDS))
@settings(deadline=None)
def test_every_level_is_reached_by_the_coalitions_that_settle_it(n, seed, kind):
    game = with_imputations(drawn_game(kind, n, seed))
    found = nucleolus(game)
    close = 1e-9 * (1 + np.abs(game).max())
    excess = game - subset_sums(found.x)
    for level in found.levels:
        np.testing.assert_allclose(excess[list(level.coalitions)], level.excess, rtol=0, atol=close)
    falling = [level.excess for level in found.levels]
    assert all(later <= earlier + close for earlier, later in pairwise(falling))


@given(n=st.integers(2, 8), seed=SEEDS, data=st.data())
@settings(max_examples=40, deadline=None)
def test_follows_names_scale_and_what_is_added(n, seed, data):
    game = with_imputations(drawn_game(data.draw(st.sampled_from(KINDS)), n, seed))
    order = np.array(data.draw(st.permutations(range(n))))
    added = np.random.default_rng(seed).normal(size=n) * 1e3
    x = nucleolus(game).x
    renamed = game[subset_sums(1 << order).astype(int)]
    np.testing.assert_allclose(nucleolus(renamed).x, x[order], rtol=0, atol=1e-8 * (1 + np.abs(game).max()))
    moved = nucleolus(3.0 * game + subset_sums(added)).x
    np.testing.assert_allclose(moved, 3.0 * x + added, rtol=0, atol=1e-7)


@given(n=st.integers(2, 10), seed=SEEDS)
@settings(max_examples=30, deadline=None)
def test_lies_in_the_core_of_a_purchase_and_needs_no_bounds(n, seed):
    rng = np.random.default_rng(seed)
    amount = subset_sums(rng.lognormal(size=n))
    game = amount * np.sqrt(amount) - subset_sums(rng.random(n))
    found = nucleolus(game)
    assert found.least_core is not None
    assert found.least_core <= 1e-9
    assert stability(-game, -found.x, tolerance=1e-8).objecting == 0
    free = nucleolus(game, bounded=False).x
    np.testing.assert_allclose(found.x, free, rtol=0, atol=1e-8 * np.abs(game).max())


def test_bounds_matter_where_the_core_is_empty():
    game = np.array([0, 0, 0, 10, 0, 0, 0, 2], dtype=float)  # the pair {0, 1} is worth more than all
    np.testing.assert_allclose(nucleolus(game).x, [1, 1, 0], atol=1e-12)
    np.testing.assert_allclose(nucleolus(game, bounded=False).x, [3, 3, -4], atol=1e-12)


def test_twins_get_the_same(purchase):
    demand = np.repeat([3.0, 5.0, 8.0, 13.0], 3)
    x = nucleolus(subset_sums(demand) ** 1.2 - subset_sums(demand**1.2)).x.reshape(4, 3)
    assert np.ptp(x, axis=1).max() < 1e-9


def test_small_games():
    np.testing.assert_array_equal(nucleolus([0, 5]).x, [5])
    assert nucleolus([0, 5]).least_core is None
    np.testing.assert_allclose(nucleolus([0, 1, 2, 10]).x, [4.5, 5.5])
    np.testing.assert_array_equal(nucleolus(np.zeros(32)).x, np.zeros(5))


@pytest.mark.parametrize("rounding", [1e-13, -1e-13])
def test_a_sum_that_rounding_has_touched_is_still_divided(rounding):
    game = subset_sums([0.1, 0.2, 0.3, 0.4])
    game[-1] += rounding
    for bounded in (True, False):
        np.testing.assert_allclose(nucleolus(game, bounded=bounded).x, [0.1, 0.2, 0.3, 0.4], atol=1e-12)


def test_refuses_bounds_that_nobody_can_keep():
    with pytest.raises(EngineError, match=r"alone have 6\.0, together only 4\.0.*bounded=False"):
        nucleolus([0, 3, 3, 4])
    np.testing.assert_allclose(nucleolus([0, 3, 3, 4], bounded=False).x, [2, 2])
