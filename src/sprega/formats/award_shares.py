# SPDX-License-Identifier: EUPL-1.2
"""The sheets of `award.xlsx` about members: what each receives and pays, under which rule, who objects."""

from __future__ import annotations

import math

import numpy as np

from sprega.engines.award.model import REACHES
from sprega.engines.clearing.model import RULES, Clearing
from sprega.engines.model import Sentence
from sprega.formats.award_words import ALL, NEAREST, NOT_STATED, money, player, price_of_own_rules, rule_name
from sprega.formats.report_sheet import Book, Column


def write_members(book: Book, clearing: Clearing) -> None:
    """Write the sheet."""
    purchase, award = clearing.purchase, clearing.award
    page = book.sheet(
        Sentence("By member"), Sentence("What each member receives, from whom and at what price.")
    )
    columns = [
        Column(Sentence("Member"), width=12),
        Column(Sentence("Site"), width=12),
        Column(Sentence("Item"), width=34),
        Column(Sentence("Supplier"), width=12),
        Column(Sentence("Quantity"), "quantity"),
        Column(Sentence("Unit"), width=10),
        Column(Sentence("Today's price, {currency}", {"currency": purchase.currency}), "price", 16),
        Column(Sentence("Price on the invoice, {currency}", {"currency": purchase.currency}), "price", 16),
    ]
    rows: list[list[object]] = []
    meant = award.delivered > REACHES * purchase.demand_quantity
    for row in np.lexsort((purchase.demand_item, purchase.demand_site, purchase.demand_member)):
        m, i = int(purchase.demand_member[row]), int(purchase.demand_item[row])
        price = float(purchase.demand_price[row])
        for k in np.flatnonzero(meant[:, row]):
            rows.append(
                [
                    purchase.members[m].code,
                    purchase.sites[purchase.demand_site[row]].code,
                    f"{purchase.items[i].code} {purchase.items[i].name}",
                    purchase.suppliers[k].code,
                    float(award.delivered[k, row]),
                    purchase.items[i].unit,
                    price if math.isfinite(price) else NOT_STATED,
                    float(clearing.price_list.unit_price[k, m, i]),
                ]
            )
    page.table(columns, rows)


def write_price_list(book: Book, clearing: Clearing) -> None:
    """Write the sheet."""
    purchase, prices = clearing.purchase, clearing.price_list
    scale = 10**prices.digits
    page = book.sheet(Sentence("Price list"), Sentence("The amount that each supplier invoices each member."))
    sellers = [int(k) for k in np.flatnonzero(prices.supplier_total)]
    paid = np.zeros(len(purchase.members), dtype=np.int64)
    for note in prices.notes:
        paid[note.payer] += note.amount
        paid[note.payee] -= note.amount
    columns = [Column(Sentence("Member"), width=12), Column(Sentence("Name"), width=30)]
    columns += [
        money(Sentence("{supplier}, {currency}", {"supplier": purchase.suppliers[k].code}), clearing)
        for k in sellers
    ]
    columns.append(money(Sentence("Balancing notes, {currency}"), clearing))
    columns.append(money(Sentence("Share, {currency}"), clearing))
    rows = [
        [
            purchase.members[m].code,
            purchase.members[m].name,
            *(int(prices.amount[k, m]) / scale for k in sellers),
            int(paid[m]) / scale,
            int(prices.share[m]) / scale,
        ]
        for m in purchase.players
    ]
    totals = [int(prices.supplier_total[k]) / scale for k in sellers]
    page.table(columns, rows, total=[ALL, None, *totals, 0, int(prices.share.sum()) / scale])
    if prices.notes:
        notes = [
            [purchase.members[n.payer].code, purchase.members[n.payee].code, n.amount / scale]
            for n in prices.notes
        ]
        page.table(
            [
                Column(Sentence("Payer")),
                Column(Sentence("Payee")),
                money(Sentence("Balancing note, {currency}"), clearing),
            ],
            notes,
        )


def write_rules(book: Book, clearing: Clearing) -> None:
    """Write the sheet."""
    rule = rule_name(clearing.rule)
    page = book.sheet(
        Sentence("Rules compared"),
        Sentence("What each member pays under each rule; applied: {rule}.", {"rule": rule}),
    )
    if clearing.nucleolus_is_nearest:
        page.line(NEAREST)
        page.row += 1
    columns = [
        Column(Sentence("Member"), width=12),
        Column(Sentence("Name"), width=30),
        money(Sentence("Alone with the same bids, {currency}"), clearing),
    ]
    figures = [clearing.stand_alone]
    for name in RULES:
        called = {"rule": rule_name(name)}
        columns.append(money(Sentence("{rule}, {currency}", called), clearing, 20))
        figures.append(clearing.shares[name])
        if name in clearing.share_intervals:
            low, high = clearing.share_intervals[name]
            columns.append(money(Sentence("{rule}, at least, {currency}", called), clearing))
            columns.append(money(Sentence("{rule}, at most, {currency}", called), clearing))
            figures += [low, high]
    rows = [
        [*player(clearing, at), *(float(column[at]) for column in figures)]
        for at in range(len(clearing.stand_alone))
    ]
    sums: list[object] = [clearing.stand_alone.sum()]
    for name in RULES:
        sums.append(clearing.shares[name].sum())
        sums += [None, None] if name in clearing.share_intervals else []
    page.table(columns, rows, total=[ALL, None, *sums])


def write_objections(book: Book, clearing: Clearing) -> None:
    """Write the sheet."""
    applied = clearing.stability[clearing.rule]
    rule = {"rule": rule_name(clearing.rule)}
    if applied.objecting == 0:
        answer = Sentence("{rule}: no group would do better alone.", rule)
    elif applied.objecting is not None:
        answer = Sentence(
            "{rule}: groups that would do better alone: {count}.", {**rule, "count": applied.objecting}
        )
    else:
        answer = Sentence("{rule}: whether a group would do better alone was sampled.", rule)
    page = book.sheet(Sentence("Who would object"), answer)
    rows: list[list[object]] = []
    for name in RULES:
        found = clearing.stability[name]
        low, high = (
            found.worst_excess
            if isinstance(found.worst_excess, tuple)
            else (found.worst_excess, found.worst_excess)
        )
        group = ", ".join(clearing.purchase.members[m].code for m in found.worst_coalition)
        rows.append(
            [
                rule_name(name),
                Sentence("sampled") if found.objecting is None else found.objecting,
                low,
                high,
                group,
            ]
        )
    page.table(
        [
            Column(Sentence("Rule"), width=30),
            Column(Sentence("Groups that would do better alone"), "count", 20),
            money(Sentence("Most that a group would gain alone, at least, {currency}"), clearing, 22),
            money(Sentence("Most that a group would gain alone, at most, {currency}"), clearing, 22),
            Column(Sentence("That group"), width=60),
        ],
        rows,
    )
    page.line(Sentence("A negative gain is what the nearest group would lose by leaving."))
    if price := price_of_own_rules(clearing, RULES):
        page.line(price)
