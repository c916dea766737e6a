# SPDX-License-Identifier: EUPL-1.2
"""The text of the terms, one by one, with figures worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from sprega.engines.award.evaluate import evaluate, violations
from sprega.engines.award.solve import group_payment, solve_award
from tests.purchases import bid, made, supplier

ways = pytest.mark.parametrize("award", ["whole-lot", "split"])


def paid(purchase):
    award = solve_award(purchase)
    assert award.proven
    assert violations(purchase, award) == []
    return award.payment


@ways
def test_what_is_bought_up_is_neither_delivered_nor_emitted(award):
    # 90 t cost as much as 100 at 8 = 800; A can carry but 90, and only 90 t emit and travel
    purchase = made(
        [(0, 0, 90)],
        [bid(0, 0, (0, 10), (100, 8), capacity=90, co2=2)],
        [supplier("A")],
        award=award,
        per_unit=[[1]],
        co2_price=0.5,
    )
    found = solve_award(purchase)
    assert found.payment == pytest.approx(800 + 90)
    assert found.co2 == pytest.approx(180)
    assert found.objective == pytest.approx(890 + 90)
    assert found.delivered.sum() == 90


@ways
def test_the_surplus_counts_as_goods_value(award):
    # 100 x 8 = 800 reaches min_order and discount
    purchase = made(
        [(0, 0, 90)],
        [bid(0, 0, (0, 10), (100, 8))],
        [supplier("A", min_order=800.0, discounts=((800.0, 0.1),))],
        award=award,
    )
    assert paid(purchase) == pytest.approx(720)
    # at 75 t the payment is 750, and nobody may pay the 800 instead to reach the discount
    fewer = replace(purchase, demand_quantity=np.array([75.0]))
    assert solve_award(fewer) is None
    assert group_payment(fewer, [0]).payment == pytest.approx(800)  # a group tops up: 750 + 50


@ways
def test_a_group_pays_up_to_the_smallest_order(award):
    purchase = made(
        [(0, 0, 10), (1, 0, 90)],
        [bid(0, 0, (0, 1)), bid(1, 0, (0, 3))],
        [supplier("A", min_order=50.0, fixed=7.0), supplier("B")],
        award=award,
    )
    assert paid(purchase) == pytest.approx(107)
    # alone: B for 30, or A for 10 + 40 + 7
    assert group_payment(purchase, [0]).payment == pytest.approx(30)
    only_a = replace(purchase, bids=purchase.bids[:1])
    assert group_payment(only_a, [0]).payment == pytest.approx(57)
    assert group_payment(only_a, [1]).payment == pytest.approx(97)


@ways
def test_below_the_first_tier(award):
    purchase = made(
        [(0, 0, 20), (1, 0, 40)],
        [bid(0, 0, (50, 4), (200, 0.5))],
        [supplier("A")],
        award=award,
    )
    # buying up: 60 x 4 = 240 or 200 x 0.5 = 100, which also serves each alone
    assert paid(purchase) == pytest.approx(100)
    assert group_payment(purchase, [0]).payment == pytest.approx(100)
    strict = replace(purchase, buy_up=False)
    assert paid(strict) == pytest.approx(240)
    assert group_payment(strict, [0]).payment == pytest.approx(200)  # the first tier's order
    assert solve_award(replace(strict, demand_quantity=np.array([20.0, 20.0]))) is None


@ways
def test_the_groups_rules_bind_only_all_together(award):
    purchase = made(
        [(0, 0, 10), (0, 1, 10), (1, 0, 10)],
        [bid(0, 0, (0, 1)), bid(1, 1, (0, 1)), bid(0, 1, (0, 5)), bid(1, 0, (0, 5))],
        [supplier("A"), supplier("B")],
        award=award,
    )
    assert paid(purchase) == pytest.approx(30)
    # one supplier: A 20 + 50, B 10 + 100
    bound = replace(purchase, max_suppliers=1)
    assert paid(bound) == pytest.approx(70)
    for rules in ({"max_suppliers": 1}, {"max_supplier_share": 0.5}, {"reserve": 1.0}):
        ruled = replace(purchase, **rules)
        assert group_payment(ruled, [0]).payment == pytest.approx(20)
        assert group_payment(ruled, [1]).payment == pytest.approx(10)


def test_sources_bind_only_a_split_of_all_together():
    purchase = made(
        [(0, 0, 60), (1, 0, 40)],
        [bid(0, 0, (0, 1)), bid(1, 0, (0, 2)), bid(2, 0, (0, 3))],
        [supplier("A"), supplier("B"), supplier("C")],
        award="split",
        min_sources=2,
        min_source_share=0.25,
    )
    assert paid(purchase) == pytest.approx(75 + 50)
    assert group_payment(purchase, [0]).payment == pytest.approx(60)
    assert paid(replace(purchase, min_sources=3, min_source_share=0.1)) == pytest.approx(80 + 20 + 30)
    assert paid(replace(purchase, award="whole-lot")) == pytest.approx(100)


@ways
def test_co2_chooses_for_all_together_and_for_no_group(award):
    purchase = made(
        [(0, 0, 10), (1, 0, 10)],
        [bid(0, 0, (0, 5), co2=10), bid(1, 0, (0, 6), co2=0)],
        [supplier("A"), supplier("B")],
        award=award,
        co2_price=1.0,
    )
    found = solve_award(purchase)
    assert (found.payment, found.objective) == (pytest.approx(120), pytest.approx(120))
    assert group_payment(purchase, [0]).payment == pytest.approx(50)
    # a reserve is on the payment: 110 leaves all of A (payment 100, objective 300), or half in a split
    reserved = solve_award(replace(purchase, reserve=110.0))
    assert reserved.payment == pytest.approx(100 if award == "whole-lot" else 110)
    assert reserved.objective == pytest.approx(300 if award == "whole-lot" else 110 + 100)
    assert solve_award(replace(purchase, reserve=99.0)) is None


@ways
def test_a_bundle_with_an_item_that_nobody_needs(award):
    purchase = made(
        [(0, 0, 10), (1, 2, 1)],
        [bid(0, 0, (0, 10)), bid(0, 1, (0, 10)), bid(0, 2, (0, 10)), bid(1, 0, (0, 9.5))],
        [supplier("A", bundles=(((0, 1), 0.1),)), supplier("B")],
        award=award,
    )
    assert paid(purchase) == pytest.approx(90 + 10)
    assert group_payment(purchase, [0]).payment == pytest.approx(90)


@ways
def test_a_bundle_needs_the_whole_demand_of_all_its_items(award):
    # A's item 1 costs 5 more than B's, and brings 10 % of 200
    purchase = made(
        [(0, 0, 10), (1, 1, 10)],
        [bid(0, 0, (0, 10)), bid(0, 1, (0, 10)), bid(1, 1, (0, 9.5))],
        [supplier("A", bundles=(((0, 1), 0.1),)), supplier("B")],
        award=award,
    )
    assert paid(purchase) == pytest.approx(180)
    # alone, the other's item is needed by nobody
    assert group_payment(purchase, [0]).payment == pytest.approx(90)
    assert group_payment(purchase, [1]).payment == pytest.approx(90)
    # B at 7.5 is better than the bundle: 100 + 75
    cheaper = replace(purchase, bids=(*purchase.bids[:2], bid(1, 1, (0, 7.5))))
    assert paid(cheaper) == pytest.approx(175)


@ways
def test_overlapping_bundles_take_the_cheapest_choice(award):
    offers = [bid(0, i, (0, price)) for i, price in enumerate((10, 20, 30, 1))]
    demand = [(0, i, 10) for i in range(4)]
    bundles = (((0, 1), 0.1), ((1, 2), 0.1), ((2, 3), 0.12))
    purchase = made(demand, offers, [supplier("A", bundles=bundles)], award=award)
    # goods 100, 200, 300, 10: (0,1) and (2,3) give 30 + 37.2, (1,2) alone 50
    assert paid(purchase) == pytest.approx(610 - 67.2)
    narrower = made(demand, offers, [supplier("A", bundles=bundles[:2])], award=award)
    assert paid(narrower) == pytest.approx(610 - 50)


@ways
def test_bundles_come_off_first_then_the_value_discount(award):
    purchase = made(
        [(0, 0, 10), (0, 1, 10)],
        [bid(0, 0, (0, 10)), bid(0, 1, (0, 20))],
        [supplier("A", bundles=(((0, 1), 0.1),), discounts=((300.0, 0.05),), min_order=300.0)],
        award=award,
    )
    # G = 300 counts before discounts: 300 x 0.9 x 0.95
    assert paid(purchase) == pytest.approx(256.5)


@ways
@pytest.mark.parametrize("code", ["A", "Z"])
def test_a_discount_reached_exactly_by_the_whole_order(award, code):
    purchase = made(
        [(0, 0, 60), (1, 0, 40)],
        [bid(0, 0, (0, 10)), bid(1, 0, (0, 9.5))],
        [supplier(code, discounts=((1000.0, 0.1),)), supplier("B")],
        award=award,
    )
    assert paid(purchase) == pytest.approx(900)
    assert group_payment(purchase, [0, 1]).payment == pytest.approx(900)
    assert group_payment(purchase, [0]).payment == pytest.approx(570)


@ways
@pytest.mark.parametrize("quantities", [(0.1, 0.2), (0.1, 0.7), (1.1, 2.2)])
def test_sums_of_decimals_reach_their_thresholds(award, quantities):
    total = round(sum(quantities), 1)
    purchase = made(
        [(s, 0, q) for s, q in enumerate(quantities)],
        [bid(0, 0, (0, 20), (total, 10), capacity=total), bid(1, 0, (0, 9.5))],
        [supplier("Z", discounts=((10 * total, 0.1),), min_order=10 * total), supplier("B")],
        award=award,
        buy_up=False,
    )
    assert paid(purchase) == pytest.approx(9 * total)


@ways
def test_percents_that_fall(award):
    # 10 % from 100 on, but 2 % from 1000 on
    purchase = made(
        [(0, 0, 50), (1, 0, 50)],
        [bid(0, 0, (0, 10)), bid(1, 0, (0, 9.4))],
        [supplier("A", discounts=((100.0, 0.1), (1000.0, 0.02))), supplier("B")],
        award=award,
    )
    if award == "whole-lot":
        assert paid(purchase) == pytest.approx(940)  # A would be 980
    else:
        # A as near to 1000 as may be: 999.99.. x 0.9
        assert paid(purchase) == pytest.approx(900, rel=1e-6)
    assert group_payment(purchase, [0]).payment == pytest.approx(450)


def test_prices_that_rise_are_divided_around():
    # A: 1 below 10 t, then 2 for all; B at 3: nine and something from A, the rest from B
    purchase = made(
        [(0, 0, 12)], [bid(0, 0, (0, 1), (10, 2)), bid(1, 0, (0, 3))], [supplier("A"), supplier("B")]
    )
    assert paid(purchase) == pytest.approx(24)
    just = replace(purchase, award="split", demand_quantity=np.array([10.0]))
    assert paid(just) == pytest.approx(10, rel=1e-6)
    split = replace(purchase, award="split")
    assert paid(split) == pytest.approx(10 + 2 * 3, rel=1e-6)
    assert group_payment(split, [0]).payment == pytest.approx(16, rel=1e-6)


def test_a_dearer_tier_may_not_count_at_the_next_ones_start():
    # A carries 100 t; below them its goods reach 900 at 90 t, at 100 t they are but 800
    purchase = made(
        [(0, 0, 150)],
        [bid(0, 0, (0, 10), (100, 8), capacity=100), bid(1, 0, (0, 20))],
        [supplier("A", min_order=900.0), supplier("B")],
        award="split",
        buy_up=False,
    )
    assert paid(purchase) == pytest.approx(1000 + 50 * 20, rel=1e-7)
    discounted = replace(purchase, suppliers=(supplier("A", discounts=((900.0, 0.5),)), supplier("B")))
    assert paid(discounted) == pytest.approx(500 + 50 * 20, rel=1e-7)


@ways
def test_lanes_are_paid_once_for_each_lot_and_site(award):
    purchase = made(
        [(0, 0, 1), (0, 1, 1), (0, 2, 1), (1, 0, 1), (1, 1, 0)],
        [bid(0, i, (0, 10)) for i in range(3)],
        [supplier("A")],
        award=award,
        lots=[0, 0, 1],
        per_lane=[[5, 3]],
        per_unit=[[0.5, 0]],
    )
    # goods 40; site 0: 3 x 0.5 and lots 0, 1 at 5 each; site 1: lot 0 at 3
    assert paid(purchase) == pytest.approx(40 + 1.5 + 10 + 3)
    assert group_payment(purchase, [1]).payment == pytest.approx(13)


@ways
def test_a_lot_whose_items_different_members_need(award):
    # whole: one supplier for both; A 10 + 1, B 1 + 10 for a ton each; C 4 + 4
    purchase = made(
        [(0, 0, 1), (1, 1, 1)],
        [bid(k, i, (0, p)) for k, row in enumerate(((10, 1), (1, 10), (4, 4))) for i, p in enumerate(row)],
        [supplier("A"), supplier("B"), supplier("C")],
        award=award,
        lots=[0, 0],
    )
    assert paid(purchase) == pytest.approx(8 if award == "whole-lot" else 2)
    assert group_payment(purchase, [0]).payment == pytest.approx(1)
    # a supplier without a bid on the other's item is not eligible for anybody
    without = replace(purchase, bids=tuple(b for b in purchase.bids if (b.supplier, b.item) != (1, 1)))
    assert group_payment(without, [0]).payment == pytest.approx(4 if award == "whole-lot" else 1)


@ways
def test_nothing_needed_costs_nothing(award):
    purchase = made(
        [(0, 0, 10), (0, 1, 0), (1, 0, 0), (1, 1, 0)],
        [bid(0, 0, (0, 1)), bid(0, 1, (0, 1))],
        [supplier("A", fixed=3.0)],
        award=award,
        per_lane=[[2, 9]],
    )
    assert purchase.players == (0,)
    assert paid(purchase) == pytest.approx(10 + 3 + 2)
    assert group_payment(purchase, [1]).payment == 0


@ways
def test_everything_for_nothing(award):
    purchase = made(
        [(0, 0, 10)], [bid(0, 0, (0, 0)), bid(1, 0, (0, 1))], [supplier("B"), supplier("A")], award=award
    )
    found = solve_award(purchase)
    assert (found.payment, found.bound, found.gap, found.proven) == (0, 0, 0, True)


@ways
@pytest.mark.parametrize(("quantity", "price"), [(1e-3, 1e-4), (1e-3, 1e6), (1e9, 1e-4), (1e9, 1e6)])
def test_magnitudes(award, quantity, price):
    value = 3 * quantity * price
    purchase = made(
        [(0, 0, quantity), (1, 0, 2 * quantity)],
        [
            bid(0, 0, (0, price), (3 * quantity, 0.8 * price)),
            bid(1, 0, (0, 0.9 * price), capacity=2.5 * quantity),
        ],
        [
            supplier("A", fixed=0.01 * value, discounts=((0.5 * value, 0.1),)),
            supplier("B", min_order=0.2 * value),
        ],
        award=award,
    )
    # together A: 0.8 x 0.9 + 0.01 of the value
    assert paid(purchase) == pytest.approx(0.73 * value, rel=1e-9)
    # M0 needs a third; whole: A, 1/3 + 0.01; split: B carries 5/6 of it at 0.9, A the rest
    alone = 1 / 3 + 0.01 if award == "whole-lot" else 0.9 * 5 / 18 + 1 / 18 + 0.01
    assert group_payment(purchase, [0]).payment == pytest.approx(alone * value, rel=1e-9)


@ways
@pytest.mark.parametrize("share", [1e-3, 1e-5, 5e-8])
def test_a_part_that_is_small_beside_the_whole(share, award):
    purchase = made(
        [(0, 0, 1e9)],
        [bid(0, 0, (0, 1), capacity=share * 1e9), bid(1, 0, (0, 2))],
        [supplier("A"), supplier("B")],
        award=award,
    )
    assert paid(purchase) == pytest.approx((2 - (share if award == "split" else 0)) * 1e9, rel=1e-9)


def test_small_and_large_in_one_purchase():
    purchase = made(
        [(0, 0, 1e9), (1, 1, 1e-3)],
        [
            bid(0, 0, (0, 1), (1e8, 0.9)),
            bid(1, 0, (0, 0.95), capacity=9e8),
            bid(0, 1, (0, 1e6)),
            bid(1, 1, (0, 9e5)),
        ],
        [supplier("A", fixed=10.0), supplier("B", min_order=100.0)],
        award="split",
    )
    assert paid(purchase) == pytest.approx(9e8 + 10 + 900, rel=1e-12)
    assert group_payment(purchase, [1]).payment == pytest.approx(900)


def test_pricing_a_division_by_hand():
    purchase = made(
        [(0, 0, 30), (1, 0, 20), (1, 1, 10)],
        [bid(0, 0, (0, 10), (40, 9)), bid(1, 0, (0, 8)), bid(1, 1, (0, 5), co2=2)],
        [supplier("A", fixed=4.0), supplier("B", discounts=((200.0, 0.1),), min_order=500.0)],
        award="split",
        per_unit=[[1, 0], [0, 2]],
        per_lane=[[0, 7], [3, 1]],
        co2_price=0.5,
    )
    delivered = np.array([[30.0, 5.0, 0.0], [0.0, 15.0, 10.0]])
    group = evaluate(purchase, delivered, proper=True)
    # A: 35 t, 350 or bought up 360; delivery 30 + lane 7; fixed 4
    # B: 120 + 50 = 170, no discount, topped up by 330; delivery 30 + 20; lanes 1 + 1
    assert group.tier_payment.tolist() == [[350, 0], [120, 50]]
    assert group.payment == pytest.approx(350 + 30 + 7 + 4 + 170 + 330 + 50 + 2)
    assert group.objective == group.payment
    everybody = evaluate(purchase, delivered, proper=False)
    assert everybody.payment == pytest.approx(613)
    assert everybody.objective == pytest.approx(613 + 10)
    assert violations(purchase, everybody) == ["min_order"]
