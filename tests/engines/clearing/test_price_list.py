# SPDX-License-Identifier: EUPL-1.2
"""The price list: exact sums, nothing where nothing is bought, and the nearest there is."""

from __future__ import annotations

import dataclasses
import itertools
import math
import time
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_array
from scipy.sparse.csgraph import NegativeCycleError, johnson, maximum_flow

from sprega.engines.award.model import Award, Item, Member, Purchase, Site, Supplier
from sprega.engines.clearing.minor_units import largest_remainder, round_half_up
from sprega.engines.clearing.model import PriceList
from sprega.engines.clearing.price_list import equal_price_invoice, nearest_invoices, price_list
from sprega.engines.model import EngineError

DIGITS = st.sampled_from([0, 2, 3])
SEEDS = st.integers(0, 2**32 - 1)


def cleared(
    seed: int,
    *,
    members: int = 5,
    suppliers: int = 3,
    items: int = 6,
    scale: float = 1.0,
    split: bool = False,
) -> tuple[Purchase, Award]:
    """A purchase with an award that costs money at random; the last member needs nothing."""
    rng = np.random.default_rng(seed)
    owner = np.concatenate([np.arange(members), rng.integers(0, members, 2)])
    lots = np.arange(items) // 2
    buys = [
        (site, item)
        for site in range(len(owner))
        for item in range(items)
        if owner[site] < members - 1 and rng.random() < 0.6
    ] or [(0, 0)]
    site, item = np.array(buys, dtype=np.int64).T
    quantity = np.round(rng.uniform(1, 100, len(buys)) * scale, 3)
    winner = rng.integers(0, suppliers, items)[item]
    delivered = np.zeros((suppliers, len(buys)))
    if split:
        delivered[winner, np.arange(len(buys))] = 0.25 * quantity
        winner = rng.integers(0, suppliers, len(buys))
        delivered[winner, np.arange(len(buys))] += 0.75 * quantity
    delivered[winner, np.arange(len(buys))] += quantity - delivered.sum(axis=0)
    used = delivered.sum(axis=1) > 0
    bought = np.zeros((suppliers, items))
    lane = np.zeros((suppliers, len(owner), int(lots.max()) + 1))
    for k, r in np.argwhere(delivered > 0):
        bought[k, item[r]] += delivered[k, r]
        lane[k, site[r], lots[item[r]]] = rng.choice([0.0, 7.35])
    goods = bought * np.round(rng.uniform(0.5, 20, (suppliers, items)), 2) * rng.choice([1, 1, 0], items)
    unit_delivery = delivered * np.round(rng.uniform(0, 1, (suppliers, 1)), 2)
    fixed = np.where(used, rng.choice([0.0, 33.3], suppliers), 0.0)
    payment = math.fsum([*goods.ravel(), *unit_delivery.ravel(), *lane.ravel(), *fixed])
    purchase = Purchase(
        name="Practice",
        currency="EUR",
        award="split" if split else "whole-lot",
        members=tuple(Member(f"M{m}", "", f"M{m}", "company") for m in range(members)),
        sites=tuple(Site(f"S{s}", int(m), "") for s, m in enumerate(owner)),
        items=tuple(Item(f"I{i}", "", int(lots[i]), "t") for i in range(items)),
        lots=tuple(f"L{lot}" for lot in range(int(lots.max()) + 1)),
        suppliers=tuple(Supplier(f"K{k}", "") for k in range(suppliers)),
        bids=(),
        demand_site=site,
        demand_item=item,
        demand_quantity=quantity,
        demand_price=np.full(len(buys), np.nan),
        per_unit=np.zeros((suppliers, len(owner))),
        per_lane=np.zeros((suppliers, len(owner))),
    )
    award = Award(
        delivered=delivered,
        tier_payment=goods,
        goods=goods,
        unit_delivery=unit_delivery,
        lane_delivery=lane,
        fixed=fixed,
        top_up=np.zeros(suppliers),
        payment=payment,
        co2=0.0,
        objective=payment,
    )
    return purchase, award


