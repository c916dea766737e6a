# SPDX-License-Identifier: EUPL-1.2
"""The certified bound holds for any multipliers, and good ones are found for every kind of terms."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from sprega.engines.award.certificate import certify, lower_bound
from sprega.engines.award.dual import start, store
from sprega.engines.award.model import Certificate
from sprega.engines.award.relaxation import relax
from sprega.engines.award.solve import solve_award
from tests.engines.award import oracle
from tests.purchases import TERMS, bid, made, random_purchase, supplier

KINDS = [*((term,) for term in TERMS), ("tiers", "discounts", "bundles"), TERMS]
RULES = [{"max_suppliers": 2}, {"max_supplier_share": 0.5}, {"min_sources": 2}]
ROUNDING = 1e-9  # of the optimum itself, which a solver found


def random_certificates(purchase, near, seed, count=6):
    """Multipliers near good ones, wild ones, and ones of the wrong sign."""
    rng = np.random.default_rng(seed)
    relaxation = relax(purchase)
    for scale in np.geomspace(0.01, 30, count):
        point = start(relaxation)
        for name, size in vars(point).items():
            setattr(point, name, rng.normal(0, scale, size.shape))
        drawn = store(relaxation, point)
        yield Certificate(near * rng.lognormal(0, min(scale, 2), near.shape), drawn.terms)
        yield Certificate(rng.normal(0, 20 * scale, near.shape), drawn.terms)


def optimum(purchase):
    award = solve_award(purchase)
    return (None, None) if award is None else (award, award.objective)


@pytest.mark.parametrize("award", ["whole-lot", "split"])
@pytest.mark.parametrize("terms", KINDS, ids="+".join)
def test_no_multipliers_lift_the_bound_above_the_optimum(award, terms):
    for seed in range(4):
        purchase = random_purchase(seed, award=award, terms=terms, sites_each=2, buy_up=seed % 2 == 0)
        found, best = optimum(purchase)
        if found is None:
            continue
        certified = certify(purchase, found)
        assert certified.certified_bound <= best * (1 + ROUNDING)
        assert certified.certified_bound == lower_bound(purchase, certified.certificate)
        assert certified.gap <= found.gap
        for certificate in random_certificates(purchase, certified.certificate.demand, seed):
            value = lower_bound(purchase, certificate)
            assert np.isfinite(value)
            assert value <= best * (1 + ROUNDING)


@pytest.mark.parametrize("award", ["whole-lot", "split"])
@pytest.mark.parametrize("rule", RULES, ids=str)
def test_the_groups_rules_keep_the_bound_below(award, rule):
    for seed in range(4):
        purchase = random_purchase(
            seed, award=award, terms=("tiers", "delivery", "capacity"), suppliers=4, **rule
        )
        found, best = optimum(purchase)
        if found is None:
            continue
        certified = certify(purchase, found)
        assert certified.certified_bound <= best * (1 + ROUNDING)
        for certificate in random_certificates(purchase, certified.certificate.demand, seed):
            assert lower_bound(purchase, certificate) <= best * (1 + ROUNDING)


@pytest.mark.parametrize("award", ["whole-lot", "split"])
def test_below_the_brute_force_optimum(award):
    for seed in range(12):
        purchase = random_purchase(seed, award=award, members=2, items=2, suppliers=2)
        everybody = set(purchase.players)
        if award == "whole-lot":
            best, _ = oracle.whole_lot(purchase, everybody, proper=False)
        else:
            best = oracle.split(purchase, everybody, proper=False)
        found = solve_award(purchase)
        if found is None:
            continue
        assert certify(purchase, found).certified_bound <= best * (1 + ROUNDING)


def test_exact_where_nothing_couples_whole_lots():
    for seed in range(10):
        terms = ("tiers", "capacity", "delivery", "lanes", "co2", "lots")
        purchase = random_purchase(seed, members=5, items=8, suppliers=5, terms=terms)
        found = solve_award(purchase)
        certified = certify(purchase, found)
        assert certified.certified_bound == pytest.approx(found.objective, rel=1e-11)
        assert certified.certificate.terms == {}


def test_typically_within_one_percent():
    gaps = []
    for seed in range(6):
        for award in ("whole-lot", "split"):
            terms = ("tiers", "delivery", "discounts", "fixed", "lots")
            purchase = random_purchase(seed, award=award, members=5, items=6, suppliers=4, terms=terms)
            found = solve_award(purchase)
            gaps.append(1 - certify(purchase, found).certified_bound / found.objective)
    assert np.median(gaps) <= 0.01
    assert min(gaps) >= -ROUNDING


def test_a_weaker_bound_of_the_solver_is_raised():
    purchase = made([(0, 0, 10)], [bid(0, 0, (0, 5)), bid(1, 0, (0, 6))], [supplier("A"), supplier("B")])
    found = replace(solve_award(purchase), bound=0.0, proven=False)
    certified = certify(purchase, found)
    assert certified.bound == certified.certified_bound == pytest.approx(50)


def test_lists_of_a_wrong_length_count_as_nothing():
    purchase = made([(0, 0, 10)], [bid(0, 0, (0, 5))], [supplier("A", fixed=3.0)])
    right = Certificate(np.array([5.3]), {})
    assert lower_bound(purchase, right) == pytest.approx(53)
    wrong = Certificate(np.array([5.3]), {"level": [1.0] * 9, "share": [], "unheard": [2.0]})
    assert lower_bound(purchase, wrong) == lower_bound(purchase, right)
    assert lower_bound(purchase, Certificate(np.array([np.nan]), {"level": [np.inf]})) <= 53


def test_many_bundles_are_relaxed_item_by_item():
    items = range(16)
    bundles = tuple(((i, i + 1), 0.02 + i / 1000) for i in range(0, 16, 2))
    purchase = made(
        [(0, i, 10) for i in items],
        [bid(k, i, (0, 5 + k + i % 3)) for k in range(2) for i in items],
        [supplier("A"), supplier("B", bundles=bundles)],
    )
    found = solve_award(purchase)
    assert certify(purchase, found).certified_bound <= found.objective * (1 + ROUNDING)


def test_needs_neither_a_solver_nor_a_compiler():
    code = (
        "import sys; import sprega.engines.award.certificate; "
        "sys.exit(bool({'scipy', 'highspy', 'numba'} & {name.split('.')[0] for name in sys.modules}))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
