# SPDX-License-Identifier: EUPL-1.2
"""The sheets that name things: members, sites, items with their lots, suppliers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sprega.engines.award.model import Item, Member, Site, Supplier
from sprega.engines.model import Sentence
from sprega.formats.purchase_workbook.codes import Register
from sprega.formats.purchase_workbook.model import KINDS, Findings, Row, Table
from sprega.formats.purchase_workbook.rows import RowReader

Named = TypeVar("Named")
CPV = re.compile(r"[0-9]{8}(-[0-9])?")


@dataclass(frozen=True)
class Listed:
    """The things of one sheet in order, and their codes."""

    register: Register


@dataclass(frozen=True)
class Members(Listed):
    """The sheet `Members`."""

    members: tuple[Member, ...]


@dataclass(frozen=True)
class Sites(Listed):
    """The sheet `Sites`."""

    sites: tuple[Site, ...]


@dataclass(frozen=True)
class Items(Listed):
    """The sheet `Items`; `lots` in the order in which they first appear."""

    items: tuple[Item, ...]
    lots: tuple[str, ...]


@dataclass(frozen=True)
class Suppliers(Listed):
    """The sheet `Suppliers`, without discounts and bundles."""

    suppliers: tuple[Supplier, ...]


def read_members(table: Table, findings: Findings) -> Members:
    """Read the sheet `Members`."""

    def member(reader: RowReader, code: str) -> Member:
        kind = reader.choice("kind", KINDS, "other") or "other"
        return Member(code, reader.text("name", code), reader.text("holding", code), kind)

    register, members = _read(table, "member", member, findings)
    unstated = [row.number for row in table.rows if "kind" not in row.cells]
    if unstated:
        findings.warn(
            table.name,
            unstated[0],
            "kind",
            Sentence("Members without a kind, taken as other: {count}", {"count": len(unstated)}),
            Sentence("Write one of: {choices}.", {"choices": ", ".join(KINDS)}),
        )
    return Members(register, members)


def read_sites(table: Table, members: Register, findings: Findings) -> Sites:
    """Read the sheet `Sites`."""

    def site(reader: RowReader, code: str) -> Site:
        owner = reader.reference("member", members)
        latitude = None if reader.empty("lat") else reader.number("lat", low=-90, high=90)
        longitude = None if reader.empty("lon") else reader.number("lon", low=-180, high=180)
        return Site(code, -1 if owner is None else owner, reader.text("name", code), latitude, longitude)

    return Sites(*_read(table, "site", site, findings))


def read_items(table: Table, findings: Findings) -> Items:
    """Read the sheet `Items` and number the lots."""
    named: dict[int, str] = {}

    def item(reader: RowReader, code: str) -> Item:
        named[reader.row.number] = reader.text("lot")
        if "," in code:
            reader.fault(
                "item",
                Sentence('The item\'s code "{value}" holds a comma.', {"value": code}),
                Sentence("Choose a code without one: in the sheet Bundles a comma parts two items."),
            )
        return Item(code, reader.text("name", code), -1, reader.text("unit"), _cpv(reader))

    register, items = _read(table, "item", item, findings)
    own = {i.code: register.row[i.code] for i in items if not named[register.row[i.code]]}
    lots: dict[str, int] = {}
    placed = []
    for thing in items:
        row = register.row[thing.code]
        lot = named[row] or thing.code
        if named[row] and lot in own:
            findings.fault(
                table.name,
                row,
                "lot",
                Sentence(
                    "The lot {lot} has the code of the item in row {row}, which is a lot of its own.",
                    {"lot": lot, "row": own[lot]},
                ),
                Sentence(
                    "Give the lot another name, or write {lot} as the lot of that item too.", {"lot": lot}
                ),
            )
        number = lots.setdefault(lot, len(lots))
        placed.append(Item(thing.code, thing.name, number, thing.unit, thing.cpv))
    return Items(register, tuple(placed), tuple(lots))


def read_suppliers(table: Table, findings: Findings) -> Suppliers:
    """Read the sheet `Suppliers`."""

    def supplier(reader: RowReader, code: str) -> Supplier:
        return Supplier(
            code,
            reader.text("name", code),
            reader.number("min_order", 0.0) or 0.0,
            reader.number("fixed", 0.0) or 0.0,
        )

    return Suppliers(*_read(table, "supplier", supplier, findings))


def _read(
    table: Table, column: str, build: Callable[[RowReader, str], Named], findings: Findings
) -> tuple[Register, tuple[Named, ...]]:
    """One thing a row, by its code; a row with another fault still makes its code known."""
    register = Register(table.name, complete=table.present and column in table.columns)
    things = []
    for row in table.rows:
        reader = RowReader(table, row, findings)
        code = reader.code(column)
        if code is None:
            # The other cells are read all the same, for their faults.
            build(reader, "")
        elif register.add(code, row.number):
            things.append(build(reader, code))
        else:
            _repeated(reader, column, code, register.row[code])
    if table.present and not table.rows and column in table.columns:
        findings.fault(
            table.name,
            None,
            None,
            Sentence("The sheet {sheet} is empty.", {"sheet": table.name}),
            Sentence("Fill in a row for each {column}.", {"column": column}),
        )
    return register, tuple(things)


def _repeated(reader: RowReader, column: str, code: str, first: int) -> None:
    values: dict[str, object] = {"value": code, "first": first, "row": reader.row.number}
    reader.fault(
        column,
        Sentence("{value} stands in row {first} and again in row {row}.", values),
        Sentence("Keep one of the two rows, or give one another code."),
    )


def _cpv(reader: RowReader) -> str:
    text = reader.text("cpv")
    if text.isdigit() and len(text) == 7 and not isinstance(_raw(reader.row, "cpv"), str):
        # A spreadsheet drops the leading zero of 03000000 when the cell is a number.
        text = text.zfill(8)
    if text and not CPV.fullmatch(text):
        reader.warn(
            "cpv",
            Sentence('"{value}" is no CPV code.', {"value": text[:60]}),
            Sentence("Write eight digits, with or without the check digit, such as 24951000-5."),
        )
    return text


def _raw(row: Row, column: str) -> object:
    cell = row.cells.get(column)
    return None if cell is None else cell.value
