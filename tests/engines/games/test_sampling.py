# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import numpy as np
import pytest

from sprega.engines.games.core import subset_sums
from sprega.engines.games.sampling import sample_shapley
from sprega.engines.games.shapley import shapley
from sprega.engines.model import EngineError


class Asked:
    """A cost function that remembers what it was asked."""

    def __init__(self, game: np.ndarray) -> None:
        self.game = game
        self.batches: list[list[int]] = []

    def __call__(self, masks):
        self.batches.append(list(masks))
        return [float(self.game[mask]) for mask in masks]

    @property
    def masks(self) -> list[int]:
        return [mask for batch in self.batches for mask in batch]


def stepped(n: int, seed: int) -> np.ndarray:
    """Lorries that hold two: far from smooth."""
    return np.ceil(subset_sums(np.random.default_rng(seed).random(n)) / 2)


def test_intervals_cover(purchase):
    for n, evaluations in ((8, 200), (12, 1500), (14, 700)):
        games = [purchase(n, seed=1), stepped(n, 2), np.sqrt(subset_sums(np.arange(1.0, n + 1)))]
        covered = []
        for game in games:
            exact = shapley(game)
            for seed in range(50):
                found = sample_shapley(game.__getitem__, n, evaluations=evaluations, seed=seed)
                assert found.evaluations <= evaluations
                covered.append(np.mean((found.low <= exact) & (exact <= found.high)))
        assert 0.92 <= np.mean(covered) <= 0.98


def test_a_higher_confidence_is_wider_and_more_evaluations_narrower():
    game = stepped(12, 1)

    def width(**options):
        found = sample_shapley(game.__getitem__, 12, seed=1, **options)
        return (found.high - found.low).mean()

    assert width(evaluations=500, confidence=0.99) > width(evaluations=500, confidence=0.9)
    assert width(evaluations=2000) < width(evaluations=500)


@pytest.mark.parametrize("seed", range(5))
def test_is_efficient_and_asks_once_within_the_allowance(purchase, seed):
    asked = Asked(purchase(12, seed=seed))
    found = sample_shapley(asked, 12, evaluations=400, seed=seed, batch=16)
    assert found.shares.sum() == pytest.approx(asked.game[-1], rel=1e-14)
    assert ((found.low <= found.shares) & (found.shares <= found.high)).all()
    assert len(set(asked.masks)) == len(asked.masks) == found.evaluations <= 400
    assert 0 not in asked.masks
    assert max(map(len, asked.batches)) == 16


def test_the_batch_does_not_matter_and_the_seed_does(purchase):
    game = purchase(10, seed=3)
    one, other, third = (
        sample_shapley(game.__getitem__, 10, evaluations=300, seed=seed, batch=batch).shares
        for seed, batch in ((1, 7), (1, 300), (2, 7))
    )
    np.testing.assert_array_equal(one, other)
    assert (one != third).any()


@pytest.mark.parametrize("n", [1, 2, 5])
def test_is_exact_where_the_allowance_suffices(n):
    game = np.append(0.0, np.random.default_rng(n).random(2**n - 1))
    found = sample_shapley(Asked(game), n, evaluations=2**n - 1, seed=1)
    assert found.exact
    assert found.evaluations == 2**n - 1
    np.testing.assert_allclose(found.shares, shapley(game))
    np.testing.assert_array_equal(found.low, found.high)


def test_more_players_than_any_table_holds():
    def cost(masks):
        return [mask.bit_count() ** 0.5 for mask in masks]

    found = sample_shapley(cost, 70, evaluations=3000, seed=1)
    np.testing.assert_allclose(found.shares, 70**0.5 / 70)


@pytest.mark.parametrize("evaluations", [600, 10**6])
def test_stops_between_batches_and_answers_with_what_it_has(evaluations):
    asked = Asked(stepped(10, 1))
    found = sample_shapley(
        asked, 10, evaluations=evaluations, seed=1, batch=50, stop=lambda: len(asked.batches) == 5
    )
    assert found.evaluations == 250
    assert not found.exact
    assert found.shares.sum() == pytest.approx(asked.game[-1])


def test_stopping_at_once_is_an_error_that_says_what_is_needed():
    with pytest.raises(EngineError, match="10 evaluations are too few for 10 players; about 65"):
        sample_shapley(stepped(10, 1).__getitem__, 10, evaluations=500, seed=1, batch=10, stop=lambda: True)
    with pytest.raises(EngineError, match="too few"):
        sample_shapley(stepped(10, 1).__getitem__, 10, evaluations=20, seed=1)


def test_refuses_answers_that_are_no_costs():
    with pytest.raises(EngineError, match="asked for, 0 came"):
        sample_shapley(lambda masks: [], 5, evaluations=31, seed=1)
    with pytest.raises(EngineError, match="Coalition 1 has no finite cost"):
        sample_shapley(lambda masks: [np.nan] * len(masks), 5, evaluations=31, seed=1)
    with pytest.raises(EngineError, match="confidence between 0 and 1"):
        sample_shapley(lambda masks: masks, 5, evaluations=31, seed=1, confidence=95)
