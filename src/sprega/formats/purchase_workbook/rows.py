# SPDX-License-Identifier: EUPL-1.2
"""One row of a sheet, read column by column; each method notes what is wrong and goes on."""

from __future__ import annotations

from dataclasses import dataclass

from sprega.engines.model import Sentence
from sprega.formats.purchase_workbook.codes import (
    LONGEST_CODE,
    Register,
    code_text,
    suggestion,
    tidy,
)
from sprega.formats.purchase_workbook.model import Cell, Findings, Row, Table
from sprega.formats.purchase_workbook.numbers import NumberReading, read_number


@dataclass(frozen=True)
class RowReader:
    """Reads the cells of one row and notes faults at their place.

    Every method returns None when a fault was noted (or, for a column that is missing, when the
    missing column was already noted).
    """

    table: Table
    row: Row
    findings: Findings

    def fault(self, column: str | None, problem: Sentence, mend: Sentence) -> None:
        """Note a fault in this row."""
        self.findings.fault(self.table.name, self.row.number, column, problem, mend)

    def warn(self, column: str | None, problem: Sentence, mend: Sentence) -> None:
        """Note a warning in this row."""
        self.findings.warn(self.table.name, self.row.number, column, problem, mend)

    def empty(self, column: str) -> bool:
        """Whether nothing stands in the column."""
        return column not in self.row.cells

    def readable(self, column: str) -> bool:
        """Whether a value stands in the column, and no error."""
        return column in self.row.cells and self.row.cells[column].kind == "value"

    def cell(self, column: str) -> Cell | None:
        """The cell, or None when it is empty or holds a spreadsheet's error (a fault)."""
        cell = self.row.cells.get(column)
        if cell is None or cell.kind == "value":
            return cell
        if cell.kind == "error":
            self.fault(
                column,
                Sentence("The cell shows the spreadsheet's error {value}.", {"value": cell.shown}),
                Sentence("Mend the formula, or type the value itself."),
            )
        else:
            self.fault(
                column,
                Sentence("The formula {value} was saved without its result.", {"value": cell.shown}),
                Sentence(
                    "Open the file in a spreadsheet program and save it there, or type the value itself."
                ),
            )
        return None

    def text(self, column: str, default: str = "") -> str:
        """A name or other words."""
        cell = self.cell(column)
        if cell is None:
            return default
        as_code = code_text(cell.value)
        return (tidy(str(cell.value)) if as_code is None else as_code) or default

    def code(self, column: str) -> str | None:
        """A code that must be there."""
        cell = self.cell(column)
        if cell is None:
            if self.empty(column):
                self._missing(column)
            return None
        code = code_text(cell.value)
        if code is None:
            self.fault(
                column,
                Sentence("{value} is a date, a fraction or a logical value, no code.", {"value": cell.shown}),
                Sentence("Give the cell the format Text and type the code again."),
            )
        elif len(code) > LONGEST_CODE:
            self.fault(
                column,
                Sentence('The code "{value}" is longer than {count} characters.', _count(cell, LONGEST_CODE)),
                Sentence("Choose a shorter code; the column name takes the long text."),
            )
            return None
        return code

    def reference(self, column: str, register: Register) -> int | None:
        """The number of a code that another sheet lists."""
        code = self.code(column)
        return None if code is None else self.look_up(column, code, register)

    def look_up(self, column: str, code: str, register: Register) -> int | None:
        """The number of a code that is already read."""
        number = register.number.get(code)
        if number is None and register.complete:
            self.fault(
                column,
                Sentence("The sheet {sheet} has no {value}.", {"sheet": register.sheet, "value": code}),
                suggestion(code, register.meant(code), register.sheet),
            )
        return number

    def number(
        self,
        column: str,
        default: float | None = None,
        *,
        low: float = 0.0,
        high: float = float("inf"),
    ) -> float | None:
        """A number within bounds; `default` None means that one must be given."""
        cell = self.cell(column)
        if cell is None:
            if not self.empty(column):
                return None
            if default is None:
                self._missing(column)
            return default
        return self._bounded(column, cell, read_number(cell.value, cell.shown), low, high)

    def percent(self, column: str, *, low: float = 0.0) -> float | None:
        """A percentage as a fraction: 10, "10 %" and 0.1 shown as 10 % are all ten percent."""
        cell = self.cell(column)
        if cell is None:
            if self.empty(column):
                self._missing(column)
            return None
        value = cell.value
        signed = isinstance(value, str) and value.rstrip().endswith("%")
        reading = read_number(value.rstrip()[:-1] if signed and isinstance(value, str) else value, cell.shown)
        shown_as_percent = cell.percent and not isinstance(value, str)
        number = self._bounded(column, cell, reading, low, 1.0 if shown_as_percent else 100.0, percent=True)
        if number is None or shown_as_percent:
            return number
        if 0 < number < 1 and not signed:
            self.warn(
                column,
                Sentence("{value} is read as {value} percent, not as a fraction.", {"value": cell.shown}),
                Sentence("Write {percent} if you mean {percent} percent.", {"percent": f"{number * 100:g}"}),
            )
        return number / 100

    def choice(self, column: str, choices: tuple[str, ...], default: str) -> str | None:
        """One of a few words."""
        text = self.text(column, default)
        if text in choices:
            return text
        if not self.empty(column) and not self.readable(column):
            return None
        self.fault(
            column,
            Sentence('"{value}" is none of the words known here.', {"value": text[:60]}),
            Sentence("Write one of: {choices}.", {"choices": ", ".join(choices)}),
        )
        return None

    def _missing(self, column: str) -> None:
        if column in self.table.columns:
            self.fault(
                column,
                Sentence("The cell is empty."),
                Sentence("Fill it in, or empty the whole row."),
            )

    def _bounded(
        self,
        column: str,
        cell: Cell,
        reading: NumberReading,
        low: float,
        high: float,
        *,
        percent: bool = False,
    ) -> float | None:
        if reading.value is None:
            if reading.problem is not None and reading.mend is not None:
                self.fault(column, reading.problem, reading.mend)
            return None
        if reading.from_text:
            self.warn(
                column,
                Sentence('The text "{value}" is read as the number {number}.', _read_as(cell, reading.value)),
                Sentence("Type it as a number, so that nothing has to be guessed."),
            )
        if reading.value < low or reading.value > high:
            self._out_of_bounds(column, cell, low, high, percent=percent)
            return None
        return reading.value

    def _out_of_bounds(self, column: str, cell: Cell, low: float, high: float, *, percent: bool) -> None:
        values: dict[str, object] = {"value": cell.shown, "low": f"{low:g}", "high": f"{high:g}"}
        if percent:
            self.fault(
                column,
                Sentence("{value} is no percentage from 0 to 100.", values),
                Sentence("Write 5 for five percent, with or without a percent format."),
            )
        elif high == float("inf"):
            self.fault(
                column,
                Sentence("{value} is negative.", values),
                Sentence("Write 0 or a positive number."),
            )
        else:
            self.fault(
                column,
                Sentence("{value} is out of range.", values),
                Sentence("Write a number from {low} to {high}.", values),
            )


def _count(cell: Cell, count: int) -> dict[str, object]:
    return {"value": cell.shown, "count": count}


def _read_as(cell: Cell, number: float) -> dict[str, object]:
    return {"value": cell.shown, "number": f"{number:.15g}"}
