# SPDX-License-Identifier: EUPL-1.2
"""The members of a new cluster as a workbook: one sheet, one row a member."""

from __future__ import annotations

import re
import unicodedata
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from sprega.engines.model import Sentence
from sprega.formats.purchase_workbook.cells import (
    HEADER_WITHIN,
    HIGHEST_RATIO,
    LARGEST_FILE,
    LAST_COLUMN,
    MALFORMED,
    OLD_OR_ENCRYPTED,
    cell_at,
)
from sprega.formats.purchase_workbook.codes import likeness, meant, tidy
from sprega.formats.purchase_workbook.model import Cell, Fault, Findings, Row, Table
from sprega.formats.purchase_workbook.names import near_miss
from sprega.formats.purchase_workbook.rows import RowReader

SHEET = "Members"
COLUMNS = ("name", "name_bg", "kind", "holding", "slug")
KINDS = ("company", "municipality", "university", "training", "other")
LONGEST_NAME, LONGEST_SLUG = 200, 50
MOST_MEMBERS = 10_000
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# The official transliteration (Transliteration Act, 2009).
LATIN = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфхъьѝ", "abvgdeziyklmnoprstufhayi", strict=True))
    | {"ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sht", "ю": "yu", "я": "ya"}
)


@dataclass(frozen=True)
class MemberRow:
    """A member: `holding` is the slug of another one, or the name of a holding that is no member."""

    slug: str
    name: str
    name_bg: str
    kind: str
    holding: str


@dataclass(frozen=True)
class MembersReading:
    """The members, none of them where there are faults; warnings in both cases."""

    members: tuple[MemberRow, ...]
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


def slug_of(name: str) -> str:
    """A short name for addresses, from a name in either alphabet.

    >>> slug_of("Община Пирдоп"), slug_of("Ørsted & Søn, Ltd.")
    ('obshtina-pirdop', 'rsted-s-n-ltd')
    """
    plain = unicodedata.normalize("NFKD", name.lower().translate(LATIN))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_SLUG].strip("-")


def read_members(path: Path) -> MembersReading:
    """Read the workbook; whatever is in it, every fault is named with row, column and mend, at once.

    Raises
    ------
    OSError
        If the file cannot be opened.
    """
    findings = Findings()
    with path.open("rb") as file:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # openpyxl's, of what it leaves out
                table = _table(file, findings)
        except MALFORMED:
            table = None
            findings.fault(
                None,
                None,
                None,
                Sentence("The file is damaged or is no XLSX workbook."),
                Sentence("Open it in a spreadsheet program and save it again as XLSX."),
            )
    members = _members(table, findings) if table is not None else []
    return MembersReading(
        () if findings.faults else tuple(members),
        tuple(sorted(findings.faults, key=lambda fault: fault.row or 0)),
        tuple(findings.warnings),
    )


def write_template(path: Path) -> None:
    """Write an empty workbook with the columns, what goes into them, and a list of kinds to choose from."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as book:
        header = book.add_format({"bold": True, "bg_color": "#E8EDEA", "bottom": 1, "align": "left"})
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(SHEET)
        sheet.write_row(0, 0, COLUMNS, header)
        sheet.freeze_panes(1, 0)
        for at, width in enumerate((40, 40, 14, 28, 24)):
            sheet.set_column(at, at, width, text)
        last = MOST_MEMBERS
        sheet.data_validation(
            1, COLUMNS.index("kind"), last, COLUMNS.index("kind"), {"validate": "list", "source": list(KINDS)}
        )
        for column, words in (
            ("holding", "Another member's name, or the holding's name. The same holding, the same words."),
            ("slug", "Optional: a short name in small Latin letters for addresses of pages."),
        ):
            at = COLUMNS.index(column)
            sheet.data_validation(1, at, last, at, {"validate": "any", "input_message": words})


def _table(file: BinaryIO, findings: Findings) -> Table | None:
    """The sheet's rows; None once a fault says why there are none."""
    import openpyxl

    if file.read(4) == OLD_OR_ENCRYPTED:
        findings.fault(
            None,
            None,
            None,
            Sentence("The file is protected by a password, or an old XLS workbook."),
            Sentence("Save it as an XLSX workbook without a password."),
        )
        return None
    packed = file.seek(0, 2)
    with zipfile.ZipFile(file) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
    if unpacked > LARGEST_FILE * 2 or unpacked > HIGHEST_RATIO * max(packed, 100_000):
        raise zipfile.BadZipFile
    results = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    sheets = {tidy(sheet.title): at for at, sheet in enumerate(results.worksheets)}
    at = sheets.get(SHEET, 0 if len(sheets) == 1 else None)
    if at is None:
        findings.fault(
            None,
            None,
            None,
            Sentence("The workbook has no sheet {sheet}.", {"sheet": SHEET}),
            Sentence("Name the sheet with the members {sheet}.", {"sheet": SHEET}),
        )
        return None
    written = openpyxl.load_workbook(file, read_only=True, keep_links=False)
    return _read_sheet(_cells(results.worksheets[at], written.worksheets[at]), findings)


def _cells(results: Any, written: Any) -> Iterator[tuple[int, dict[int, Cell]]]:
    """Every row that is not empty; a formula without its result is no empty cell."""
    for sheet in (results, written):
        sheet.reset_dimensions()
    pairs = zip(results.iter_rows(max_col=LAST_COLUMN), written.iter_rows(max_col=LAST_COLUMN), strict=False)
    for number, (row, formulas) in enumerate(pairs, start=1):
        found = {at: cell for at in range(len(row)) if (cell := cell_at(row, formulas, at)) is not None}
        if found:
            yield number, found
        elif number > MOST_MEMBERS + HEADER_WITHIN:
            return


