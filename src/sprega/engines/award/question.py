# SPDX-License-Identifier: EUPL-1.2
"""What is asked of a purchase, and what is known beforehand of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sprega.engines.award.model import REACHES, Supplier
from sprega.engines.award.prices import RETREAT


@dataclass(frozen=True)
class Question:
    """What is asked of a purchase.

    Attributes
    ----------
    group : tuple of int
        Members whose demand is to be met, or may be (with `reward`).
    lots : tuple of int
        Lots that take part.
    proper : bool
        A proper subgroup: no rules of the group, no CO2, pro-rata capacity, smallest orders may be paid.
    reward : dict of member to float, or None
        When given, the group is chosen too: each member that is taken brings its reward, at least one
        is taken and at least one of `group` is not.
    """

    group: tuple[int, ...]
    lots: tuple[int, ...]
    proper: bool
    reward: dict[int, float] | None = None


@dataclass(frozen=True)
class Restriction:
    """What is known of every award at least as good as one that is known.

    Attributes
    ----------
    levels : mapping of supplier to set of int
        The discount levels that it may reach, 0 being that without a discount; with none it delivers nothing.
        A supplier that is not named is free.
    used : frozenset of int
        Suppliers that take part.
    undiscounted : (suppliers, rows) bools, or None
        Which rows a supplier may serve while it gives no discount.
    most : mapping of (supplier, item, level) to float
        Largest goods value of an item at a level, in currency.
    by_row : bool
        Hold the parts of linear bids at discount levels row by row: stronger, for few levels of many rows.
    row_most : mapping of (supplier, row, level) to float
        Largest part of a row's demand at a level.
    """

    levels: Mapping[int, frozenset[int]] = field(default_factory=dict)
    used: frozenset[int] = frozenset()
    undiscounted: NDArray[np.bool_] | None = None
    most: Mapping[tuple[int, int, int], float] = field(default_factory=dict)
    by_row: bool = False
    row_most: Mapping[tuple[int, int, int], float] = field(default_factory=dict)


@dataclass(frozen=True)
class Level:
    """A discount level: goods value from `low` to `high`, fraction off, and its `number` (0: no discount)."""

    low: float
    high: float
    share: float
    number: int


def discount_levels(supplier: Supplier, largest: float) -> list[Level]:
    """The value levels of a supplier up to the `largest` goods value."""
    starts = [0.0] + [start for start, _ in supplier.discounts]
    shares = [0.0] + [share for _, share in supplier.discounts]
    levels = []
    for number, (start, share) in enumerate(zip(starts, shares, strict=True)):
        last = number + 1 == len(starts) or starts[number + 1] > largest * (1 + REACHES)
        end = max(start, largest) if last else starts[number + 1]
        if not last and shares[number + 1] < share:
            end *= 1 - RETREAT
        if last or end > start:
            levels.append(Level(min(start, largest), end, share, number))
        if last:
            break
    return levels