def random_shares(seed: int, purchase: Purchase, award: Award, *, low: float = 0.0) -> np.ndarray:
    """Shares that add up to the payment; with `low` below zero some may be negative."""
    part = np.random.default_rng(seed + 1).uniform(low, 1, len(purchase.players))
    part += (1 - part.sum()) / len(part) if low < 0 else 0.0
    return part * award.payment / part.sum()


def bought(purchase: Purchase, award: Award) -> np.ndarray:
    total = np.zeros((len(purchase.suppliers), len(purchase.members), len(purchase.items)))
    for k, r in np.argwhere(award.delivered > 1e-9 * purchase.demand_quantity):
        total[k, purchase.demand_member[r], purchase.demand_item[r]] += award.delivered[k, r]
    return total


def assert_holds(purchase: Purchase, award: Award, shares: np.ndarray, answer: PriceList) -> None:
    """All that a price list promises, but for being the nearest."""
    digits, amount = answer.digits, answer.amount
    quantity = bought(purchase, award)
    for k in range(len(purchase.suppliers)):
        parts = (award.goods, award.unit_delivery, award.lane_delivery, award.fixed, award.top_up)
        exact = sum((Fraction(x) for part in parts for x in np.ravel(part[k]).tolist()), Fraction())
        assert abs(answer.supplier_total[k] - exact * 10**digits) <= Fraction(501, 1000)
    assert amount.sum(axis=1).tolist() == answer.supplier_total.tolist()
    assert answer.share.sum() == answer.supplier_total.sum()
    assert np.abs(answer.share[list(purchase.players)] - shares * 10**digits).max() <= len(amount) + 1
    balance = amount.sum(axis=0)
    for note in answer.notes:
        assert note.amount > 0 and note.payer != note.payee
        balance[note.payer] += note.amount
        balance[note.payee] -= note.amount
    assert not {note.payer for note in answer.notes} & {note.payee for note in answer.notes}
    assert balance.tolist() == answer.share.tolist()
    assert (amount >= 0).all() and not amount[~(quantity > 0).any(axis=2)].any()
    assert np.array_equal(np.isnan(answer.unit_price), quantity == 0)
    np.testing.assert_allclose(
        np.nansum(answer.unit_price * quantity, axis=2), amount / 10**digits, rtol=1e-12, atol=1e-12
    )


@given(seed=SEEDS, digits=DIGITS, split=st.booleans(), scale=st.sampled_from([0.01, 1.0, 1e6]))
@settings(deadline=None)
def test_random_shares_are_carried_exactly(seed: int, digits: int, split: bool, scale: float) -> None:
    purchase, award = cleared(seed, split=split, scale=scale)
    for low in (0.0, -1.0):
        shares = random_shares(seed, purchase, award, low=low)
        answer = price_list(purchase, award, shares, digits=digits)
        assert_holds(purchase, award, shares, answer)
        again = price_list(purchase, award, shares, digits=digits)
        assert np.array_equal(answer.amount, again.amount) and answer.notes == again.notes


@given(seed=SEEDS, digits=DIGITS)
@settings(deadline=None)
def test_equal_price_shares_give_the_equal_price_invoice(seed: int, digits: int) -> None:
    purchase, award = cleared(seed)
    invoice = equal_price_invoice(purchase, award)
    np.testing.assert_allclose(invoice.sum(), award.payment, rtol=1e-12)
    answer = price_list(purchase, award, invoice.sum(axis=0)[list(purchase.players)], digits=digits)
    assert np.abs(answer.amount - invoice * 10**digits).max() <= len(purchase.suppliers) + 1
    assert sum(note.amount for note in answer.notes) <= len(purchase.suppliers)


