# SPDX-License-Identifier: EUPL-1.2
"""Equal offers: the lower payment wins, then the supplier whose code comes first."""

import numpy as np
import pytest

from sprega.engines.award.solve import solve_award
from tests.purchases import bid, made, supplier

ways = pytest.mark.parametrize("award", ["whole-lot", "split"])

TERMS = {
    "nothing": {},
    "fixed": {"fixed": 20.0},
    "discounts": {"discounts": ((500.0, 0.1),)},
    "min_order": {"min_order": 300.0},
    "bundles": {"bundles": (((0, 1), 0.05),)},
}


@ways
@pytest.mark.parametrize("terms", TERMS.values(), ids=TERMS)
@pytest.mark.parametrize("codes", [("B", "A", "C"), ("C", "B", "A"), ("A", "B", "C")])
def test_identical_suppliers(award, terms, codes):
    purchase = made(
        [(0, 0, 40), (1, 0, 60), (1, 1, 10)],
        [bid(k, i, (0, 10), (50, 8)) for k in range(3) for i in range(2)],
        [supplier(code, **terms) for code in codes],
        award=award,
    )
    found = solve_award(purchase)
    assert found.proven
    winner = codes.index("A")
    np.testing.assert_allclose(found.delivered[winner], purchase.demand_quantity)


@ways
@pytest.mark.parametrize("codes", ["AB", "BA"])
@pytest.mark.parametrize("terms", [{}, {"min_order": 20.0}, {"discounts": ((1e4, 0.1),)}])
def test_the_lower_payment_of_equal_objectives(award, codes, terms):
    # per unit: A 10 + 1 kg at 1 = 11, B 9 + 2 kg at 1 = 11
    purchase = made(
        [(0, 0, 10)],
        [bid(0, 0, (0, 10), co2=1), bid(1, 0, (0, 9), co2=2)],
        [supplier(code, **terms) for code in codes],
        award=award,
        co2_price=1.0,
    )
    found = solve_award(purchase)
    assert found.objective == pytest.approx(110)
    assert found.payment == pytest.approx(90)


def test_each_lot_goes_to_the_first_of_its_cheapest():
    purchase = made(
        [(0, 0, 10), (0, 1, 10)],
        [bid(0, 0, (0, 5)), bid(0, 1, (0, 6)), bid(1, 0, (0, 5)), bid(1, 1, (0, 5)), bid(2, 1, (0, 5))],
        [supplier("C"), supplier("B"), supplier("A")],
    )
    found = solve_award(purchase)
    assert np.argmax(found.delivered, axis=0).tolist() == [1, 2]


def test_codes_are_compared_as_written():
    purchase = made([(0, 0, 1)], [bid(0, 0, (0, 5)), bid(1, 0, (0, 5))], [supplier("K2"), supplier("K10")])
    assert solve_award(purchase).delivered[1, 0] == 1
