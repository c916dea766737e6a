# SPDX-License-Identifier: EUPL-1.2
"""Amounts of money in minor units of a currency (cents, where `digits` is 2), exact.

A float stands here for the shortest decimal that reads back as that float, which is what a person
typed and what a report prints: 1.005 is one and five thousandths, although the binary number
behind it lies a little below.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np

from sprega.engines.award.model import Floats
from sprega.engines.clearing.model import Cents
from sprega.engines.model import EngineError, Sentence


def round_half_up(amount: float, digits: int) -> int:
    """An amount of money in minor units, rounded to the nearest, a half away from zero.

    Parameters
    ----------
    amount : float
        In currency.
    digits : int
        Minor units of the currency: 2 means cents, 0 none.

    Returns
    -------
    int
        In minor units.

    Raises
    ------
    EngineError
        When the amount is not a finite number.

    Notes
    -----
    Commercial rounding of the float's shortest decimal spelling (G. Steele and J. White, 1990,
    "How to print floating-point numbers accurately"). A spelling has at most 17 digits, so that
    nothing is lost on the way.

    Examples
    --------
    >>> round_half_up(1.005, 2), round_half_up(-1.005, 2), round_half_up(2.5, 0)
    (101, -101, 3)
    """
    spelled = Decimal(repr(_finite(amount)))
    return int(spelled.scaleb(digits).to_integral_value(rounding=ROUND_HALF_UP))


def largest_remainder(amounts: Floats, total: int, digits: int) -> Cents:
    """Amounts in minor units that add up to exactly `total`.

    Every amount is rounded down, and the units still missing go, one each, to the largest
    remainders; of equal remainders the earlier position comes first.

    Parameters
    ----------
    amounts : (n,) floats
        In currency; may be negative.
    total : int
        What the result must add up to, in minor units.
    digits : int
        Minor units of the currency: 2 means cents.

    Returns
    -------
    (n,) int64
        In minor units. Each is its amount rounded down or up wherever such a result exists.

    Raises
    ------
    EngineError
        When an amount is not a finite number, when a result does not fit 64 bits, or when there is
        a total but nobody to carry it.

    Notes
    -----
    Hamilton's method (M. Balinski and H. P. Young, 1982, "Fair Representation"), in
    rational arithmetic. With q the amounts in minor units, exactly as spelled, the sum of their
    floors misses `total` by a whole number of units. When that number lies in 0..n, one unit each
    settles it. Otherwise the amounts themselves do not add up to anything near `total`, and the
    difference d = total - sum(q) is first spread in proportion to size: q + d |q| / sum(|q|) (in
    equal parts when all are zero), which for amounts of one sign is Hamilton's quota
    total * q / sum(q). These rationals add up to `total` exactly, so that their floors fall short
    by at least 0 and less than n units, and one unit each settles that too. No float is added
    anywhere, so that no rounding error can disturb the argument.

    Examples
    --------
    >>> largest_remainder(np.array([10.0, 10.0, 10.0]) / 3, 1000, 2)
    array([334, 333, 333])
    >>> largest_remainder(np.array([3.0, 1.0]), 800, 2)
    array([600, 200])
    """
    exact = [Fraction(repr(_finite(amount))) * 10**digits for amount in amounts]
    if not exact:
        if total:
            raise EngineError(
                Sentence("There is nobody to carry {total} minor units; name at least one.", {"total": total})
            )
        return np.zeros(0, dtype=np.int64)
    units = [math.floor(quota) for quota in exact]
    if not 0 <= total - sum(units) <= len(exact):
        difference, size = total - sum(exact), sum(abs(quota) for quota in exact)
        exact = [
            quota + (difference * abs(quota) / size if size else Fraction(difference, len(exact)))
            for quota in exact
        ]
        units = [math.floor(quota) for quota in exact]
    missing = total - sum(units)
    by_remainder = sorted(range(len(exact)), key=lambda i: (units[i] - exact[i], i))
    for i in by_remainder[:missing]:
        units[i] += 1
    largest = max(abs(unit) for unit in units)
    if largest > np.iinfo(np.int64).max:
        raise EngineError(
            Sentence("An amount of {amount} minor units is too large to be an invoice.", {"amount": largest})
        )
    return np.array(units, dtype=np.int64)


def _finite(amount: float) -> float:
    amount = float(amount)  # NumPy's own floats spell their type
    if not math.isfinite(amount):
        raise EngineError(Sentence("An amount is {amount}, which is not a number.", {"amount": amount}))
    return amount
