# SPDX-License-Identifier: EUPL-1.2
"""What is refused at the door, and what stays out of every word."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from sprega.engines.disclosure import model
from sprega.engines.disclosure.audit import exposed
from sprega.engines.disclosure.judge import judge
from sprega.engines.disclosure.model import Candidate, Contributions, Release, Rule, independent
from sprega.engines.model import EngineError


def test_what_is_secret_stays_out_of_every_word():
    rule = Rule(threshold=4, percent=12.34, statistics_threshold=7)
    given = independent([("A", 987.5), ("B", 1)])
    for thing in (rule, given, judge(given, rule), Candidate("s", given), Release("s", given, 988.5, 988.5)):
        for word in (repr(thing), str(thing), f"{[thing]}"):
            assert not {"4", "12.34", "7", "987.5", "988.5"} & set(
                word.replace("(", " ").replace(")", " ").split()
            )
    assert pickle.loads(pickle.dumps(rule)) == rule  # noqa: S301
    for sentence in (model.SHOWN, model.WITHHELD, model.FROZEN):
        assert not sentence.values
    for wrong in (
        {"percent": 0},
        {"percent": 101},
        {"threshold": 2},
        {"colluding": 2},
        {"statistics_threshold": 2},
    ):
        with pytest.raises(EngineError) as refused:
            Rule(**wrong)
        assert not any(character.isdigit() for character in str(refused.value))


@pytest.mark.parametrize(
    "wrong",
    [
        {"amounts": np.array([1.0])},
        {"amounts": np.array([1.0, np.nan])},
        {"holdings": ("A",)},
        {"contributors": ("A", "A")},
        {"contributors": ("A", "A"), "holdings": ("A", "A")},
    ],
)
def test_bad_input_is_refused(wrong):
    with pytest.raises(EngineError):
        Contributions(**{"contributors": ("A", "B"), "holdings": ("A", "B"), "amounts": np.ones(2), **wrong})


def test_a_history_that_contradicts_itself_is_refused():
    given = independent([("A", 1), ("B", 2), ("C", 3)])
    with pytest.raises(EngineError, match="lime"):
        exposed([Release("lime", given, 7, 7)], Rule())
    moved = independent([("A", 1), ("B", 2), ("C", 3)], {"A": "G"})
    with pytest.raises(EngineError, match="holding"):
        exposed([Release("a", given, 6, 6), Release("b", moved, 6, 6)], Rule())


def test_what_was_judged_cannot_be_changed():
    amounts = np.array([1.0, 2.0])
    given = Contributions(("A", "B"), ("A", "B"), amounts)
    amounts[0] = 9
    assert given.total == 3
    with pytest.raises(ValueError, match="read-only"):
        given.amounts[0] = 9