def test_the_invoice_at_equal_prices_by_hand() -> None:
    purchase, award = cleared(7, split=True)
    quantity, member = bought(purchase, award), purchase.demand_member
    expected = np.zeros(quantity.shape[:2])
    price = award.goods.sum(axis=0) / np.maximum(quantity.sum(axis=(0, 1)), 1e-300)
    for k in range(len(expected)):
        value = quantity[k] @ price
        for m in range(len(purchase.members)):
            sites = [s for s, site in enumerate(purchase.sites) if site.member == m]
            expected[k, m] = value[m] + award.unit_delivery[k, member == m].sum()
            expected[k, m] += award.lane_delivery[k, sites].sum()
            expected[k, m] += award.fixed[k] * value[m] / value.sum() if value.sum() else 0.0
    np.testing.assert_allclose(equal_price_invoice(purchase, award), expected, rtol=1e-12)


def test_a_unit_price_carries_its_own_delivery() -> None:
    """At equal prices: item 0 at 2, item 1 at 4; the lane of 6 goes 1 : 2 by value, fixed alike."""
    purchase, award = cleared(0, members=2, suppliers=1, items=2)
    rows = {"demand_site": np.array([0, 0]), "demand_item": np.array([0, 1])}
    purchase = dataclasses.replace(
        purchase, **rows, demand_quantity=np.array([10.0, 10.0]), demand_price=np.full(2, np.nan)
    )
    award = dataclasses.replace(
        award,
        delivered=np.array([[10.0, 10.0]]),
        goods=np.array([[20.0, 40.0]]),
        unit_delivery=np.array([[5.0, 0.0]]),
        lane_delivery=np.array([[[6.0]] + [[0.0]] * (len(purchase.sites) - 1)]),
        fixed=np.array([3.0]),
        payment=74.0,
    )
    answer = price_list(purchase, award, np.array([74.0]), digits=2)
    np.testing.assert_allclose(answer.unit_price[0, 0], [(20 + 5 + 2 + 1) / 10, (40 + 4 + 2) / 10])


def test_free_goods_carry_the_fixed_cost_by_quantity() -> None:
    purchase, award = cleared(3, suppliers=1)
    award = dataclasses.replace(
        award,
        goods=np.zeros_like(award.goods),
        unit_delivery=np.zeros_like(award.unit_delivery),
        lane_delivery=np.zeros_like(award.lane_delivery),
        fixed=np.array([50.0]),
        payment=50.0,
    )
    quantity = bought(purchase, award).sum(axis=(0, 2))
    np.testing.assert_allclose(equal_price_invoice(purchase, award)[0], 50 * quantity / quantity.sum())


def transport(seed: int, *, suppliers: int, members: int, scale: int, negative: bool = False):
    """Random targets, totals and shares, with the sums as `nearest_invoices` wants them."""
    rng = np.random.default_rng(seed)
    allowed = rng.random((suppliers, members)) < rng.uniform(0.2, 1)
    allowed[np.arange(suppliers), rng.integers(0, members, suppliers)] = True
    target = np.where(allowed, rng.integers(0, scale + 1, allowed.shape), 0)
    totals = np.where(
        rng.random(suppliers) < 0.5, target.sum(axis=1), rng.integers(0, members * scale + 1, suppliers)
    )
    weights = rng.uniform(-0.3 if negative else 0, 1, members) * (1 + target.sum(axis=0))
    weights += (float(totals.sum()) - weights.sum()) / members if negative else 0.0
    shares = largest_remainder(weights, int(totals.sum()), 0)
    return target, allowed, totals, shares


def least_by_linear_program(target, allowed, totals, shares) -> tuple[float, float]:
    """Smallest total of notes, then smallest deviation, by two linear programmes of another form."""
    suppliers, members = target.shape
    cells = suppliers * members
    up, down = np.arange(cells), cells + np.arange(cells)
    get, pay = 2 * cells + np.arange(members), 2 * cells + members + np.arange(members)
    variables = 2 * cells + 2 * members
    equal, right = np.zeros((suppliers + members, variables)), np.zeros(suppliers + members)
    for k in range(suppliers):
        equal[k, up.reshape(target.shape)[k]], equal[k, down.reshape(target.shape)[k]] = 1, -1
        right[k] = totals[k] - target[k].sum()
    for m in range(members):
        row = suppliers + m
        equal[row, up.reshape(target.shape)[:, m]], equal[row, down.reshape(target.shape)[:, m]] = 1, -1
        equal[row, get[m]], equal[row, pay[m]] = -1, 1
        right[row] = shares[m] - target[:, m].sum()
    high = np.full(variables, np.inf)
    high[up] = np.where(allowed, np.inf, 0).ravel()
    high[down] = target.ravel()
    bounds = np.column_stack([np.zeros(variables), high])
    notes = np.zeros(variables)
    notes[get] = 1
    first = linprog(notes, A_eq=equal, b_eq=right, bounds=bounds, method="highs")
    off = np.zeros(variables)
    off[up], off[down] = 1, 1
    second = linprog(
        off, A_ub=notes[None], b_ub=[first.fun + 1e-7], A_eq=equal, b_eq=right, bounds=bounds, method="highs"
    )
    return first.fun, second.fun


