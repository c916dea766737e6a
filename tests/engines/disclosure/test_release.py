# SPDX-License-Identifier: EUPL-1.2
"""Shown, frozen or refused, beside what was shown before."""

from __future__ import annotations

import numpy as np

from sprega.engines.disclosure.audit import exposed, intervals
from sprega.engines.disclosure.judge import judge
from sprega.engines.disclosure.model import Candidate, Contributions, Outcome, Release, Rule, independent
from sprega.engines.disclosure.release import decide
from sprega.engines.disclosure.suppress import suppress


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


def test_a_difference_is_a_total_too():
    """It needs the holdings that the rule asks for, also where nobody could be reckoned from it."""
    rule = Rule(threshold=5)
    history = [decide([], Candidate("lime", independent(zip("ABCDE", [50] * 5, strict=True))), rule).release]
    for joined, outcome in (("FGH", Outcome.FROZEN), ("FGHI", Outcome.FROZEN), ("FGHIJ", Outcome.SHOW)):
        names = "ABCDE" + joined
        candidate = Candidate("lime", independent((name, 50) for name in names))
        assert decide(history, candidate, rule).outcome is outcome
        assert decide(history, candidate, Rule()).outcome is Outcome.SHOW


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


def test_an_amount_that_went_and_came_back_hides_nobody():
    """A's 20 up and 19 down are a change of 1: they do not cover for E, who joined in between."""
    rule = Rule()
    first = independent([("A", 50), ("B", 30), ("C", 20)])
    second = independent([("A", 70), ("B", 45), ("C", 33)])
    third = independent([("A", 51), ("B", 30), ("C", 20), ("E", 40), ("F", 2), ("G", 2)])
    history = [decide([], Candidate("t", first), rule).release]
    history.append(decide(history, Candidate("t", second), rule).release)
    assert [release.low for release in history] == [100, 148]
    assert decide(history, Candidate("t", third), rule).outcome is Outcome.FROZEN
    assert exposed([*history, Release("t", third, 145, 145)], rule)


def test_what_another_audience_saw_is_no_excuse():
    """A agreed that its group learns its amount; the others may not be told it thereby."""
    rule = Rule()
    amounts = {"A": 70.0, "B": 30.0, "C": 25.0, "D": 45.0, "E": 50.0, "F": 35.0, "G": 40.0}

    def over(names, subject, **options):
        return Candidate(subject, independent([(name, amounts[name]) for name in names]), **options)

    history = [decide([], over("A", "own", waivers=frozenset("A"), audience="group"), rule).release]
    for names in ("ABCDEFG", "BCD"):
        history.append(decide(history, over(names, names, audience="cluster"), rule).release)
    # all less BCD less EFG is A
    for audience, outcome in (("group", Outcome.SHOW), ("cluster", Outcome.REFUSE), ("", Outcome.REFUSE)):
        assert decide(history, over("EFG", "rest", audience=audience), rule).outcome is outcome
