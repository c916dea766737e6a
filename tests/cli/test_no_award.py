# SPDX-License-Identifier: EUPL-1.2
"""Where no award exists: what is printed in either language, and that the cells named mend the workbook."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from sprega.formats.purchase_workbook import write_purchase
from tests.cli.conftest import Command
from tests.purchases import bid, made, supplier


def first_tiers_and_rules(path: Path) -> None:
    """Two bids of 60 to 80 t for 100 t, and two rules that cannot be kept."""
    offers = [bid(0, 0, (60, 1), capacity=80), bid(1, 0, (60, 1), capacity=80)]
    purchase = made(
        [(0, 0, 100)],
        offers,
        [supplier("A"), supplier("B")],
        award="split",
        buy_up=False,
        max_supplier_share=0.25,
        reserve=90.0,
    )
    write_purchase(purchase, path)


def mend(path: Path, change: dict[str, Any]) -> None:
    """Write one change into its cell."""
    book = load_workbook(path)
    sheet = book[change["sheet"]]
    heads = [cell.value for cell in sheet[1]]
    if change["sheet"] == "Purchase":
        (cell,) = (row[1] for row in sheet.iter_rows(min_row=2) if row[0].value == change["field"])
    else:
        where = {name: heads.index(name) for name in ("supplier", "item") if change[name]}
        (cell, *_) = (
            row[heads.index(change["field"])]
            for row in sheet.iter_rows(min_row=2)
            if all(row[column].value == change[name] for name, column in where.items())
        )
    if change["unit"] == "percent":
        assert cell.value == pytest.approx(change["from"] / 100)
        cell.value = change["to"] / 100  # the cell is shown in percent
    else:
        assert cell.value == change["from"]
        cell.value = change["to"]
    book.save(path)


def test_the_cells_named_mend_the_workbook(
    tmp_path: Path, sprega: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "p.xlsx", tmp_path / "r"
    first_tiers_and_rules(path)
    assert sprega("clear", path, "--out", out, "--json") == 3
    told = json.loads(capsys.readouterr().out)["infeasible"]
    assert [entry["cause"] for entry in told] == ["first_tier_and_capacity", "max_supplier_share", "reserve"]
    assert not out.exists()
    for entry in told:
        assert not entry["alternative"]
        mend(path, entry["change"])
    assert sprega("clear", path, "--out", out, "--json") == 0
    assert json.loads(capsys.readouterr().out)["cost"] == pytest.approx(100)


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        (
            "en",
            [
                "cannot be combined to exactly 100",
                "from 80 to 100 t",
                "All of these changes are needed together.",
            ],
        ),
        ("bg", ["не могат да се съчетаят до точно 100", "Всички тези промени са нужни заедно."]),
    ],
)
def test_plain_words_in_either_language(
    tmp_path: Path, sprega: Command, capsys: pytest.CaptureFixture[str], language: str, parts: list[str]
) -> None:
    path, out = tmp_path / "p.xlsx", tmp_path / "r"
    first_tiers_and_rules(path)
    assert sprega("clear", path, "--out", out, "--lang", language) == 3
    said = " ".join(capsys.readouterr().err.split())
    for part in parts:
        assert part in said
    assert not out.exists()
