# SPDX-License-Identifier: EUPL-1.2
"""Who invoices whom, so that every member pays its share and every supplier receives its total.

No money passes through the cluster: the shares travel on the invoices of the suppliers, as near to
the invoice at equal prices as they can, and what invoices cannot carry becomes balancing notes
between members.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sprega.engines.award.model import REACHES, Award, Floats, Integers, Purchase
from sprega.engines.clearing.minor_units import largest_remainder, round_half_up
from sprega.engines.clearing.model import Cents, Note, PriceList
from sprega.engines.model import EngineError, Sentence

NO_ARC = 1 << 40
"""Cost of going where there is no way: far above the cost of any path."""

NO_LIMIT = 1 << 62
"""Room on a way that takes any amount."""

HAIR = 8
"""Units in the last place by which float sums of prices may lie under the half cent they mean."""

SHARES_ADD_UP = 1e-6
"""Part of the payment by which the shares handed in may miss it."""


def equal_price_invoice(purchase: Purchase, award: Award) -> Floats:
    """What each supplier would invoice each member if an item cost everybody the same.

    Parameters
    ----------
    purchase : Purchase
    award : Award
        An award of the whole purchase.

    Returns
    -------
    (suppliers, members) floats
        In currency. A column adds up to the member's share under `equal-price`. A row adds up to
        what the supplier is paid wherever no item is bought from several suppliers.

    Notes
    -----
    Per item u = goods paid to all suppliers (surplus in, discounts off) / quantity delivered. Supplier k
    invoices member m u times the quantity that it delivers to m's sites, m's own `per_unit` and
    `per_lane` payments to k, and of k's `fixed` the part of m in u x quantity bought from k; when
    that is zero for all, the part in quantity. A delivery below 1e-9 of the demand is none.

    Examples
    --------
    Two members buy 30 and 10 units for 80 in all; delivery to the second costs 5.

    >>> from sprega.engines.award.model import Item, Member, Site, Supplier
    >>> purchase = Purchase(
    ...     name="Salt", currency="EUR", award="whole-lot",
    ...     members=(Member("A", "A", "A", "company"), Member("B", "B", "B", "company")),
    ...     sites=(Site("A1", 0, "A1"), Site("B1", 1, "B1")), items=(Item("salt", "Salt", 0, "t"),),
    ...     lots=("salt",), suppliers=(Supplier("S", "S"),), bids=(),
    ...     demand_site=np.array([0, 1]), demand_item=np.array([0, 0]),
    ...     demand_quantity=np.array([30.0, 10.0]), demand_price=np.array([np.nan, np.nan]),
    ...     per_unit=np.array([[0.0, 0.5]]), per_lane=np.zeros((1, 2)))
    >>> award = Award(
    ...     delivered=np.array([[30.0, 10.0]]), tier_payment=np.array([[80.0]]),
    ...     goods=np.array([[80.0]]), unit_delivery=np.array([[0.0, 5.0]]),
    ...     lane_delivery=np.zeros((1, 2, 1)), fixed=np.zeros(1), top_up=np.zeros(1),
    ...     payment=85.0, co2=0.0, objective=85.0)
    >>> equal_price_invoice(purchase, award)
    array([[60., 25.]])
    """
    value = _row_value(purchase, award, _delivered(purchase, award))
    return _total_by(value, purchase.demand_member, len(purchase.members))


def price_list(purchase: Purchase, award: Award, shares: Floats, *, digits: int) -> PriceList:
    """Invoices and balancing notes that carry the members' shares, exact in minor units.

    Parameters
    ----------
    purchase : Purchase
    award : Award
        An award of the whole purchase.
    shares : (players,) floats
        What each member with demand pays, in currency, in the order of `purchase.players`; may be
        negative. They add up to the payment.
    digits : int
        Minor units of the currency: 2 means cents.

    Returns
    -------
    PriceList
        Its arrays hold all members; those without demand stand with zero. A supplier invoices only
        members that buy from it, and never a negative amount. The same input gives the same list.

    Raises
    ------
    EngineError
        When the shares do not fit the players or do not add up to the payment, or when a supplier
        is owed a negative amount or an amount by nobody.

    Notes
    -----
    A supplier's total is its exact sum, rounded half up, and the shares are rounded to the sum of
    these totals by largest remainder. `nearest_invoices` goes from the invoices at equal prices as
    `invoice_targets` rounds them; `unit_prices` spreads them over the items.

    Examples
    --------
    The purchase of `equal_price_invoice`, where the second member is to pay 20 rather than 25.

    >>> from sprega.engines.award.model import Item, Member, Site, Supplier
    >>> purchase = Purchase(
    ...     name="Salt", currency="EUR", award="whole-lot",
    ...     members=(Member("A", "A", "A", "company"), Member("B", "B", "B", "company")),
    ...     sites=(Site("A1", 0, "A1"), Site("B1", 1, "B1")), items=(Item("salt", "Salt", 0, "t"),),
    ...     lots=("salt",), suppliers=(Supplier("S", "S"),), bids=(),
    ...     demand_site=np.array([0, 1]), demand_item=np.array([0, 0]),
    ...     demand_quantity=np.array([30.0, 10.0]), demand_price=np.array([np.nan, np.nan]),
    ...     per_unit=np.array([[0.0, 0.5]]), per_lane=np.zeros((1, 2)))
    >>> award = Award(
    ...     delivered=np.array([[30.0, 10.0]]), tier_payment=np.array([[80.0]]),
    ...     goods=np.array([[80.0]]), unit_delivery=np.array([[0.0, 5.0]]),
    ...     lane_delivery=np.zeros((1, 2, 1)), fixed=np.zeros(1), top_up=np.zeros(1),
    ...     payment=85.0, co2=0.0, objective=85.0)
    >>> answer = price_list(purchase, award, np.array([65.0, 20.0]), digits=2)
    >>> answer.amount, answer.notes
    (array([[6500, 2000]]), ())
    >>> answer.unit_price[0, 1]
    array([2.])
    """
    owed = [_owed(award, supplier) for supplier in range(len(purchase.suppliers))]
    totals = supplier_totals(purchase, award, digits=digits)
    _refuse_unfit_shares(purchase, shares, math.fsum(owed), digits)
    equal_price, allowed = equal_price_invoice(purchase, award), buys(purchase, award)
    target = invoice_targets(equal_price, allowed, totals, digits=digits)
    for k in np.flatnonzero((totals > 0) & ~allowed.any(axis=1)).tolist():
        raise EngineError(
            Sentence(
                "Supplier {supplier} is owed {amount} but delivers to nobody.",
                {"supplier": purchase.suppliers[k].code, "amount": owed[k]},
            )
        )
    share = np.zeros(len(purchase.members), dtype=np.int64)
    share[list(purchase.players)] = largest_remainder(shares, int(totals.sum()), digits)
    amount, received = nearest_invoices(target, allowed, totals, share)
    return PriceList(
        amount=amount,
        equal_price=equal_price,
        unit_price=unit_prices(purchase, award, amount, digits=digits),
        share=share,
        supplier_total=totals,
        notes=_notes(received),
        digits=digits,
    )


def buys(purchase: Purchase, award: Award) -> NDArray[np.bool_]:
    """Whether a member buys anything from a supplier and may be invoiced; shape (suppliers, members)."""
    bought = _total_by(_delivered(purchase, award), purchase.demand_member, len(purchase.members))
    return np.asarray(bought > 0)


def invoice_targets(equal_price: Floats, allowed: NDArray[np.bool_], totals: Cents, *, digits: int) -> Cents:
    """The invoices at equal prices in minor units, which the price list stays as near to as it can.

    Parameters
    ----------
    equal_price : (suppliers, members) floats
        As of `equal_price_invoice`, in currency.
    allowed : (suppliers, members) bool
        Where something is bought, so that there may be an invoice: `buys`.
    totals : (suppliers,) int64
        What each supplier is paid, in minor units.
    digits : int
        Minor units of the currency: 2 means cents.

    Returns
    -------
    (suppliers, members) int64
        In minor units, rounded by largest remainder within each supplier.

    Examples
    --------
    >>> invoice_targets(np.array([[60.0, 25.0]]), np.array([[True, True]]), np.array([8500]), digits=2)
    array([[6000, 2500]])
    """
    target = np.zeros(allowed.shape, dtype=np.int64)
    for k in range(len(totals)):
        buyers = np.flatnonzero(allowed[k])
        if buyers.size:
            invoiced = math.fsum(equal_price[k])
            rounded = int(totals[k])
            if abs(invoiced * 10**digits - rounded) > 1:
                rounded = round_half_up(invoiced, digits)
            target[k, buyers] = largest_remainder(equal_price[k, buyers], rounded, digits)
    return target


def unit_prices(purchase: Purchase, award: Award, amount: Cents, *, digits: int) -> Floats:
    """Invoices spread over the items that they are for, per unit: `PriceList.unit_price`.

    Parameters
    ----------
    purchase : Purchase
    award : Award
        An award of the whole purchase.
    amount : (suppliers, members) int64
        The invoices, in minor units.
    digits : int
        Minor units of the currency: 2 means cents.

    Returns
    -------
    (suppliers, members, items) floats
        In currency; nan where nothing is bought.

    Notes
    -----
    Each amount is spread over the items in proportion to what they cost at equal prices, each with its own
    delivery; what a lot's delivery to a site and the supplier's `fixed` cost is spread by goods value. The
    example of `price_list` shows it.
    """
    delivered = _delivered(purchase, award)
    value = _row_value(purchase, award, delivered)
    suppliers, members, items = len(delivered), len(purchase.members), len(purchase.items)
    cell = purchase.demand_member * items + purchase.demand_item
    quantity = _total_by(delivered, cell, members * items)
    spread = _spread(amount / 10**digits, purchase.demand_member, value, delivered)
    part = _total_by(spread, cell, members * items)
    price: Floats = np.divide(part, quantity, out=np.full_like(part, np.nan), where=quantity > 0)
    return price.reshape(suppliers, members, items)


def nearest_invoices(
    target: Cents, allowed: NDArray[np.bool_], totals: Cents, shares: Cents
) -> tuple[Cents, Cents]:
    """Invoices with given totals, with the fewest balancing notes and then nearest to a target.

    Parameters
    ----------
    target : (suppliers, members) int64
        Invoices to stay near to, in minor units, not negative, and zero where not allowed.
    allowed : (suppliers, members) bool
        Where there may be an invoice.
    totals : (suppliers,) int64
        What each supplier's invoices add up to, in minor units, not negative; a supplier with a
        total is allowed somewhere.
    shares : (members,) int64
        What each member pays in all, in minor units; adds up to the same as `totals`.

    Returns
    -------
    amount : (suppliers, members) int64
        The invoices, in minor units, not negative.
    received : (members,) int64
        What each member receives by notes, in minor units; negative where it pays them. A member's
        invoices less this are its share.

    Raises
    ------
    EngineError
        When the totals and the shares differ in sum, when an invoice or a total is negative or has
        nowhere to be.

    Notes
    -----
    A minimum-cost flow with convex costs, solved in integers alone by successive shortest paths
    (R. Ahuja, T. Magnanti and J. Orlin, 1993, "Network Flows", section 9.7 and chapter 14). Suppliers and
    members are nodes, an invoice is a flow that costs one for each unit that it is off its target, and
    a further node collects and pays out the notes at W a unit. The start is the target itself,
    which costs nothing and is therefore the best flow for the totals that it happens to have; each
    step carries as much as fits from a node that has too much to the nearest one that has too
    little, which keeps the flow the best for its totals (no cycle becomes cheaper than nothing), until all
    are as given.
    A cycle passes the node of the notes once, so that its notes are 0 or 2 W and its invoices cost at most
    one a node: W = the number of nodes puts the smallest total of notes before everything else. Of
    equally near paths the one of fewest arcs is taken, which bounds the number of steps
    independently of the amounts (J. Edmonds and R. Karp, 1972, within each of the few distances that
    costs of 1 and W can form), then the first by position.

    Examples
    --------
    The second member buys only from the first supplier, which can invoice 40 in all.

    >>> nearest_invoices(
    ...     np.array([[20, 20], [60, 0]]), np.array([[True, True], [True, False]]),
    ...     np.array([40, 60]), np.array([50, 50]))
    (array([[ 0, 40],
           [60,  0]]), array([ 10, -10]))
    """
    if totals.sum() != shares.sum():
        raise EngineError(
            Sentence(
                "The suppliers' totals add up to {totals} and the shares to {shares}; they must be the same.",
                {"totals": int(totals.sum()), "shares": int(shares.sum())},
            )
        )
    if (
        (totals < 0).any()
        or (target < 0).any()
        or target[~allowed].any()
        or totals[~allowed.any(axis=1)].any()
    ):
        raise EngineError(
            Sentence("An invoice or a total is negative or stands where none is allowed; leave it out.")
        )
    suppliers, members = target.shape
    hub = suppliers + members
    nodes = hub + 1
    weight, step = nodes, nodes + 1  # a path has fewer arcs than `step`: arcs count only between equals
    # Forward arcs go up in number: supplier -> member carries an invoice, member -> hub a note.
    flow = np.zeros((nodes, nodes), dtype=np.int64)
    flow[:suppliers, suppliers:hub] = target
    aim = flow.copy()
    cost = np.full((nodes, nodes), NO_ARC, dtype=np.int64)
    room = np.zeros((nodes, nodes), dtype=np.int64)

    def renew(u: int, v: int) -> None:
        """Write what one more unit from u to v, and one less, would cost, and how many may go."""
        price = step * (weight if v == hub else 1)
        beyond = int(flow[u, v] - aim[u, v])
        cost[u, v], room[u, v] = (price + 1, NO_LIMIT) if beyond >= 0 else (1 - price, -beyond)
        left = NO_LIMIT if v == hub else int(flow[u, v])
        cost[v, u], room[v, u] = (1 - price, beyond) if beyond > 0 else (price + 1, left)
        if room[v, u] == 0:
            cost[v, u] = NO_ARC

    for k, m in np.argwhere(allowed):
        renew(int(k), suppliers + int(m))
    for m in range(suppliers, hub):
        renew(m, hub)

    surplus = np.zeros(nodes, dtype=np.int64)
    surplus[:suppliers] = totals - target.sum(axis=1)
    surplus[suppliers:hub] = target.sum(axis=0) - shares
    while (surplus > 0).any():
        distance = _distances(surplus, cost)
        wanting = np.flatnonzero(surplus < 0)
        end = int(wanting[np.argmin(distance[wanting])])
        path = [end]
        while surplus[path[-1]] <= 0 or distance[path[-1]] != 0:
            # No cycle costs nothing, arcs included, so that going back along tight arcs ends.
            path.append(int(np.argmax(distance + cost[:, path[-1]] == distance[path[-1]])))
        path.reverse()
        arcs = list(pairwise(path))
        moved = min(int(surplus[path[0]]), -int(surplus[end]), *(int(room[arc]) for arc in arcs))
        surplus[path[0]] -= moved
        surplus[end] += moved
        for u, v in arcs:
            low, high = min(u, v), max(u, v)
            flow[low, high] += moved if u < v else -moved
            renew(low, high)

    amount, received = flow[:suppliers, suppliers:hub].copy(), flow[suppliers:hub, hub].copy()
    if not (
        np.array_equal(amount.sum(axis=1), totals)
        and np.array_equal(amount.sum(axis=0) - received, shares)
        and (amount >= 0).all()
        and not amount[~allowed].any()
    ):
        raise ArithmeticError("The invoices do not add up; this is a fault of nearest_invoices.")
    return amount, received


def _distances(surplus: Integers, cost: Integers) -> Integers:
    """Shortest distance of every node from those with a surplus (Bellman-Ford), shape (nodes,)."""
    distance = np.where(surplus > 0, 0, NO_ARC).astype(np.int64)
    while True:
        nearer = np.minimum(distance, (distance[:, None] + cost).min(axis=0))
        if np.array_equal(nearer, distance):
            return distance
        distance = nearer


def _notes(received: Cents) -> tuple[Note, ...]:
    """Who pays whom, in the order of the members: fewer notes than members that take part in them."""
    open_amount = [int(amount) for amount in received]
    payees = [m for m, amount in enumerate(open_amount) if amount > 0]
    notes = []
    for payer in (m for m, amount in enumerate(open_amount) if amount < 0):
        while open_amount[payer] < 0:
            payee = payees[0]
            amount = min(-open_amount[payer], open_amount[payee])
            notes.append(Note(payer=payer, payee=payee, amount=amount))
            open_amount[payer] += amount
            open_amount[payee] -= amount
            if open_amount[payee] == 0:
                payees.pop(0)
    return tuple(notes)


def _delivered(purchase: Purchase, award: Award) -> Floats:
    """Quantities delivered, without what a solver leaves behind, shape (suppliers, rows).

    A supplier of which nothing else would remain keeps it, so that its payment has somebody.
    """
    kept = award.delivered > REACHES * purchase.demand_quantity
    kept |= ~kept.any(axis=1, keepdims=True) & (award.delivered > 0)
    return np.where(kept, award.delivered, 0.0)


def _row_value(purchase: Purchase, award: Award, delivered: Floats) -> Floats:
    """What each delivery costs at equal prices, delivery and fixed cost in, shape (suppliers, rows)."""
    item, items = purchase.demand_item, len(purchase.items)
    quantity = _total_by(delivered, item, items).sum(axis=0)
    paid = award.goods.sum(axis=0)
    price = np.divide(paid, quantity, out=np.zeros(items), where=quantity > 0)
    goods: Floats = price[item] * delivered
    lot = purchase.item_lot[item]
    lane = purchase.demand_site * len(purchase.lots) + lot
    lane_cost = award.lane_delivery.reshape(len(award.fixed), -1)
    everything = np.zeros_like(item)
    own = np.where(delivered > 0, award.unit_delivery, 0.0)
    own += _spread(lane_cost, lane, goods, delivered)
    return goods + own + _spread(award.fixed[:, None], everything, goods, delivered)


def _spread(cost: Floats, group: Integers, goods: Floats, delivered: Floats) -> Floats:
    """A cost of each supplier and group over the group's rows by value, or by quantity if that is zero."""
    groups = cost.shape[1]
    worthless = _total_by(goods, group, groups)[:, group] == 0
    weight = np.where(worthless, delivered, goods)
    whole = _total_by(weight, group, groups)[:, group]
    spread: Floats = np.divide(weight, whole, out=np.zeros_like(weight), where=whole > 0)
    spread *= cost[:, group]
    return spread


