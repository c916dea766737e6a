# SPDX-License-Identifier: EUPL-1.2
"""A sheet of figures as people like to get it: aligned, frozen, printable, and nothing that is evaluated."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sprega.engines.model import Sentence

Say = Callable[[Sentence], str]

# Excel refuses longer names and these characters.
LONGEST_NAME = 31
LONGEST_LINE = 130
"""Letters that a line of a sentence takes before it goes on in the next row."""
LINE_HEIGHT = 15
"""Of one line of a cell, in points."""
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))

TITLE: dict[str, object] = {"bold": True, "font_size": 14, "font_color": "#7A3E12"}
HEADER: dict[str, object] = {
    "bold": True,
    "bg_color": "#E8EDEA",
    "bottom": 1,
    "valign": "top",
    "text_wrap": True,
}


def _looks(digits: int) -> dict[str, dict[str, object]]:
    decimals = "." + "0" * digits if digits else ""
    return {
        "text": {"align": "left"},
        "number as text": {"align": "right"},
        "title": TITLE,
        "header": {**HEADER, "align": "left"},
        "number header": {**HEADER, "align": "right"},
        "money": {"num_format": f"#,##0{decimals}", "align": "right"},
        "price": {"num_format": "#,##0.0000", "align": "right"},
        "quantity": {"num_format": "#,##0.###", "align": "right"},
        "count": {"num_format": "#,##0", "align": "right"},
        "percent": {"num_format": "0.0%", "align": "right"},
    }


@dataclass(frozen=True)
class Column:
    """A column: its heading, what it holds (text, money, price, quantity, count, percent), its width."""

    heading: Sentence
    holds: str = "text"
    width: float = 14


@dataclass
class Book:
    """The workbook being written, its formats, and the reader's language."""

    book: Any
    say: Say
    digits: int
    formats: dict[tuple[str, bool], Any] = field(default_factory=dict)

    def format(self, holds: str, *, bold: bool = False) -> Any:
        """The cell format for what a column holds."""
        if (holds, bold) not in self.formats:
            total: dict[str, object] = {"bold": True, "top": 1} if bold else {}
            self.formats[holds, bold] = self.book.add_format(_looks(self.digits)[holds] | total)
        return self.formats[holds, bold]

    def sheet(self, name: Sentence, answer: Sentence) -> Page:
        """A new sheet that begins with its answer in one sentence."""
        title = self.say(name).translate(FORBIDDEN)[:LONGEST_NAME]
        sheet = self.book.add_worksheet(title)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&R&P / &N")
        sheet.hide_gridlines(2)
        sheet.write_string(0, 0, self.say(answer), self.format("title"))
        return Page(self, sheet)


@dataclass
class Page:
    """A sheet being filled from above."""

    book: Book
    sheet: Any
    row: int = 2
    frozen: bool = False
    widths: dict[int, float] = field(default_factory=dict)

    def line(self, sentence: Sentence) -> None:
        """A sentence of its own."""
        for part in textwrap.wrap(self.book.say(sentence), LONGEST_LINE):
            self.sheet.write_string(self.row, 0, part, self.book.format("text"))
            self.row += 1

    def table(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[object]],
        *,
        total: Sequence[object] | None = None,
    ) -> None:
        """A table; the first one of a sheet keeps its header in sight and on every printed page."""
        lines = 1
        for at, column in enumerate(columns):
            number = column.holds != "text"
            heading, text = (
                self.book.format("number header" if number else "header"),
                self.book.say(column.heading),
            )
            self.sheet.write_string(self.row, at, text, heading)
            self.widths[at] = max(self.widths.get(at, 0), column.width)
            self.sheet.set_column(at, at, self.widths[at])
            # bold letters are wider than those by which a column is measured
            lines = max(lines, len(textwrap.wrap(text, max(1, int(0.8 * self.widths[at])))))
        # not every program makes the row as high as a wrapped heading needs
        self.sheet.set_row(self.row, lines * LINE_HEIGHT)
        if not self.frozen:
            self.sheet.freeze_panes(self.row + 1, 1)
            self.sheet.repeat_rows(self.row)
            self.frozen = True
        for cells in rows:
            self.row += 1
            self._write(columns, cells, bold=False)
        if total is not None:
            self.row += 1
            self._write(columns, total, bold=True)
        self.row += 2

    def _write(self, columns: Sequence[Column], cells: Sequence[object], *, bold: bool) -> None:
        for at, (column, cell) in enumerate(zip(columns, cells, strict=True)):
            if cell is None:
                if bold:
                    self.sheet.write_blank(self.row, at, None, self.book.format("text", bold=True))
            elif isinstance(cell, Sentence | str):
                text = self.book.say(cell) if isinstance(cell, Sentence) else cell
                # As a string even when it begins with = or +: nothing that was typed is evaluated.
                kind = "text" if column.holds == "text" else "number as text"
                self.sheet.write_string(self.row, at, text, self.book.format(kind, bold=bold))
            elif isinstance(cell, int | float) and math.isfinite(cell):
                self.sheet.write_number(self.row, at, cell, self.book.format(column.holds, bold=bold))
