# SPDX-License-Identifier: EUPL-1.2
"""A pooled purchase as the award sees it, and what an award is.

Everything is held by position: members, sites, items, lots, suppliers and demand rows are numbered
in the order of their sheets, and arrays are indexed by those numbers. Money is in the purchase's
currency, quantities in the item's unit, CO2 in kg.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sprega.engines.model import Sentence

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

AwardKind = Literal["whole-lot", "split"]
WHOLE_LOT: AwardKind = "whole-lot"
SPLIT: AwardKind = "split"

REACHES = 1e-9
"""Relative tolerance with which a quantity or value reaches a tier, a capacity or a threshold."""


@dataclass(frozen=True)
class Member:
    """A member of the cluster that takes part; members of one holding count as one."""

    code: str
    name: str
    holding: str
    kind: str


@dataclass(frozen=True)
class Site:
    """A delivery point of a member (`member` is its number)."""

    code: str
    member: int
    name: str
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class Item:
    """A good; items of one lot are awarded together (`lot` is its number)."""

    code: str
    name: str
    lot: int
    unit: str
    cpv: str = ""


@dataclass(frozen=True)
class Supplier:
    """A supplier and its terms for the purchase as a whole.

    `discounts` are (from goods value, fraction off all its goods), by rising value;
    `bundles` are (item numbers, fraction off those items).
    """

    code: str
    name: str
    min_order: float = 0.0
    fixed: float = 0.0
    discounts: tuple[tuple[float, float], ...] = ()
    bundles: tuple[tuple[tuple[int, ...], float], ...] = ()


@dataclass(frozen=True)
class Bid:
    """A supplier's all-units price tiers for one item, by rising `starts` (both of shape (tiers,))."""

    supplier: int
    item: int
    starts: tuple[float, ...]
    prices: tuple[float, ...]
    capacity: float = float("inf")
    co2: float = 0.0


@dataclass(frozen=True)
class Purchase:
    """A joint purchase: who needs what and where, what the suppliers offer, and the group's own rules.

    Attributes
    ----------
    demand_site, demand_item : (rows,) ints
        Where and what each demand row is.
    demand_quantity : (rows,) floats
        In the item's unit, not negative.
    demand_price : (rows,) floats
        Paid today per unit, delivered; nan where not stated.
    per_unit, per_lane : (suppliers, sites) floats
        Delivery cost per unit, and once per lot in which the supplier serves the site.
    min_source_share, max_supplier_share : float
        Fractions of an item's demand and of the goods value.
    """

    name: str
    currency: str
    award: AwardKind
    members: tuple[Member, ...]
    sites: tuple[Site, ...]
    items: tuple[Item, ...]
    lots: tuple[str, ...]
    suppliers: tuple[Supplier, ...]
    bids: tuple[Bid, ...]
    demand_site: Integers
    demand_item: Integers
    demand_quantity: Floats
    demand_price: Floats
    per_unit: Floats
    per_lane: Floats
    buy_up: bool = True
    rule: str = "auto"
    max_suppliers: int | None = None
    min_sources: int | None = None
    min_source_share: float = 0.1
    max_supplier_share: float | None = None
    co2_price: float = 0.0
    reserve: float | None = None

    @cached_property
    def demand_member(self) -> Integers:
        """The member behind each demand row, shape (rows,)."""
        owner = np.array([site.member for site in self.sites], dtype=np.int64)
        return owner[self.demand_site]

    @cached_property
    def item_lot(self) -> Integers:
        """The lot of each item, shape (items,)."""
        return np.array([item.lot for item in self.items], dtype=np.int64)

    @cached_property
    def member_demand(self) -> Floats:
        """Quantity that each member needs of each item, shape (members, items)."""
        total = np.zeros((len(self.members), len(self.items)))
        np.add.at(total, (self.demand_member, self.demand_item), self.demand_quantity)
        return total

    @cached_property
    def item_demand(self) -> Floats:
        """Quantity needed of each item by all, shape (items,)."""
        total: Floats = self.member_demand.sum(axis=0)
        return total

    @cached_property
    def players(self) -> tuple[int, ...]:
        """The members with demand above zero: the players of the game, in their order."""
        return tuple(int(m) for m in np.flatnonzero(self.member_demand.sum(axis=1) > 0))

    @cached_property
    def bid_of(self) -> dict[tuple[int, int], Bid]:
        """The bid of a (supplier, item)."""
        return {(bid.supplier, bid.item): bid for bid in self.bids}

    @cached_property
    def couplings(self) -> tuple[str, ...]:
        """Which supplier's terms tie the lots together; empty when each lot stands for itself."""
        terms = {
            "min_order": any(s.min_order > 0 for s in self.suppliers),
            "fixed": any(s.fixed > 0 for s in self.suppliers),
            "discounts": any(share > 0 for s in self.suppliers for _, share in s.discounts),
            "bundles": any(share > 0 for s in self.suppliers for _, share in s.bundles),
        }
        return tuple(name for name, present in terms.items() if present)

    def item_quantity(self, delivered: Floats) -> Floats:
        """Quantity of each item that each supplier delivers, (suppliers, items), from (suppliers, rows)."""
        quantity = np.zeros((len(self.suppliers), len(self.items)))
        np.add.at(quantity.T, self.demand_item, delivered.T)
        return quantity

    def items_of_lot(self, lot: int) -> list[int]:
        """The items of a lot that anybody needs."""
        return [int(i) for i in np.flatnonzero((self.item_lot == lot) & (self.item_demand > 0))]

    def lot_items(self) -> Iterator[tuple[int, list[int]]]:
        """Each lot that is needed, with its needed items."""
        for lot in range(len(self.lots)):
            items = self.items_of_lot(lot)
            if items:
                yield lot, items


