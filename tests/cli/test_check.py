# SPDX-License-Identifier: EUPL-1.2
"""`sprega check`: both bounds, findings in words, and an exit code for each outcome."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sprega.formats.purchase_workbook import write_purchase
from tests.cli.conftest import Command, small_purchase


@pytest.fixture
def result(workbook: Path, sprega: Command, capsys: pytest.CaptureFixture[str]) -> Path:
    assert sprega("clear", workbook, "--out", workbook.parent / "r") == 0
    capsys.readouterr()
    return workbook.parent / "r" / "result.json"


def tampered(path: Path, *keys: str | int, value: Any) -> None:
    """Change one figure of a result."""
    document = json.loads(path.read_text(encoding="utf-8"))
    place = document
    for key in keys[:-1]:
        place = place[key]
    assert place[keys[-1]] != value
    place[keys[-1]] = value
    path.write_text(json.dumps(document), encoding="utf-8")


@pytest.mark.parametrize("folder", [True, False])
def test_a_right_result(
    folder: bool, result: Path, sprega: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sprega("check", result.parent if folder else result) == 0
    said = capsys.readouterr().out
    assert "Bound recomputed here, by arithmetic alone:" in said
    assert "CO2" not in said
    assert "Bound that the solver reported:" in said
    assert said.rstrip().endswith("The result is right.")


def test_the_cost_is_the_payment_and_the_bounds_are_of_what_was_minimised(
    tmp_path: Path, sprega: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    purchase = small_purchase(co2_price=0.5)
    bids = tuple(replace(bid, co2=2.0) for bid in purchase.bids)
    write_purchase(replace(purchase, bids=bids), tmp_path / "p.xlsx")
    assert sprega("clear", tmp_path / "p.xlsx", "--out", tmp_path / "r", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["cost"], told["objective"]) == (2000.0, 2145.0)
    assert sprega("check", tmp_path / "r") == 0
    assert capsys.readouterr().out.replace("\N{NO-BREAK SPACE}", " ").splitlines() == [
        "Cost of the award: 2 000.00 EUR",
        "Cost with CO2 at its price, to which the bounds belong: 2 145.00 EUR",
        "Bound recomputed here, by arithmetic alone: 2 145.00 EUR",
        "Bound that the solver reported: 2 145.00 EUR",
        "The result is right.",
    ]
    assert sprega("check", tmp_path / "r", "--lang", "bg") == 0
    assert "Разход с CO2 по цената му" in capsys.readouterr().out


def test_a_wrong_result(result: Path, sprega: Command, capsys: pytest.CaptureFixture[str]) -> None:
    tampered(result, "shares", "shapley", "A:B", value=1.0)
    assert sprega("check", result, "--lang", "bg") == 1
    said = capsys.readouterr().out
    assert "Сборът на дяловете по правилото" in said
    assert "Резултатът не е верен." in said


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"schema": "sprega.result/1"}', "\x00"])
def test_an_unreadable_result(
    content: str | None, tmp_path: Path, sprega: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "result.json"
    if content is not None:
        path.write_text(content)
    assert sprega("check", path) == 2
    said = capsys.readouterr()
    assert not said.out
    assert said.err.rstrip().endswith("Name the result.json that sprega clear wrote.")
