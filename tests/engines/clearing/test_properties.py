# SPDX-License-Identifier: EUPL-1.2
"""What must hold of every clearing: efficiency, symmetry, null members, scaling, order of rows."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.purchases import TERMS, bid, made, random_purchase, supplier

from sprega.engines.award.model import InfeasibleError
from sprega.engines.clearing.model import RULES
from sprega.engines.clearing.solve import clear


@st.composite
def cleared(draw, terms=TERMS, most=4):
    chosen = tuple(draw(st.sets(st.sampled_from(terms))))
    purchase = random_purchase(
        draw(st.integers(0, 10**6)),
        award=draw(st.sampled_from(["whole-lot", "split"])),
        members=draw(st.integers(1, most)),
        items=draw(st.integers(1, 3)),
        sites_each=draw(st.integers(1, 2)),
        buy_up=draw(st.booleans()),
        terms=chosen,
    )
    try:
        return clear(purchase)
    except InfeasibleError:
        assume(False)


def scale(clearing):
    return float(clearing.stand_alone.sum())


def same(found, expected, total, close=1e-7):
    np.testing.assert_allclose(found, expected, rtol=0, atol=close * total)


@settings(max_examples=40, deadline=None)
@given(cleared())
def test_shares_add_up_and_nobody_pays_more_than_alone_where_joining_pays(found):
    assert set(found.shares) == set(RULES)
    for shares in found.shares.values():
        assert shares.sum() == pytest.approx(found.cost, rel=1e-9)
    if found.joining_pays:
        assert np.all(found.shares["nucleolus"] <= found.stand_alone + 1e-6 * scale(found))
        assert np.all(found.shares["proportional"] <= found.stand_alone * (1 + 1e-6))
    for told in found.stability.values():
        assert told.worst_excess is None or (told.worst_excess > 1e-6 * scale(found)) == (told.objecting > 0)


@settings(max_examples=25, deadline=None)
@given(cleared(most=3), st.sampled_from([1e-4, 0.01, 1.95583, 1e6]))
def test_another_currency(found, factor):
    """All money times a factor: every figure of money times the factor, and nothing else changes."""
    p = found.purchase
    money = replace(
        p,
        suppliers=tuple(
            replace(
                s,
                min_order=s.min_order * factor,
                fixed=s.fixed * factor,
                discounts=tuple((start * factor, share) for start, share in s.discounts),
            )
            for s in p.suppliers
        ),
        bids=tuple(replace(b, prices=tuple(x * factor for x in b.prices)) for b in p.bids),
        per_unit=p.per_unit * factor,
        per_lane=p.per_lane * factor,
        co2_price=p.co2_price * factor,
    )
    scaled = clear(money)
    assert scaled.cost == pytest.approx(found.cost * factor, rel=1e-7)
    total = scale(found)
    same(scaled.coalition_cost / factor, found.coalition_cost, total)
    for rule in ("shapley", "nucleolus", "proportional"):
        same(scaled.shares[rule] / factor, found.shares[rule], total, 1e-6)


@settings(max_examples=25, deadline=None)
@given(cleared(most=4), st.randoms(use_true_random=False))
def test_the_order_of_the_sheets(found, rng):
    """Members, suppliers, items and rows in another order: the same figures for the same codes."""
    p = found.purchase

    def order(count):
        new = list(range(count))
        rng.shuffle(new)
        return new, np.argsort(new)

    members, at_member = order(len(p.members))
    items, at_item = order(len(p.items))
    suppliers, at_supplier = order(len(p.suppliers))
    rows, _ = order(len(p.demand_item))
    sites = replace_sites(p, at_member)
    moved = replace(
        p,
        members=tuple(p.members[m] for m in members),
        sites=sites,
        items=tuple(p.items[i] for i in items),
        suppliers=tuple(
            replace(
                p.suppliers[k],
                bundles=tuple(
                    (tuple(int(at_item[i]) for i in b), share) for b, share in p.suppliers[k].bundles
                ),
            )
            for k in suppliers
        ),
        bids=tuple(
            replace(b, supplier=int(at_supplier[b.supplier]), item=int(at_item[b.item]))
            for b in reversed(p.bids)
        ),
        demand_site=p.demand_site[rows],
        demand_item=at_item[p.demand_item[rows]],
        demand_quantity=p.demand_quantity[rows],
        demand_price=p.demand_price[rows],
        per_unit=p.per_unit[suppliers],
        per_lane=p.per_lane[suppliers],
    )
    again = clear(moved)
    total = scale(found)
    assert again.cost == pytest.approx(found.cost, rel=1e-8)
    back = {moved.members[m].code: position for position, m in enumerate(moved.players)}
    here = [back[p.members[m].code] for m in p.players]
    same(again.stand_alone[here], found.stand_alone, total)
    for rule in ("shapley", "nucleolus", "proportional"):
        same(again.shares[rule][here], found.shares[rule], total, 1e-6)


def replace_sites(purchase, at_member):
    return tuple(replace(site, member=int(at_member[site.member])) for site in purchase.sites)


@settings(max_examples=25, deadline=None)
@given(cleared(terms=[t for t in TERMS if t != "capacity"], most=3))
def test_two_identical_members_pay_the_same(found):
    """A twin of the first member, at sites that are served on the same terms."""
    p = found.purchase
    own = [s for s, site in enumerate(p.sites) if site.member == 0]
    twin = {s: len(p.sites) + n for n, s in enumerate(own)}
    rows = np.flatnonzero(np.isin(p.demand_site, own))
    doubled = replace(
        p,
        members=(*p.members, replace(p.members[0], code="Twin", holding="Twin")),
        sites=(*p.sites, *(replace(p.sites[s], code=f"T{s}", member=len(p.members)) for s in own)),
        demand_site=np.append(p.demand_site, [twin[int(s)] for s in p.demand_site[rows]]),
        demand_item=np.append(p.demand_item, p.demand_item[rows]),
        demand_quantity=np.append(p.demand_quantity, p.demand_quantity[rows]),
        demand_price=np.append(p.demand_price, p.demand_price[rows]),
        per_unit=np.hstack([p.per_unit, p.per_unit[:, own]]),
        per_lane=np.hstack([p.per_lane, p.per_lane[:, own]]),
    )
    pair = clear(doubled)
    total = scale(pair)
    assert pair.stand_alone[0] == pytest.approx(pair.stand_alone[-1], abs=1e-8 * total)
    for rule in ("shapley", "nucleolus", "proportional"):
        assert pair.shares[rule][0] == pytest.approx(pair.shares[rule][-1], abs=1e-6 * total)


def test_identical_members_pay_the_same_at_equal_prices_even_where_the_award_differs_by_site():
    purchase = made(
        [(0, 0, 10), (1, 0, 10)],
        [bid(0, 0, (0, 5), capacity=10), bid(1, 0, (0, 7))],
        [supplier("A"), supplier("B")],
        award="split",
    )
    assert clear(purchase).shares["equal-price"].tolist() == pytest.approx([60, 60])


@pytest.mark.parametrize("award", ["whole-lot", "split"])
def test_a_null_member_pays_what_it_pays_alone(award):
    """Whoever needs an item that nobody else needs, from a supplier without common terms, gains nothing."""
    purchase = made(
        [(0, 0, 60), (1, 0, 40), (2, 1, 10)],
        [bid(0, 0, (0, 10), (100, 8)), bid(1, 1, (0, 3))],
        [supplier("A", fixed=20.0), supplier("B")],
        award=award,
        per_lane=[[0, 0, 0], [0, 0, 4]],
    )
    found = clear(purchase)
    for rule in ("equal-price", "shapley", "nucleolus"):
        # fixed costs are divided by goods under equal prices, so that it pays of them as well there
        expected = 34 + (20 * 30 / 830 if rule == "equal-price" else 0)
        assert found.shares[rule][2] == pytest.approx(expected)
    # A: 60 + 40 at 8 = 800 + 20; alone 600 + 20, 400 + 20
    assert found.stand_alone.tolist() == pytest.approx([620, 420, 34])
    assert found.shares["shapley"][:2].tolist() == pytest.approx([510, 310])
    assert found.shares["nucleolus"][:2].tolist() == pytest.approx([510, 310])


@pytest.mark.parametrize(("count", "award"), [(9, "split"), (12, "whole-lot"), (16, "whole-lot")])
def test_against_coopgame(count, award):
    coopgame = pytest.importorskip("coopgame")
    terms = ("tiers", "delivery", "lots", "capacity")
    purchase = random_purchase(count, award=award, members=count, items=5, density=0.5, terms=terms)
    found = clear(purchase)
    assert found.mode == "exact"
    if found.coalition_cost is None:
        from sprega.engines.clearing.exact import cost_game

        cost, _ = cost_game(purchase, found.award, progress=lambda stage, part: None)
    else:
        cost = found.coalition_cost
    masks = np.arange(1, len(cost))
    alone = found.stand_alone
    savings = sum(np.where(masks >> b & 1, alone[b], 0.0) for b in range(count)) - cost[1:]
    game = coopgame.Game(savings.tolist())
    assert found.joining_pays
    near = 1e-7 * alone.sum()
    np.testing.assert_allclose(alone - coopgame.shapley(game), found.shares["shapley"], atol=near)
    peer = np.array(coopgame.nucleolus(game)["allocation"])
    np.testing.assert_allclose(alone - peer, found.shares["nucleolus"], atol=near)
