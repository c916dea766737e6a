# SPDX-License-Identifier: EUPL-1.2
"""The award as a mixed-integer program: one model for all together, for a group, and for choosing the group.

Strong form: where a yes/no variable opens a stretch of a payment curve, each row's part is bounded by it
on its own (Goossens, Maas, Spieksma, van de Klundert, EJOR 2007), lazily for many rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from sprega.engines.award.milp import Milp
from sprega.engines.award.model import REACHES, WHOLE_LOT, Bid, Floats, Purchase
from sprega.engines.award.prices import RETREAT, segments, tier_payment
from sprega.engines.award.question import Level, Question, Restriction, discount_levels

Terms = list[tuple[int, float]]

LAZY_FROM = 400
"""From so many strengthening rows on they are added only when they cut something off."""

TOKEN = 1e-6
"""Least part of an item's demand that opens a flat stretch: a quantity of nothing pays nothing."""


class Program:
    """The model of a question, and how to read an answer from its variables."""

    def __init__(
        self,
        purchase: Purchase,
        question: Question,
        *,
        elastic: bool = False,
        restriction: Restriction | None = None,
    ) -> None:
        """Build the model.

        Parameters
        ----------
        purchase : Purchase
        question : Question
        elastic : bool
            Ask for the least lowering of the smallest orders instead.
        restriction : Restriction, optional
            What is known of the best award.
        """
        self.purchase, self.question, self.elastic = purchase, question, elastic
        self.restriction = restriction or Restriction()
        self.lowering: dict[int, int] = {}  # supplier -> how much its min_order is lowered
        self.milp = Milp()
        self.whole_lot = purchase.award == WHOLE_LOT
        members = set(question.group)
        lots = set(question.lots)
        self.active = [
            r
            for r in range(len(purchase.demand_quantity))
            if purchase.demand_quantity[r] > 0
            and int(purchase.demand_member[r]) in members
            and int(purchase.item_lot[purchase.demand_item[r]]) in lots
        ]
        self.rows_of_item: dict[int, list[int]] = defaultdict(list)
        for r in self.active:
            self.rows_of_item[int(purchase.demand_item[r])].append(r)
        self.needed = {
            i: float(purchase.demand_quantity[rows].sum()) for i, rows in self.rows_of_item.items()
        }
        self.scale = self._money_scale()
        self.take: dict[int, int] = {}
        self.part: dict[tuple[int, int], int] = {}  # (supplier, row) -> column of the fraction delivered
        self.used: dict[int, int] = {}
        self.value: dict[int, list[tuple[int, Terms, float]]] = defaultdict(
            list
        )  # supplier -> item, value, largest
        self.straight: set[tuple[int, int]] = set()  # (supplier, item) with one unit price
        self.payment: Terms = []
        self.carbon: Terms = []
        self._choose_group()
        self._deliveries()
        self._curves()
        for k in sorted(self.value):
            self._supplier_terms(k)
        if not question.proper:
            self._group_rules()
        self._objective()

    # the parts of the model, in the order in which a purchase is read

    def _money_scale(self) -> float:
        """Roughly one thousandth of the purchase, so that the solver sees figures of order one."""
        purchase = self.purchase
        total = 0.0
        for i, needed in self.needed.items():
            prices = [min(b.prices) for b in purchase.bids if b.item == i]
            total += needed * min(prices, default=0.0)
        return total / 1000 if total > 0 else 1.0

    def _choose_group(self) -> None:
        reward = self.question.reward
        if reward is None:
            return
        for member in self.question.group:
            self.take[member] = self.milp.binary(-reward[member] / self.scale)
        every = [(column, 1.0) for column in self.take.values()]
        self.milp.row(every, 1.0, len(every) - 1.0)

    def _may_serve(self, k: int, lot: int, items: Sequence[int]) -> bool:
        """Eligibility for a whole lot, decided once on everybody's demand."""
        purchase = self.purchase
        demand = purchase.item_demand
        for i in purchase.items_of_lot(lot):
            bid = purchase.bid_of.get((k, i))
            if bid is None:
                return False
            if demand[i] > bid.capacity * (1 + REACHES):
                return False
            loose = self.question.proper or purchase.buy_up
            if demand[i] < bid.starts[0] * (1 - REACHES) and not loose:
                return False
        return bool(items)

    def _deliveries(self) -> None:
        """Columns for who delivers which part of each row, with delivery costs and the demand rows."""
        purchase, milp = self.purchase, self.milp
        covering: dict[tuple[int, int], Terms] = defaultdict(list)
        items_of_lot: dict[int, list[int]] = defaultdict(list)
        for i in sorted(self.rows_of_item):
            items_of_lot[int(purchase.item_lot[i])].append(i)
        self.choice: dict[tuple[int, int], int] = {}
        for lot, items in items_of_lot.items():
            rows = [r for i in items for r in self.rows_of_item[i]]
            for k in range(len(purchase.suppliers)):
                allowed = self.restriction.levels.get(k)
                if allowed is not None and not allowed:
                    continue
                if self.whole_lot:
                    if self._may_serve(k, lot, items):
                        self._whole_lot(k, lot, rows, covering)
                else:
                    self._split(
                        k,
                        lot,
                        [
                            r
                            for r in rows
                            if (k, int(purchase.demand_item[r])) in purchase.bid_of
                            and not (allowed == frozenset({0}) and self._dominated(k, r))
                        ],
                    )
            if self.whole_lot and self.take:
                milp.row([(c, 1.0) for (_, of), c in self.choice.items() if of == lot], upper=1.0)
        if not self.whole_lot:
            for (_k, r), column in self.part.items():
                covering[(int(purchase.demand_member[r]), r)].append((column, 1.0))
            for r in self.active:
                covering.setdefault((int(purchase.demand_member[r]), r), [])
        elif not self.take:
            for lot in items_of_lot:
                covering[(-1, lot)] = [(c, 1.0) for (_, of), c in self.choice.items() if of == lot]
        else:
            for lot, items in items_of_lot.items():
                for i in items:
                    for r in self.rows_of_item[i]:
                        covering.setdefault((int(purchase.demand_member[r]), lot), [])
        self.covering = covering
        for (member, _), terms in covering.items():
            if self.take:
                milp.row([*terms, (self.take[member], -1.0)], 0.0, 0.0)
            else:
                milp.row(terms, 1.0, 1.0)

    def _dominated(self, k: int, r: int) -> bool:
        """Whether the row is known not to be bought from the supplier without a discount."""
        rows = self.restriction.undiscounted
        return rows is not None and not bool(rows[k, r])

    def _whole_lot(
        self, k: int, lot: int, rows: Sequence[int], covering: dict[tuple[int, int], Terms]
    ) -> None:
        purchase, milp = self.purchase, self.milp
        choice = milp.binary()
        self.choice[(k, lot)] = choice
        served: set[int] = set()
        member_part: dict[int, int] = {}
        for r in rows:
            member, site = int(purchase.demand_member[r]), int(purchase.demand_site[r])
            column = choice
            if self.take:
                if member not in member_part:
                    member_part[member] = milp.column(upper=1.0)
                    milp.row([(member_part[member], 1.0), (choice, -1.0)], upper=0.0)
                    covering[(member, lot)].append((member_part[member], 1.0))
                column = member_part[member]
            self.part[(k, r)] = column
            self._pay(column, purchase.per_unit[k, site] * purchase.demand_quantity[r])
            if site not in served:
                served.add(site)
                self._pay(column, purchase.per_lane[k, site])

    def _split(self, k: int, lot: int, rows: Sequence[int]) -> None:
        purchase, milp = self.purchase, self.milp
        lanes: dict[int, int] = {}
        for r in rows:
            site = int(purchase.demand_site[r])
            column = milp.column(upper=1.0)
            self.part[(k, r)] = column
            self._pay(column, purchase.per_unit[k, site] * purchase.demand_quantity[r])
            if purchase.per_lane[k, site] > 0:
                if site not in lanes:
                    lanes[site] = milp.binary()
                    self._pay(lanes[site], purchase.per_lane[k, site])
                milp.row([(column, 1.0), (lanes[site], -1.0)], upper=0.0)

    def _curves(self) -> None:
        """Goods value of each bid as an expression in the delivered parts, and its capacity."""
        purchase, question = self.purchase, self.question
        for (k, i), bid in sorted(purchase.bid_of.items()):
            rows = [r for r in self.rows_of_item.get(i, []) if (k, r) in self.part]
            if not rows:
                continue
            for r in rows:
                if not question.proper and purchase.co2_price > 0 and bid.co2 > 0:
                    self.carbon.append((self.part[(k, r)], bid.co2 * float(purchase.demand_quantity[r])))
            if self.whole_lot and not self.take:
                self._fixed_curve(bid, rows)
            else:
                self._free_curve(bid, rows)

    def _fixed_curve(self, bid: Bid, rows: Sequence[int]) -> None:
        """The whole demand or nothing: the goods value is a constant."""
        quantity = np.array(self.needed[bid.item])
        proper = self.question.proper
        cost = float(tier_payment(bid, quantity, buy_up=self.purchase.buy_up, proper=proper))
        self.value[bid.supplier].append((bid.item, [(self.part[(bid.supplier, rows[0])], cost)], cost))

    def _free_curve(self, bid: Bid, rows: Sequence[int]) -> None:
        purchase, question, milp = self.purchase, self.question, self.milp
        k, i = bid.supplier, bid.item
        demand = self.needed[i]
        fractions = [(self.part[(k, r)], float(purchase.demand_quantity[r]) / demand) for r in rows]
        upper = demand
        if not self.whole_lot and np.isfinite(bid.capacity):
            everybody = float(purchase.item_demand[i])
            share = bid.capacity / everybody if question.proper else bid.capacity / demand
            if self.take:
                if share < 1:
                    wanted = [
                        (
                            self.take[int(purchase.demand_member[r])],
                            -share * float(purchase.demand_quantity[r]) / demand,
                        )
                        for r in self.rows_of_item[i]
                    ]
                    milp.row([*fractions, *wanted], upper=0.0)
            elif share < 1:
                upper = demand * share
                milp.row(fractions, upper=share)
        loose = question.proper
        by_value = bool(purchase.couplings) or purchase.max_supplier_share is not None
        curve = segments(bid, upper=upper, buy_up=purchase.buy_up, proper=loose, drops=by_value)
        if not curve:
            for column, _ in fractions:
                milp.upper[column] = 0.0
            return
        largest = max(s.intercept + s.slope * s.high for s in curve)
        if len(curve) == 1 and curve[0].low == 0 and curve[0].intercept == 0:
            terms = [(column, share * curve[0].slope * demand) for column, share in fractions]
            self.value[k].append((i, terms, largest))
            self.straight.add((k, i))
            return
        value: Terms = []
        filled: Terms = [(column, -share) for column, share in fractions]
        opened: Terms = []
        for s in curve:
            on, amount = milp.binary(), milp.column(upper=s.high / demand)
            value += [(on, s.intercept), (amount, s.slope * demand)]
            filled.append((amount, 1.0))
            opened.append((on, 1.0))
            milp.row([(amount, 1.0), (on, -s.high / demand)], upper=0.0)
            low = s.low / demand
            if s.low == 0 and s.intercept > 0 and by_value:  # or value could be bought without a delivery
                if self.take:
                    token = 1.0 if self.whole_lot else TOKEN
                    milp.row([*((column, 1.0) for column, _ in fractions), (on, -token)], lower=0.0)
                else:
                    low = min(TOKEN, s.high / demand)
            if low > 0:
                milp.row([(amount, 1.0), (on, -low)], lower=0.0)
        milp.row(filled, 0.0, 0.0)
        milp.row(opened, upper=1.0)
        if len(rows) > 1:
            for column, _ in fractions:
                milp.row([(column, 1.0), *((c, -1.0) for c, _ in opened)], upper=0.0, lazy=self._many)
        self.value[k].append((i, value, largest))

    @property
    def _many(self) -> bool:
        return len(self.part) > LAZY_FROM

    def _supplier_terms(self, k: int) -> None:
        """Fixed cost, smallest order, bundles and value discounts of one supplier."""
        purchase, milp, question = self.purchase, self.milp, self.question
        supplier = purchase.suppliers[k]
        parts = self.value[k]
        levels = discount_levels(supplier, sum(largest for _, _, largest in parts))
        held = len(levels) > 1
        if k in self.restriction.levels:
            levels = [level for level in levels if level.number in self.restriction.levels[k]]
        min_order = supplier.min_order
        counted = not question.proper and purchase.max_suppliers is not None
        if supplier.fixed > 0 or min_order > 0 or held or counted:
            free = not (supplier.fixed > 0 or min_order > 0 or counted)
            # without any of these, using a supplier for nothing at its lowest level costs nothing
            self._use(k, always=k in self.restriction.used or (free and bool(levels) and levels[0].low <= 0))
        if supplier.fixed > 0:
            self._pay(self.used[k], supplier.fixed)
        goods = [term for _, terms, _ in parts for term in terms]
        if min_order > 0:
            order = self._scaled(goods)
            wanted = (self.used[k], -min_order / self.scale)
            if question.proper:
                top_up = milp.column()
                self._pay(top_up, self.scale)
                milp.row([*order, (top_up, 1.0), wanted], lower=0.0)
            elif self.elastic:
                self.lowering[k] = milp.column(1.0)
                milp.row([*order, (self.lowering[k], 1.0), wanted], lower=0.0)
            else:
                milp.row([*order, wanted], lower=0.0)
        bundles = self._bundles(k)
        leveled = self._at_levels(k, levels) if held else {0: {i: terms for i, terms, _ in parts}}
        for level, by_item in leveled.items():
            paid = 1 - levels[level].share
            for terms in by_item.values():
                self.payment += [(column, paid * coefficient) for column, coefficient in terms]
            for won, items, share in bundles:
                for i in items:
                    largest = next((big for item, _, big in parts if item == i), 0.0)
                    if i not in by_item or largest <= 0:
                        continue
                    off = milp.column(upper=largest / self.scale)
                    self._pay(off, -paid * share * self.scale)
                    milp.row([(off, 1.0), *self._scaled(by_item[i], -1.0)], upper=0.0)
                    milp.row([(off, 1.0), (won, -largest / self.scale)], upper=0.0)

    def _use(self, k: int, *, always: bool) -> None:
        milp = self.milp
        self.used[k] = milp.column(lower=float(always), upper=1.0, integer=True)
        if always:
            return
        seen: set[int] = set()
        for (supplier, _), column in self.part.items():
            if supplier == k and column not in seen:
                seen.add(column)
                milp.row([(column, 1.0), (self.used[k], -1.0)], upper=0.0, lazy=self._many and len(seen) > 1)
        if self._many and seen:  # the lazy rows above only tighten what this one says
            milp.row([*((column, 1.0) for column in seen), (self.used[k], -float(len(seen)))], upper=0.0)

    def _bundles(self, k: int) -> list[tuple[int, tuple[int, ...], float]]:
        """Columns that say which bundles are won, at most one for an item."""
        milp, purchase = self.milp, self.purchase
        columns = []
        for items, share in purchase.suppliers[k].bundles:
            needed = [i for i in items if i in self.rows_of_item]
            if share <= 0 or not needed:
                continue
            complete = all((k, r) in self.part for i in needed for r in self.rows_of_item[i])
            if not complete and not self.take:
                continue
            won = milp.binary()
            for i in needed:
                for r in self.rows_of_item[i]:
                    # delivered whole, unless the row's member is not taken
                    terms: Terms = [(won, 1.0)]
                    slack = 0.0
                    if (k, r) in self.part:
                        terms.append((self.part[(k, r)], -1.0))
                    if self.take:
                        terms.append((self.take[int(purchase.demand_member[r])], 1.0))
                        slack = 1.0
                    milp.row(terms, upper=slack)
            columns.append((won, items, share))
        for i in {i for _, items, _ in columns for i in items}:
            milp.row([(won, 1.0) for won, items, _ in columns if i in items], upper=1.0)
        return columns

    def _at_levels(self, k: int, levels: Sequence[Level]) -> dict[int, dict[int, Terms]]:
        """The goods value of each item, held at the one discount level that the total reaches."""
        milp = self.milp
        on = [milp.binary() for _ in levels]
        milp.row([*((column, 1.0) for column in on), (self.used[k], -1.0)], 0.0, 0.0)
        result: dict[int, dict[int, Terms]] = {level: {} for level in range(len(levels))}
        totals: list[Terms] = [[] for _ in levels]
        for i, terms, largest in self.value[k]:
            if largest <= 0:
                continue
            if self.restriction.by_row and (k, i) in self.straight and len(terms) > 1:
                self._rows_at_levels(k, i, levels, on, result, totals)
                continue
            held = []
            for position, column in enumerate(on):
                most = self._most(k, i, levels[position], largest)
                if most <= 0:
                    continue
                amount = milp.column(upper=most / self.scale)
                held.append((amount, 1.0))
                result[position][i] = [(amount, self.scale)]
                totals[position].append((amount, 1.0))
                milp.row([(amount, 1.0), (column, -most / self.scale)], upper=0.0, lazy=self._many)
            milp.row([*held, *self._scaled(terms, -1.0)], 0.0, 0.0)
        for level, column, total in zip(levels, on, totals, strict=True):
            milp.row([*total, (column, -level.high / self.scale)], upper=0.0)
            if level.low > 0:
                milp.row([*total, (column, -level.low / self.scale)], lower=0.0)
        return result

    def _rows_at_levels(
        self,
        k: int,
        i: int,
        levels: Sequence[Level],
        on: Sequence[int],
        result: dict[int, dict[int, Terms]],
        totals: Sequence[Terms],
    ) -> None:
        """The same row by row: each part is bounded by its level on its own, which is stronger but larger."""
        milp, purchase = self.milp, self.purchase
        price = self.purchase.bid_of[k, i].prices[0]
        held: dict[int, Terms] = {r: [] for r in self.rows_of_item[i] if (k, r) in self.part}
        for position, (level, column) in enumerate(zip(levels, on, strict=True)):
            together: Terms = []
            for r, parts in held.items():
                if level.number == 0 and self._dominated(k, r):
                    continue
                most = self.restriction.row_most.get((k, r, level.number), 1.0)
                part = milp.column(upper=most)
                parts.append((part, 1.0))
                together.append((part, price * float(purchase.demand_quantity[r])))
                milp.row([(part, 1.0), (column, -most)], upper=0.0, lazy=self._many)
            if not together:
                continue
            result[position][i] = together
            totals[position].extend(self._scaled(together))
            limit = self.restriction.most.get((k, i, level.number))
            if limit is not None:
                milp.row([*self._scaled(together), (column, -limit / self.scale)], upper=0.0, lazy=self._many)
        for r, parts in held.items():
            milp.row([*parts, (self.part[k, r], -1.0)], 0.0, 0.0)

    def _most(self, k: int, i: int, level: Level, largest: float) -> float:
        """The largest goods value of an item at a discount level."""
        most = min(largest, self.restriction.most.get((k, i, level.number), largest))
        if level.number == 0 and self.restriction.undiscounted is not None:
            left = [r for r in self.rows_of_item[i] if not self._dominated(k, r)]
            if len(left) < len(self.rows_of_item[i]):
                part = float(self.purchase.demand_quantity[left].sum()) / self.needed[i]
                most = min(most, part * self.needed[i] * max(self.purchase.bid_of[k, i].prices))
        return most

    def _group_rules(self) -> None:
        """What the group demands of its own award; binds all together only."""
        purchase, milp = self.purchase, self.milp
        if purchase.max_suppliers is not None:
            milp.row([(column, 1.0) for column in self.used.values()], upper=float(purchase.max_suppliers))
        if purchase.max_supplier_share is not None:
            everything = [term for parts in self.value.values() for _, terms, _ in parts for term in terms]
            for k in self.value:
                own = [term for _, terms, _ in self.value[k] for term in terms]
                milp.row(
                    [*self._scaled(own), *self._scaled(everything, -purchase.max_supplier_share)], upper=0.0
                )
        if purchase.min_sources is not None and not self.whole_lot:
            for i, rows in self.rows_of_item.items():
                sources = []
                for k in range(len(purchase.suppliers)):
                    terms = [
                        (self.part[(k, r)], float(purchase.demand_quantity[r]) / self.needed[i])
                        for r in rows
                        if (k, r) in self.part
                    ]
                    if terms:
                        counts = milp.binary()
                        sources.append((counts, 1.0))
                        milp.row([*terms, (counts, -purchase.min_source_share)], lower=0.0)
                milp.row(sources, lower=float(purchase.min_sources))
        if purchase.reserve is not None and purchase.co2_price > 0:
            self.milp.row(self._scaled(self.payment), upper=purchase.reserve / self.scale)

    def _objective(self) -> None:
        cost = self.milp.cost
        if self.elastic:
            return
        for column, coefficient in self.payment:
            cost[column] += coefficient / self.scale
        for column, kilograms in self.carbon:
            cost[column] += self.purchase.co2_price * kilograms / self.scale

    def _pay(self, column: int, amount: float) -> None:
        if amount:
            self.payment.append((column, float(amount)))

    def _scaled(self, terms: Terms, factor: float = 1.0) -> Terms:
        return [(column, factor * coefficient / self.scale) for column, coefficient in terms]

    def delivered(self, x: Floats) -> Floats:
        """Quantities that an answer delivers, shape (suppliers, rows), cleaned of rounding."""
        purchase = self.purchase
        part = np.zeros((len(purchase.suppliers), len(purchase.demand_quantity)))
        for (k, r), column in self.part.items():
            part[k, r] = x[column]
        part[part < RETREAT / 10] = 0.0
        total = part.sum(axis=0)
        part = np.divide(part, total, out=np.zeros_like(part), where=total > 1e-3)
        quantity: Floats = part * purchase.demand_quantity
        return quantity
