# SPDX-License-Identifier: EUPL-1.2
"""Bands and rounded statistics."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sprega.engines.disclosure import model
from sprega.engines.disclosure.bands import band, rounded, statistic
from sprega.engines.disclosure.model import Rule, independent
from sprega.engines.model import EngineError


@given(st.floats(-1e12, 1e12), st.sampled_from([0.01, 1.0, 50.0]))
def test_a_band_holds_its_value_and_its_edges_are_those_of_the_grid(value, unit):
    low, high = band(value, unit=unit)
    assert low <= value <= high
    assert (low, high) == band((low + high) / 2, unit=unit)  # the same for all that lies in it
    if abs(value) >= unit:
        assert 2 <= max(abs(low), abs(high)) / min(abs(low), abs(high)) <= 2.5 + 1e-9


@given(st.floats(1e-6, 1e12), st.booleans())
def test_a_statistic_is_rounded_coarsely(value, negative):
    value = -value if negative else value
    assert abs(rounded(value) - value) <= 0.25 * abs(value) * (1 + 1e-9)
    digits = f"{abs(rounded(value)):.6e}".partition("e")[0].replace(".", "").rstrip("0")
    assert len(digits) <= 2


def test_statistics_need_five_holdings():
    four = [("A", 1), ("B", 2), ("C", 3), ("D", 4)]
    assert not statistic(independent(four), Rule(), "median").shown
    assert statistic(independent([*four, ("E", 9)]), Rule(), "median").high == 3
    assert not statistic(independent([*four, ("E", 9)], {"E": "D"}), Rule(), "median").shown
    assert not statistic(independent([*four, ("E", 0)]), Rule(), "median").shown
    # Until five have changed, the first median stays, so that one who joins does not move it.
    before = independent([*four, ("E", 9)])
    joined = independent([*four, ("E", 9), ("F", 90)])
    verdict = statistic(joined, Rule(), "median", earlier=(before, 3.0))
    assert (verdict.high, verdict.reason) == (3, model.FROZEN)
    assert statistic(before, Rule(), "median", earlier=(before, 3.0)).reason == model.SHOWN
    others = independent([("A", 100), ("B", 200), ("C", 310), ("D", 400), ("E", 500)])
    assert statistic(others, Rule(), "median", earlier=(before, 3.0)).high == 300
    with pytest.raises(EngineError, match="maximum"):
        statistic(independent(four), Rule(), "maximum")
