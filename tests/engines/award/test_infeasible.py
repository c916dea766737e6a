# SPDX-License-Identifier: EUPL-1.2
"""Why no award exists: every cause, and that the smallest change mends it where slightly less does not."""

import time
from dataclasses import replace

import pytest

from sprega.engines.award import rule_changes
from sprega.engines.award.infeasible import explain
from sprega.engines.award.model import Change
from sprega.engines.award.solve import OutOfTimeError, solve_award
from sprega.engines.model import Sentence
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
    assert cause.change.by == pytest.approx(20 if award == "whole-lot" else 15)
    assert mended(with_bid(purchase, 0, capacity=80 + cause.change.by))
    assert not mended(with_bid(purchase, 0, capacity=80 + LESS * cause.change.by))


@ways
def test_first_tier_without_buying_up(award):
    offers = [bid(0, 0, (120, 1)), bid(1, 0, (150, 1))]
    purchase = made([(0, 0, 100)], offers, [supplier("A"), supplier("B")], award=award, buy_up=False)
    cause = one(purchase)
    assert (cause.where, cause.change.by) == ("L0", pytest.approx(20))
    assert "buy_up" in str(cause.mend)
    assert mended(with_bid(purchase, 0, starts=(120 - cause.change.by,)))
    assert not mended(with_bid(purchase, 0, starts=(120 - LESS * cause.change.by,)))
    assert mended(replace(purchase, buy_up=True))


def test_first_tiers_that_do_not_add_up():
    # 100 t; each carries 60 to 80
    offers = [bid(k, 0, (60, 1), capacity=80) for k in range(2)]
    purchase = made([(0, 0, 100)], offers, [supplier("A"), supplier("B")], award="split", buy_up=False)
    cause = one(purchase)
    assert cause.change.by == pytest.approx(20, rel=1e-6)
    assert mended(with_bid(purchase, 0, capacity=100))
    assert not mended(with_bid(purchase, 0, capacity=99.9))
    assert mended(with_bid(purchase, 0, starts=(40,)))
    assert mended(with_bid(purchase, 0, starts=(20,)))
    assert not mended(with_bid(purchase, 0, starts=(40.1,)))


def test_every_lot_that_fails_is_named():
    offers = [bid(0, i, (0, 1), capacity=50) for i in range(3)]
    purchase = made([(0, 0, 100), (0, 1, 10), (0, 2, 60)], offers, [supplier("A")])
    assert [(c.where, c.change.by) for c in causes(purchase)] == [("L0", 50), ("L2", 10)]


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
    assert (cause.where, cause.kind, cause.change.by) == ("B", "supplier", pytest.approx(30))
    assert "100.0 EUR" in str(cause.mend)
    a, b = purchase.suppliers
    assert mended(replace(purchase, suppliers=(a, replace(b, min_order=130 - cause.change.by))))
    assert not mended(replace(purchase, suppliers=(a, replace(b, min_order=130 - LESS * cause.change.by))))


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
    assert (cause.where, cause.kind, cause.change.by) == ("reserve", "rule", pytest.approx(1.01))
    assert "1.01 EUR" in str(cause.mend)  # 1.00 would not be enough
    assert mended(replace(purchase, reserve=99 + cause.change.by))
    assert not mended(replace(purchase, reserve=100.0))
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
    assert (cause.where, cause.change.by) == ("max_suppliers", 2)
    assert mended(replace(purchase, max_suppliers=3))
    assert not mended(replace(purchase, max_suppliers=2))


@ways
def test_max_supplier_share(award):
    # goods 100, 200, 100: B has half
    purchase = two_items(award, max_supplier_share=0.4)
    cause = one(purchase)
    assert (cause.where, cause.change.by) == ("max_supplier_share", 10)
    assert (cause.change.before, cause.change.after, cause.change.unit) == (40, 50, "percent")
    assert mended(replace(purchase, max_supplier_share=0.5))
    assert not mended(replace(purchase, max_supplier_share=0.499))


def test_min_sources():
    offers = [bid(0, 0, (0, 1)), bid(1, 0, (0, 1)), bid(2, 0, (0, 1), capacity=5)]
    firms = [supplier(code) for code in "ABC"]
    purchase = made([(0, 0, 100)], offers, firms, award="split", min_sources=3)
    # C cannot carry 10 %
    found = {cause.where: cause.change.after for cause in causes(purchase)}
    assert found == {"min_sources": 2, "min_source_share": 5}
    assert mended(replace(purchase, min_sources=2))
    assert mended(replace(purchase, min_source_share=0.05))
    assert not mended(replace(purchase, min_source_share=0.0501))


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
    found = {cause.where: cause.change.by for cause in causes(purchase)}
    assert found == {"max_suppliers": 1, "reserve": pytest.approx(50)}
    assert mended(replace(purchase, max_suppliers=2))
    assert mended(replace(purchase, reserve=400.0))
    assert not mended(replace(purchase, reserve=399.9))