@dataclass(frozen=True)
class Certificate:
    """Multipliers from which a lower bound of the objective follows by weak duality.

    Attributes
    ----------
    demand : (rows,) floats
        Price credited for each unit of a demand row (split), in currency per unit.
    terms : dict of str to list of float
        Further multipliers by the constraint they price; see `award.certificate`.
    """

    demand: Floats
    terms: dict[str, list[float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Award:
    """Who delivers what, what it costs, and how near to the best it is proved to be.

    Attributes
    ----------
    delivered : (suppliers, rows) floats
        Quantity that a supplier delivers to a demand row.
    tier_payment : (suppliers, items) floats
        Goods value before discounts, surplus included.
    goods : (suppliers, items) floats
        The same after bundles and discounts.
    unit_delivery : (suppliers, rows) floats
        `per_unit` payments.
    lane_delivery : (suppliers, sites, lots) floats
        `per_lane` payments.
    fixed : (suppliers,) floats
    top_up : (suppliers,) floats
        What a subgroup pays to reach `min_order`; zero for all together.
    payment, co2, objective : float
        Payment in currency, CO2 in kg, payment plus CO2 at its price.
    bound, certified_bound : float
        Lower bounds of the objective: the solver's, and the one that follows from `certificate`.
    proven : bool
        True when the relative gap closed to 1e-9; False when a time limit ended the search.
    """

    delivered: Floats
    tier_payment: Floats
    goods: Floats
    unit_delivery: Floats
    lane_delivery: Floats
    fixed: Floats
    top_up: Floats
    payment: float
    co2: float
    objective: float
    bound: float = float("-inf")
    certified_bound: float = float("-inf")
    proven: bool = False
    certificate: Certificate | None = None

    @property
    def gap(self) -> float:
        """Relative distance of the objective to its best proved bound."""
        bound = max(self.bound, self.certified_bound)
        return max(0.0, self.objective - bound) / abs(self.objective) if self.objective else 0.0


@dataclass(frozen=True)
class Change:
    """One cell of the workbook to change, in the unit in which the workbook states it.

    Attributes
    ----------
    sheet, field : str
        `field` is the column, or the key on the sheet Purchase.
    before, after : float or str
    unit : str
        The item's unit, the currency or `percent`; empty for a count.
    supplier, item : str, optional
        Codes of the row's supplier and item.
    """

    sheet: str
    field: str
    before: float | str
    after: float | str
    unit: str = ""
    supplier: str | None = None
    item: str | None = None

    @property
    def by(self) -> float:
        """How far the figure moves."""
        if isinstance(self.before, str) or isinstance(self.after, str):
            return 0.0
        return abs(self.after - self.before)


@dataclass(frozen=True)
class Infeasibility:
    """Why no award exists, and the smallest change that mends it.

    Attributes
    ----------
    where : str
        A lot's or a supplier's code, or a rule's key.
    cause : str
        `no_bid`, `capacity`, `first_tier`, `first_tier_and_capacity`, `min_order`, a rule's key, or `unknown`
        where time or rounding keeps it from being named.
    change : Change or None
        All changes are needed together, other than the `alternative` ones.
    instead : Change or None
        A change that does as well as this one and all others for which it stands.
    alternative : bool
        One of these changes is enough.
    smallest : bool
        False where the search for a smaller change was cut short.
    """

    where: str
    kind: Literal["lot", "rule", "supplier", "purchase"]
    reason: Sentence
    mend: Sentence
    change: Change | None = None
    cause: str = "unknown"
    instead: Change | None = None
    alternative: bool = False
    smallest: bool = True


class InfeasibleError(Exception):
    """No award fits the bids and the rules; carries every cause found."""

    def __init__(self, causes: tuple[Infeasibility, ...]) -> None:
        super().__init__(" ".join(f"{cause.reason} {cause.mend}" for cause in causes))
        self.causes = causes