def _total_by(rows: Floats, group: Integers, groups: int) -> Floats:
    """Sums of the columns of each group, shape (suppliers, groups)."""
    sums = [np.bincount(group, weights=row, minlength=groups) for row in rows]
    return np.array(sums, dtype=np.float64).reshape(len(rows), groups)


def supplier_totals(purchase: Purchase, award: Award, *, digits: int) -> Cents:
    """What each supplier is paid, in minor units: its exact sum, rounded half up; shape (suppliers,)."""
    suppliers = range(len(purchase.suppliers))
    totals = [_total(purchase, k, _owed(award, k), digits) for k in suppliers]
    return np.array(totals, dtype=np.int64)


def _owed(award: Award, supplier: int) -> float:
    """The exact sum of all that a supplier is paid, in currency."""
    parts = (award.goods, award.unit_delivery, award.lane_delivery, award.fixed, award.top_up)
    return math.fsum(x for part in parts for x in np.ravel(part[supplier]))


def _total(purchase: Purchase, supplier: int, owed: float, digits: int) -> int:
    """The supplier's total in minor units; float products a hair under a half count as the half."""
    if not owed >= 0:
        raise EngineError(
            Sentence(
                "Supplier {supplier} is owed {amount}; an invoice is never negative.",
                {"supplier": purchase.suppliers[supplier].code, "amount": owed},
            )
        )
    return round_half_up(owed + HAIR * math.ulp(owed), digits)


def _refuse_unfit_shares(purchase: Purchase, shares: Floats, payment: float, digits: int) -> None:
    if shares.shape != (len(purchase.players),):
        raise EngineError(
            Sentence(
                "There are {shares} shares for {players} members with demand; give one for each.",
                {"shares": shares.size, "players": len(purchase.players)},
            )
        )
    if not abs(math.fsum(shares) - payment) <= SHARES_ADD_UP * payment + 10.0**-digits:
        raise EngineError(
            Sentence(
                "The shares add up to {shares}, but the payment is {payment}; they must be the same.",
                {"shares": math.fsum(shares), "payment": payment},
            )
        )
