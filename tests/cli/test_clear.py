# SPDX-License-Identifier: EUPL-1.2
"""`sprega clear`: outputs, exit codes, both languages, JSON alone on standard output."""

import io
import json
from pathlib import Path

import pypdf
import pytest

from sprega.cli import terminal
from sprega.engines.model import Sentence
from sprega.formats.purchase_workbook import Fault, write_purchase
from sprega.foundation.language import Language
from tests.cli.conftest import Command, small_purchase


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_writes_everything_and_says_the_answer(
    workbook: Path, sprega: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    out = workbook.parent / "deep" / "result"
    assert sprega("clear", workbook, "--out", out) == 0
    members = {"members/а_б.pdf", "members/A_B.pdf", "members/member_con.pdf"}
    assert files(out) == {"result.json", "award.xlsx", "report.pdf", "release.json"} | members
    said = capsys.readouterr()
    assert said.out.startswith("Together you save ")
    assert said.out.rstrip().endswith(str(out / "report.pdf"))
    for part in (
        "better choice of supplier",
        "Buying together",
        "No group would do better alone",
        "No award can be",
    ):
        assert part in said.out
    assert not [path for path in out.parent.iterdir() if path != out]
    assert len(pypdf.PdfReader(out / "report.pdf").pages) <= 4


def test_bulgarian(workbook: Path, sprega: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert sprega("clear", workbook, "--out", workbook.parent / "r", "--lang", "bg") == 0
    assert capsys.readouterr().out.startswith("Заедно спестявате ")
    assert (
        "Заедно спестявате" in pypdf.PdfReader(workbook.parent / "r" / "report.pdf").pages[0].extract_text()
    )


def test_json_alone_on_standard_output(
    workbook: Path, sprega: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sprega("clear", workbook, "--out", workbook.parent / "r", "--json", "--rule", "shapley") == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["rule"] == "shapley"
    wanted = "award cost objective bound certified_bound gap stand_alone shares rule stability"
    assert {*wanted.split(), "joining_pays", "price_list", "mode", "seconds"} <= set(summary)
    assert set(summary["shares"]) == {"equal-price", "shapley", "nucleolus", "proportional"}
    assert set(summary["stand_alone"]) == {"а/б", "A:B", "con"}


def test_replaces_an_earlier_result(workbook: Path, sprega: Command) -> None:
    out = workbook.parent / "r"
    assert sprega("clear", workbook, "--out", out) == 0
    (out / "members" / "gone.pdf").write_bytes(b"")
    assert sprega("clear", workbook, "--out", out, "--rule", "nucleolus") == 0
    assert "members/gone.pdf" not in files(out)
    assert json.loads((out / "result.json").read_text(encoding="utf-8"))["purchase"]["rule"] == "nucleolus"


def test_faults_all_at_once_and_nothing_touched(
    tmp_path: Path, sprega: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    from openpyxl import load_workbook

    path, out = tmp_path / "bad.xlsx", tmp_path / "r"
    write_purchase(small_purchase(), path)
    book = load_workbook(path)
    book["Demand"]["C2"] = -5
    book["Demand"]["A3"] = "nowhere"
    book.save(path)
    assert sprega("clear", path, "--out", out) == 2
    said = capsys.readouterr()
    assert not said.out
    assert "The workbook has faults: 2. Nothing was written." in said.err
    assert "nowhere" in said.err
    assert not out.exists()
    assert sprega("clear", path, "--out", out, "--json", "--lang", "bg") == 2
    told = json.loads(capsys.readouterr().out)
    assert [(fault["sheet"], fault["row"], fault["column"]) for fault in told["faults"]] == [
        ("Demand", 2, "quantity"),
        ("Demand", 3, "site"),
    ]
    assert told["faults"][0]["problem"].endswith("е отрицателно.")
    assert "warnings" in told


def test_warnings_do_not_stop(tmp_path: Path, sprega: Command, capsys: pytest.CaptureFixture[str]) -> None:
    from dataclasses import replace

    path = tmp_path / "p.xlsx"
    purchase = small_purchase()
    write_purchase(
        replace(purchase, members=(*purchase.members[:2], replace(purchase.members[2], holding="H1"))), path
    )
    assert sprega("clear", path, "--out", tmp_path / "r", "--json") == 0
    said = capsys.readouterr()
    assert "Warnings: " in said.err
    told = json.loads(said.out)["warnings"]
    assert [(entry["sheet"], entry["row"], entry["column"]) for entry in told] == [("Items", None, "lot")] * 2
    assert told[0]["problem"] == "Independent holdings that need the lot lime: only 2."
    assert told[0]["mend"].endswith("ask each for a written waiver.")
    kept = json.loads((tmp_path / "r" / "result.json").read_text(encoding="utf-8"))["warnings"]
    assert [entry["problem"]["text"].format(**entry["problem"]["values"]) for entry in kept] == [
        entry["problem"] for entry in told
    ]
    assert sprega("clear", path, "--out", tmp_path / "r", "--json", "--lang", "bg") == 0
    bulgarian = json.loads(capsys.readouterr().out)["warnings"]
    assert len(bulgarian) == len(told)
    assert not {entry["problem"] for entry in bulgarian} & {entry["problem"] for entry in told}
    assert sprega("check", tmp_path / "r") == 0


def test_no_award(tmp_path: Path, sprega: Command, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = tmp_path / "p.xlsx", tmp_path / "r"
    write_purchase(small_purchase(reserve=100.0), path)
    assert sprega("clear", path, "--out", out) == 3
    said = capsys.readouterr()
    assert "No award is possible" in said.err
    assert "reserve" in said.err
    assert not out.exists()
    assert sprega("clear", path, "--out", out, "--json") == 3
    told = json.loads(capsys.readouterr().out)
    assert told["infeasible"][0]["where"] == "reserve"
    assert isinstance(told["warnings"], list)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["clear"],
        ["clear", "{workbook}"],
        ["clear", "{workbook}", "--out", "{out}", "--rule", "fair"],
        ["clear", "{workbook}", "--out", "{out}", "--time-limit", "0"],
        ["clear", "{workbook}", "--out", "{out}", "--time-limit", "nan"],
        ["clear", "{workbook}", "--out", "{out}", "--seed", "-1"],
        ["clear", "{workbook}", "--out", "{out}", "--lang", "de"],
        ["clear", "{missing}", "--out", "{out}"],
        ["clear", "{folder}", "--out", "{out}"],
        ["clear", "{workbook}", "--out", "{folder}"],
        ["clear", "{workbook}", "--out", "{workbook}"],
        ["clear", "{workbook}", "--out", "{workbook}/inside"],
        ["award", "{workbook}"],
    ],
)
def test_refusals_are_sentences(
    arguments: list[str], workbook: Path, sprega: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = workbook.parent
    names = {"workbook": workbook, "out": folder / "r", "missing": folder / "no.xlsx", "folder": folder}
    before = files(folder)
    assert sprega(*(argument.format(**names) for argument in arguments)) == 2
    said = capsys.readouterr()
    assert said.err.strip()
    assert "Traceback" not in said.err
    assert files(folder) == before


class Terminal(io.StringIO):
    """Standard error as a person sees it."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("stream", "shown"), [(io.StringIO(), 3), (Terminal(), 2)])
def test_only_a_terminal_leaves_faults_out(
    stream: io.StringIO, shown: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "MOST_SHOWN", 2)
    monkeypatch.setattr("sys.stderr", stream)
    faults = [Fault("Demand", row, "item", Sentence("odd"), Sentence("even")) for row in (2, 3, 4)]
    terminal.print_faults(faults, Sentence("Faults"), Language("en"))
    assert stream.getvalue().count("odd") == shown
    assert ("1 more like these" in stream.getvalue()) == (shown == 2)


def test_a_refusal_as_json(workbook: Path, sprega: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert sprega("clear", workbook, "--out", workbook.parent, "--json") == 2
    told = json.loads(capsys.readouterr().out)
    assert "holds other files" in told["faults"][0]["problem"]


def test_dask_without_the_extra(
    workbook: Path, sprega: Command, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from importlib import util

    found = util.find_spec
    monkeypatch.setattr(
        util, "find_spec", lambda name, *rest: None if name == "distributed" else found(name, *rest)
    )
    assert sprega("clear", workbook, "--out", workbook.parent / "r", "--dask", "tcp://127.0.0.1:1") == 2
    assert "sprega[dask]" in capsys.readouterr().err


@pytest.mark.parametrize(("most", "told"), [(1, True), (2, False)])
def test_the_price_of_own_rules_is_told_where_groups_object(
    most: int, told: bool, tmp_path: Path, sprega: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "p.xlsx"
    write_purchase(small_purchase(max_suppliers=most), path)
    assert sprega("clear", path, "--out", tmp_path / "r") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert ("Groups that would do better alone: " in said) == told
    assert ("need not keep the rules of this purchase (max_suppliers)." in said) == told
