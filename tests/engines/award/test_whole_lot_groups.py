# SPDX-License-Identifier: EUPL-1.2
"""Groups priced by the search over offers, against the general program."""

import random

import numpy as np
import pytest

from sprega.engines.award import whole_lot
from sprega.engines.award.solve import group_payment
from sprega.engines.award.whole_lot import whole_lot_payments
from tests.purchases import TERMS, bid, made, random_purchase, supplier


def general(purchase, mask):
    return group_payment(purchase, [m for b, m in enumerate(purchase.players) if mask >> b & 1]).payment


def drawn(seed):
    rng = random.Random(seed)  # noqa: S311
    terms = tuple(term for term in TERMS if rng.random() < 0.8)
    return random_purchase(
        seed,
        members=rng.randint(2, 5),
        items=rng.randint(1, 8),
        suppliers=rng.randint(1, 5),
        buy_up=rng.random() < 0.5,
        sites_each=2,
        terms=terms,
    )


@pytest.mark.parametrize("seed", range(60))
def test_against_the_general_program(seed):
    purchase = drawn(seed)
    masks = list(range(1, (1 << len(purchase.players)) - 1))
    found = whole_lot_payments(purchase, masks)
    expected = [general(purchase, mask) for mask in masks]
    np.testing.assert_allclose(found, expected, rtol=2e-9)
    # asked only for what is below a limit: the payment, or the limit itself
    rng = np.random.default_rng(seed)
    limits = found * rng.uniform(0.9, 1.1, len(masks))
    np.testing.assert_allclose(
        whole_lot_payments(purchase, masks, limits), np.minimum(found, limits), rtol=2e-9
    )


@pytest.mark.parametrize(
    "terms",
    [("discounts", "bundles"), ("fixed", "min_order"), ("fixed", "min_order", "discounts", "bundles")],
)
def test_many_lots(terms):
    purchase = random_purchase(
        5, members=9, items=14, suppliers=5, density=0.9, terms=("tiers", "delivery", *terms)
    )
    masks = np.random.default_rng(0).integers(1, 511, 12).tolist()
    found = whole_lot_payments(purchase, masks)
    done = ~np.isnan(found)
    assert done.any()
    expected = np.array([general(purchase, mask) for mask in masks])
    np.testing.assert_allclose(found[done], expected[done], rtol=2e-9)


def test_a_discount_that_falls_again():
    purchase = made(
        [(0, 0, 10), (1, 0, 5), (2, 0, 3)],
        [bid(0, 0, (0, 10))],
        [supplier("A", discounts=((50, 0.2), (120, 0.05)), min_order=60)],
    )
    # 100, 50 topped up to 60, 30 topped up to 60; 150, 130, 80
    expected = [80, 50, 142.5, 60, 123.5, 64]
    found = whole_lot_payments(purchase, [1, 2, 3, 4, 5, 6])
    np.testing.assert_allclose(found, [general(purchase, mask) for mask in [1, 2, 3, 4, 5, 6]], rtol=1e-9)
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_giving_up_says_so(monkeypatch):
    purchase = random_purchase(5, members=6, items=10, suppliers=5, density=0.9)
    monkeypatch.setattr(whole_lot, "MOST_STEPS", 0)
    assert np.isnan(whole_lot_payments(purchase, [0b011111])).all()
    monkeypatch.setattr(whole_lot, "MOST_OFFERS", 1)
    assert np.isnan(whole_lot_payments(purchase, [0b011111])).all()
