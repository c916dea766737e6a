# SPDX-License-Identifier: EUPL-1.2
"""What holds of every verdict, band, audit and table."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sprega.engines.disclosure.audit import exposed, intervals
from sprega.engines.disclosure.bands import band
from sprega.engines.disclosure.judge import exposed_alone, judge
from sprega.engines.disclosure.model import Contributions, Outcome, Release, Rule, independent
from sprega.engines.disclosure.release import decide
from sprega.engines.disclosure.suppress import suppress
from sprega.engines.disclosure.worlds import Worlds, directions

from .oracle import Attacker
from .test_attack import random_table


def totals(smallest=1, signed=False):
    """Contributions of up to eight members, of whom some may share a holding."""
    low = -100 if signed else 0
    member = st.tuples(st.integers(low, 100), st.integers(0, 5))
    return st.lists(member, min_size=smallest, max_size=8).map(
        lambda members: Contributions(
            tuple("ABCDEFGH"[: len(members)]),
            tuple(f"H{holding}" for _, holding in members),
            np.array([float(amount) for amount, _ in members]),
        )
    )


rules = st.builds(Rule, percent=st.sampled_from([1.0, 5.0, 10.0, 25.0, 100.0]))


def by_hand(total, rule):
    """The rule as it is written: holdings, absolute values, X - x1 - x2 < p/100 x1."""
    sizes = {}
    for holding, amount in zip(total.holdings, total.amounts, strict=True):
        sizes[holding] = sizes.get(holding, 0) + abs(amount)
    x = sorted((size for size in sizes.values() if size), reverse=True)
    return len(x) >= rule.threshold and sum(x) - x[0] - x[1] >= rule.percent / 100 * x[0]


@given(totals(signed=True), rules)
def test_the_rule_by_hand(total, rule):
    assert judge(total, rule).shown == by_hand(total, rule)


@given(totals(signed=True), rules, st.integers(0, 7), st.sampled_from([0.001, 7.0, 1e9]))
def test_order_unit_sign_and_zeros_do_not_matter(total, rule, turn, factor):
    shown = judge(total, rule).shown
    order = np.roll(np.arange(len(total.contributors)), turn)
    turned = Contributions(
        tuple(total.contributors[k] for k in order),
        tuple(total.holdings[k] for k in order),
        total.amounts[order] * factor,
    )
    assert judge(turned, rule).shown == shown
    assert judge(replace(total, amounts=-total.amounts), rule).shown == shown
    more = Contributions((*total.contributors, "Z"), (*total.holdings, "HZ"), np.append(total.amounts, 0.0))
    assert judge(more, rule).shown == shown


@given(totals(), rules)
@settings(max_examples=60, deadline=None)
def test_a_total_that_passes_exposes_nobody_and_one_that_fails_exposes_those_named(total, rule):
    """Judge and audit are two ways to the same answer. The audit needs 1e-8 more, so edges are left out."""
    release = Release("t", total, total.total, total.total)
    found = {name for interval in exposed([release], rule) for name in interval.contributors}
    if judge(total, replace(rule, percent=min(100.0, rule.percent * 1.0001))).shown:
        assert not found
    sizes = {h: sum(total.amounts[[g == h for g in total.holdings]]) for h in total.holdings}
    if sum(size > 0 for size in sizes.values()) >= 3:
        certain = exposed_alone(total, replace(rule, percent=rule.percent * 0.9999))
        assert certain <= found


@given(totals(signed=True), rules)
def test_a_waiver_of_all_who_are_exposed_frees_and_no_other_does(total, rule):
    needed = exposed_alone(total, rule)
    if not total.amounts.any():
        assert not judge(total, rule, waivers=total.contributors).shown
        return
    assert judge(total, rule, waivers=needed).shown
    assert judge(total, rule, waivers=needed).waived == bool(needed)
    for name in needed:
        assert not judge(total, rule, waivers=set(total.contributors) - {name}).shown


@given(totals(smallest=3), rules, st.sets(st.sampled_from("ABCDEFGH")))
def test_who_knows_more_is_never_shown_more(total, rule, known):
    assert judge(total, rule, knows=[known]).shown <= judge(total, rule).shown
    both = replace(rule, threshold=4, colluding=2, statistics_threshold=5)
    assert judge(total, both).shown <= judge(total, rule).shown


def test_holdings_count_once():
    amounts = [("A", 30), ("B", 30), ("C", 30)]
    assert judge(independent(amounts), Rule()).shown
    assert not judge(independent(amounts, {"A": "G", "B": "G"}), Rule()).shown  # two holdings
    four = [*amounts, ("D", 3)]
    assert judge(independent(four), Rule()).shown
    assert not judge(independent(four, {"A": "G", "B": "G"}), Rule()).shown  # 93 - 60 - 30 = 3 < 6
    # +30 and -30 of one holding are 60, not nothing.
    assert not judge(
        independent([("A", 30), ("B", -30), ("C", 30), ("D", 3)], {"A": "G", "B": "G"}), Rule()
    ).shown
    # A sister knows her sister's figures: a small member is not protected from its own holding.
    assert exposed_alone(independent(four, {"A": "G", "B": "G"}), Rule()) == {"A", "B"}


@pytest.mark.parametrize("amounts", [[], [("A", 0), ("B", 0), ("C", 0)]])
def test_nothing_is_withheld_like_everything_else(amounts):
    verdict = judge(independent(amounts), Rule())
    assert not verdict.shown
    assert str(verdict.reason) == str(judge(independent([("A", 1)]), Rule()).reason)


@given(st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_every_way_out_leads_to_a_world_that_fits(seed):
    rng = np.random.default_rng(seed)
    rows, atoms = rng.integers(1, 4), rng.integers(2, 7)
    matrix = rng.integers(-1, 2, (rows, atoms)).astype(float)
    truth = rng.integers(1, 20, atoms).astype(float)
    at = matrix @ truth
    exact = rng.random(rows) < 0.5
    low, high = at - np.where(exact, 0, rng.random(rows) * 5), at + np.where(exact, 0, rng.random(rows) * 5)
    known = truth * (rng.random((3, atoms)) < 0.3)
    upper = np.full(atoms, 100.0)
    worlds = Worlds(truth, upper, known, known == truth, matrix, low, high)
    worlds.add(directions(matrix[exact], truth))
    for way, steps in zip(worlds.ways[: worlds.count], worlds.steps[: worlds.count], strict=True):
        for viewer, step in enumerate(steps.tolist()):
            world = truth + step * way
            assert (low - 1e-6 <= matrix @ world).all()
            assert (matrix @ world <= high + 1e-6).all()
            assert (known[viewer] - 1e-9 <= world).all()
            assert (world <= upper + 1e-9).all()
            assert (world == truth)[known[viewer] == truth].all()


@pytest.mark.parametrize("seed", range(2))
def test_the_audit_finds_what_the_oracle_finds(seed):
    """Interval for interval, over values and bands, revised amounts and weights."""
    rng = np.random.default_rng(seed)
    releases = []
    for k in range(4):
        who = [name for name in "ABCDEF" if rng.random() < 0.7] or ["A"]
        amounts = np.array([float(10 + 7 * ord(name) % 23) + (k > 1 and name == "C") for name in who])
        given = Contributions(tuple(who), tuple(who), amounts, weights=np.full(len(who), 1.0 + k))
        low, high = band(given.total) if k % 2 else (given.total, given.total)
        releases.append(Release(f"{k}", given, low, high))
    attacker = Attacker(releases)
    for viewer in ((), ("A",), ("B", "C")):
        for found in intervals(releases, viewer=viewer):
            if not found.item and len(found.contributors) == 1:
                (name,) = found.contributors
                places = [
                    place
                    for place, (who, _, a) in enumerate(attacker.unknowns)
                    if who == name and a == pytest.approx(found.amount)
                ]
                if places:
                    low, high = attacker.ends(np.eye(len(attacker.truth))[places[0]], viewer)
                    assert (found.low, found.high) == (
                        pytest.approx(low, abs=1e-5),
                        pytest.approx(high, abs=1e-5),
                    )


def one_after_another(cells, rule):
    """Whether all the cells may be shown, by the rule for single figures."""
    history = []
    for cell in cells:
        decision = decide(history, cell, rule)
        if decision.outcome is not Outcome.SHOW:
            return False
        history.append(decision.release)
    return True


def test_the_cheapest_safe_pattern_is_found():
    """Against every cheaper choice of cells of small tables."""
    rule = Rule()
    tried = 0
    for seed in range(30, 50):
        table = random_table(seed, size=2, holdings={})
        found = suppress(table, rule)
        if not any(found.secondary):
            continue
        tried += 1
        assert found.proven
        assert one_after_another([c for c, there in zip(table, found.shown, strict=True) if there], rule)
        possible = [cell for cell in table if judge(cell.contributions, rule).shown]
        for size in range(len(possible) + 1):
            for hidden in combinations(possible, size):
                if sum(cell.contributions.total for cell in hidden) < found.cost - 1e-6:
                    assert not one_after_another([cell for cell in possible if cell not in hidden], rule)
        if tried == 3:
            return
    assert tried
