# SPDX-License-Identifier: EUPL-1.2
"""`award.xlsx`: a sheet per question, figures that add up, and no cell that is evaluated."""

from __future__ import annotations

import dataclasses

import numpy as np
import openpyxl
import pytest

from sprega.formats.award_workbook import write_award
from sprega.foundation.language import Language
from sprega.rooms.buying.answer import proof

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


def test_words_in_place_of_a_figure_stand_where_figures_do(clearing, tmp_path):
    """From the left they would run into the figure before them."""
    unknown = dataclasses.replace(clearing, today=np.full(len(clearing.today), np.nan))
    sheet = written(unknown, tmp_path)["Summary"]
    words = [cell for row in sheet.iter_rows() for cell in row if cell.value == "not stated"]
    assert words
    assert {cell.alignment.horizontal for cell in words} == {"right"}


def test_headings_and_sentences_have_room(clearing, tmp_path):
    sampled = dataclasses.replace(clearing, nucleolus_is_nearest=True)
    for code in ("en", "bg"):
        for sheet in written(sampled, tmp_path, say=Language(code).say):
            header = int(sheet.freeze_panes[1:])  # the row below it is the first that moves
            longest = max(len(str(cell.value or "")) for cell in sheet[header - 1])
            assert sheet.row_dimensions[header - 1].height >= (30 if longest > 25 else 15), sheet.title
            assert all(len(str(row[0].value)) <= 130 for row in sheet.iter_rows())


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


OWN_RULES = "A group on its own need not keep the rules of this purchase"


def said(sheet):
    """The sentences of a sheet."""
    return " ".join(str(row[0].value) for row in sheet.iter_rows() if row[0].value is not None)


@pytest.mark.parametrize(
    ("rules", "excess", "told"),
    [
        ({"max_suppliers": 2}, 7.5, "(max_suppliers)"),
        ({"max_supplier_share": 0.6, "co2_price": 0.1}, 7.5, "(max_supplier_share, co2_price)"),
        ({"max_suppliers": 2}, (-1.0, 7.5), "(max_suppliers)"),
        ({"min_sources": 2, "award": "split"}, 7.5, "(min_sources)"),
        ({"min_sources": 2}, 7.5, None),
        ({"reserve": 1e6}, 7.5, None),
        ({"max_suppliers": 2}, -7.5, None),
        ({}, 7.5, None),
    ],
)
def test_an_objection_may_be_the_price_of_the_purchase_s_own_rules(clearing, tmp_path, rules, excess, told):
    none = {"max_suppliers": None, "max_supplier_share": None, "reserve": None, "co2_price": 0.0}
    changed = dataclasses.replace(
        clearing,
        purchase=dataclasses.replace(clearing.purchase, **{**none, **rules}),
        stability={
            rule: dataclasses.replace(found, worst_excess=excess if rule == "shapley" else -1.0)
            for rule, found in clearing.stability.items()
        },
    )
    words = said(written(changed, tmp_path)["Who would object"])
    assert (OWN_RULES in words) == (told is not None)
    assert told is None or f"{OWN_RULES} {told}." in words


@pytest.mark.parametrize(
    ("left", "co2", "told"),
    [
        (0.0, 0.0, "No award can be cheaper: this is proved."),
        (0.004, 0.0, "No award can be cheaper: this is proved."),
        (0.123, 0.0, "No award can be cheaper by more than 0.13 EUR."),
        (811.3, 0.0, "No award can be cheaper by more than 812 EUR."),
        (811.3, 0.1, "No award can be cheaper by more than 812 EUR, with CO2 counted at its price."),
        (np.inf, 0.0, "It is not proved how much cheaper another award could be."),
    ],
)
def test_the_proof_is_the_report_s(clearing, tmp_path, left, co2, told):
    bound = clearing.award.objective - left
    changed = dataclasses.replace(
        clearing,
        purchase=dataclasses.replace(clearing.purchase, co2_price=co2),
        award=dataclasses.replace(clearing.award, bound=bound, certified_bound=-np.inf),
    )
    say = Language("en").say
    words = said(written(changed, tmp_path, say=say)["Summary"]).replace("\N{NO-BREAK SPACE}", " ")
    assert told in words
    assert say(proof(changed)).replace("\N{NO-BREAK SPACE}", " ") == told


def test_in_another_language(clearing, tmp_path):
    book = written(clearing, tmp_path, say=lambda sentence: f"[{sentence}]"[:40] + "я", language="bg")
    assert len(book.sheetnames) == 7
    assert all(len(name) <= 31 for name in book.sheetnames)


def test_nothing_typed_is_evaluated(clearing, tmp_path):
    cells = [cell for row in written(clearing, tmp_path)["Award"].iter_rows() for cell in row]
    (cell,) = [cell for cell in cells if str(cell.value).endswith("=Gloves")]
    assert cell.data_type == "s"
