# SPDX-License-Identifier: EUPL-1.2
"""`award.xlsx`: a sheet per question, figures that add up, and no cell that is evaluated."""

from __future__ import annotations

import dataclasses

import numpy as np
import openpyxl
import pytest

from sprega.formats.award_workbook import write_award

SHEETS = [
    "Summary",
    "Award",
    "By supplier",
    "By member",
    "Price list",
    "Rules compared",
    "Who would object",
]


def written(clearing, tmp_path, **options):
    write_award(clearing, tmp_path / "award.xlsx", **options)
    return openpyxl.load_workbook(tmp_path / "award.xlsx")


def column(sheet, heading):
    """The cells below a heading, down to the first empty one."""
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == heading]
    assert cells, [cell.value for row in sheet.iter_rows() for cell in row]
    below = []
    for row in range(cells[0].row + 1, sheet.max_row + 1):
        value = sheet.cell(row, cells[0].column).value
        if value is None:
            break
        below.append(value)
    return below


def test_a_sheet_per_question(clearing, tmp_path):
    book = written(clearing, tmp_path)
    assert book.sheetnames == SHEETS
    for sheet in book:
        assert sheet["A1"].value and sheet.freeze_panes and sheet.page_setup.fitToHeight == 0
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_saving_in_two_parts(clearing, tmp_path):
    sheet = written(clearing, tmp_path)["Summary"]
    assert column(sheet, "Today, EUR") == [2100, "not stated", 240, "not stated"]
    assert column(sheet, "Alone with the same bids, EUR") == [1900, 1000, 190, 3090]
    assert column(sheet, "Saved by buying together, EUR")[-1] == pytest.approx(192)
    assert column(sheet, "Saved by better choice of supplier, EUR")[0] == 200
    whole = dataclasses.replace(clearing, today=np.array([2100.0, 1100, 240]))
    sheet = written(whole, tmp_path)["Summary"]
    assert sheet["A1"].value == "Together all pay 2898 EUR, 542 EUR less than today."


def test_joining_does_not_pay(clearing, tmp_path):
    sheet = written(dataclasses.replace(clearing, joining_pays=False), tmp_path)["Summary"]
    assert "more than" in sheet["A1"].value


def test_figures_add_up(clearing, tmp_path):
    book = written(clearing, tmp_path)
    *parts, total = column(book["Award"], "Goods after discounts and delivery, EUR")
    assert sum(parts) == pytest.approx(total) == clearing.cost
    *parts, total = column(book["By supplier"], "In all, EUR")
    assert sum(parts) == pytest.approx(total) == clearing.cost
    *parts, total = column(book["Price list"], "V0, EUR")
    assert sum(parts) == pytest.approx(total)
    assert column(book["Rules compared"], "By contribution, EUR")[-1] == pytest.approx(clearing.cost)


def test_sampled_shows_intervals(clearing, tmp_path):
    sampled = dataclasses.replace(
        clearing,
        mode="sampled",
        share_intervals={"shapley": (clearing.stand_alone - 1, clearing.stand_alone + 1)},
        stability={
            rule: dataclasses.replace(found, objecting=None, worst_excess=(-1.0, float("inf")))
            for rule, found in clearing.stability.items()
        },
    )
    book = written(sampled, tmp_path)
    assert column(book["Rules compared"], "By contribution, at least, EUR") == [1899, 999, 189]
    assert column(book["Who would object"], "Groups that would do better alone") == ["sampled"] * 4


def test_in_another_language(clearing, tmp_path):
    book = written(clearing, tmp_path, say=lambda sentence: f"[{sentence}]"[:40] + "я", language="bg")
    assert len(book.sheetnames) == 7
    assert all(len(name) <= 31 for name in book.sheetnames)


def test_nothing_typed_is_evaluated(clearing, tmp_path):
    cells = [cell for row in written(clearing, tmp_path)["Award"].iter_rows() for cell in row]
    (cell,) = [cell for cell in cells if str(cell.value).endswith("=Gloves")]
    assert cell.data_type == "s"
