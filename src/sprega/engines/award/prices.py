# SPDX-License-Identifier: EUPL-1.2
"""What a supplier asks for a quantity of one item: all-units tiers, with or without buying up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sprega.engines.award.model import REACHES, Bid, Floats


@dataclass(frozen=True)
class Segment:
    """A stretch of the payment curve: `intercept + slope * quantity` on `low <= quantity <= high`."""

    low: float
    high: float
    intercept: float
    slope: float


RETREAT = 1e-7
"""Where the payment jumps at a tier's start, a curve ends this relative hair below it."""


def tier_payment(bid: Bid, quantity: Floats, *, buy_up: bool, proper: bool) -> Floats:
    """Payment for quantities of one item, before discounts.

    Parameters
    ----------
    bid : Bid
    quantity : array of float
        In the item's unit, not negative, any shape.
    buy_up : bool
        Whether a higher tier's smallest order may be paid for instead.
    proper : bool
        True for a proper subgroup, which may always pay the first tier's smallest order;
        all together may not without `buy_up`, and infinity says so.

    Returns
    -------
    array of float
        In the purchase's currency, of the shape of `quantity`.

    Examples
    --------
    >>> bid = Bid(0, 0, starts=(0.0, 100.0), prices=(10.0, 8.0))
    >>> tier_payment(bid, np.array([0.0, 50.0, 90.0, 100.0]), buy_up=True, proper=False)
    array([  0., 500., 800., 800.])
    """
    starts, prices = np.array(bid.starts), np.array(bid.prices)
    smallest = starts * prices
    tier = np.searchsorted(starts * (1 - REACHES), quantity, side="right") - 1
    payment = prices[np.maximum(tier, 0)] * quantity
    if buy_up:
        # dearest[t]: the least payment for the smallest order of any tier from t on
        least = np.append(np.minimum.accumulate(smallest[::-1])[::-1], np.inf)
        payment = np.where(tier >= 0, np.minimum(payment, least[tier + 1]), least[0])
    else:
        payment = np.where(tier >= 0, payment, smallest[0] if proper else np.inf)
    return np.where(quantity > 0, payment, 0.0)


def segments(
    bid: Bid, *, upper: float, buy_up: bool, proper: bool, drops: bool = False
) -> tuple[Segment, ...]:
    """The payment curve of `tier_payment` on `(0, upper]` as stretches of straight line.

    Parameters
    ----------
    bid : Bid
    upper : float
        Largest quantity of interest: the demand or the capacity, in the item's unit.
    buy_up, proper : bool
        As in `tier_payment`.
    drops : bool
        Whether a drop at a tier's start is kept open as well as a rise: needed where a higher goods value
        helps (`min_order`, discounts), since the dearer stretch may then not be paid at the start itself.

    Returns
    -------
    tuple of Segment
        By rising quantity; empty when no quantity up to `upper` may be bought.

    Examples
    --------
    >>> bid = Bid(0, 0, starts=(0.0, 100.0), prices=(10.0, 8.0))
    >>> for segment in segments(bid, upper=150.0, buy_up=True, proper=False):
    ...     print(segment)
    Segment(low=0.0, high=80.0, intercept=0.0, slope=10.0)
    Segment(low=80.0, high=100.0, intercept=800.0, slope=0.0)
    Segment(low=100.0, high=150.0, intercept=0.0, slope=8.0)
    """
    starts, prices = bid.starts, bid.prices
    orders = [start * price for start, price in zip(starts, prices, strict=True)]
    curve: list[Segment] = []

    def add(low: float, high: float, intercept: float, slope: float) -> None:
        if low > upper * (1 + REACHES) or high < low:
            return
        high = min(high, upper)
        last = curve[-1] if curve else None
        if last and (last.intercept, last.slope) == (intercept, slope) and last.high >= low:
            curve[-1] = Segment(last.low, high, intercept, slope)
        else:
            curve.append(Segment(min(low, high), high, intercept, slope))

    if starts[0] > 0 and (buy_up or proper):
        add(0.0, starts[0], min(orders) if buy_up else orders[0], 0.0)
    for tier, (start, price) in enumerate(zip(starts, prices, strict=True)):
        end = starts[tier + 1] if tier + 1 < len(starts) else float("inf")
        least = min(orders[tier + 1 :], default=float("inf")) if buy_up else float("inf")
        beyond = min(orders[tier + 1 :] if buy_up else orders[tier + 1 : tier + 2], default=0.0)
        if price * end < beyond or (drops and not buy_up and beyond < price * end < float("inf")):
            end *= 1 - RETREAT
        turn = least / price if price > 0 else float("inf")
        if turn <= start:
            add(start, end, least, 0.0)
        elif turn < end:
            add(start, turn, 0.0, price)
            add(turn, end, least, 0.0)
        else:
            add(start, end, 0.0, price)
    return tuple(curve)