def _read_sheet(rows: Iterator[tuple[int, dict[int, Cell]]], findings: Findings) -> Table | None:
    header_row, headers = next(rows, (1, {}))
    names = {tidy(str(cell.value)).lower(): position for position, cell in headers.items()}
    places = {column: names[column] for column in COLUMNS if column in names}
    if "name" not in places:
        close = near_miss("name", list(names))
        findings.fault(
            SHEET,
            header_row,
            "name",
            Sentence("The column {column} is missing.", {"column": "name"}),
            Sentence(
                "If {found} is meant to be it, name it exactly {name}.", {"found": close, "name": "name"}
            )
            if close
            else Sentence("Add it; the sheet's columns are {columns}.", {"columns": ", ".join(COLUMNS)}),
        )
        return None
    kept = []
    for number, cells in rows:
        known = {column: cells[position] for column, position in places.items() if position in cells}
        if known:
            kept.append(Row(number, known))
    if not kept:
        findings.fault(
            SHEET,
            None,
            None,
            Sentence("The sheet {sheet} is empty.", {"sheet": SHEET}),
            Sentence("Fill in a row for each {column}.", {"column": "member"}),
        )
    return Table(SHEET, frozenset(places), tuple(kept))


def _members(table: Table, findings: Findings) -> list[MemberRow]:
    members, readers = [], []
    slugs: dict[str, int] = {}
    names: dict[str, int] = {}
    for row in table.rows:
        reader = RowReader(table, row, findings)
        name, name_bg = _name(reader, "name"), _name(reader, "name_bg")
        if not name and "name" not in row.cells:
            reader.fault(
                "name", Sentence("The member has no name."), Sentence("Write its name, or delete the row.")
            )
        kind = reader.choice("kind", KINDS, "company") or "company"
        slug = _slug(reader, name)
        for column, one in (("name", name), ("name_bg", name_bg)):
            if one:
                _once(reader, column, one, likeness(one), names)
        if slug and (names.get(likeness(name)) == row.number or not reader.empty("slug")):
            _once(reader, "slug", slug, slug, slugs)
        members.append(MemberRow(slug, name, name_bg, kind, reader.text("holding")))
        readers.append(reader)
    return _with_holdings(members, readers)


def _name(reader: RowReader, column: str) -> str:
    name = reader.text(column)
    if len(name) > LONGEST_NAME:
        reader.fault(
            column,
            Sentence("The name is longer than {count} characters.", {"count": LONGEST_NAME}),
            Sentence("Shorten it."),
        )
    return name


def _slug(reader: RowReader, name: str) -> str:
    given = reader.text("slug")
    slug = given or slug_of(name)
    if given and (len(given) > LONGEST_SLUG or not SLUG.fullmatch(given)):
        reader.fault(
            "slug",
            Sentence("{value} cannot be a short name in an address.", {"value": given}),
            Sentence(
                "Write {slug}, or leave it empty.", {"slug": slug_of(given) or slug_of(name) or "member"}
            ),
        )
    elif name and not slug:
        reader.fault(
            "slug",
            Sentence("No short name follows from the name {value}.", {"value": name}),
            Sentence("Write one in small Latin letters, digits and hyphens."),
        )
    return slug


def _once(reader: RowReader, column: str, shown: str, key: str, seen: dict[str, int]) -> None:
    first = seen.setdefault(key, reader.row.number)
    if first != reader.row.number:
        reader.fault(
            column,
            Sentence(
                "{value} stands in row {first} and again in row {row}.",
                {"value": shown, "first": first, "row": reader.row.number},
            ),
            Sentence("Keep one of the two rows, or write what tells them apart."),
        )


def _with_holdings(members: list[MemberRow], readers: list[RowReader]) -> list[MemberRow]:
    """Holdings that are members by their slug; warn of one that is spelled nearly as another."""
    by_name = {key: one.slug for one in members for key in (one.name, one.name_bg, one.slug) if key}
    outside: dict[str, str] = {}
    linked = []
    for one, reader in zip(members, readers, strict=True):
        holding = by_name.get(one.holding, one.holding)
        if one.holding and holding == one.slug:
            reader.fault(
                "holding",
                Sentence("The member is its own holding."),
                Sentence("Leave the cell empty: a member without a holding stands for itself."),
            )
        if one.holding and one.holding not in by_name and one.holding not in outside:
            close = meant(one.holding, [*by_name, *outside])
            if close:
                reader.warn(
                    "holding",
                    Sentence(
                        "The holding {value} is no member and is taken as one of its own.",
                        {"value": one.holding},
                    ),
                    Sentence("If {found} is meant, write it the same.", {"found": close}),
                )
            outside[one.holding] = one.holding
        linked.append(MemberRow(one.slug, one.name, one.name_bg, one.kind, holding))
    stands = Counter(one.slug for one in linked)
    # of a slug that stands twice nobody knows who is above it
    above = {one.slug: one.holding for one in linked if stands[one.slug] == 1}
    for one, reader in zip(linked, readers, strict=True):
        if one.slug in above and one.holding != one.slug and _returns(one.slug, above):
            reader.fault(
                "holding",
                Sentence("The holdings go round in a circle, back to this member."),
                Sentence("Leave the holding of the topmost one empty."),
            )
    return linked


def _returns(slug: str, above: dict[str, str]) -> bool:
    place, steps = above.get(slug, ""), 0
    while place and place != slug and steps <= len(above):
        place, steps = above.get(place, ""), steps + 1
    return place == slug
