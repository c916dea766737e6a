# SPDX-License-Identifier: EUPL-1.2
"""A small sound workbook to spoil, one cell at a time, and a small cleared purchase."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from sprega.engines.award.model import (
    Award,
    Bid,
    Certificate,
    Item,
    Member,
    Purchase,
    Site,
    Supplier,
)
from sprega.engines.clearing.model import RULES, Clearing, Note, PriceList, RuleStability
from sprega.engines.model import Sentence

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


@pytest.fixture
def clearing() -> Clearing:
    """Three members, two lots, two suppliers, cleared by hand: V1 delivers gloves, V2 lime and soda."""
    members = tuple(Member(f"M{m}", f"Member {m}", f"M{m}", "company") for m in range(4))
    purchase = Purchase(
        name="Gloves and lime",
        currency="EUR",
        award="whole-lot",
        members=members,
        sites=tuple(Site(f"S{m}", m, f"Gate {m}", 42.5, None) for m in range(4)),
        items=(
            Item("P0", "=Gloves", 0, "pair", "18424300-0"),
            Item("P1", "Lime", 1, "t", "14000000"),
            Item("P2", "Soda", 1, "t"),
        ),
        lots=("P0", "bulk"),
        suppliers=(
            Supplier("V0", "North trade", 0.0, 30.0),
            Supplier("V1", "South trade", 500.0, 0.0, ((1000.0, 0.05),), (((1, 2), 0.03),)),
        ),
        bids=(
            Bid(0, 0, (0.0, 100.0), (3.0, 2.5), 1000.0, 0.2),
            Bid(1, 0, (0.0,), (2.9,)),
            Bid(1, 1, (0.0,), (80.0,)),
            Bid(1, 2, (0.0,), (180.0,)),
        ),
        demand_site=np.array([0, 1, 2, 0, 1, 2]),
        demand_item=np.array([0, 0, 0, 1, 1, 2]),
        demand_quantity=np.array([100.0, 50, 10, 20, 10, 1]),
        demand_price=np.array([3, np.nan, 4, 90, 95, 200]),
        per_unit=np.array([[0.1, 0, 0, 0], [0, 0, 0, 0]]),
        per_lane=np.array([[0.0, 0, 0, 0], [0, 7, 0, 0]]),
        co2_price=0.1,
    )
    delivered = np.zeros((2, 6))
    delivered[0, :3] = purchase.demand_quantity[:3]
    delivered[1, 3:] = purchase.demand_quantity[3:]
    unit_delivery = np.zeros((2, 6))
    unit_delivery[0, 0] = 10.0
    lanes = np.zeros((2, 4, 2))
    lanes[1, 1, 1] = 7.0
    goods = np.array([[400.0, 0, 0], [0, 2280, 171]])
    payment = 400 + 2280 + 171 + 10 + 7 + 30.0
    award = Award(
        delivered=delivered,
        tier_payment=np.array([[400.0, 0, 0], [0, 2400, 180]]),
        goods=goods,
        unit_delivery=unit_delivery,
        lane_delivery=lanes,
        fixed=np.array([30.0, 0]),
        top_up=np.zeros(2),
        payment=payment,
        co2=32.0,
        objective=payment + 3.2,
        bound=payment,
        certified_bound=payment - 3,
        proven=True,
        certificate=Certificate(np.array([2.0, 2, 2, 75, 75, 170]), {"fixed": [1.0, 0.0]}),
    )
    share = np.array([1820.1, 907.9, 170.0])
    shares = {rule: share + np.array([step, -step, 0.0]) for step, rule in enumerate(RULES)}
    cents = np.array([182010, 90790, 17000, 0])
    amount = np.array([[28010, 13490, 2500, 0], [154000, 77300, 14500, 0]])
    return Clearing(
        purchase=purchase,
        award=award,
        stand_alone=np.array([1900.0, 1000, 190]),
        shares=shares,
        stability={
            rule: RuleStability(step, -2.5 if step == 0 else 1.5, (0, 2)) for step, rule in enumerate(RULES)
        },
        rule="equal-price",
        joining_pays=True,
        price_list=PriceList(
            amount=amount,
            equal_price=amount / 100,
            unit_price=np.full((2, 4, 3), np.nan),
            share=cents,
            supplier_total=amount.sum(axis=1),
            notes=(Note(1, 0, 5),),
            digits=2,
        ),
        mode="exact",
        today=np.array([2100.0, np.nan, 240]),
        seconds=0.5,
        coalition_cost=np.arange(8.0),
        seed=7,
        notes=(Sentence("All {count} groups were solved.", {"count": 7}),),
    )
