# SPDX-License-Identifier: EUPL-1.2
"""`award.xlsx`: a sheet per question, for the buying desk."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from sprega.engines.award.model import REACHES
from sprega.engines.clearing.model import Clearing
from sprega.engines.model import Sentence
from sprega.formats.award_shares import write_members, write_objections, write_price_list, write_rules
from sprega.formats.award_words import (
    ALL,
    NOT_STATED,
    amount,
    left_open,
    money,
    player,
    rule_name,
    unproven,
)
from sprega.formats.report_sheet import Book, Column, Page, Say
from sprega.formats.result_summary import award_values, delivers


def write_award(clearing: Clearing, path: str | Path, *, say: Say = str, language: str = "en") -> None:
    """Write the outcome of a purchase as a workbook.

    Parameters
    ----------
    clearing : Clearing
    path : str or Path
        Where to write; an existing file is replaced.
    say : callable
        Turns a sentence into text of the reader's language.
    language : str
        Two-letter code of that language, kept with the file.
    """
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as file:
        file.set_properties({"title": clearing.purchase.name, "comments": f"language: {language}"})
        book = Book(file, say, clearing.price_list.digits)
        _write_summary(book, clearing)
        _write_award(book, clearing)
        _write_suppliers(book, clearing)
        write_members(book, clearing)
        write_price_list(book, clearing)
        write_rules(book, clearing)
        write_objections(book, clearing)


def _write_summary(book: Book, clearing: Clearing) -> None:
    today, alone = float(clearing.today.sum()), float(clearing.stand_alone.sum())
    values: dict[str, object] = {
        "together": amount(clearing.cost, clearing),
        "alone": amount(alone, clearing),
        "currency": clearing.purchase.currency,
    }
    if not clearing.joining_pays:
        answer = Sentence(
            "Together all pay {together} {currency}, more than the {alone} {currency} of buying alone.",
            values,
        )
    elif math.isfinite(today):
        values["saving"] = amount(today - clearing.cost, clearing)
        answer = Sentence(
            "Together all pay {together} {currency}, {saving} {currency} less than today.", values
        )
    else:
        values["saving"] = amount(alone - clearing.cost, clearing)
        answer = Sentence(
            "Together all pay {together} {currency}, {saving} {currency} less than alone with the same bids.",
            values,
        )
    page = book.sheet(Sentence("Summary"), answer)
    _say_how(page, clearing)
    shares = clearing.shares[clearing.rule]
    columns = [
        Column(Sentence("Member"), width=12),
        Column(Sentence("Name"), width=30),
        money(Sentence("Today, {currency}"), clearing),
        money(Sentence("Alone with the same bids, {currency}"), clearing),
        money(Sentence("Together, {currency}"), clearing),
        money(Sentence("Saved by better choice of supplier, {currency}"), clearing),
        money(Sentence("Saved by buying together, {currency}"), clearing),
        money(Sentence("Saved in all, {currency}"), clearing),
        Column(Sentence("Saved in all, part of today"), "percent"),
    ]
    rows = [
        [*player(clearing, at), *_saving(float(clearing.today[at]), float(clearing.stand_alone[at]), share)]
        for at, share in enumerate(shares.tolist())
    ]
    page.table(columns, rows, total=[ALL, None, *_saving(today, alone, clearing.cost)])
    for note in clearing.notes:
        page.line(note)


def _saving(today: float, alone: float, together: float) -> list[object]:
    stated = math.isfinite(today)
    return [
        today if stated else NOT_STATED,
        alone,
        together,
        today - alone if stated else NOT_STATED,
        alone - together,
        today - together if stated else NOT_STATED,
        (today - together) / today if stated and today else NOT_STATED,
    ]


def _say_how(page: Page, clearing: Clearing) -> None:
    page.line(Sentence("Rule of sharing: {rule}.", {"rule": rule_name(clearing.rule)}))
    page.line(_proof(clearing))
    if not clearing.proven:
        page.line(unproven(clearing))
    if clearing.mode == "sampled":
        page.line(Sentence("Shares were sampled: where two figures stand, the true one lies between them."))
    page.row += 1


def _proof(clearing: Clearing) -> Sentence:
    """How much cheaper another award could be at most, as the report says it too."""
    left = left_open(clearing)
    if left is None:
        return Sentence("It is not proved how much cheaper another award could be.")
    if not left[0]:
        return Sentence("No award can be cheaper: this is proved.")
    values = {"amount": amount(left[0], clearing), "currency": clearing.purchase.currency}
    if clearing.purchase.co2_price > 0:
        return Sentence(
            "No award can be cheaper by more than {amount} {currency}, with CO2 counted at its price.", values
        )
    return Sentence("No award can be cheaper by more than {amount} {currency}.", values)


def _write_award(book: Book, clearing: Clearing) -> None:
    purchase, award = clearing.purchase, clearing.award
    won = delivers(purchase, award)
    values = award_values(purchase, award)
    lots, suppliers = int(won.any(axis=1).sum()), int(won.any(axis=0).sum())
    count: dict[str, object] = {"lots": lots, "suppliers": suppliers}
    page = book.sheet(
        Sentence("Award"), Sentence("Lots: {lots}. Suppliers that deliver: {suppliers}.", count)
    )
    rows: list[list[object]] = [
        [purchase.lots[lot], purchase.suppliers[k].code, purchase.suppliers[k].name, float(values[lot, k])]
        for lot, k in np.argwhere(won)
    ]
    rows += [
        [Sentence("once"), purchase.suppliers[k].code, purchase.suppliers[k].name, float(award.fixed[k])]
        for k in np.flatnonzero(award.fixed)
    ]
    columns = [
        Column(Sentence("Lot"), width=18),
        Column(Sentence("Supplier"), width=12),
        Column(Sentence("Name"), width=34),
        money(Sentence("Goods after discounts and delivery, {currency}"), clearing, 20),
    ]
    page.table(columns, rows, total=[ALL, None, None, clearing.cost])
    page.table(
        [
            Column(Sentence("Lot"), width=18),
            Column(Sentence("Supplier"), width=12),
            Column(Sentence("Item"), width=34),
            Column(Sentence("Quantity"), "quantity"),
            Column(Sentence("Unit"), width=10),
            money(Sentence("Goods after discounts, {currency}"), clearing),
            Column(Sentence("Price of a unit, {currency}", {"currency": purchase.currency}), "price"),
        ],
        _award_items(clearing),
    )


def _award_items(clearing: Clearing) -> list[list[object]]:
    purchase, award = clearing.purchase, clearing.award
    quantity = np.zeros((len(purchase.items), len(purchase.suppliers)))
    np.add.at(quantity, purchase.demand_item, award.delivered.T)
    rows: list[list[object]] = []
    for i, k in np.argwhere(quantity > REACHES * np.maximum(purchase.item_demand, 1e-300)[:, None]):
        item, goods = purchase.items[i], float(award.goods[k, i])
        rows.append(
            [
                purchase.lots[item.lot],
                purchase.suppliers[k].code,
                f"{item.code} {item.name}" if item.name != item.code else item.code,
                float(quantity[i, k]),
                item.unit,
                goods,
                goods / float(quantity[i, k]),
            ]
        )
    return rows


def _write_suppliers(book: Book, clearing: Clearing) -> None:
    purchase, award = clearing.purchase, clearing.award
    totals = np.stack(
        [
            award.tier_payment.sum(axis=1),
            award.goods.sum(axis=1) - award.tier_payment.sum(axis=1),
            award.unit_delivery.sum(axis=1),
            award.lane_delivery.sum(axis=(1, 2)),
            award.fixed,
        ],
        axis=1,
    )
    paid = totals.sum(axis=1)
    order = [int(k) for k in np.argsort(-paid, kind="stable") if paid[k] > 0]
    first = purchase.suppliers[order[0]] if order else None
    values: dict[str, object] = {
        "name": first.name if first else "",
        "amount": amount(float(paid.max(initial=0.0)), clearing),
        "currency": purchase.currency,
    }
    page = book.sheet(
        Sentence("By supplier"),
        Sentence("{name} receives most, {amount} {currency}.", values),
    )
    columns = [
        Column(Sentence("Supplier"), width=12),
        Column(Sentence("Name"), width=34),
        money(Sentence("Goods before discounts, {currency}"), clearing),
        money(Sentence("Discounts, {currency}"), clearing),
        money(Sentence("Delivery by unit, {currency}"), clearing),
        money(Sentence("Delivery by lane, {currency}"), clearing),
        money(Sentence("Once, {currency}"), clearing),
        money(Sentence("In all, {currency}"), clearing),
    ]
    rows = [
        [purchase.suppliers[k].code, purchase.suppliers[k].name, *totals[k].tolist(), float(paid[k])]
        for k in order
    ]
    page.table(columns, rows, total=[ALL, None, *totals.sum(axis=0).tolist(), clearing.cost])
