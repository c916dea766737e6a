# SPDX-License-Identifier: EUPL-1.2
"""Why no award exists: every cause, and that the smallest change mends it where slightly less does not."""

from dataclasses import replace

import pytest

from sprega.engines.award.infeasible import explain
from sprega.engines.award.solve import solve_award
from tests.purchases import bid, made, supplier

ways = pytest.mark.parametrize("award", ["whole-lot", "split"])
LESS = 1 - 1e-4


def causes(purchase):
    assert solve_award(purchase) is None
    return explain(purchase)


def one(purchase):
    (cause,) = causes(purchase)
    return cause


def with_bid(purchase, position, **changed):
    bids = list(purchase.bids)
    bids[position] = replace(bids[position], **changed)
    return replace(purchase, bids=tuple(bids))


def mended(purchase):
    return solve_award(purchase) is not None


@ways
def test_capacity(award):
    offers = [bid(0, 0, (0, 1), capacity=80), bid(1, 0, (0, 1), capacity=60 if award == "whole-lot" else 5)]
    purchase = made([(0, 0, 70), (1, 0, 30)], offers, [supplier("A"), supplier("B")], award=award)
    cause = one(purchase)
    assert (cause.where, cause.kind) == ("L0", "lot")
    # whole: A carries 80 of 100; split: both carry 85
    assert cause.change == pytest.approx(20 if award == "whole-lot" else 15)
    assert mended(with_bid(purchase, 0, capacity=80 + cause.change))
    assert not mended(with_bid(purchase, 0, capacity=80 + LESS * cause.change))


@ways
def test_first_tier_without_buying_up(award):
    offers = [bid(0, 0, (120, 1)), bid(1, 0, (150, 1))]
    purchase = made([(0, 0, 100)], offers, [supplier("A"), supplier("B")], award=award, buy_up=False)
    cause = one(purchase)
    assert (cause.where, cause.change) == ("L0", pytest.approx(20))
    assert "buy_up" in str(cause.mend)
    assert mended(with_bid(purchase, 0, starts=(120 - cause.change,)))
    assert not mended(with_bid(purchase, 0, starts=(120 - LESS * cause.change,)))
    assert mended(replace(purchase, buy_up=True))


def test_first_tiers_that_do_not_add_up():
    # 100 t; each carries 60 to 80
    offers = [bid(k, 0, (60, 1), capacity=80) for k in range(2)]
    purchase = made([(0, 0, 100)], offers, [supplier("A"), supplier("B")], award="split", buy_up=False)
    cause = one(purchase)
    assert cause.change == pytest.approx(20, rel=1e-6)
    assert mended(with_bid(purchase, 0, capacity=100))
    assert not mended(with_bid(purchase, 0, capacity=99.9))
    assert mended(with_bid(purchase, 0, starts=(40,)))
    assert mended(with_bid(purchase, 0, starts=(20,)))
    assert not mended(with_bid(purchase, 0, starts=(40.1,)))


def test_every_lot_that_fails_is_named():
    offers = [bid(0, i, (0, 1), capacity=50) for i in range(3)]
    purchase = made([(0, 0, 100), (0, 1, 10), (0, 2, 60)], offers, [supplier("A")])
    assert [(c.where, c.change) for c in causes(purchase)] == [("L0", 50), ("L2", 10)]


@ways
def test_min_order(award):
    offers = [bid(0, 0, (0, 1)), bid(1, 0, (0, 1))]
    purchase = made(
        [(0, 0, 100)],
        offers,
        [supplier("A", min_order=150.0), supplier("B", min_order=130.0)],
        award=award,
    )
    cause = one(purchase)
    assert (cause.where, cause.kind, cause.change) == ("B", "supplier", pytest.approx(30))
    assert "100.0 EUR" in str(cause.mend)
    a, b = purchase.suppliers
    assert mended(replace(purchase, suppliers=(a, replace(b, min_order=130 - cause.change))))
    assert not mended(replace(purchase, suppliers=(a, replace(b, min_order=130 - LESS * cause.change))))


