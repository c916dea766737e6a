# SPDX-License-Identifier: EUPL-1.2
"""Rounding to minor units: exact as spelled, and sums that are hit to the unit."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sprega.engines.clearing.minor_units import largest_remainder, round_half_up
from sprega.engines.model import EngineError

MONEY = st.floats(-1e10, 1e10)
DIGITS = st.sampled_from([0, 2, 3])


@pytest.mark.parametrize(
    ("amount", "digits", "units"),
    [
        (1.005, 2, 101),
        (2.675, 2, 268),
        (0.5, 0, 1),
        (-0.5, 0, -1),
        (1.0004999, 3, 1000),
        (1.0005, 3, 1001),
        (1e10, 2, 10**12),
        (9999999999.995, 2, 10**12),
        (5e-324, 2, 0),
        (1e22, 2, 10**24),
        (np.float64(0.285), 2, 29),
    ],
)
def test_rounds_the_spelling(amount: float, digits: int, units: int) -> None:
    assert round_half_up(amount, digits) == units


@given(units=st.integers(-(10**12), 10**12), digits=DIGITS)
def test_whole_minor_units_stay(units: int, digits: int) -> None:
    assert round_half_up(units / 10**digits, digits) == units


@pytest.mark.parametrize("amount", [float("nan"), float("inf")])
def test_refuses_what_is_no_number(amount: float) -> None:
    with pytest.raises(EngineError):
        round_half_up(amount, 2)
    with pytest.raises(EngineError):
        largest_remainder(np.array([amount]), 1, 2)


@given(amounts=st.lists(MONEY, min_size=1, max_size=60), digits=DIGITS, off=st.integers(-(10**6), 10**6))
def test_hits_any_total(amounts: list[float], digits: int, off: int) -> None:
    total = round(sum(Fraction(repr(a)) for a in amounts) * 10**digits) + off
    units = largest_remainder(np.array(amounts), total, digits)
    assert sum(units.tolist()) == total


@given(amounts=st.lists(MONEY, min_size=1, max_size=60), digits=DIGITS)
def test_each_is_rounded_down_or_up(amounts: list[float], digits: int) -> None:
    exact = [Fraction(repr(a)) * 10**digits for a in amounts]
    units = largest_remainder(np.array(amounts), round(sum(exact)), digits)
    assert all(abs(unit - quota) < 1 for unit, quota in zip(units.tolist(), exact, strict=True))
    remainder = [quota - quota.__floor__() for quota in exact]
    raised = [r for r, unit, quota in zip(remainder, units.tolist(), exact, strict=True) if unit > quota]
    stayed = [
        r for r, unit, quota in zip(remainder, units.tolist(), exact, strict=True) if unit <= quota and r
    ]
    assert not raised or not stayed or min(raised) >= max(stayed)


@given(
    amounts=st.lists(st.integers(0, 10**9), min_size=1, max_size=30).filter(any),
    total=st.integers(0, 10**12),
)
def test_far_off_sums_are_shared_by_hamilton(amounts: list[int], total: int) -> None:
    units = largest_remainder(np.array(amounts, dtype=float), total, 0)
    assert sum(units.tolist()) == total
    if not 0 <= total - sum(amounts) <= len(amounts):
        assert all(
            abs(unit - Fraction(total * amount, sum(amounts))) < 1
            for unit, amount in zip(units.tolist(), amounts, strict=True)
        )


def test_equal_remainders_go_by_position() -> None:
    assert largest_remainder(np.full(4, 0.25), 2, 0).tolist() == [1, 1, 0, 0]
    assert largest_remainder(np.zeros(3), 5, 2).tolist() == [2, 2, 1]
    assert largest_remainder(np.zeros(3), -5, 2).tolist() == [-1, -2, -2]


def test_the_edges() -> None:
    assert largest_remainder(np.zeros(0), 0, 2).tolist() == []
    with pytest.raises(EngineError, match="nobody"):
        largest_remainder(np.zeros(0), 1, 2)
    with pytest.raises(EngineError, match="too large"):
        largest_remainder(np.array([1e18]), 10**20, 2)
