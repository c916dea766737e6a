# SPDX-License-Identifier: EUPL-1.2
"""What the workbook of a purchase looks like, and what reading one gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from sprega.engines.award.model import Purchase
from sprega.engines.model import Sentence


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in a workbook: where, what, and what would be right.

    `row` is the row as the spreadsheet numbers it, `column` the header's text; both are None where
    the fault is about a whole sheet, and `sheet` is None where it is about the file.
    """

    sheet: str | None
    row: int | None
    column: str | None
    problem: Sentence
    mend: Sentence

    @property
    def place(self) -> Sentence:
        """Where it is, as a person would say it.

        Examples
        --------
        >>> str(Fault("Bids", 5, "capacity", Sentence("x"), Sentence("y")).place)
        'Bids, row 5, capacity'
        """
        values = {"sheet": self.sheet, "row": self.row, "column": self.column}
        if self.sheet is None:
            return Sentence("The file")
        if self.row is None and self.column is None:
            return Sentence("Sheet {sheet}", values)
        if self.row is None:
            return Sentence("{sheet}, {column}", values)
        if self.column is None:
            return Sentence("{sheet}, row {row}", values)
        return Sentence("{sheet}, row {row}, {column}", values)


@dataclass(frozen=True)
class Reading:
    """A workbook read: the purchase, or None with every fault; warnings in both cases."""

    purchase: Purchase | None
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class SheetShape:
    """The columns of a sheet; `needed` ones must exist, a sheet not `required` may be missing."""

    columns: tuple[str, ...]
    needed: tuple[str, ...]
    required: bool = True


SHEETS: dict[str, SheetShape] = {
    "Purchase": SheetShape(("key", "value"), ("key", "value")),
    "Members": SheetShape(("member", "name", "holding", "kind"), ("member",)),
    "Sites": SheetShape(("site", "member", "name", "lat", "lon"), ("site", "member")),
    "Items": SheetShape(("item", "name", "lot", "unit", "cpv"), ("item",)),
    "Demand": SheetShape(("site", "item", "quantity", "current_price"), ("site", "item", "quantity")),
    "Suppliers": SheetShape(("supplier", "name", "min_order", "fixed"), ("supplier",)),
    "Bids": SheetShape(
        ("supplier", "item", "from_quantity", "unit_price", "capacity", "co2"),
        ("supplier", "item", "unit_price"),
    ),
    "Delivery": SheetShape(
        ("supplier", "site", "per_unit", "per_lane"), ("supplier", "site"), required=False
    ),
    "Discounts": SheetShape(
        ("supplier", "from_value", "percent"), ("supplier", "from_value", "percent"), required=False
    ),
    "Bundles": SheetShape(("supplier", "items", "percent"), ("supplier", "items", "percent"), required=False),
}
"""The contract, in the order in which people fill it in."""

KINDS = ("company", "municipality", "university", "training", "other")
RULE_NAMES = ("auto", "equal-price", "shapley", "nucleolus")
AWARD_NAMES = ("whole-lot", "split")


@dataclass(frozen=True)
class Cell:
    """A cell with something in it.

    `kind` is "error" for a spreadsheet's error such as #REF! (its text is the value) and "formula"
    for a formula that was saved without its result.
    """

    value: object
    kind: Literal["value", "error", "formula"] = "value"
    percent: bool = False

    @property
    def shown(self) -> str:
        """The value as a fault quotes it: on one line, and never longer than one."""
        text = " ".join(str(self.value).split())
        return text if len(text) <= 60 else text[:57] + "..."


@dataclass(frozen=True)
class Row:
    """A row that is not empty: its number in the spreadsheet, and its cells by column."""

    number: int
    cells: dict[str, Cell]


@dataclass(frozen=True)
class Table:
    """A sheet of the contract as found; `columns` are those of the contract that are there."""

    name: str
    columns: frozenset[str]
    rows: tuple[Row, ...]
    present: bool = True


@dataclass
class Findings:
    """Faults and warnings as they are found; reading goes on after each."""

    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def fault(
        self, sheet: str | None, row: int | None, column: str | None, problem: Sentence, mend: Sentence
    ) -> None:
        """Note something that keeps the purchase from being read."""
        self.faults.append(Fault(sheet, row, column, problem, mend))

    def warn(
        self, sheet: str | None, row: int | None, column: str | None, problem: Sentence, mend: Sentence
    ) -> None:
        """Note something that a person should look at."""
        self.warnings.append(Fault(sheet, row, column, problem, mend))