@ways
@pytest.mark.parametrize("co2_price", [0.0, 1.0])
def test_reserve(award, co2_price):
    # with CO2 counted B is the better one, but only A fits a reserve on the payment
    offers = [bid(0, 0, (0, 1.00004), co2=100), bid(1, 0, (0, 2))]
    purchase = made(
        [(0, 0, 100)],
        offers,
        [supplier("A"), supplier("B")],
        award=award,
        reserve=99.0,
        co2_price=co2_price,
    )
    cause = one(purchase)
    assert (cause.where, cause.kind, cause.change) == ("reserve", "rule", pytest.approx(1.004))
    assert "1.01 EUR" in str(cause.mend)  # 1.00 would not be enough
    assert mended(replace(purchase, reserve=99 + cause.change))
    assert not mended(replace(purchase, reserve=99 + LESS * cause.change))
    # a reserve between the two: A, or where lots divide as much of B as it pays for
    between = 150 if co2_price and award == "split" else 100.004
    assert solve_award(replace(purchase, reserve=150.0)).payment == pytest.approx(between)
    freely = solve_award(replace(purchase, reserve=200.0))
    assert freely.payment == pytest.approx(200 if co2_price else 100.004)


def two_items(award, **rules):
    offers = [bid(0, 0, (0, 1)), bid(1, 1, (0, 2)), bid(2, 2, (0, 1))]
    firms = [supplier(code) for code in "ABC"]
    return made([(0, 0, 100), (0, 1, 100), (0, 2, 100)], offers, firms, award=award, **rules)


@ways
def test_max_suppliers(award):
    purchase = two_items(award, max_suppliers=1)
    cause = one(purchase)
    assert (cause.where, cause.change) == ("max_suppliers", 2)
    assert mended(replace(purchase, max_suppliers=3))
    assert not mended(replace(purchase, max_suppliers=2))


@ways
def test_max_supplier_share(award):
    # goods 100, 200, 100: B has half
    purchase = two_items(award, max_supplier_share=0.4)
    cause = one(purchase)
    assert (cause.where, cause.change) == ("max_supplier_share", pytest.approx(0.1))
    assert mended(replace(purchase, max_supplier_share=0.4 + cause.change))
    assert not mended(replace(purchase, max_supplier_share=0.499))


def test_min_sources():
    offers = [bid(0, 0, (0, 1)), bid(1, 0, (0, 1)), bid(2, 0, (0, 1), capacity=5)]
    firms = [supplier(code) for code in "ABC"]
    purchase = made([(0, 0, 100)], offers, firms, award="split", min_sources=3)
    cause = one(purchase)
    # C cannot carry 10 %
    assert (cause.where, cause.change) == ("min_sources", 1)
    assert mended(replace(purchase, min_sources=2))
    assert mended(replace(purchase, min_source_share=0.05))


@ways
def test_two_rules_each_of_which_would_do(award):
    # A for both: 100 + 300 = 400, with B for the second: 300
    offers = [bid(0, 0, (0, 1)), bid(0, 1, (0, 3)), bid(1, 1, (0, 2))]
    purchase = made(
        [(0, 0, 100), (0, 1, 100)],
        offers,
        [supplier("A"), supplier("B")],
        award=award,
        max_suppliers=1,
        reserve=350.0,
    )
    found = {cause.where: cause.change for cause in causes(purchase)}
    assert found == {"max_suppliers": 1, "reserve": pytest.approx(50)}
    assert mended(replace(purchase, max_suppliers=2))
    assert mended(replace(purchase, reserve=400.0))
    assert not mended(replace(purchase, reserve=399.9))


@ways
def test_two_rules_that_must_both_change(award):
    purchase = two_items(award, max_suppliers=2, max_supplier_share=0.4)
    assert {cause.where for cause in causes(purchase)} == {"max_suppliers", "max_supplier_share"}
    assert not mended(replace(purchase, max_suppliers=None))
    assert not mended(replace(purchase, max_supplier_share=None))


def test_terms_come_before_rules():
    # the smallest order fails whatever the rules are
    offers = [bid(0, 0, (0, 1)), bid(1, 0, (0, 1))]
    firms = [supplier("A", min_order=150.0), supplier("B", min_order=130.0)]
    purchase = made([(0, 0, 100)], offers, firms, award="split", min_sources=2, reserve=50.0)
    assert [cause.kind for cause in causes(purchase)] == ["supplier"]


def test_nothing_fits_and_terms_couple_the_lots():
    # not even a program can be written: nobody is eligible
    purchase = made([(0, 0, 10)], [bid(0, 0, (50, 1))], [supplier("A", fixed=3.0)], buy_up=False)
    cause = one(purchase)
    assert (cause.where, cause.change) == ("L0", pytest.approx(40))