@given(seed=SEEDS, suppliers=st.integers(1, 5), members=st.integers(1, 5), scale=st.integers(0, 60))
@settings(deadline=None)
def test_nothing_is_nearer(seed: int, suppliers: int, members: int, scale: int) -> None:
    case = transport(seed, suppliers=suppliers, members=members, scale=scale, negative=bool(seed % 2))
    amount, received = nearest_invoices(*case)
    notes, off = least_by_linear_program(*case)
    assert np.maximum(received, 0).sum() == pytest.approx(notes, abs=1e-5)
    assert np.abs(amount - case[0]).sum() == pytest.approx(off, abs=1e-5)


@given(seed=SEEDS, negative=st.booleans())
@settings(deadline=None)
def test_no_notes_exactly_when_a_flow_carries_all(seed: int, negative: bool) -> None:
    case = transport(seed, suppliers=4, members=6, scale=50, negative=negative)
    _, allowed, totals, shares = case
    graph = np.zeros((12, 12), dtype=np.int32)
    graph[0, 1:5], graph[5:11, 11] = totals, np.maximum(shares, 0)
    graph[1:5, 5:11] = np.where(allowed, totals.sum(), 0)
    carried = maximum_flow(csr_array(graph), 0, 11).flow_value
    _, received = nearest_invoices(*case)
    assert np.maximum(received, 0).sum() == totals.sum() - carried - np.minimum(shares, 0).sum()


def has_a_better_cycle(target, allowed, amount, received) -> bool:
    """Whether any round of changes lowers (notes, deviation): Bellman-Ford on all that may change."""
    suppliers, members = target.shape
    hub, heavy = suppliers + members, 1000.0
    graph = np.full((hub + 1, hub + 1), np.inf)
    graph[:suppliers, suppliers:hub] = np.where(allowed, np.where(amount >= target, 1, -1), np.inf)
    graph[suppliers:hub, :suppliers] = np.where(amount > target, -1, np.where(amount > 0, 1, np.inf)).T
    graph[suppliers:hub, hub] = np.where(received >= 0, heavy, -heavy)
    graph[hub, suppliers:hub] = np.where(received > 0, -heavy, heavy)
    there = np.argwhere(np.isfinite(graph))
    arcs = csr_array((graph[tuple(there.T)], tuple(there.T)), shape=graph.shape)
    try:
        johnson(arcs, indices=hub)
    except NegativeCycleError:
        return True
    return False


@pytest.mark.parametrize("seed", range(6))
def test_large_amounts_are_exact_and_nearest(seed: int) -> None:
    case = transport(seed, suppliers=12, members=24, scale=10**12, negative=seed % 2 == 1)
    target, allowed, totals, shares = case
    amount, received = nearest_invoices(*case)

    def off(invoices):
        return np.abs(invoices - target).sum()

    assert amount.sum(axis=1).tolist() == totals.tolist()
    assert (amount.sum(axis=0) - received).tolist() == shares.tolist()
    assert not has_a_better_cycle(target, allowed, amount, received)
    for k, m in itertools.product(itertools.combinations(range(12), 2), itertools.permutations(range(24), 2)):
        worse = amount.copy()
        worse[np.ix_(k, m)] += np.array([[1, -1], [-1, 1]])
        if allowed[np.ix_(k, m)].all() and (worse >= 0).all() and off(worse) > off(amount):
            break
    assert has_a_better_cycle(target, allowed, worse, received)


