# SPDX-License-Identifier: EUPL-1.2
"""What clearing a joint purchase answers: the award, each member's share, stability, and the price list."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sprega.engines.award.model import Award, Floats, Purchase
from sprega.engines.model import Sentence

Cents = NDArray[np.int64]

RULES = ("equal-price", "shapley", "nucleolus", "proportional")
"""Every rule of sharing that is computed; `proportional` is for comparison only."""

APPLICABLE = ("equal-price", "shapley", "nucleolus")
"""The rules that a purchase may name, in the order in which `auto` tries them."""

Mode = Literal["exact", "sampled"]

JOINING_PAYS = 1e-6
"""Joining does not pay when c(N) is above the sum of stand-alone costs by more than this part of it."""

OBJECTS = 1e-6
"""A group objects when its excess is above this part of the sum of stand-alone costs."""


@dataclass(frozen=True)
class RuleStability:
    """Whether any group of members would do better alone under a rule of sharing.

    Attributes
    ----------
    objecting : int or None
        Number of groups that would do better alone; None where only sampled.
    worst_excess : float, (low, high) pair, or None
        Largest gain that a group would have alone (negative: what the nearest group would lose);
        an interval where sampled; None when there is only one member.
    worst_coalition : tuple of int
        Numbers of the members of that group (positions in `Purchase.members`); empty if none.
    """

    objecting: int | None
    worst_excess: float | tuple[float, float] | None
    worst_coalition: tuple[int, ...]

    @property
    def high(self) -> float:
        """The largest excess that is not ruled out."""
        if self.worst_excess is None:
            return float("-inf")
        return self.worst_excess[1] if isinstance(self.worst_excess, tuple) else self.worst_excess


@dataclass(frozen=True)
class Note:
    """What one member pays another, in minor units, where no invoice can carry it."""

    payer: int
    payee: int
    amount: int


@dataclass(frozen=True)
class PriceList:
    """Who invoices whom, in minor units of the currency.

    Attributes
    ----------
    amount : (suppliers, members) int64
        What each supplier invoices each member; columns of all suppliers add up to a member's share
        but for its balancing notes, a supplier's row adds up to its exact total.
    equal_price : (suppliers, members) floats
        The invoice at equal prices, in currency: what `amount` stays as near to as it can.
    unit_price : (suppliers, members, items) floats
        `amount` spread over the items in proportion, per unit; nan where nothing is bought.
    share, supplier_total : (members,), (suppliers,) int64
    notes : tuple of Note
        Empty whenever the invoices alone can carry the shares.
    digits : int
        Minor units: 2 means cents.
    """

    amount: Cents
    equal_price: Floats
    unit_price: Floats
    share: Cents
    supplier_total: Cents
    notes: tuple[Note, ...]
    digits: int


@dataclass(frozen=True)
class Sharing:
    """What a game answers: shares under every rule and who objects; fields as in `Clearing`."""

    stand_alone: Floats
    shares: dict[str, Floats]
    stability: dict[str, RuleStability]
    joining_pays: bool
    proven: bool
    share_intervals: dict[str, tuple[Floats, Floats]] = field(default_factory=dict)
    least_core: tuple[float, float] | None = None
    nucleolus_is_nearest: bool = False
    coalition_cost: Floats | None = None
    notes: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class Clearing:
    """A cleared joint purchase. Arrays over members are in the order of `Purchase.players`.

    Attributes
    ----------
    stand_alone : (players,) floats
        Cost of each member alone under the same bids.
    shares : dict of rule to (players,) floats
        Unrounded; every rule of `RULES`.
    share_intervals : dict of rule to ((players,) low, (players,) high)
        Only where a rule was sampled.
    today : (players,) floats
        What a member pays today for the same quantities; nan where a price is missing.
    rule : str
        The rule applied (never `auto`).
    least_core : (low, high) or None
        Bounds of the smallest worst complaint that any sharing could reach.
    nucleolus_is_nearest : bool
        True in sampled mode: `nucleolus` is then the least-core point nearest to `proportional`.
    coalition_cost : (2**players,) floats or None
        c(S) by bit mask, where small enough to be kept for the recheck.
    proven : bool
        False when a time limit left any award or c(S) above the relative gap of 1e-9.
    notes : tuple of Sentence
        What a reader must know of how this was computed, in plain words.
    """

    purchase: Purchase
    award: Award
    stand_alone: Floats
    shares: dict[str, Floats]
    stability: dict[str, RuleStability]
    rule: str
    joining_pays: bool
    price_list: PriceList
    mode: Mode
    today: Floats
    seconds: float = 0.0
    share_intervals: dict[str, tuple[Floats, Floats]] = field(default_factory=dict)
    least_core: tuple[float, float] | None = None
    nucleolus_is_nearest: bool = False
    coalition_cost: Floats | None = None
    proven: bool = True
    seed: int = 0
    notes: tuple[Sentence, ...] = ()

    @property
    def cost(self) -> float:
        """The payment for all together, c(N)."""
        return self.award.payment
