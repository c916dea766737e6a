# SPDX-License-Identifier: EUPL-1.2
"""What is written is read back the same."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sprega.engines.award.model import Bid, Item, Member, Purchase, Site, Supplier
from sprega.formats.purchase_workbook import read_purchase, write_purchase
from sprega.formats.purchase_workbook.codes import tidy

# What a person may type: no control characters, and none that a spreadsheet cannot hold.
LETTERS = st.characters(codec="utf-8", categories=("L", "N", "P", "S"))
NAMES = st.text(LETTERS, min_size=1, max_size=12).map(lambda text: tidy(f"={text}"))
AMOUNTS = st.integers(0, 10**7).map(lambda cents: cents / 100)
SHARES = st.integers(0, 100).map(lambda percent: percent / 100)


@st.composite
def purchases(draw) -> Purchase:
    """A small purchase of any kind, in which every item has a bid of the first supplier."""
    count = {name: draw(st.integers(1, 3)) for name in ("members", "sites", "items", "suppliers")}
    named = [draw(st.sampled_from(["", "bulk", "101"])) for _ in range(count["items"])]
    lots: dict[str, int] = {}
    items = []
    for i in range(count["items"]):
        lot = lots.setdefault(named[i] or f"P{i}", len(lots))
        items.append(Item(f"P{i}", draw(NAMES), lot, draw(st.sampled_from(["t", "m3"])), "24951000-5"))
    place = st.one_of(st.none(), st.integers(-90, 90).map(float))
    suppliers = tuple(
        Supplier(
            f"0{s}",
            draw(NAMES),
            draw(AMOUNTS),
            draw(AMOUNTS),
            tuple(sorted(draw(st.dictionaries(AMOUNTS, SHARES, max_size=2)).items())),
            tuple(((i,), draw(SHARES)) for i in range(draw(st.integers(0, count["items"])))),
        )
        for s in range(count["suppliers"])
    )
    bids = []
    for s in range(count["suppliers"]):
        for i in range(count["items"]):
            if s == 0 or draw(st.booleans()):
                tiers = sorted(draw(st.dictionaries(AMOUNTS, AMOUNTS, min_size=1, max_size=3)).items())
                capacity = draw(st.one_of(st.just(float("inf")), AMOUNTS))
                bids.append(Bid(s, i, *map(tuple, zip(*tiers, strict=True)), capacity, draw(AMOUNTS)))
    rows = [(s, i) for s in range(count["sites"]) for i in range(count["items"])]
    split = draw(st.booleans())
    return Purchase(
        name=draw(NAMES),
        currency=draw(st.sampled_from(["EUR", "JPY"])),
        award="split" if split else "whole-lot",
        members=tuple(
            Member(f"M{m}", draw(NAMES), draw(st.sampled_from([f"M{m}", "group"])), "company")
            for m in range(count["members"])
        ),
        sites=tuple(
            Site(f"S{s}", draw(st.integers(0, count["members"] - 1)), draw(NAMES), draw(place), draw(place))
            for s in range(count["sites"])
        ),
        items=tuple(items),
        lots=tuple(lots),
        suppliers=suppliers,
        bids=tuple(bids),
        demand_site=np.array([s for s, _ in rows]),
        demand_item=np.array([i for _, i in rows]),
        demand_quantity=np.array([1.0, *(draw(AMOUNTS) for _ in rows[1:])]),
        demand_price=np.array([draw(st.one_of(st.just(float("nan")), AMOUNTS)) for _ in rows]),
        per_unit=np.array([[draw(AMOUNTS) for _ in range(count["sites"])] for _ in suppliers]),
        per_lane=np.array([[draw(AMOUNTS) for _ in range(count["sites"])] for _ in suppliers]),
        buy_up=draw(st.booleans()),
        rule=draw(st.sampled_from(["auto", "shapley"])),
        max_suppliers=draw(st.one_of(st.none(), st.integers(1, 9))),
        min_sources=draw(st.one_of(st.none(), st.just(2))) if split else None,
        min_source_share=draw(st.sampled_from([0.1, 0.25, 1 / 3])) if split else 0.1,
        max_supplier_share=draw(st.one_of(st.none(), st.sampled_from([0.29, 1.0, 2 / 3]))),
        co2_price=draw(AMOUNTS),
        reserve=draw(st.one_of(st.none(), AMOUNTS)),
    )


def assert_same(one, other):
    """Equal throughout; numbers to the 16 digits that a workbook stores."""
    for field in dataclasses.fields(Purchase):
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        if isinstance(mine, np.ndarray | float):
            np.testing.assert_allclose(mine, theirs, rtol=1e-15, err_msg=field.name)
        else:
            assert mine == theirs, field.name


@settings(max_examples=40, deadline=None)
@given(purchases())
def test_round_trip(purchase):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "p.xlsx"
        write_purchase(purchase, path)
        reading = read_purchase(path)
    assert not reading.faults, [(f.sheet, f.row, f.column, str(f.problem)) for f in reading.faults]
    assert_same(purchase, reading.purchase)


def test_written_text_is_never_a_formula(sheets, save, tmp_path):
    import openpyxl

    purchase = read_purchase(save(sheets)).purchase
    purchase = dataclasses.replace(purchase, name='=HYPERLINK("http://example.org")')
    write_purchase(purchase, tmp_path / "out.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "out.xlsx")["Purchase"]["B2"]
    assert cell.data_type == "s"
    assert read_purchase(tmp_path / "out.xlsx").purchase.name == purchase.name
