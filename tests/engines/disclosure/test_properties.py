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
from sprega.engines.disclosure.model import Candidate, Contributions, Outcome, Release, Rule, independent
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


def test_frozen_until_enough_have_changed():
    rule = Rule()
    amounts = {name: 50.0 + place for place, name in enumerate("ABCDEFGHIJ")}

    def ask(history, names, subject="lime"):
        return decide(history, Candidate(subject, independent((n, amounts[n]) for n in names)), rule)

    first = ask([], "ABCDE")
    history = [first.release]
    assert ask(history, "EDCBA").release is first.release  # the same in another order
    for names in ("ABCDEF", "ABCDEFG", "ABCD", "ABCDF"):
        assert ask(history, names).outcome is Outcome.FROZEN
        assert ask(history, names).release is first.release
        assert ask(history, names, "another subject").outcome is Outcome.REFUSE
    later = ask(history, "ABCDEFGH")
    assert later.outcome is Outcome.SHOW
    # Back to the first five: nothing new.
    assert ask([*history, later.release], "ABCDE").release is first.release


def test_small_corrections_do_not_hide_who_left():
    rule = Rule()
    before = independent([("A", 100), ("B", 100), ("C", 100), ("D", 100)])
    after = independent([("A", 101), ("B", 99), ("C", 102)])
    history = [decide([], Candidate("lime", before), rule).release]
    assert decide(history, Candidate("lime", after), rule).outcome is Outcome.FROZEN
    assert judge(after, rule).shown  # by itself it might be shown


def test_a_waiver_is_for_one_figure():
    rule = Rule()
    two = independent([("A", 70), ("B", 30)], item="lot 1")
    assert decide([], Candidate("lot 1", two), rule).outcome is Outcome.REFUSE
    agreed = decide([], Candidate("lot 1", two, waivers=frozenset("AB")), rule)
    assert agreed.outcome is Outcome.SHOW
    # A figure that tells nothing further is not refused for what the waiver already told ...
    other = independent([("A", 70), ("B", 30), ("C", 50), ("D", 60), ("E", 40)], item="lot 2")
    assert decide([agreed.release], Candidate("lot 2", other), rule).outcome is Outcome.SHOW
    # ... but C, who signed nothing, is not found by subtraction.
    three = independent([("A", 70), ("B", 30), ("C", 50)], item="lot 1")
    assert judge(three, rule).shown
    assert decide([agreed.release], Candidate("lots", three), rule).outcome is Outcome.REFUSE


def test_a_small_member_beside_large_ones():
    """What linear programming cannot see at this scale is counted against showing."""
    rule = Rule()
    large = [(name, 1e9) for name in "ABCD"]
    first = decide([], Candidate("a", independent(large)), rule).release
    for form in ("value", "band"):
        joined = Candidate("b", independent([*large, ("E", 5)]), form)
        second = decide([first], joined, rule)
        assert (second.outcome is Outcome.SHOW) == (form == "band")  # E is anywhere up to 2e9 - 0
        if second.release:
            ends = next(i for i in intervals([first, second.release]) if i.contributors == ("E",))
            assert ends.low <= 4.5
            assert ends.high >= 5.5


def test_a_viewer_who_knows_some_of_a_holding():
    """Somebody who knows one sister's figures is kept from the other's."""
    rule = Rule()
    group = {"A": "G", "B": "G"}
    given = independent([("A", 50), ("B", 50), ("C", 60), ("D", 12), ("E", 4)], group)
    shown = [Release("t", given, 176, 176)]
    assert not exposed(shown, rule, knows=[["A"]])
    found = exposed(shown, rule, knows=[["A", "C", "D"]])
    assert {(i.contributors, i.low, i.high) for i in found} >= {(("B",), 0, 54)}
    assert decide([], Candidate("t", given), rule, knows=[["A", "C", "D"]]).outcome is Outcome.REFUSE
    assert suppress([Candidate("t", given)], rule, knows=[["A", "C", "D"]]).shown == (False,)


def test_a_table_after_a_history_that_already_exposes():
    """What is exposed already is no reason to withhold what tells nothing further."""
    rule = Rule()
    two = independent([("A", 70), ("B", 30)], item="1")
    history = [decide([], Candidate("1", two, waivers=frozenset("AB")), rule).release]
    both = Contributions(
        ("A", "B", "A", "B", "C", "D", "E"),
        ("A", "B", "A", "B", "C", "D", "E"),
        np.array([70.0, 30, 20, 25, 30, 20, 25]),
        ("1", "1", "2", "2", "2", "2", "2"),
    )
    found = suppress([Candidate("both", both)], rule, history=history)
    assert found.shown == (decide(history, Candidate("both", both), rule).outcome is Outcome.SHOW,)
    assert found.shown == (True,)
