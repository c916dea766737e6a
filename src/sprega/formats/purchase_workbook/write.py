# SPDX-License-Identifier: EUPL-1.2
"""Write a purchase as the workbook that `read_purchase` reads."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from sprega.engines.award.model import Purchase
from sprega.formats.purchase_workbook.model import SHEETS

WIDTHS = {"name": 34, "key": 20, "value": 30, "items": 30, "holding": 16}
STANDARD_WIDTH = 13


def write_purchase(purchase: Purchase, path: str | Path) -> None:
    """Write the workbook; `read_purchase` gives the same purchase back.

    Parameters
    ----------
    purchase : Purchase
        Any purchase that a workbook can hold.
    path : str or Path
        Where to write; an existing file is replaced.
    """
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": purchase.name})
        formats = {
            "header": book.add_format(
                {"bold": True, "bg_color": "#E8EDEA", "bottom": 1, "align": "left", "valign": "top"}
            ),
            "percent": book.add_format({"num_format": "0.##%", "align": "right"}),
            "text": book.add_format({"num_format": "@"}),
        }
        for name, rows in _sheets(purchase).items():
            _write_sheet(book.add_worksheet(name), SHEETS[name].columns, rows, formats)


def _write_sheet(
    sheet: Any, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]], formats: dict[str, Any]
) -> None:
    sheet.write_row(0, 0, columns, formats["header"])
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    for at, column in enumerate(columns):
        sheet.set_column(at, at, WIDTHS.get(column, STANDARD_WIDTH))
    for row, cells in enumerate(rows, start=1):
        for at, cell in enumerate(cells):
            if isinstance(cell, tuple):
                sheet.write_number(row, at, cell[0], formats["percent"])
            elif isinstance(cell, str):
                if cell:
                    # As text even where it looks like a number or a formula: a code must stay a code.
                    sheet.write_string(row, at, cell, formats["text"])
            elif isinstance(cell, int | float):
                sheet.write_number(row, at, cell)


def _sheets(purchase: Purchase) -> dict[str, list[tuple[object, ...]]]:
    members, sites, items, suppliers = purchase.members, purchase.sites, purchase.items, purchase.suppliers
    alone = np.bincount(purchase.item_lot, minlength=len(purchase.lots)) == 1
    return {
        "Purchase": _settings(purchase),
        "Members": [(m.code, m.name, "" if m.holding == m.code else m.holding, m.kind) for m in members],
        "Sites": [(s.code, members[s.member].code, s.name, s.latitude, s.longitude) for s in sites],
        "Items": [
            (i.code, i.name, "" if alone[i.lot] and lot == i.code else lot, i.unit, i.cpv)
            for i in items
            for lot in [purchase.lots[i.lot]]
        ],
        "Demand": [
            (sites[site].code, items[item].code, float(quantity), None if math.isnan(price) else float(price))
            for site, item, quantity, price in zip(
                purchase.demand_site,
                purchase.demand_item,
                purchase.demand_quantity,
                purchase.demand_price,
                strict=True,
            )
        ],
        "Suppliers": [(s.code, s.name, s.min_order or None, s.fixed or None) for s in suppliers],
        "Bids": _bids(purchase),
        "Delivery": [
            (suppliers[s].code, sites[p].code, float(purchase.per_unit[s, p]), float(purchase.per_lane[s, p]))
            for s, p in np.argwhere((purchase.per_unit != 0) | (purchase.per_lane != 0))
        ],
        "Discounts": [(s.code, start, (share,)) for s in suppliers for start, share in s.discounts],
        "Bundles": [
            (s.code, ", ".join(items[i].code for i in together), (share,))
            for s in suppliers
            for together, share in s.bundles
        ],
    }


def _settings(purchase: Purchase) -> list[tuple[object, ...]]:
    split = purchase.award == "split"
    cap = purchase.max_supplier_share
    return [
        ("name", purchase.name),
        ("currency", purchase.currency),
        ("award", purchase.award),
        ("buy_up", "yes" if purchase.buy_up else "no"),
        ("rule", purchase.rule),
        ("max_suppliers", purchase.max_suppliers),
        ("min_sources", purchase.min_sources if split else None),
        ("min_source_share", (purchase.min_source_share,) if split else None),
        ("max_supplier_share", None if cap is None else (cap,)),
        ("co2_price", purchase.co2_price or None),
        ("reserve", purchase.reserve),
    ]


def _bids(purchase: Purchase) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for bid in purchase.bids:
        supplier, item = purchase.suppliers[bid.supplier].code, purchase.items[bid.item].code
        capacity = bid.capacity if math.isfinite(bid.capacity) else None
        for tier, (start, price) in enumerate(zip(bid.starts, bid.prices, strict=True)):
            first = (capacity, bid.co2 or None) if tier == 0 else (None, None)
            rows.append((supplier, item, start, price, *first))
    return rows
