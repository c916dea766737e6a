# SPDX-License-Identifier: EUPL-1.2
"""Make the changes that are proposed where no award exists, and round their figures for a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from sprega.engines.award.model import Change, Infeasibility, Purchase
from sprega.engines.model import Sentence

CLOSE_ENOUGH = 1e-3
"""A proposed figure is rounded so that it goes too far by at most this part of the change."""

MOST_DIGITS = 12

NOISE = 1e-8
"""Relative rounding that a solver leaves behind."""


def mended(purchase: Purchase, causes: Iterable[Infeasibility]) -> Purchase:
    """The purchase with every proposed change made, of alternatives the first."""
    chosen = False
    for cause in causes:
        if cause.change is None or (cause.alternative and chosen):
            continue
        chosen = chosen or cause.alternative
        purchase = changed(purchase, cause.change)
    return purchase


def changed(purchase: Purchase, change: Change) -> Purchase:
    """The purchase with one cell changed."""
    after: Any = change.after
    if change.field == "buy_up":
        return replace(purchase, buy_up=after == "yes")
    if change.sheet == "Purchase":
        value = after / 100 if change.unit == "percent" else after
        return replace(purchase, **{change.field: value})
    if change.field == "min_order":
        firms = [replace(s, min_order=after) if s.code == change.supplier else s for s in purchase.suppliers]
        return replace(purchase, suppliers=tuple(firms))
    bids = list(purchase.bids)
    for position, bid in enumerate(bids):
        row = (purchase.suppliers[bid.supplier].code, purchase.items[bid.item].code)
        if row != (change.supplier, change.item):
            continue
        if change.field == "capacity":
            bids[position] = replace(bid, capacity=after)
        else:
            bids[position] = replace(bid, starts=(after, *bid.starts[1:]))
    return replace(purchase, bids=tuple(bids))


def cut_short(change: Change) -> Sentence:
    """What is said of a change of which it is not proved that it is the smallest."""
    return Sentence(
        "Enough: change {field} from {before} to {after}. Whether less would do was not settled in the"
        " time allowed.",
        {"field": change.field, "before": change.before, "after": change.after},
    )


def rounded(exact: float, before: float, *, noise: float = NOISE) -> tuple[float, int]:
    """A figure rounded away from what was asked, to as few digits as go hardly too far; and its digits."""
    change = abs(exact - before)
    if change == 0:
        return before, 0
    for digits in range(MOST_DIGITS + 1):
        step = 10.0**digits
        slack = min(noise * abs(exact) * step, 0.01)
        whole = np.ceil(exact * step - slack) if exact > before else np.floor(exact * step + slack)
        figure = round(float(whole) / step, digits)
        if abs(figure - exact) <= CLOSE_ENOUGH * change:
            return figure, digits
    return exact, MOST_DIGITS


def plain(figure: float) -> float:
    """A figure without the rounding of binary fractions: 100 * 0.07 is 7."""
    return float(f"{figure:.{MOST_DIGITS}g}")


def enough(amount: float) -> float:
    """A change rounded up for a sentence, so that making it is enough."""
    digits = 2 if abs(amount) >= 0.01 or amount == 0 else 1 - int(np.floor(np.log10(abs(amount))))
    steps = amount * 10.0**digits
    return float(np.ceil(steps - 1e-9 * max(1.0, abs(steps)))) / 10.0**digits + 0.0


def shown(amount: float) -> float:
    """An amount rounded for a sentence, never to nothing."""
    return round(amount, 2) if amount >= 0.01 else float(f"{amount:.2g}")
