# SPDX-License-Identifier: EUPL-1.2
"""A brute-force attacker on random sequences and tables: nothing is bounded closer than the rule allows.

Each attack runs twice. With the engine the attacker must find nothing; with its protection switched off it
must succeed somewhere, or the check could not fail.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from sprega.engines.disclosure.audit import exposed
from sprega.engines.disclosure.bands import band
from sprega.engines.disclosure.grid import grid
from sprega.engines.disclosure.judge import judge
from sprega.engines.disclosure.model import Candidate, Contributions, Outcome, Release, Rule
from sprega.engines.disclosure.release import decide
from sprega.engines.disclosure.suppress import suppress

from .oracle import Attacker

SUBJECTS = {"all": "ABCDEFGHIJ", "north": "ABCDEF", "south": "EFGHIJ", "some": "ACEGI"}
HOLDING = {"B": "A", "F": "E"}  # B is of A's group, F of E's


def careless(history, candidate, rule):
    """Without freezing: each figure is judged by itself."""
    verdict = judge(candidate.contributions, rule)
    if not verdict.shown:
        return None
    total = candidate.contributions.total
    low, high = band(total) if candidate.form == "band" else (total, total)
    return Release(candidate.subject, candidate.contributions, low, high)


def careful(history, candidate, rule):
    """As the access layer will do it: a release is recorded only when something new is shown."""
    decision = decide(history, candidate, rule)
    if decision.outcome is not Outcome.SHOW or decision.release in history:
        return None
    return decision.release


def sequence(seed, rule, ask, *, signed=False, revised=False, bands=True, steps=14):
    """Members join, leave and revise, and somebody looks at one of four totals after every step."""
    rng = np.random.default_rng(seed)

    def draw(name):
        amount = float(rng.integers(5, 100))
        return -amount if signed and name in "CGH" else amount

    amounts = {name: draw(name) for name in "ABCDEFGHIJ"}
    joined = set("ABCDEFGH")
    history: list[Release] = []
    for _ in range(steps):
        for name in rng.choice(list("ABCDEFGHIJ"), size=rng.choice([1, 1, 1, 4, 7]), replace=False):
            joined ^= {str(name)}
        if revised and joined:
            name = str(rng.choice(sorted(joined)))
            amounts[name] += float(rng.choice([-3, -2, 2, 3, 40])) * np.sign(amounts[name])
            amounts[name] = amounts[name] or 1.0
        subject = str(rng.choice(list(SUBJECTS)))
        who = [name for name in SUBJECTS[subject] if name in joined]
        given = Contributions(
            tuple(who),
            tuple(HOLDING.get(name, name) for name in who),
            np.array([amounts[name] for name in who]),
        )
        form = "band" if bands and subject in {"north", "some"} else "value"
        if release := ask(history, Candidate(subject, given, form), rule):
            history.append(release)
    return history


def viewers(history, pooled):
    names = sorted({holding for release in history for holding in release.contributions.holdings})
    return [group for size in range(pooled + 1) for group in combinations(names, size)]


KINDS = {
    "joins and leaves": {"bands": False},
    "values and bands": {},
    "revised": {"revised": True},
    "mixed signs": {"signed": True, "revised": True},
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(2))
def test_a_sequence_exposes_nobody(kind, seed):
    history = sequence(seed, Rule(), careful, **KINDS[kind])
    assert history
    assert not list(Attacker(history).successes(10, viewers(history, 1)))


@pytest.mark.parametrize("kind", KINDS)
def test_without_freezing_the_attacker_succeeds(kind):
    caught = 0
    for seed in range(3):
        history = sequence(seed, Rule(), careless, **KINDS[kind])
        found = list(Attacker(history).successes(10, [()]))
        caught += bool(found)
        said = {holding for interval in exposed(history, Rule()) for holding in interval.contributors}
        assert {holding for holding, _ in found} <= {HOLDING.get(name, name) for name in said}
    assert caught


@pytest.mark.parametrize("kind", KINDS)
def test_the_audit_names_whom_the_attacker_finds(kind):
    """Both ways: nobody is overlooked, and nobody is said to be exposed who is not."""
    rule = Rule(percent=9.7)  # with amounts in whole numbers, no distance is just the one needed
    caught = 0
    for seed in (7, 8):
        history = sequence(seed, rule, careless, steps=9, **KINDS[kind])
        found = set(Attacker(history).successes(9.7, viewers(history, 1)))
        said = {(HOLDING.get(i.contributors[0], i.contributors[0]), i.viewer) for i in exposed(history, rule)}
        assert said == found
        caught += len(found)
    assert caught


@pytest.mark.parametrize("seed", [1, 3])
def test_two_that_pool_what_they_know(seed):
    rule = Rule(threshold=4, colluding=2)
    history = sequence(seed, rule, careful, steps=8)
    assert history
    assert not list(Attacker(history).successes(10, viewers(history, 2)))


def test_two_that_pool_succeed_where_the_rule_foresees_one():
    caught = 0
    for seed in range(3):
        history = sequence(seed, Rule(), careful, steps=8)
        pairs = [group for group in viewers(history, 2) if len(group) == 2]
        caught += any(Attacker(history).successes(10, pairs))
    assert caught


def test_many_sequences_show_something():
    """Refusing everything would be safe too."""
    shown = [len(sequence(seed, Rule(), careful)) for seed in range(15)]
    assert np.mean(shown) >= 2
    assert max(shown) >= 3


def random_table(seed, size=3, holdings=HOLDING):
    rng = np.random.default_rng(seed)
    members = "ABCDEFGH"
    cells = []
    for _ in range(size):
        row = []
        for _ in range(size):
            who = [name for name in members if rng.random() < 0.65]
            amounts = np.ceil(rng.lognormal(3, 1, len(who)))
            row.append(Contributions(tuple(who), tuple(holdings.get(name, name) for name in who), amounts))
        cells.append(row)
    return grid("t", cells)


def primary_only(table, rule):
    return [release for cell in table if (release := careless([], cell, rule))]


@pytest.mark.parametrize("seed", range(3))
def test_a_table_exposes_nobody(seed):
    table = random_table(seed)
    found = suppress(table, Rule())
    assert found.releases
    assert not list(Attacker(found.releases).successes(10, viewers(found.releases, 1)))


def test_without_secondary_suppression_the_attacker_succeeds():
    caught = 0
    for seed in range(4):
        shown = primary_only(random_table(seed), Rule())
        caught += any(Attacker(shown).successes(10, viewers(shown, 1)))
    assert caught


def test_a_table_after_somebody_left():
    """The table of yesterday is history; today's must not tell who left."""
    before = random_table(11, size=2)
    rule = Rule()
    first = suppress(before, rule)
    today = []
    for cell in before:
        its = cell.contributions
        stay = np.array([name != "C" for name in its.contributors])
        kept = [k for k, ok in enumerate(stay) if ok]
        smaller = Contributions(
            tuple(its.contributors[k] for k in kept),
            tuple(its.holdings[k] for k in kept),
            its.amounts[kept],
            tuple(its.items[k] for k in kept),
        )
        today.append(Candidate(cell.subject, smaller))
    second = suppress(today, rule, history=first.releases)
    everything = [*first.releases, *second.releases]
    assert not list(Attacker(everything).successes(10, viewers(everything, 1)))
    unaware = [*first.releases, *suppress(today, rule).releases]
    assert any(Attacker(unaware).successes(10, viewers(unaware, 1)))
