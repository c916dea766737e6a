# SPDX-License-Identifier: EUPL-1.2
"""What the commands print for people: the answer first, then short tables."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sprega.engines.award.model import Infeasibility
from sprega.engines.clearing.model import Clearing
from sprega.engines.model import Sentence
from sprega.formats.award_words import price_of_own_rules
from sprega.formats.purchase_workbook import Fault
from sprega.foundation.language import Language
from sprega.rooms.buying import answer, tables

WIDTH = 100
"""Columns where the output is no terminal."""
MOST_SHOWN = 5000
"""Faults that a terminal shows: its own memory of lines ends about there. Elsewhere all are written."""
NARROWEST = 14
"""Letters that a name keeps at least."""
SHARES = (
    Sentence("Member"),
    Sentence("Today"),
    Sentence("Alone"),
    Sentence("Together"),
    Sentence("To today"),
    Sentence("To alone"),
)
"""What each member pays, and what it saves to today and to alone."""
TABLE = {"box": box.SIMPLE_HEAD, "header_style": "dim", "pad_edge": False, "show_edge": False}


def print_answer(clearing: Clearing, folder: Path, language: Language) -> None:
    """The answer in one line, the two parts, award, shares, stability, proof, and where the report lies."""
    console, say = _console(sys.stdout), language.say
    steps = answer.all_steps(clearing)
    console.print(Text(say(answer.headline(steps, clearing.joining_pays)), style="bold"))
    for line in (
        answer.choice_part(steps),
        answer.joining_part(steps),
        answer.stability(clearing, clearing.rule),
        price_of_own_rules(clearing, [clearing.rule]),
        answer.why_this_rule(clearing),
        answer.proof(clearing),
    ):
        if line is not None:
            console.print(Text(f"  {say(line)}"))
    for line in answer.limits(clearing):
        console.print(Text(say(line), style="yellow"))
    console.print()
    award = tables.award_table(clearing, language)
    _print_table(console, award["head"], [*award["rows"], award["foot"]], right={2}, total=True)
    console.print()
    shares = tables.members_table(clearing, language)
    columns = (0, 1, 2, shares["applied"], 7, 8)
    rows = [[row[column] for column in columns] for row in [*shares["rows"], shares["foot"]]]
    _print_table(console, [say(name) for name in SHARES], rows, right=set(range(1, 6)), total=True)
    console.print()
    for note in tables.balancing_notes(clearing, language):
        console.print(Text(note))
    where = Sentence("The report: {file}", {"file": str(folder / "report.pdf")})
    console.print(Text(say(where)), soft_wrap=True)


def print_faults(faults: Sequence[Fault], title: Sentence, language: Language) -> None:
    """Faults or warnings of a workbook, each with its place and what would be right; on standard error."""
    console, say = _console(sys.stderr), language.say
    console.print(Text(say(title), style="bold"))
    table = Table(**TABLE)
    for name in ("Sheet", "Row", "Column"):
        table.add_column(say(HEADS[name]), overflow="fold", justify="right" if name == "Row" else "left")
    table.add_column(say(HEADS["Problem"]), overflow="fold", ratio=1)
    table.add_column(say(HEADS["Mend"]), overflow="fold", ratio=1)
    most = MOST_SHOWN if console.is_terminal else len(faults)
    for fault in faults[:most]:
        row = "" if fault.row is None else str(fault.row)
        cells = (fault.sheet or "", row, fault.column or "", say(fault.problem), say(fault.mend))
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)
    if len(faults) > most:
        more = Sentence(
            "There are {count} more like these. With --json, or in a file, all are listed.",
            {"count": len(faults) - most},
        )
        console.print(Text(say(more)))


HEADS = {
    "Sheet": Sentence("Sheet"),
    "Row": Sentence("Row"),
    "Column": Sentence("Column"),
    "Problem": Sentence("What is wrong"),
    "Mend": Sentence("What would be right"),
}


def print_infeasible(causes: Sequence[Infeasibility], language: Language) -> None:
    """Why no award exists, and the smallest change that mends it; on standard error."""
    console, say = _console(sys.stderr), language.say
    console.print(Text(say(Sentence("No award is possible. Nothing was written.")), style="bold"))
    for cause in causes:
        console.print(Text(f"  {cause.where}: {say(cause.reason)} {say(cause.mend)}"))
    changes = [cause for cause in causes if cause.change is not None]
    alternatives = [cause.where for cause in changes if cause.alternative]
    if len(alternatives) == len(changes) > 1:
        console.print(Text(say(Sentence("One of these changes is enough."))))
    elif alternatives:
        rules = {"rules": ", ".join(alternatives)}
        needed = Sentence(
            "Of the changes to {rules} one is enough. All the others are needed as well.", rules
        )
        console.print(Text(say(needed)))
    elif len(changes) > 1:
        console.print(Text(say(Sentence("All of these changes are needed together."))))


def _print_table(
    console: Console, head: Sequence[str], rows: Sequence[Sequence[str]], *, right: set[int], total: bool
) -> None:
    """Figures stand whole; names give way where the terminal is narrow."""
    widths = {position: max(len(row[position]) for row in [head, *rows]) for position in right}
    room = console.width - sum(widths.values()) - 2 * len(head)
    left = max(NARROWEST, room // (len(head) - len(right)))
    table = Table(**TABLE)
    for position, name in enumerate(head):
        side, width = ("right", widths[position]) if position in right else ("left", None)
        most = width or left
        table.add_column(
            Text(name), justify=side, no_wrap=True, overflow="ellipsis", min_width=width, max_width=most
        )
    for number, row in enumerate(rows):
        style = "bold" if total and number == len(rows) - 1 else ""
        table.add_row(*(Text(cell) for cell in row), style=style, end_section=number == len(rows) - 2)
    console.print(table)


def _console(stream: object) -> Console:
    watched = getattr(stream, "isatty", bool)()
    return Console(file=stream, width=None if watched else WIDTH, highlight=False)