@pytest.mark.parametrize(("suppliers", "members", "seconds"), [(60, 24, 0.5), (60, 60, 0.5), (100, 60, 2.0)])
def test_is_quick(suppliers: int, members: int, seconds: float) -> None:
    purchase, award = cleared(1, members=members + 1, suppliers=suppliers, items=suppliers)
    shares = random_shares(1, purchase, award, low=-0.2)
    start = time.process_time()
    answer = price_list(purchase, award, shares, digits=2)
    assert time.process_time() - start < seconds
    assert_holds(purchase, award, shares, answer)


def test_a_member_that_is_owed_money_gets_it_by_a_note() -> None:
    purchase, award = cleared(11, members=4)
    shares = np.array([-25.0, 10.0, award.payment + 15.0])
    assert len(purchase.players) == 3
    answer = price_list(purchase, award, shares, digits=2)
    received = sum(note.amount for note in answer.notes if note.payee == 0)
    assert received == answer.amount[:, 0].sum() + 2500


def test_dust_that_a_solver_leaves_is_no_purchase() -> None:
    purchase, award = cleared(2)
    nothing = np.argwhere(award.delivered == 0)[0]
    dusty = award.delivered.copy()
    dusty[tuple(nothing)] = 1e-10 * purchase.demand_quantity[nothing[1]]
    shares = random_shares(2, purchase, award)
    clean = price_list(purchase, award, shares, digits=2)
    answer = price_list(purchase, dataclasses.replace(award, delivered=dusty), shares, digits=2)
    assert np.array_equal(answer.amount, clean.amount)
    np.testing.assert_array_equal(answer.unit_price, clean.unit_price)


def test_a_half_cent_that_floats_miss_is_still_a_half() -> None:
    purchase, award = cleared(0, members=2, suppliers=1, items=1)
    purchase = dataclasses.replace(
        purchase,
        demand_site=np.array([0]),
        demand_item=np.array([0]),
        demand_quantity=np.array([3.0]),
        demand_price=np.array([np.nan]),
    )
    award = dataclasses.replace(
        award,
        delivered=np.array([[3.0]]),
        goods=np.array([[2.675 * 3]]),
        unit_delivery=np.zeros((1, 1)),
        lane_delivery=np.zeros((1, len(purchase.sites), 1)),
        fixed=np.zeros(1),
        payment=8.025,
    )
    assert round_half_up(2.675 * 3, 2) == 802
    assert price_list(purchase, award, np.array([8.025]), digits=2).supplier_total.tolist() == [803]


def test_what_does_not_fit_is_refused() -> None:
    purchase, award = cleared(5)
    shares = random_shares(5, purchase, award)
    with pytest.raises(EngineError, match="give one for each"):
        price_list(purchase, award, shares[:-1], digits=2)
    with pytest.raises(EngineError, match="add up"):
        price_list(purchase, award, shares * 1.01, digits=2)
    with pytest.raises(EngineError, match="add up"):
        price_list(purchase, award, shares * np.nan, digits=2)
    k = int(np.argmax(award.delivered.sum(axis=1)))
    gone = award.delivered.copy()
    gone[k] = 0
    with pytest.raises(EngineError, match=f"Supplier K{k} .* delivers to nobody"):
        price_list(purchase, dataclasses.replace(award, delivered=gone), shares, digits=2)
    owed = award.fixed.copy()
    owed[k] = -1e9
    with pytest.raises(EngineError, match="never negative"):
        negative = dataclasses.replace(award, fixed=owed)
        price_list(purchase, negative, shares - (1e9 + award.fixed[k]) / len(shares), digits=2)
    with pytest.raises(EngineError, match="must be the same"):
        nearest_invoices(np.ones((1, 1), int), np.ones((1, 1), bool), np.array([1]), np.array([2]))
    with pytest.raises(EngineError, match="none is allowed"):
        nearest_invoices(np.zeros((1, 1), int), np.zeros((1, 1), bool), np.array([1]), np.array([1]))
