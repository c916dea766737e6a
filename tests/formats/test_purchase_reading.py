# SPDX-License-Identifier: EUPL-1.2
"""What a sound workbook gives, however it is laid out, and what it warns of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pytest

from sprega.formats.purchase_workbook import read_purchase

REMARK = [None] * 6 + ["only a remark"]
PUBLISHED = Path(__file__).parents[2] / ".." / "shared" / "data" / "purchases" / "scms_2014.xlsx"


def read(sheets, save):
    reading = read_purchase(save(sheets))
    assert not reading.faults, [(f.sheet, f.row, f.column, str(f.problem)) for f in reading.faults]
    return reading


def test_sound_workbook(sheets, save):
    reading = read(sheets, save)
    p = reading.purchase
    assert not reading.warnings or all("holdings" in str(w.problem) for w in reading.warnings)
    assert (p.name, p.currency, p.award, p.buy_up, p.rule) == (
        "Gloves and lime",
        "EUR",
        "whole-lot",
        True,
        "auto",
    )
    assert (p.max_suppliers, p.max_supplier_share, p.co2_price, p.reserve) == (2, 0.8, 0.1, 100000)
    assert p.lots == ("P1", "bulk")
    assert [item.lot for item in p.items] == [0, 1, 1]
    assert [site.member for site in p.sites] == [0, 1, 2]
    assert p.sites[0].latitude == 42.5 and p.sites[1].latitude is None
    bid = p.bid_of[0, 0]
    assert (bid.starts, bid.prices, bid.capacity, bid.co2) == ((0, 100), (3, 2.5), 1000, 0.2)
    assert p.bid_of[1, 1].capacity == float("inf")
    assert p.per_unit[0, 0] == 0.1 and p.per_lane[0, 0] == 5 and p.per_unit[1, 1] == 0.2
    assert p.suppliers[0].fixed == 50 and p.suppliers[1].min_order == 500
    assert p.suppliers[1].discounts == ((1000, 0.05), (5000, 0.08))
    assert p.suppliers[1].bundles == (((1, 2), 0.03),)
    assert np.isnan(p.demand_price[1]) and p.demand_price[0] == 3
    assert p.players == (0, 1, 2)


def test_any_order_further_columns_and_empty_rows(sheets, save):
    plain = read(sheets, save).purchase
    mixed = {"Notes": [["anything", 1]]}
    for name in reversed(list(sheets)):
        header, *rows = sheets[name]
        order = list(range(len(header)))[::-1]
        table = [[header[at] for at in order] + [f" {name} remark "]]
        for row in rows:
            table += [
                [row[at] for at in order] + ["=1/0"],
                [],
                [" ", "\u00a0", None],
                [None] * 6 + ["only a remark"],
            ]
        mixed[f" {name} "] = [[], *table]
    other = read(mixed, save).purchase
    assert other.members == plain.members and other.items == plain.items and other.bids == plain.bids
    assert other.suppliers == plain.suppliers and other.sites == plain.sites and other.lots == plain.lots
    assert (other.demand_quantity == plain.demand_quantity).all()
    assert (other.per_lane == plain.per_lane).all() and (other.per_unit == plain.per_unit).all()


def test_optional_sheets_may_be_missing_or_empty(sheets, save):
    del sheets["Delivery"]
    sheets["Discounts"] = []
    sheets["Bundles"] = sheets["Bundles"][:1]
    purchase = read(sheets, save).purchase
    assert not purchase.per_unit.any() and not any(s.discounts or s.bundles for s in purchase.suppliers)


def test_empty_purchase_sheet_means_defaults(sheets, save):
    sheets["Purchase"] = sheets["Purchase"][:1]
    p = read(sheets, save).purchase
    assert (p.name, p.currency, p.award, p.buy_up, p.rule, p.max_suppliers) == (
        "p",
        "EUR",
        "whole-lot",
        True,
        "auto",
        None,
    )
    assert (p.min_sources, p.min_source_share, p.max_supplier_share, p.co2_price, p.reserve) == (
        None,
        0.1,
        None,
        0.0,
        None,
    )


def test_columns_that_may_be_empty_may_be_missing(sheets, save):
    needed = {"Members": 1, "Sites": 2, "Demand": 3, "Suppliers": 1, "Delivery": 3}
    for name, count in needed.items():
        sheets[name] = [row[:count] for row in sheets[name]]
    p = read(sheets, save).purchase
    assert p.members[0].name == "M1" and p.members[0].kind == "other" and np.isnan(p.demand_price).all()


def test_numeric_codes(sheets, save):
    swap = {"P1": 101, "P2": 102.0, "M1": 7, "V2": "0042"}
    for rows in sheets.values():
        for row in rows[1:]:
            row[:] = [swap.get(value, value) if isinstance(value, str) else value for value in row]
    sheets["Bundles"][1][1] = "102, P3"
    sheets["Sites"][1][1] = " 7 "
    p = read(sheets, save).purchase
    assert [item.code for item in p.items] == ["101", "102", "P3"]
    assert p.members[0].code == "7" and p.suppliers[1].code == "0042" and p.lots[0] == "101"


@pytest.mark.parametrize(
    ("value", "style", "share", "warned"),
    [
        (80, "General", 0.8, False),
        (0.8, "0%", 0.8, False),
        (1, "0.00%", 1.0, False),
        ("80 %", "General", 0.8, True),
        ("12,5%", "General", 0.125, True),
        ("80", "General", 0.8, True),
        (0.8, "General", 0.008, True),
    ],
)
def test_percent(sheets, save, value, style, share, warned):
    path = save(sheets)
    book = openpyxl.load_workbook(path)
    book["Purchase"]["B10"] = value
    book["Purchase"]["B10"].number_format = style
    book.save(path)
    reading = read_purchase(path)
    assert reading.purchase.max_supplier_share == pytest.approx(share, abs=1e-15)
    assert any((w.sheet, w.row, w.column) == ("Purchase", 10, "value") for w in reading.warnings) == warned


@pytest.mark.parametrize(
    ("word", "meant"), [("не", False), ("Да", True), (True, True), (False, False), ("No", False)]
)
def test_yes_and_no(sheets, save, word, meant):
    sheets["Purchase"][4][1] = word
    assert read(sheets, save).purchase.buy_up is meant


@pytest.mark.parametrize("award", ["whole-lot", None])
@pytest.mark.parametrize("number", [2, "two", 0])
def test_rules_of_sources_are_ignored_for_whole_lots(sheets, save, award, number):
    sheets["Purchase"][3][1] = award
    sheets["Purchase"][7][1], sheets["Purchase"][8][1] = number, 90
    reading = read(sheets, save)
    assert [(w.row, w.column) for w in reading.warnings if w.sheet == "Purchase"] == [
        (8, "value"),
        (9, "value"),
    ]
    assert all("ignored" in str(w.problem) for w in reading.warnings if w.sheet == "Purchase")
    assert (reading.purchase.min_sources, reading.purchase.min_source_share) == (None, 0.1)


@pytest.mark.parametrize("code", ["EUR", "BGN", "USD", "RON", "JPY"])
def test_a_currency_in_use_is_read_without_a_word(sheets, save, code):
    sheets["Purchase"][2][1] = code
    reading = read(sheets, save)
    assert reading.purchase.currency == code
    assert not [warning for warning in reading.warnings if warning.sheet == "Purchase"]


def warnings_of(sheets, save):
    return [(w.sheet, w.row, w.column, str(w.problem)) for w in read(sheets, save).warnings]


def test_warns_of_text_that_became_a_number(sheets, save):
    sheets["Demand"][1][2] = "1 000,00"
    reading = read(sheets, save)
    assert reading.purchase.demand_quantity[0] == 1000
    assert [(w.sheet, w.row, w.column) for w in reading.warnings if w.row] == [("Demand", 2, "quantity")]


def test_warns_of_rising_tier_prices(sheets, save):
    sheets["Bids"][2][3] = 3.5
    assert ("Bids", 3, "unit_price", "From 100 on the price rises from 3 to 3.5.") in warnings_of(
        sheets, save
    )


def test_warns_of_companies_with_municipalities(sheets, save):
    sheets["Members"][3][3] = "municipality"
    assert any(w[0] == "Members" and "municipalities" in w[3] for w in warnings_of(sheets, save))


def test_warns_of_fewer_than_three_holdings(sheets, save):
    sheets["Members"][2][2] = "M1"
    lots = [w[3] for w in warnings_of(sheets, save) if w[2] == "lot"]
    assert len(lots) == 2 and "P1" in lots[0] and "only 2" in lots[0]


def test_warns_of_unknown_keys_and_near_misses(sheets, save):
    sheets["Purchase"].append(["max supplier", 3])
    sheets["Members"][0][2] = "Holding"
    sheets["Discount"] = sheets.pop("Discounts")
    found = warnings_of(sheets, save)
    assert any(w[:3] == ("Purchase", 13, "key") for w in found)
    assert any(w[:3] == ("Members", 1, "holding") for w in found)
    assert any(w[:3] == ("Discounts", None, None) for w in found)


def test_capacity_may_be_repeated_and_tiers_come_in_any_order(sheets, save):
    sheets["Bids"][1], sheets["Bids"][2] = (
        ["V1", "P1", 100, 2.5, 1000, 0.2],
        ["V1", "P1", None, 3, 1000, None],
    )
    bid = read(sheets, save).purchase.bid_of[0, 0]
    assert (bid.starts, bid.prices, bid.capacity, bid.co2) == ((0, 100), (3, 2.5), 1000, 0.2)


@pytest.mark.published
@pytest.mark.skipif(not PUBLISHED.exists(), reason="needs ../shared/data/purchases/scms_2014.xlsx")
def test_the_real_purchase():
    reading = read_purchase(PUBLISHED)
    p = reading.purchase
    assert not reading.faults
    assert (len(p.members), len(p.sites), len(p.items), len(p.suppliers)) == (20, 20, 30, 27)
    assert len(p.lots) == 30 and p.currency == "USD" and p.award == "whole-lot"
    paid = float(np.sum(p.demand_quantity * p.demand_price))
    assert paid == pytest.approx(243_543_227, abs=1)


def test_one_member_without_a_kind(sheets, save):
    sheets["Members"][1][3] = None
    assert ("Members", 2, "kind", "Members without a kind, taken as other: 1") in warnings_of(sheets, save)
