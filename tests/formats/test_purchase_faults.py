# SPDX-License-Identifier: EUPL-1.2
"""Each kind of fault, alone, at its place, with what would be right."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from sprega.formats.purchase_workbook import read_purchase

# sheet, row, column, what to write there (a list: insert the row), column of the fault, words of both
FAULTS: list[tuple[str, int, str | None, Any, str | None, str, str]] = [
    ("Purchase", 3, "value", "eur", "value", "no code of a currency", "EUR"),
    ("Purchase", 3, "value", "BGL", "value", "BGL", "EUR"),
    ("Purchase", 3, "value", "DEM", "value", "DEM", "EUR"),
    ("Purchase", 3, "value", "XXX", "value", "XXX", "EUR"),
    ("Purchase", 3, "value", "XTS", "value", "XTS", "EUR"),
    ("Purchase", 3, "value", "Euro", "value", "Euro", "EUR"),
    ("Purchase", 4, "value", "both", "value", "both", "whole-lot, split"),
    ("Purchase", 5, "value", "maybe", "value", "maybe", "да"),
    ("Purchase", 6, "value", "fair", "value", "fair", "nucleolus"),
    ("Purchase", 7, "value", 1.5, "value", "1.5", "whole number"),
    ("Purchase", 7, "value", 0, "value", "0", "whole number"),
    ("Purchase", 10, "value", 120, "value", "120", "percent"),
    ("Purchase", 10, "value", 0, "value", "0 percent", "above 0"),
    ("Purchase", 11, "value", -1, "value", "negative", "positive"),
    ("Purchase", 12, "value", "none", "value", "none", "1234.5"),
    ("Purchase", 13, None, ["name", "Again"], "key", "row 2 and again in row 13", "one"),
    ("Purchase", 13, None, [None, "What"], "key", "without a key", "name"),
    ("Members", 3, "member", "M1", "member", "row 2 and again in row 3", "another code"),
    ("Members", 4, "kind", "School", "kind", "School", "training"),
    ("Members", 5, None, ["x" * 65, "Long", None, "other"], "member", "longer than 64", "shorter"),
    ("Members", 5, None, [True, "Truth", None, "other"], "member", "no code", "Text"),
    ("Members", 5, None, [datetime.date(2026, 1, 2), "Date", None, "other"], "member", "date", "Text"),
    ("Members", 5, None, [None, "Nameless", None, "other"], "member", "empty", "Fill"),
    ("Sites", 2, "member", "М1", "member", "no М1", "Cyrillic"),
    ("Sites", 2, "member", "m1", "member", "no m1", "capital"),
    ("Sites", 2, "member", "Mine", "member", "no Mine", "Members"),
    ("Sites", 2, "lat", 95, "lat", "95", "-90 to 90"),
    ("Sites", 2, "lon", -181, "lon", "-181", "180"),
    ("Items", 2, "item", "P1,a", "item", "comma", "without"),
    ("Items", 3, "lot", "P1", "lot", "row 2", "another name"),
    ("Demand", 2, "quantity", -1, "quantity", "negative", "positive"),
    ("Demand", 2, "quantity", None, "quantity", "empty", "Fill"),
    ("Demand", 2, "quantity", "1,000", "quantity", "1000 and as 1.0", "1000"),
    ("Demand", 2, "quantity", "1.000", "quantity", "1000 and as 1.0", "1000"),
    ("Demand", 2, "quantity", "many", "quantity", "many", "1234.5"),
    ("Demand", 2, "quantity", "nan", "quantity", "nan", "1234.5"),
    ("Demand", 2, "quantity", "inf", "quantity", "inf", "1234.5"),
    ("Demand", 2, "quantity", 1e300, "quantity", "too large", "larger unit"),
    ("Demand", 2, "quantity", True, "quantity", "logical", "1234.5"),
    ("Demand", 2, "quantity", datetime.date(2026, 1, 2), "quantity", "date", "number format"),
    ("Demand", 2, "quantity", "5 t", "quantity", "5 t", "unit"),
    ("Demand", 2, "quantity", "5%", "quantity", "percent sign", "without"),
    ("Demand", 2, "quantity", "#REF!", "quantity", "#REF!", "formula"),
    ("Demand", 2, "quantity", "=A1+1", "quantity", "without its result", "save"),
    ("Demand", 2, "current_price", -3, "current_price", "negative", "0"),
    ("Demand", 8, None, ["S1", "P1", 1, 1], "item", "row 2 and again in row 8", "one"),
    ("Suppliers", 3, "min_order", -500, "min_order", "negative", "0"),
    ("Suppliers", 3, "fixed", "€5", "fixed", "€5", "currency"),
    ("Bids", 2, "item", "P9", "item", "no P9", "Items"),
    ("Bids", 2, "unit_price", None, "unit_price", "empty", "Fill"),
    ("Bids", 3, "capacity", 900, "capacity", "row 2", "row 2"),
    ("Bids", 3, "co2", 0.3, "co2", "row 2", "one figure"),
    ("Bids", 7, None, ["V1", "P1", 100, 2, None, None], "from_quantity", "row 3 and again in row 7", "one"),
    ("Bids", 7, None, ["V1", "P1", "0", 2, None, None], "from_quantity", "row 2 and again in row 7", "one"),
    ("Delivery", 2, "supplier", "V9", "supplier", "no V9", "V"),
    ("Delivery", 4, None, ["V1", "S1", 0, 0], "site", "row 2 and again in row 4", "one"),
    ("Discounts", 2, "percent", 101, "percent", "101", "percent"),
    ("Discounts", 2, "percent", None, "percent", "empty", "Fill"),
    ("Discounts", 3, "from_value", 1000, "from_value", "row 2 and again in row 3", "one"),
    ("Bundles", 2, "items", "P2, P9", "items", "no P9", "P"),
    ("Bundles", 2, "items", "P2, P2", "items", "twice", "once"),
    ("Bundles", 2, "items", ",", "items", "no items", "commas"),
    ("Bundles", 2, "items", "P2; P3", "items", "semicolon", "commas"),
    ("Bundles", 2, "items", 101.102, "items", "became a number", "Text"),
    ("Bundles", 3, None, ["V2", "P3,P2", 4], "items", "row 2 and again in row 3", "one"),
]


@pytest.mark.parametrize(("sheet", "row", "column", "value", "at", "problem", "mend"), FAULTS)
def test_each_fault_alone(sheets, save, sheet, row, column, value, at, problem, mend):
    if column is None:
        sheets[sheet].insert(row - 1, value)
    else:
        sheets[sheet][row - 1][sheets[sheet][0].index(column)] = value
    reading = read_purchase(save(sheets))
    assert reading.purchase is None
    found = [fault for fault in reading.faults if (fault.sheet, fault.row, fault.column) == (sheet, row, at)]
    assert found, [(f.sheet, f.row, f.column, str(f.problem)) for f in reading.faults]
    assert problem in str(found[0].problem)
    assert mend in str(found[0].mend)
    # A code that others refer to takes them along; nothing else may be called faulty.
    if at not in ("member", "item"):
        assert len(reading.faults) == 1, [str(f.problem) for f in reading.faults]


@pytest.mark.parametrize(
    ("sources", "share", "words"), [(3, 40, "3 sources"), (11, None, "11 sources of at least 10 percent")]
)
def test_more_sources_than_the_whole(sheets, save, sources, share, words):
    sheets["Purchase"][3][1] = "split"
    sheets["Purchase"][7][1] = sources
    sheets["Purchase"][8][1] = share
    (fault,) = read_purchase(save(sheets)).faults
    assert (fault.sheet, fault.row, fault.column) == ("Purchase", 8, "value")
    assert words in str(fault.problem)


@pytest.mark.parametrize("sheet", ["Purchase", "Members", "Sites", "Items", "Demand", "Suppliers", "Bids"])
def test_missing_sheet_is_one_fault(sheets, save, sheet):
    del sheets[sheet]
    (fault,) = read_purchase(save(sheets)).faults
    assert (fault.sheet, fault.row, fault.column) == (sheet, None, None)
    assert "missing" in str(fault.problem)
    assert sheets and str(fault.mend)


def test_misspelled_sheet_and_column_are_suggested(sheets, save):
    sheets["demands"] = sheets.pop("Demand")
    sheets["Bids"][0][3] = "Unit price"
    faults = read_purchase(save(sheets)).faults
    assert [(f.sheet, f.row, f.column) for f in faults] == [("Demand", None, None), ("Bids", 1, "unit_price")]
    assert "demands" in str(faults[0].mend)
    assert "Unit price" in str(faults[1].mend)


@pytest.mark.parametrize(
    ("sheet", "column"),
    [
        ("Members", "member"),
        ("Sites", "member"),
        ("Items", "item"),
        ("Demand", "quantity"),
        ("Bids", "unit_price"),
        ("Suppliers", "supplier"),
        ("Delivery", "site"),
        ("Discounts", "percent"),
        ("Bundles", "items"),
    ],
)
def test_missing_column_is_one_fault(sheets, save, sheet, column):
    at = sheets[sheet][0].index(column)
    sheets[sheet] = [row[:at] + row[at + 1 :] for row in sheets[sheet]]
    (fault,) = read_purchase(save(sheets)).faults
    assert (fault.sheet, fault.row, fault.column) == (sheet, 1, column)


def test_lot_that_no_supplier_covers(sheets, save):
    del sheets["Bids"][5]
    (fault,) = read_purchase(save(sheets)).faults
    assert (fault.sheet, fault.row, fault.column) == ("Items", 3, "lot")
    assert "bulk" in str(fault.problem)
    assert "V2" in str(fault.mend) and "P3" in str(fault.mend)


def test_item_that_nobody_bids_on_when_divided(sheets, save):
    del sheets["Bids"][5]
    sheets["Purchase"][3][1] = "split"
    (fault,) = read_purchase(save(sheets)).faults
    assert (fault.sheet, fault.row, fault.column) == ("Items", 4, "item")
    assert "P3" in str(fault.problem)


def test_nobody_needs_anything(sheets, save):
    for row in sheets["Demand"][1:]:
        row[2] = 0
    (fault,) = read_purchase(save(sheets)).faults
    assert (fault.sheet, fault.column) == ("Demand", "quantity")


def test_every_fault_at_once(sheets, save):
    sheets["Purchase"][2][1] = "EURO"
    sheets["Members"][3][3] = "school"
    sheets["Sites"][3][1] = "M4"
    sheets["Demand"][1][2] = "1,000"
    sheets["Demand"].append(["S2", "P1", 1, 1])
    sheets["Bids"][1][3] = -3
    del sheets["Bids"][5]
    sheets["Bundles"][1][2] = 200
    faults = read_purchase(save(sheets)).faults
    assert [(f.sheet, f.row, f.column) for f in faults] == [
        ("Purchase", 3, "value"),
        ("Members", 4, "kind"),
        ("Sites", 4, "member"),
        ("Items", 3, "lot"),
        ("Demand", 2, "quantity"),
        ("Demand", 8, "item"),
        ("Bids", 2, "unit_price"),
        ("Bundles", 2, "percent"),
    ]
    assert all(str(f.problem) and str(f.mend) and str(f.place) for f in faults)


def test_no_fault_is_left_out(sheets, save):
    sheets["Demand"] += [["S9", "P9", -1, -1] for _ in range(500)]
    faults = read_purchase(save(sheets)).faults
    assert len(faults) == 2000
    rows = [fault.row for fault in faults]
    assert rows == sorted(rows)


def test_what_was_meant_is_told_however_many_faults_stand_before(sheets, save):
    """A code misspelled throughout is one mistake, and no lot is without a bid because of it."""
    sheets["Demand"] += [["S9", "P9", -1, -1] for _ in range(100)]
    for row in sheets["Bids"][1:]:
        row[1] = row[1].replace("P", "Р")  # Cyrillic
    faults = read_purchase(save(sheets)).faults
    assert {fault.sheet for fault in faults} == {"Demand", "Bids"}
    bids = [str(fault.mend) for fault in faults if fault.sheet == "Bids"]
    assert len(bids) == 5
    assert all(mend.startswith("Write P") for mend in bids)
