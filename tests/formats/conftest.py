# SPDX-License-Identifier: EUPL-1.2
"""A small sound workbook to spoil, one cell at a time."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

Sheets = dict[str, list[list[Any]]]

SOUND: Sheets = {
    "Purchase": [
        ["key", "value"],
        ["name", "Gloves and lime"],
        ["currency", "EUR"],
        ["award", "whole-lot"],
        ["buy_up", "yes"],
        ["rule", "auto"],
        ["max_suppliers", 2],
        ["min_sources", None],
        ["min_source_share", None],
        ["max_supplier_share", 80],
        ["co2_price", 0.1],
        ["reserve", 100000],
    ],
    "Members": [
        ["member", "name", "holding", "kind"],
        ["M1", "Mine one", None, "company"],
        ["M2", "Mine two", None, "company"],
        ["M3", "University", None, "university"],
    ],
    "Sites": [
        ["site", "member", "name", "lat", "lon"],
        ["S1", "M1", "North gate", 42.5, 24.0],
        ["S2", "M2", "Shaft", None, None],
        ["S3", "M3", "Campus", None, None],
    ],
    "Items": [
        ["item", "name", "lot", "unit", "cpv"],
        ["P1", "Gloves", None, "pair", "18424300-0"],
        ["P2", "Lime", "bulk", "t", None],
        ["P3", "Soda", "bulk", "t", None],
    ],
    "Demand": [
        ["site", "item", "quantity", "current_price"],
        ["S1", "P1", 100, 3],
        ["S2", "P1", 50, None],
        ["S3", "P1", 10, 4],
        ["S1", "P2", 20, 90],
        ["S2", "P2", 10, 95],
        ["S3", "P3", 1, 200],
    ],
    "Suppliers": [
        ["supplier", "name", "min_order", "fixed"],
        ["V1", "North trade", None, 50],
        ["V2", "South trade", 500, None],
    ],
    "Bids": [
        ["supplier", "item", "from_quantity", "unit_price", "capacity", "co2"],
        ["V1", "P1", 0, 3, 1000, 0.2],
        ["V1", "P1", 100, 2.5, None, None],
        ["V2", "P1", 0, 2.9, None, None],
        ["V2", "P2", 0, 80, None, None],
        ["V2", "P3", 0, 180, None, None],
    ],
    "Delivery": [
        ["supplier", "site", "per_unit", "per_lane"],
        ["V1", "S1", 0.1, 5],
        ["V2", "S2", 0.2, None],
    ],
    "Discounts": [["supplier", "from_value", "percent"], ["V2", 1000, 5], ["V2", 5000, 8]],
    "Bundles": [["supplier", "items", "percent"], ["V2", "P2, P3", 3]],
}


@pytest.fixture
def sheets() -> Sheets:
    """The sound workbook's rows, for a test to spoil."""
    return copy.deepcopy(SOUND)


@pytest.fixture
def save(tmp_path: Path) -> Callable[[Sheets], Path]:
    """Write rows as an XLSX file called p.xlsx."""

    def write(rows_of: Sheets) -> Path:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in rows_of.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        book.save(tmp_path / "p.xlsx")
        return tmp_path / "p.xlsx"

    return write
