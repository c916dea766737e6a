# SPDX-License-Identifier: EUPL-1.2
"""What a quantity costs: the tiers by their definition, and the stretches that the programs use."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sprega.engines.award.prices import segments, tier_payment
from tests.engines.award import oracle
from tests.purchases import bid


@st.composite
def bids(draw):
    count = draw(st.integers(1, 4))
    starts = sorted(draw(st.sets(st.integers(0, 60), min_size=count, max_size=count)))
    prices = draw(st.lists(st.integers(0, 20), min_size=count, max_size=count))
    return bid(0, 0, *zip(starts, prices, strict=True))


ways = pytest.mark.parametrize("buy_up", [True, False])
groups = pytest.mark.parametrize("proper", [True, False])


@ways
@groups
@settings(max_examples=150, deadline=None)
@given(offer=bids(), quantity=st.floats(0, 80, allow_subnormal=False).map(lambda q: round(q, 3)))
def test_payment_is_what_the_definition_says(buy_up, proper, offer, quantity):
    found = float(tier_payment(offer, np.array(quantity), buy_up=buy_up, proper=proper))
    expected = oracle.tier_price(offer.starts, offer.prices, quantity, buy_up=buy_up, proper=proper)
    assert found == pytest.approx(expected, rel=1e-12)


@ways
@groups
@settings(max_examples=150, deadline=None)
@given(offer=bids(), upper=st.integers(1, 100), drops=st.booleans())
def test_stretches_are_the_payment(buy_up, proper, offer, upper, drops):
    curve = segments(offer, upper=upper, buy_up=buy_up, proper=proper, drops=drops)
    for x in np.unique(
        np.append(np.linspace(upper / 97, upper, 97), [s for s in offer.starts if 0 < s <= upper])
    ):
        paid = float(tier_payment(offer, np.array(x), buy_up=buy_up, proper=proper))
        lying = [s.intercept + s.slope * x for s in curve if s.low <= x <= s.high]
        assert min(lying, default=np.inf) == pytest.approx(paid, rel=1e-12)
    for a, b in pairwise(curve):
        assert a.low <= a.high <= b.low <= b.high <= upper


def test_stretches_do_not_depend_on_where_they_end():
    offer = bid(0, 0, (5, 10), (20, 8), (60, 5))
    whole = segments(offer, upper=np.inf, buy_up=True, proper=True)
    for x in (1, 5, 19, 20, 37.5, 60, 1e9):
        curve = segments(offer, upper=x, buy_up=True, proper=True)
        assert curve[-1].high == x
        assert min(s.intercept + s.slope * x for s in curve if s.low <= x <= s.high) == min(
            s.intercept + s.slope * x for s in whole if s.low <= x <= s.high
        )


def test_below_the_first_tier():
    offer = bid(0, 0, (50, 10), (100, 4))
    few = np.array(10.0)
    # the least order over all tiers: 50 x 10 = 500, 100 x 4 = 400
    assert tier_payment(offer, few, buy_up=True, proper=False) == 400
    assert tier_payment(offer, few, buy_up=True, proper=True) == 400
    # without buying up, all together may not; a group pays the first tier's order
    assert tier_payment(offer, few, buy_up=False, proper=False) == np.inf
    assert tier_payment(offer, few, buy_up=False, proper=True) == 500
    assert tier_payment(offer, np.array(0.0), buy_up=False, proper=False) == 0


def test_a_rising_price_is_paid_from_its_start_on():
    offer = bid(0, 0, (0, 1), (10, 2))
    assert tier_payment(offer, np.array([9.0, 10.0, 11.0]), buy_up=True, proper=False).tolist() == [9, 20, 22]


def test_a_sum_of_decimals_reaches_its_tier():
    offer = bid(0, 0, (0, 10), (0.3, 1))
    for quantity in (0.1 + 0.2, 0.7 - 0.4, 3 * 0.1):  # some lie a hair below 0.3
        assert tier_payment(offer, np.array(quantity), buy_up=False, proper=False) == pytest.approx(0.3)
    offer = bid(0, 0, (0, 10), (0.8, 1))
    assert 0.7 + 0.1 < 0.8
    assert tier_payment(offer, np.array(0.7 + 0.1), buy_up=False, proper=False) == pytest.approx(0.8)


def test_a_higher_tier_for_nothing():
    offer = bid(0, 0, (0, 10), (50, 0))
    assert tier_payment(offer, np.array(3.0), buy_up=True, proper=False) == 0
    assert tier_payment(offer, np.array(3.0), buy_up=False, proper=False) == 30


def test_the_dearer_stretch_ends_before_a_start_where_value_counts():
    offer = bid(0, 0, (0, 10), (100, 8))
    closed = segments(offer, upper=200, buy_up=False, proper=False)
    opened = segments(offer, upper=200, buy_up=False, proper=False, drops=True)
    assert closed[0].high == 100
    assert 100 * (1 - 1e-6) < opened[0].high < 100
