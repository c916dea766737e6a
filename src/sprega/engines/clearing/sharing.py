# SPDX-License-Identifier: EUPL-1.2
"""The rules of sharing that need no game: one price for all, and in proportion to the cost alone."""

from __future__ import annotations

import numpy as np

from sprega.engines.award.model import Award, Floats, Purchase


def equal_price_shares(purchase: Purchase, award: Award) -> Floats:
    """What each member pays when every unit of an item has the same price for all.

    Parameters
    ----------
    purchase : Purchase
    award : Award
        For all together.

    Returns
    -------
    (players,) floats
        In currency; they add up to the award's payment. A member pays the item's average price for its
        quantity, its own sites' delivery, and of the suppliers' fixed costs the part of its goods.

    Notes
    -----
    Schotanus, Telgen and de Boer, EJOR 187 (2008), on why it is unfair to large members.
    """
    players = list(purchase.players)
    demand = purchase.item_demand
    price = np.divide(award.goods.sum(axis=0), demand, out=np.zeros_like(demand), where=demand > 0)
    goods = (purchase.member_demand * price).sum(axis=1)
    delivery = np.zeros(len(purchase.members))
    np.add.at(delivery, purchase.demand_member, award.unit_delivery.sum(axis=0))
    owner = np.array([site.member for site in purchase.sites], dtype=np.int64)
    np.add.at(delivery, owner, award.lane_delivery.sum(axis=(0, 2)))
    basis = goods[players] if goods.sum() > 0 else purchase.member_demand[players].sum(axis=1)
    shares: Floats = goods[players] + delivery[players] + award.fixed.sum() * basis / basis.sum()
    return shares


def proportional_shares(cost: float, stand_alone: Floats) -> Floats:
    """The cost divided in proportion to what each member would pay alone; for comparison only."""
    total = float(stand_alone.sum())
    return cost * stand_alone / total if total > 0 else np.full_like(stand_alone, cost / len(stand_alone))


def today(purchase: Purchase) -> Floats:
    """What each player pays today for the same quantities, delivered; nan where a price is missing."""
    paid = np.zeros(len(purchase.members))
    needed = purchase.demand_quantity > 0
    spent = np.where(needed, purchase.demand_quantity * purchase.demand_price, 0.0)
    np.add.at(paid, purchase.demand_member, spent)
    own: Floats = paid[list(purchase.players)]
    return own
