# SPDX-License-Identifier: EUPL-1.2
"""The fast ways to price very many groups, against the general program and against each other."""

import random
from dataclasses import replace

import numpy as np
import pytest

from sprega.engines.award.coalitions import (
    add_spread,
    lot_costs,
    members_of_lot,
    some_lot_costs,
    split_costs,
    whole_lot_costs,
)
from sprega.engines.award.solve import group_payment
from tests.purchases import bid, made, random_purchase, supplier


def refuse(members, lots):
    raise AssertionError(f"the general program was asked for {members}, {lots}")


def by_program(purchase, lot, members):
    return [
        group_payment(purchase, [m for b, m in enumerate(members) if mask >> b & 1], [lot]).payment
        for mask in range(1 << len(members))
    ]


def shuffled_prices(purchase, seed):
    """The same with rising and falling prices, and now and then a tier for nothing."""
    rng = random.Random(seed)  # noqa: S311
    bids = []
    for offer in purchase.bids:
        prices = list(offer.prices)
        rng.shuffle(prices)
        if rng.random() < 0.1:
            prices[-1] = 0.0
        bids.append(replace(offer, prices=tuple(prices)))
    return replace(purchase, bids=tuple(bids))


@pytest.mark.parametrize("seed", range(40))
def test_single_items(seed):
    purchase = random_purchase(
        seed,
        award="split",
        members=2 + seed % 3,
        items=1,
        suppliers=1 + seed % 5,
        buy_up=seed % 2 == 0,
        sites_each=3,
        density=0.9,
        terms=("tiers", "capacity", "delivery"),
    )
    falling = seed % 3 > 0
    if not falling:
        purchase = shuffled_prices(purchase, seed)
    members = members_of_lot(purchase, 0)
    general = refuse if falling else lambda members, lots: group_payment(purchase, members, lots).payment
    found = split_costs(purchase, 0, members, np.arange(1 << len(members)), general)
    np.testing.assert_allclose(found, by_program(purchase, 0, members), rtol=1e-8, atol=1e-9)


def test_many_sites_of_one_item():
    purchase = random_purchase(
        5,
        award="split",
        members=3,
        items=1,
        suppliers=5,
        sites_each=12,
        density=1.0,
        terms=("tiers", "capacity", "delivery"),
    )
    assert len(purchase.demand_quantity) >= 15
    members = members_of_lot(purchase, 0)
    found = split_costs(purchase, 0, members, np.arange(8), refuse)
    np.testing.assert_allclose(found, by_program(purchase, 0, members), rtol=1e-8)


@pytest.mark.parametrize("seed", range(12))
def test_whole_lots(seed):
    terms = ("tiers", "capacity", "delivery", "lanes", "lots", "co2")
    purchase = random_purchase(
        seed, members=4, items=4, suppliers=4, buy_up=seed % 2 == 0, sites_each=2, terms=terms
    )
    for lot, _ in purchase.lot_items():
        members = members_of_lot(purchase, lot)
        masks = range(1 << len(members))
        full = whole_lot_costs(purchase, lot, members)
        np.testing.assert_allclose(full, by_program(purchase, lot, members), rtol=1e-9)
        np.testing.assert_allclose(full[1:], some_lot_costs(purchase, lot, masks[1:], refuse), rtol=1e-12)
        assert lot_costs(purchase, lot, refuse)[0] == members
        np.testing.assert_array_equal(lot_costs(purchase, lot, refuse)[1], full)


@pytest.mark.parametrize("seed", range(8))
def test_divided_lots_of_several_items_with_lanes(seed):
    terms = ("tiers", "capacity", "delivery", "lots", *(("lanes",) if seed % 2 else ()))
    purchase = random_purchase(
        seed, award="split", members=3, items=3, buy_up=seed % 3 > 0, sites_each=2, terms=terms
    )
    for lot, _ in purchase.lot_items():
        members = members_of_lot(purchase, lot)
        masks = np.arange(1 << len(members))

        def general(group, lots, purchase=purchase):
            assert purchase.per_lane.any()
            return group_payment(purchase, group, lots).payment

        full = split_costs(purchase, lot, members, masks, general)
        np.testing.assert_allclose(full, by_program(purchase, lot, members), rtol=1e-8)
        some = some_lot_costs(purchase, lot, [int(m) for m in masks[1::2]], general)
        np.testing.assert_allclose(some, full[1::2], rtol=1e-12)


def test_the_sum_of_lots_is_the_game():
    terms = ("tiers", "capacity", "delivery", "lanes", "lots")
    purchase = random_purchase(3, members=5, items=6, density=0.5, terms=terms)
    players = purchase.players
    total = np.zeros(1 << len(players))
    for lot, _ in purchase.lot_items():
        members, cost = lot_costs(purchase, lot, refuse)
        add_spread(total, cost, np.array([players.index(m) for m in members]), len(players))
    for mask in range(1, len(total)):
        group = [m for b, m in enumerate(players) if mask >> b & 1]
        assert group_payment(purchase, group).payment == pytest.approx(total[mask], rel=1e-9)


def test_a_group_uses_capacity_pro_rata_only_where_lots_are_divided():
    # cheap A has 60 of the 100 t needed; M0 needs 40, M1 60; B is dear
    offers = [bid(0, 0, (0, 1), capacity=60), bid(1, 0, (0, 3))]
    firms = [supplier("A"), supplier("B")]
    split = made([(0, 0, 40), (1, 0, 60)], offers, firms, award="split")
    # M0: 0.6 x 40 = 24 at 1, 16 at 3 = 72; M1: 36 at 1, 24 at 3 = 108; together 60 + 120
    assert split_costs(split, 0, (0, 1), np.arange(4), refuse).tolist() == pytest.approx([0, 72, 108, 180])
    # whole: A cannot carry everybody's need, so that nobody may use it, though M0 alone would fit
    whole = made([(0, 0, 40), (1, 0, 60)], offers, firms)
    assert whole_lot_costs(whole, 0, (0, 1)).tolist() == [0, 120, 180, 300]
    assert group_payment(whole, [0]).payment == pytest.approx(120)