@ways
def test_two_rules_that_must_both_change(award):
    purchase = two_items(award, max_suppliers=2, max_supplier_share=0.4)
    found = {cause.where: cause.change.after for cause in causes(purchase)}
    assert found == {"max_suppliers": 3, "max_supplier_share": 50}
    assert not any(cause.alternative for cause in causes(purchase))
    assert not mended(replace(purchase, max_suppliers=None))
    assert not mended(replace(purchase, max_supplier_share=None))
    assert mended(replace(purchase, max_suppliers=3, max_supplier_share=0.5))


def test_terms_come_before_rules():
    # A has 150, B 130 of 100 at most; once B accepts 100, two sources and a reserve of 50 still fail
    offers = [bid(0, 0, (0, 1)), bid(1, 0, (0, 1))]
    firms = [supplier("A", min_order=150.0), supplier("B", min_order=130.0)]
    purchase = made([(0, 0, 100)], offers, firms, award="split", min_sources=2, reserve=50.0)
    found = {cause.where: cause.change.after for cause in causes(purchase)}
    assert found == {"B": 100, "min_sources": 1, "reserve": 100}


@ways
def test_first_tier_and_capacity_that_do_not_go_together(award):
    # 100 t; each carries 60 to 80: whole, capacity is too small; divided, either term could be met, not both
    offers = [bid(k, 0, (60, 1), capacity=80) for k in range(2)]
    purchase = made([(0, 0, 100)], offers, [supplier("A"), supplier("B")], award=award, buy_up=False)
    cause = one(purchase)
    assert cause.cause == ("capacity" if award == "whole-lot" else "first_tier_and_capacity")
    assert cause.change.by == 20
    if award == "split":
        assert "exactly 100" in str(cause.reason)
        assert cause.instead == Change("Purchase", "buy_up", "no", "yes")
        assert mended(replace(purchase, buy_up=True))
    else:
        assert cause.instead is None
        assert not mended(replace(purchase, buy_up=True))


def test_one_supplier_lacks_capacity_and_another_comes_too_early():
    offers = [bid(0, 0, (0, 1), capacity=70), bid(1, 0, (120, 1))]
    purchase = made([(0, 0, 100)], offers, [supplier("A"), supplier("B")], buy_up=False)
    cause = one(purchase)
    assert cause.cause == "first_tier_and_capacity"
    assert (cause.change.supplier, cause.change.field, cause.change.after) == ("B", "from_quantity", 100)


def test_the_fewest_bids_are_asked():
    offers = [bid(k, 0, (0, 1), capacity=20) for k in range(4)]
    purchase = made([(0, 0, 100)], offers, [supplier(code) for code in "ABCD"], award="split")
    assert one(purchase).change.by == 20


def test_the_least_share_is_exact():
    # goods 100, 200, 120: B has 200 of 420
    offers = [bid(0, 0, (0, 1)), bid(1, 1, (0, 2)), bid(2, 2, (0, 1.2))]
    firms = [supplier(code) for code in "ABC"]
    demand = [(0, 0, 100), (0, 1, 100), (0, 2, 100)]
    purchase = made(demand, offers, firms, award="split", max_supplier_share=0.476)
    cause = one(purchase)
    exact = 20000 / 420
    assert exact <= cause.change.after <= exact + 1e-3 * (exact - 47.6) + 1e-9
    assert f"to {cause.change.after} percent" in str(cause.mend)


def test_time_that_is_over_still_names_what_fails():
    found = explain(two_items("split", max_supplier_share=0.4), deadline=time.monotonic() - 1)
    assert [cause.where for cause in found] == ["max_supplier_share"]


def test_a_time_limit_that_is_not_enough_says_so(monkeypatch):
    def late(*_, **__):
        raise OutOfTimeError(Sentence("Late."))

    monkeypatch.setattr(rule_changes, "least", late)
    (cause,) = explain(two_items("split", max_suppliers=1))
    assert (cause.kind, cause.cause, cause.change, cause.smallest) == ("purchase", "unknown", None, False)
    assert "--time-limit" in str(cause.mend)


def test_nothing_fits_and_terms_couple_the_lots():
    # not even a program can be written: nobody is eligible
    purchase = made([(0, 0, 10)], [bid(0, 0, (50, 1))], [supplier("A", fixed=3.0)], buy_up=False)
    cause = one(purchase)
    assert (cause.where, cause.change.by) == ("L0", pytest.approx(40))
