# SPDX-License-Identifier: EUPL-1.2
"""The split award once more, as a plain program in quantities with every term and rule, for `scipy`'s solver.

Written from the issue's text and sharing no code with the engine: a supplier's scheme (discount level and set
of bundles) is one choice, stretches are closed, so that the least value is the infimum.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from sprega.engines.award.model import Purchase
from tests.engines.award.oracle import stretches

TOKEN = 1e-4


class Weak:
    """Columns and rows of a program, grown by name."""

    def __init__(self):
        self.cost, self.high, self.whole, self.rows = [], [], [], []

    def column(self, high=np.inf, *, whole=False):
        self.cost.append(0.0)
        self.high.append(high)
        self.whole.append(whole)
        return len(self.cost) - 1

    def row(self, terms, low=-np.inf, high=np.inf):
        self.rows.append((terms, low, high))

    def solve(self):
        matrix = np.zeros((len(self.rows), len(self.cost)))
        for n, (terms, _, _) in enumerate(self.rows):
            for c, a in terms:
                matrix[n, c] += a
        answer = milp(
            self.cost,
            integrality=self.whole,
            bounds=Bounds(0.0, self.high),
            constraints=LinearConstraint(matrix, [r[1] for r in self.rows], [r[2] for r in self.rows]),
            options={"mip_rel_gap": 1e-9},
        )
        return answer.fun if answer.status == 0 else np.inf


def schemes(firm):
    """Every (value from, value to, percent off, {item: bundle's percent off}, items to deliver whole)."""
    steps = [(0.0, 0.0), *firm.discounts]
    ends = [*(s for s, _ in firm.discounts), np.inf]
    for (low, share), high in zip(steps, ends, strict=True):
        for chosen in product([False, True], repeat=len(firm.bundles)):
            won = [b for b, on in zip(firm.bundles, chosen, strict=True) if on]
            items = [i for b, _ in won for i in b]
            if len(items) == len(set(items)):
                yield low, high, share, {i: off for b, off in won for i in b}, items


def least(purchase: Purchase, group, *, proper):
    """Least objective (a proper group: payment) by the weak program; infinite where nothing fits."""
    w = Weak()
    rows = [
        r
        for r in range(len(purchase.demand_item))
        if purchase.demand_member[r] in group and purchase.demand_quantity[r] > 0
    ]
    item, site = purchase.demand_item, purchase.demand_site
    needed = {int(i): sum(purchase.demand_quantity[r] for r in rows if item[r] == i) for i in item[rows]}
    payment, carbon, values, users = [], [], {}, {}
    q = {}
    for k, firm in enumerate(purchase.suppliers):
        bids = [b for b in purchase.bids if b.supplier == k and b.item in needed]
        if not bids:
            continue
        used = users[k] = w.column(1, whole=True)
        payment.append((used, firm.fixed))
        goods, most = {}, {}
        for b in bids:
            mine = [r for r in rows if item[r] == b.item]
            for r in mine:
                q[k, r] = w.column(purchase.demand_quantity[r])
                w.row([(q[k, r], 1), (used, -purchase.demand_quantity[r])], high=0)
                payment.append((q[k, r], purchase.per_unit[k, site[r]]))
                carbon.append((q[k, r], b.co2))
            limit = b.capacity * (needed[b.item] / purchase.item_demand[b.item] if proper else 1.0)
            w.row([(q[k, r], 1) for r in mine], high=limit)
            value, filled, on = [], [(q[k, r], -1) for r in mine], []
            most[b.item] = 0.0
            for low, high, intercept, slope in stretches(b, buy_up=purchase.buy_up, proper=proper):
                end = min(high, needed[b.item])
                if low > end:
                    continue
                y, a = w.column(1, whole=True), w.column(end)
                # nothing delivered is nothing paid: a flat stretch needs at least a token
                w.row([(a, 1), (y, -max(low, TOKEN * end if intercept > 0 else 0.0))], low=0)
                w.row([(a, 1), (y, -end)], high=0)
                value += [(y, intercept), (a, slope)]
                filled.append((a, 1))
                on.append((y, 1))
                most[b.item] = max(most[b.item], intercept + slope * end)
            w.row(filled, 0, 0)
            w.row(on, high=1)
            goods[b.item] = value
        values[k] = [t for v in goods.values() for t in v]
        choice, held = [], {i: [] for i in goods}
        for low, high, share, off, whole in schemes(firm):
            if any(i in needed and i not in goods for i in whole):
                continue
            chosen = w.column(1, whole=True)
            choice.append((chosen, 1))
            total = []
            for i in goods:
                g = w.column()
                w.row([(g, 1), (chosen, -most[i])], high=0)
                held[i].append((g, 1))
                total.append((g, 1))
                payment.append((g, (1 - share) * (1 - off.get(i, 0.0))))
            w.row([*total, (chosen, -low)], low=0)
            if np.isfinite(high):
                w.row([*total, (chosen, -high)], high=0)
            for r in rows:
                if item[r] in whole:
                    w.row([(q[k, r], 1), (chosen, -purchase.demand_quantity[r])], low=0)
        w.row([*choice, (used, -1)], 0, 0)
        for i, terms in held.items():
            w.row([*terms, *((c, -a) for c, a in goods[i])], 0, 0)
        order = [*values[k], (used, -firm.min_order)]
        if proper:
            top_up = w.column()
            payment.append((top_up, 1))
            order.append((top_up, 1))
        w.row(order, low=0)
        lanes = {}
        for r in rows:
            if (k, r) in q and purchase.per_lane[k, site[r]] > 0:
                lane = (int(site[r]), purchase.items[item[r]].lot)
                if lane not in lanes:
                    lanes[lane] = w.column(1, whole=True)
                    payment.append((lanes[lane], purchase.per_lane[k, site[r]]))
                w.row([(q[k, r], 1), (lanes[lane], -purchase.demand_quantity[r])], high=0)
    for r in rows:
        parts = [(q[k, r], 1) for k in users if (k, r) in q]
        w.row(parts, purchase.demand_quantity[r], purchase.demand_quantity[r])
    if not proper:
        _rules(w, purchase, rows, needed, q, users, values, payment)
    for c, a in payment:
        w.cost[c] += a
    for c, a in carbon:
        w.cost[c] += 0.0 if proper else a * purchase.co2_price
    return w.solve()


def _rules(w, purchase, rows, needed, q, users, values, payment):
    if purchase.max_suppliers is not None:
        w.row([(u, 1) for u in users.values()], high=purchase.max_suppliers)
    if purchase.max_supplier_share is not None:
        everything = [(c, -purchase.max_supplier_share * a) for v in values.values() for c, a in v]
        for v in values.values():
            w.row([*v, *everything], high=0)
    if purchase.min_sources is not None:
        for i in needed:
            sources = []
            for k in users:
                mine = [(q[k, r], 1) for r in rows if purchase.demand_item[r] == i and (k, r) in q]
                if mine:
                    counts = w.column(1, whole=True)
                    sources.append((counts, 1))
                    w.row([*mine, (counts, -purchase.min_source_share * needed[i])], low=0)
            w.row(sources, low=purchase.min_sources)
    if purchase.reserve is not None:
        w.row(payment, high=purchase.reserve)
