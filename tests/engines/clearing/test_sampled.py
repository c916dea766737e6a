# SPDX-License-Identifier: EUPL-1.2
"""Sampled mode, on purchases small enough that every group can be priced beside it."""

import numpy as np
import pytest
from scipy.optimize import linprog, minimize
from tests.purchases import bid, made, random_purchase, supplier

from sprega.engines.award.solve import solve_award
from sprega.engines.clearing import exact, group_prices, sampled
from sprega.engines.clearing.exact import cost_game, is_exact
from sprega.engines.clearing.model import APPLICABLE, RULES
from sprega.engines.clearing.solve import clear
from sprega.engines.games.sampling import sample_shapley
from sprega.engines.games.shapley import shapley

COUPLED = ("tiers", "discounts", "fixed", "min_order", "delivery", "lots")
UNCOUPLED = ("tiers", "capacity", "delivery", "lots")


def silent(stage, part):
    pass


def forced(purchase, *, evaluations=40, seed=0, **options):
    """The clearing as if the purchase were too large for exact mode, with a sample below all groups."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exact, "COUPLED_PLAYERS", 0)
        patch.setattr(exact, "UNCOUPLED_PLAYERS", 0)
        patch.setattr(sampled, "EVALUATIONS", evaluations)
        patch.setattr(sampled, "QUICK_EVALUATIONS", evaluations)
        patch.setattr(sampled, "_fewest", lambda count: min(4, 2**count - 1))
        return clear(purchase, seed=seed, **options)


def coupled(seed, award, members=6):
    return random_purchase(seed, award=award, members=members, items=3, density=0.7, terms=COUPLED)


# 0, whole-lot: the Shapley shares, with which the search begins, are above what a member pays alone
@pytest.fixture(scope="module", params=[(0, "whole-lot"), (0, "split"), (1, "whole-lot"), (2, "split")])
def both(request):
    purchase = coupled(*request.param)
    return clear(purchase), forced(purchase)


def excesses(cost, shares):
    masks = np.arange(1, len(cost) - 1)
    return sum(np.where(masks >> b & 1, x, 0.0) for b, x in enumerate(shares)) - cost[masks]


def least_core(cost, alone, *, bounded):
    """The smallest worst excess of any sharing, by one program over every group."""
    count = len(alone)
    masks = np.arange(1, len(cost) - 1)
    bits = np.array([[mask >> b & 1 for b in range(count)] for mask in masks], dtype=float)
    answer = linprog(
        [0.0] * count + [1.0],
        A_ub=np.column_stack([bits, -np.ones(len(bits))]),
        b_ub=cost[masks],
        A_eq=[[1.0] * count + [0.0]],
        b_eq=[cost[-1]],
        bounds=[*((None, a if bounded else None) for a in alone), (None, None)],
    )
    return answer.fun, bits


def test_what_needs_no_sampling_is_the_same(both):
    whole, part = both
    assert (whole.mode, part.mode) == ("exact", "sampled")
    assert part.proven
    assert part.cost == whole.cost
    assert part.joining_pays == whole.joining_pays
    np.testing.assert_allclose(part.stand_alone, whole.stand_alone, rtol=1e-9)
    np.testing.assert_allclose(part.shares["equal-price"], whole.shares["equal-price"], rtol=1e-9)
    np.testing.assert_allclose(part.shares["proportional"], whole.shares["proportional"], rtol=1e-9)


def test_every_rule_adds_up(both):
    _, part = both
    assert set(part.shares) == set(RULES)
    for shares in part.shares.values():
        assert np.isfinite(shares).all()
        assert shares.sum() == pytest.approx(part.cost, rel=1e-12)


def test_the_interval_of_the_worst_excess_holds_it(both):
    whole, part = both
    total = whole.stand_alone.sum()
    for rule, told in part.stability.items():
        assert told.objecting is None
        low, high = told.worst_excess
        excess = excesses(whole.coalition_cost, part.shares[rule])
        assert low - 1e-8 * total <= excess.max() <= high + 1e-8 * total
        assert high - low <= 1e-6 * total
        mask = sum(1 << part.purchase.players.index(m) for m in told.worst_coalition)
        assert excess[mask - 1] == pytest.approx(low, abs=1e-8 * total)


def test_the_least_core_and_the_point_in_it_nearest_to_proportional(both):
    whole, part = both
    assert part.nucleolus_is_nearest
    cost, alone = whole.coalition_cost, whole.stand_alone
    total = alone.sum()
    expected, bits = least_core(cost, alone, bounded=whole.joining_pays)
    low, high = part.least_core
    assert low - 1e-8 * total <= expected <= high + 1e-8 * total
    assert high - low <= 2e-7 * total
    point = part.shares["nucleolus"]
    assert excesses(cost, point).max() <= expected + 1e-6 * total
    if whole.joining_pays:
        assert np.all(point <= alone + 1e-6 * total)
    assert len(part.notes) == 1  # none that says the point is not proved to be the nearest
    # the same by another solver, all groups at once
    wish = part.shares["proportional"] / total
    limits = [
        {"type": "eq", "fun": lambda x: x.sum() - cost[-1] / total, "jac": np.ones_like},
        {
            "type": "ineq",
            "fun": lambda x: (cost[1:-1] + high) / total - bits @ x,
            "jac": lambda x: -bits,
        },
    ]
    peer = minimize(
        lambda x: ((x - wish) ** 2).sum(),
        point / total,
        jac=lambda x: 2 * (x - wish),
        constraints=limits,
        bounds=[(None, a / total if whole.joining_pays else None) for a in alone],
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    assert peer.success
    distance = np.linalg.norm(point / total - wish)
    assert distance <= np.linalg.norm(peer.x - wish) + 1e-4
    # the exact nucleolus lies in the least core as well, and is at best as near
    assert distance <= np.linalg.norm(whole.shares["nucleolus"] / total - wish) + 1e-5


def test_auto_goes_by_the_upper_end(both):
    _, part = both
    limit = 1e-6 * part.stand_alone.sum()
    calm = [rule for rule in APPLICABLE if part.stability[rule].worst_excess[1] <= limit]
    assert part.rule == (calm[0] if calm else "nucleolus")


def test_a_rule_that_was_asked_for_is_applied():
    assert forced(coupled(0, "whole-lot", members=4), rule="shapley").rule == "shapley"


def test_the_seed_decides():
    purchase = coupled(3, "whole-lot")
    first, again, other = (forced(purchase, seed=seed, evaluations=48) for seed in (5, 5, 6))
    for rule in RULES:
        np.testing.assert_array_equal(first.shares[rule], again.shares[rule])
    assert first.least_core == again.least_core
    np.testing.assert_array_equal(first.share_intervals["shapley"], again.share_intervals["shapley"])
    assert np.any(first.shares["shapley"] != other.shares["shapley"])
    low, high = first.share_intervals["shapley"]
    assert np.any(low < high)


@pytest.mark.parametrize("award", ["whole-lot", "split"])
def test_intervals_cover_as_often_as_they_say(award):
    """Drawn anew many times, every group of a coupled purchase priced before."""
    purchase = random_purchase(11, award=award, members=7, items=2, terms=COUPLED)
    found = clear(purchase)
    cost = found.coalition_cost
    covered = []
    for seed in range(60):
        drawn = sample_shapley(lambda masks: [float(cost[m]) for m in masks], 7, evaluations=80, seed=seed)
        inside = (drawn.low <= found.shares["shapley"]) & (found.shares["shapley"] <= drawn.high)
        covered.append(inside.mean())
        assert drawn.shares.sum() == pytest.approx(found.cost, rel=1e-12)
    assert 0.85 <= np.mean(covered) <= 1.0


@pytest.mark.parametrize("award", ["whole-lot", "split"])
def test_lot_by_lot(award):
    """Nothing couples the lots: each is sampled on the members that need it, and shares add up."""
    purchase = random_purchase(
        4, award=award, members=11, items=3, suppliers=3, density=0.95, terms=UNCOUPLED
    )
    assert purchase.couplings == ()
    plan = solve_award(purchase)
    cost, _ = cost_game(purchase, plan, progress=silent)
    alone = cost[1 << np.arange(11)]
    total = alone.sum()
    expected = shapley(cost)
    covered = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sampled, "LOT_EVALUATIONS", 500)
        for seed in range(8):
            drawn = sampled.sampled_shares(purchase, plan, seed=seed, deadline=None, progress=silent)
            covered.append((drawn.low - 1e-9 * total <= expected) & (expected <= drawn.high + 1e-9 * total))
            assert drawn.shares.sum() == pytest.approx(plan.payment, rel=1e-12)
            assert np.any(drawn.high > drawn.low)
            np.testing.assert_allclose(drawn.shares, expected, atol=0.01 * total)
            np.testing.assert_allclose(drawn.stand_alone, alone, rtol=1e-8)
    assert np.mean(covered) >= 0.8


def test_small_lots_are_exact_even_there():
    purchase = random_purchase(8, award="split", members=5, items=3, density=0.6, terms=UNCOUPLED)
    found, whole = forced(purchase), clear(purchase)
    low, high = found.share_intervals["shapley"]
    np.testing.assert_allclose(high - low, 0, atol=1e-9)
    np.testing.assert_allclose(found.shares["shapley"], whole.shares["shapley"], rtol=1e-7)
    total = whole.stand_alone.sum()
    expected, _ = least_core(whole.coalition_cost, whole.stand_alone, bounded=whole.joining_pays)
    assert found.least_core[0] - 1e-8 * total <= expected <= found.least_core[1] + 1e-8 * total


def test_where_joining_does_not_pay():
    # each supplier stands beside one member, and a discount nobody reaches couples the lots
    purchase = made(
        [(0, 0, 10), (1, 0, 12), (2, 0, 14)],
        [bid(k, 0, (0, 10)) for k in range(3)],
        [supplier(code, discounts=((1e6, 0.1),)) for code in "ABC"],
        per_lane=[[0, 100, 70], [90, 0, 80], [60, 75, 0]],
    )
    whole, part = clear(purchase), forced(purchase)
    # alone 100, 120, 140; together C: 360 + 60 + 75
    assert whole.cost == pytest.approx(495)
    assert not whole.joining_pays
    assert part.joining_pays is False
    expected, _ = least_core(whole.coalition_cost, whole.stand_alone, bounded=False)
    assert part.least_core[0] - 1e-5 <= expected <= part.least_core[1] + 1e-5
    assert excesses(whole.coalition_cost, part.shares["nucleolus"]).max() <= expected + 1e-3


@pytest.mark.parametrize("above", [0.0, 1e-9, 5e-7])
def test_where_joining_saves_nothing_or_costs_but_rounding(above):
    purchase = made(
        [(0, 0, 10), (1, 0, 10), (2, 0, 10)],
        [bid(0, 0, (0, 10)), bid(1, 0, (0, 10))],
        [supplier(code, discounts=((1e6, 0.1),)) for code in "AB"],
        per_lane=[[0, 0, 300 * above], [900, 900, 0]],
    )
    found = forced(purchase)
    assert found.cost == pytest.approx(300 * (1 + above), rel=1e-13)
    assert found.joining_pays
    for shares in found.shares.values():
        np.testing.assert_allclose(shares, 100, rtol=3 * above + 1e-7)
        assert shares.sum() == pytest.approx(found.cost, rel=1e-12)
    assert found.rule == "equal-price"


def test_which_purchases_are_sampled():
    eight, nine = (random_purchase(1, members=n, items=2, density=1.0, terms=COUPLED) for n in (8, 9))
    assert eight.couplings
    assert is_exact(eight)
    assert not is_exact(nine)
    for members, expected in ((24, True), (25, False)):
        plain = random_purchase(1, members=members, items=2, density=1.0, terms=("tiers", "delivery"))
        assert is_exact(plain) == expected
    for members, density, expected in ((10, 1.0, True), (11, 1.0, False), (16, 0.3, True)):
        split = random_purchase(
            2, award="split", members=members, items=3, density=density, terms=("tiers", "delivery")
        )
        most = max(int((split.member_demand[:, i] > 0).sum()) for i in range(3))
        assert (most <= 10) == expected
        assert is_exact(split) == expected
    # the group's own rules do not count
    ruled = random_purchase(1, members=9, items=2, terms=("tiers",), max_suppliers=2, max_supplier_share=0.9)
    assert is_exact(ruled)


def test_the_quick_way_and_the_general_program_agree(monkeypatch):
    """As where the quick search is given up: groups are then priced, and the worst looked for, in general."""
    purchase = coupled(0, "whole-lot")
    quick = forced(purchase)
    monkeypatch.setattr(group_prices.Groups, "_mostly_quick", lambda self: False)
    general = forced(purchase)
    total = quick.stand_alone.sum()
    np.testing.assert_allclose(quick.shares["shapley"], general.shares["shapley"], atol=1e-8 * total)
    np.testing.assert_allclose(quick.least_core, general.least_core, atol=2e-7 * total)
    for rule in ("equal-price", "shapley", "proportional"):
        found, expected = (c.stability[rule].worst_excess for c in (quick, general))
        np.testing.assert_allclose(found, expected, atol=1e-7 * total)


def test_a_search_that_gives_up_is_not_asked_again(monkeypatch):
    purchase = coupled(0, "whole-lot")
    award = solve_award(purchase)
    assert group_prices.Groups(purchase, award, deadline=None, dask=None).quick
    monkeypatch.setattr(
        group_prices, "whole_lot_payments", lambda purchase, masks: np.full(len(masks), np.nan)
    )
    assert not group_prices.Groups(purchase, award, deadline=None, dask=None).quick
