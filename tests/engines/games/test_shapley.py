# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sprega.engines.games.core import subset_sums
from sprega.engines.games.shapley import shapley
from sprega.engines.model import EngineError


@st.composite
def games(draw, least: int = 1, most: int = 6) -> np.ndarray:
    n = draw(st.integers(least, most))
    values = st.floats(-1e6, 1e6, allow_subnormal=False) | st.integers(-3, 3).map(float)
    game = draw(arrays(np.float64, 1 << n, elements=values))
    game[0] = 0
    return game


def players(game: np.ndarray) -> int:
    return game.size.bit_length() - 1


def near(game: np.ndarray) -> dict[str, float]:
    return {"rtol": 0, "atol": 1e-12 * (1 + np.abs(game).max())}


def renamed(game: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Player i of the new game is player order[i] of the old one."""
    return game[subset_sums(1 << order).astype(int)]


def by_definition(game: np.ndarray) -> np.ndarray:
    """The mean marginal contribution over all orders of arrival."""
    n = players(game)
    value = np.zeros(n)
    orders = list(permutations(range(n)))
    for order in orders:
        present = 0
        for player in order:
            value[player] += game[present | 1 << player] - game[present]
            present |= 1 << player
    return value / len(orders)


@given(games())
@settings(max_examples=60, deadline=None)
def test_is_the_mean_marginal_contribution(game):
    np.testing.assert_allclose(shapley(game), by_definition(game), **near(game))


@given(games())
def test_is_efficient(game):
    np.testing.assert_allclose(shapley(game).sum(), game[-1], **near(game))


@given(games(), st.randoms())
def test_follows_the_players_when_they_are_renamed(game, random):
    order = np.array(random.sample(range(players(game)), players(game)))
    np.testing.assert_allclose(shapley(renamed(game, order)), shapley(game)[order], **near(game))


@given(games(least=2))
def test_equal_players_get_the_same(game):
    order = np.array([1, 0, *range(2, players(game))])
    symmetric = game + renamed(game, order)
    value = shapley(symmetric)
    np.testing.assert_allclose(value[0], value[1], **near(symmetric))


@given(games(), st.floats(-100, 100))
def test_who_adds_a_constant_gets_it_and_changes_nothing(game, alone):
    with_dummy = np.concatenate([game, game + alone])
    np.testing.assert_allclose(shapley(with_dummy), [*shapley(game), alone], **near(with_dummy))


@given(games(), st.floats(-1e3, 1e3), st.integers(0, 2**32 - 1))
def test_is_linear(game, factor, seed):
    other = np.random.default_rng(seed).normal(size=game.size)
    other[0] = 0
    together = game * factor + other
    np.testing.assert_allclose(
        shapley(together),
        factor * shapley(game) + shapley(other),
        rtol=0,
        atol=1e-9 * (1 + np.abs(together).max()),
    )


@pytest.mark.parametrize("n", [1, 2, 7, 11, 12, 13, 16])
def test_agrees_with_coopgame(n):
    coopgame = pytest.importorskip("coopgame")
    game = np.append(0.0, np.random.default_rng(n).normal(size=2**n - 1))
    peer = coopgame.shapley(coopgame.Game(game[1:]))
    np.testing.assert_allclose(shapley(game), peer, rtol=0, atol=1e-13)


def test_a_small_gain_beside_large_costs_is_not_lost():
    rng = np.random.default_rng(3)
    gain = np.append(0.0, rng.random(2**14 - 1))
    alone = rng.random(14) * 1e6
    np.testing.assert_allclose(shapley(gain + subset_sums(alone)) - alone, shapley(gain), rtol=0, atol=1e-8)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([0, 1, 2], "each of its 2**n coalitions; 3 came"),
        ([0], "1 came"),
        ([[0, 1], [2, 3]], "4 came"),
        ([1, 1], "empty coalition must be worth 0, not 1.0"),
        ([0, 1, np.nan, 2], "Coalition 2 has no finite value"),
        ([0, np.inf, -np.inf, 2], "Coalition 1 has no finite value"),
    ],
)
def test_refuses_what_is_no_game(values, says):
    with pytest.raises(EngineError) as refusal:
        shapley(values)
    assert says in str(refusal.value)
