# SPDX-License-Identifier: EUPL-1.2
"""Small purchases at the edges of the text, with figures worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest
from tests.purchases import bid, made, supplier

from sprega.engines.award.model import InfeasibleError
from sprega.engines.clearing.model import RULES
from sprega.engines.clearing.solve import clear
from sprega.engines.model import EngineError

ways = pytest.mark.parametrize("award", ["whole-lot", "split"])


@ways
def test_one_member(award):
    found = clear(made([(0, 0, 10)], [bid(0, 0, (0, 3))], [supplier("A", fixed=5.0)], award=award))
    assert found.cost == pytest.approx(35)
    assert found.stand_alone.tolist() == pytest.approx([35])
    assert found.joining_pays
    assert found.rule == "equal-price"
    for rule in RULES:
        assert found.shares[rule].tolist() == pytest.approx([35])
        assert (found.stability[rule].objecting, found.stability[rule].worst_excess) == (0, None)
    assert found.price_list.amount.tolist() == [[3500]]


@ways
def test_members_without_demand_are_no_players(award):
    found = clear(
        made(
            [(0, 0, 0), (1, 0, 10), (2, 0, 0), (3, 0, 30)],
            [bid(0, 0, (0, 3), (40, 2))],
            [supplier("A")],
            award=award,
        )
    )
    assert found.purchase.players == (1, 3)
    assert found.stand_alone.tolist() == pytest.approx([30, 80])  # M3 buys up to 40 at 2
    assert found.cost == pytest.approx(80)
    assert found.shares["equal-price"].tolist() == pytest.approx([20, 60])
    assert found.shares["shapley"].tolist() == pytest.approx([15, 65])
    assert found.price_list.amount.sum(axis=0).tolist()[::2] == [0, 0]


def test_nobody_needs_anything():
    with pytest.raises(EngineError, match="Nobody needs anything"):
        clear(made([(0, 0, 0)], [bid(0, 0, (0, 3))], [supplier("A")]))


def test_an_unknown_rule():
    with pytest.raises(EngineError, match="no rule"):
        clear(made([(0, 0, 1)], [bid(0, 0, (0, 3))], [supplier("A")]), rule="fair")


def far_apart(**rules):
    # A delivers to M0 for nothing and to M1 for 100, B the other way round: one supplier suits nobody
    return made(
        [(0, 0, 10), (1, 0, 10)],
        [bid(0, 0, (0, 10)), bid(1, 0, (0, 10))],
        [supplier("A"), supplier("B")],
        per_lane=[[0, 100], [100, 0]],
        **rules,
    )


def test_joining_does_not_pay():
    found = clear(far_apart())
    assert found.cost == pytest.approx(300)
    assert found.stand_alone.tolist() == pytest.approx([100, 100])
    assert not found.joining_pays
    # v(N) = -100: the prenucleolus divides it equally, nobody stays below its cost alone
    assert found.shares["nucleolus"].tolist() == pytest.approx([150, 150])
    assert found.shares["shapley"].tolist() == pytest.approx([150, 150])
    # A serves both: M1 pays its own lane
    assert found.shares["equal-price"].tolist() == pytest.approx([100, 200])
    assert found.stability["nucleolus"].objecting == 2
    assert found.stability["nucleolus"].worst_excess == pytest.approx(50)
    assert found.rule == "nucleolus"
    assert clear(far_apart(), rule="equal-price").rule == "equal-price"
    divided = clear(far_apart(award="split"))
    assert divided.cost == pytest.approx(200)
    assert divided.joining_pays


def test_joining_that_costs_only_rounding_still_pays():
    for above, pays in ((1e-7, True), (1e-5, False)):
        found = clear(replace(far_apart(), per_lane=np.array([[0.0, 200 * above], [100.0, 0.0]])))
        assert found.cost == pytest.approx(200 + 200 * above, rel=1e-12)
        assert found.joining_pays == pays
        assert found.shares["nucleolus"].sum() == pytest.approx(found.cost, rel=1e-12)
        assert found.shares["nucleolus"].tolist() == pytest.approx([100 + 100 * above] * 2, rel=1e-9)


def test_carbon_makes_all_together_dearer_than_any_group():
    # all together pay for the clean one, groups would not
    purchase = made(
        [(0, 0, 10), (1, 0, 10)],
        [bid(0, 0, (0, 5), co2=10), bid(1, 0, (0, 6))],
        [supplier("A"), supplier("B")],
        co2_price=1.0,
    )
    found = clear(purchase)
    assert (found.cost, found.award.objective) == (pytest.approx(120), pytest.approx(120))
    assert found.stand_alone.tolist() == pytest.approx([50, 50])
    assert not found.joining_pays
    assert found.shares["nucleolus"].tolist() == pytest.approx([60, 60])


def test_the_groups_rules_make_it_dearer_but_bind_no_group():
    purchase = made(
        [(0, 0, 10), (1, 1, 10)],
        [bid(0, 0, (0, 5)), bid(0, 1, (0, 9)), bid(1, 1, (0, 5)), bid(1, 0, (0, 9))],
        [supplier("A"), supplier("B")],
        max_suppliers=1,
    )
    found = clear(purchase)
    assert found.cost == pytest.approx(140)
    assert found.stand_alone.tolist() == pytest.approx([50, 50])
    assert not found.joining_pays
    # lots stand for themselves for every group, so that this needs no coupled game
    assert purchase.couplings == ()


@ways
def test_equal_prices_that_a_large_member_refuses(award):
    # M0 reaches 8 alone, M1 would pay 10; B's fixed cost falls on M0 as well, by what its goods cost
    purchase = made(
        [(0, 0, 90), (1, 0, 10), (1, 1, 10)],
        [bid(0, 0, (0, 10), (90, 8)), bid(1, 1, (0, 1))],
        [supplier("A"), supplier("B", fixed=50.0)],
        award=award,
    )
    found = clear(purchase)
    assert found.shares["equal-price"].tolist() == pytest.approx([720 + 50 * 720 / 810, 90 + 50 * 90 / 810])
    assert found.stability["equal-price"].objecting == 1
    assert found.stability["equal-price"].worst_coalition == (0,)
    assert found.stability["equal-price"].worst_excess == pytest.approx(50 * 720 / 810)
    # alone 720, 100 + 60; together 720 + 80 + 60 = 860: M1's 20 saved are divided
    assert found.rule == "shapley"
    assert found.shares["shapley"].tolist() == pytest.approx([710, 150])


@ways
def test_everything_for_nothing(award):
    found = clear(made([(0, 0, 10), (1, 0, 5)], [bid(0, 0, (0, 0))], [supplier("A")], award=award))
    assert found.cost == 0
    for rule in RULES:
        assert found.shares[rule].tolist() == [0, 0]
        assert found.stability[rule].objecting == 0
    assert found.rule == "equal-price"


@ways
def test_only_delivery_costs(award):
    # no goods value by which to divide A's fixed cost: by quantity then
    purchase = made(
        [(0, 0, 30), (1, 0, 10)],
        [bid(0, 0, (0, 0))],
        [supplier("A", fixed=8.0)],
        award=award,
        per_lane=[[5, 7]],
    )
    assert clear(purchase).shares["equal-price"].tolist() == pytest.approx([5 + 6, 7 + 2])


@ways
def test_infeasible_carries_its_causes(award):
    with pytest.raises(InfeasibleError) as caught:
        clear(made([(0, 0, 10)], [bid(0, 0, (0, 1))], [supplier("A")], award=award, reserve=9.0))
    assert [cause.where for cause in caught.value.causes] == ["reserve"]
    assert caught.value.causes[0].change.by == pytest.approx(1)


def test_what_is_paid_today():
    purchase = made(
        [(0, 0, 10), (1, 0, 5), (1, 1, 0)], [bid(0, i, (0, 1)) for i in range(2)], [supplier("A")]
    )
    found = clear(replace(purchase, demand_price=np.array([3.0, np.nan, np.nan])))
    np.testing.assert_array_equal(found.today, [30, np.nan])
    # the missing price of a quantity of nothing does not matter
    found = clear(replace(purchase, demand_price=np.array([3.0, 2.0, np.nan])))
    np.testing.assert_array_equal(found.today, [30, 10])


@ways
@pytest.mark.parametrize("factor", [1e-6, 1e9])
def test_magnitudes(award, factor):
    purchase = made(
        [(0, 0, 75 * factor), (1, 0, 25 * factor)],
        [bid(0, 0, (0, 10), (100 * factor, 8))],
        [supplier("A", fixed=100 * factor)],
        award=award,
    )
    found = clear(purchase)
    # alone 750 + 100 and 250 + 100, together 800 + 100: 150 saved each
    assert found.cost == pytest.approx(900 * factor)
    assert found.shares["shapley"].tolist() == pytest.approx([700 * factor, 200 * factor])
    assert found.shares["nucleolus"].tolist() == pytest.approx([700 * factor, 200 * factor], rel=1e-6)
