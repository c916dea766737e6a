# SPDX-License-Identifier: EUPL-1.2
"""The documentation is true: links resolve, examples run, commands and exit codes exist, figures hold."""

from __future__ import annotations

import argparse
import doctest
import re
import shlex
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest

from sprega.cli import main, refusal
from sprega.engines.award.model import InfeasibleError
from sprega.engines.clearing.solve import clear
from sprega.engines.model import Sentence
from sprega.formats.purchase_workbook import read_purchase
from sprega.foundation.language import Language
from sprega.rooms.buying import answer
from sprega.rooms.buying.practice import practice_purchase

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^( *)```([^\n]*)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?:\.venv/bin/)?sprega (.*)")
COMMAND_LINE = ROOT / "docs" / "reference" / "command-line.md"


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def say(sentence: Sentence) -> str:
    """A sentence with ordinary spaces in its figures."""
    return " ".join(Language("en").say(sentence).split())


def blocks(page: Path, kind: str) -> list[str]:
    """The code blocks of a page whose first word is `kind`, those indented in lists too."""
    found = []
    for indent, info, body in BLOCK.findall(page.read_text(encoding="utf-8")):
        if info.strip() == kind:
            found.append("\n".join(line.removeprefix(indent) for line in body.splitlines()))
    return found


def anchors(page: Path) -> set[str]:
    """The names that a page's headings have as places to link to."""
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_resolve(page: Path) -> None:
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    for link in LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, place = link.partition("#")
        target = (page.parent / unquote(file)).resolve() if file else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if place:
            assert place in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_page_is_reached(page: Path) -> None:
    if page.parent == ROOT or page.name == "README.md":
        return
    index = ROOT / "docs" / "README.md"
    linked = {
        (index.parent / link.partition("#")[0]).resolve() for link in LINK.findall(index.read_text("utf-8"))
    }
    assert page in linked


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python doctest")], ids=name)
def test_examples_run(page: Path) -> None:
    source = "\n".join(blocks(page, "python doctest"))
    test = doctest.DocTestParser().get_doctest(source, {}, name(page), str(page), 0)
    told: list[str] = []
    outcome = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test, out=told.append)
    assert outcome.attempted
    assert not outcome.failed, "".join(told)


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=name)
def test_other_examples_run_too(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {}
    for block in blocks(page, "python"):
        exec(compile(block, name(page), "exec"), namespace)  # noqa: S102


def test_a_workbook_of_ones_own_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    exec(blocks(ROOT / "docs" / "how-to" / "write-a-workbook.md", "python")[0], {})  # noqa: S102
    assert not read_purchase("lime.xlsx").faults


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_are_understood(page: Path) -> None:
    parser = main._parser(Language("en"))
    for line in "\n".join(blocks(page, "sh")).splitlines():
        if found := COMMAND.fullmatch(line.strip()):
            words = shlex.split(found[1].partition(" > ")[0], comments=True)
            assert parser.parse_args(words), line


def test_every_option_is_documented() -> None:
    text = COMMAND_LINE.read_text(encoding="utf-8")
    parser = main._parser(Language("en"))
    commands = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    for command, its in commands.choices.items():
        assert f"## `sprega {command}`" in text
        for action in its._actions:
            for option in action.option_strings:
                assert f"`{option}" in text or f" {option}" in text, option


def test_exit_codes() -> None:
    text = COMMAND_LINE.read_text(encoding="utf-8").partition("## Exit codes")[2]
    told = {int(code) for code in re.findall(r"^\| `(\d+)` \|", text, re.MULTILINE)}
    known = {refusal.DONE, refusal.WRONG, refusal.REFUSED, refusal.INFEASIBLE, refusal.INTERRUPTED}
    assert told == known | {main.BROKEN_PIPE, main.TERMINATED}


def test_the_tutorial_tells_the_figures(tmp_path: Path) -> None:
    """Its two clearings and its refusal, from the workbook that the reader has before them."""
    from openpyxl import load_workbook

    text = " ".join((ROOT / "docs" / "tutorial" / "first-purchase.md").read_text(encoding="utf-8").split())
    path = tmp_path / "purchase.xlsx"
    assert main.main(["example", str(tmp_path), "--lang", "en"]) == refusal.DONE
    book = load_workbook(path)
    bids = book["Bids"]
    assert [cell.value for cell in bids[92]][:4] == ["S2", "DIESEL", 4800, 1085.78]
    assert book["Demand"]["C2"].value == 1400

    def opening() -> list[Sentence]:
        cleared = clear(read_purchase(path).purchase)
        steps = answer.all_steps(cleared)
        return [
            answer.headline(steps, cleared.joining_pays),
            answer.choice_part(steps),
            answer.joining_part(steps),
        ]

    for sentence in opening():
        assert say(sentence) in text
    bids["D92"] = 1070
    book.save(path)
    for sentence in opening():
        assert say(sentence) in text
    with pytest.raises(InfeasibleError) as refused:
        clear(replace(practice_purchase("en"), reserve=34_000_000.0))
    cause = refused.value.causes[0]
    assert f"{say(cause.reason)} {say(cause.mend)}" in text


def test_the_decisions_are_short() -> None:
    for page in (ROOT / "docs" / "decisions").glob("*.md"):
        text = page.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 40, page.name
        assert all(f"**{part}.**" in text for part in ("Context", "Decision", "Consequences")), page.name


def test_pictures_are_small() -> None:
    for picture in (ROOT / "docs").rglob("*.png"):
        assert picture.stat().st_size <= 300_000, picture.name


def test_the_reference_names_every_file_of_the_engines() -> None:
    page = (ROOT / "docs" / "reference" / "engines.md").read_text(encoding="utf-8")
    for field in ("award", "clearing", "disclosure", "games"):
        section = page.split(f"## `{field}/`")[1].split("\n## ")[0]
        files = {path.name for path in (ROOT / "src/sprega/engines" / field).glob("[!_]*.py")}
        assert files == set(re.findall(r"`(\w+\.py)`", section)), field
