# SPDX-License-Identifier: EUPL-1.2
"""Open a workbook that anybody may have made, and take out the sheets of the contract.

Nothing in the file is evaluated or fetched, and its size is bounded before anything is unpacked.
"""

from __future__ import annotations

import functools
import itertools
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from sprega.engines.model import Sentence
from sprega.formats.purchase_workbook.codes import tidy
from sprega.formats.purchase_workbook.model import SHEETS, Cell, Findings, Row, Table
from sprega.formats.purchase_workbook.names import match_columns, match_sheets

LARGEST_FILE = 20_000_000
LARGEST_UNPACKED = 200_000_000
MOST_PARTS = 2_000
# XML of real sheets packs ten to thirty times; a bomb packs a thousand times.
HIGHEST_RATIO = 200
RATIO_MATTERS_FROM = 10_000_000

MOST_ROWS = 200_000
MOST_EMPTY = 50_000
LAST_ROW = 1_048_576
LAST_COLUMN = 256

OLD_OR_ENCRYPTED = b"\xd0\xcf\x11\xe0"
HEADER_WITHIN = 1_000

FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
PIECE = 1_000_000

Cells = Callable[[int], Cell | None]

# What openpyxl and the layers below it raise on a file that is not as it should be (defusedxml: ValueError).
MALFORMED = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,  # of either reader of XML that openpyxl may find
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
)


def read_tables(path: Path, findings: Findings) -> dict[str, Table] | None:
    """Every sheet of the contract, or None when the file cannot be read at all (a fault)."""
    try:
        file = path.open("rb")
    except OSError as error:
        _refuse(
            findings,
            Sentence(
                "The file {path} cannot be opened: {reason}.", {"path": str(path), "reason": error.strerror}
            ),
            Sentence("Check its name, its folder and whether you may read it."),
        )
        return None
    with file:
        try:
            formulas = _admit(file, findings)
            if formulas is None:
                return None
            with warnings.catch_warnings():
                # openpyxl warns of extensions and styles that it leaves out; none carries a value.
                warnings.simplefilter("ignore")
                return _load(file, findings, formulas=formulas)
        except MALFORMED:
            _refuse(
                findings,
                Sentence("The file is damaged or is no XLSX workbook."),
                Sentence("Open it in a spreadsheet program and save it again as XLSX."),
            )
            return None


def _admit(file: BinaryIO, findings: Findings) -> bool | None:
    """Look at the file before unpacking it: whether it holds formulas, None when it is refused."""
    head = file.read(4)
    size = file.seek(0, 2)
    file.seek(0)
    if head == OLD_OR_ENCRYPTED:
        _refuse(
            findings,
            Sentence("The file is protected by a password, or an old XLS workbook."),
            Sentence("Save it as an XLSX workbook without a password."),
        )
        return None
    if size > LARGEST_FILE:
        _refuse_size(findings)
        return None
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        unpacked = sum(part.file_size for part in parts)
        packed = max(1, sum(part.compress_size for part in parts))
        bomb = unpacked > RATIO_MATTERS_FROM and unpacked > HIGHEST_RATIO * packed
        if unpacked > LARGEST_UNPACKED or len(parts) > MOST_PARTS or bomb:
            _refuse_size(findings)
            return None
        if "[Content_Types].xml" not in archive.namelist():
            raise zipfile.BadZipFile
        return any(_holds_formula(archive, part.filename) for part in parts)


def _holds_formula(archive: zipfile.ZipFile, part: str) -> bool:
    if not part.endswith(".xml"):
        return False
    with archive.open(part) as source:
        tail = b""
        while piece := source.read(PIECE):
            if FORMULA.search(tail + piece) or b"\x00" in piece[:4]:  # a zero byte: UTF-16
                return True
            tail = piece[-80:]
    return False


def _load(file: BinaryIO, findings: Findings, *, formulas: bool) -> dict[str, Table]:
    import openpyxl

    results = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    sheets = match_sheets([sheet.title for sheet in results.worksheets], findings)
    written = openpyxl.load_workbook(file, read_only=True, keep_links=False) if formulas else None
    tables = {}
    left = MOST_ROWS
    for name, shape in SHEETS.items():
        position = sheets.get(name)
        if position is None:
            tables[name] = Table(name, frozenset(), (), present=False)
            continue
        rows = _rows(results.worksheets[position], written.worksheets[position] if written else None)
        tables[name] = _table(name, rows, left, findings)
        left -= len(tables[name].rows)
        if not tables[name].columns and not shape.required:
            # An optional sheet that was left blank altogether.
            tables[name] = Table(name, frozenset(), (), present=False)
    return tables


def _table(name: str, rows: Iterator[tuple[int, Cells]], most: int, findings: Findings) -> Table:
    header_row, headers = 1, {}
    for number, cells in itertools.islice(rows, HEADER_WITHIN):
        headers = {at: cell.shown for at in range(LAST_COLUMN) if (cell := cells(at)) is not None}
        if headers:
            header_row = number
            break
    columns = match_columns(name, header_row, headers, findings)
    kept: list[Row] = []
    last = header_row
    for number, cells in rows:
        known = {column: cell for column, at in columns.items() if (cell := cells(at)) is not None}
        if not known:
            if number - last > MOST_EMPTY:
                _warn_of_gap(name, last, findings)
                break
            continue
        last = number
        if len(kept) == most:
            findings.fault(
                name,
                number,
                None,
                Sentence("The workbook has more than {count} rows.", {"count": MOST_ROWS}),
                Sentence("Split the purchase, or take out rows that nobody needs."),
            )
            break
        kept.append(Row(number, known))
    return Table(name, frozenset(columns), tuple(kept))


def _warn_of_gap(name: str, last: int, findings: Findings) -> None:
    findings.warn(
        name,
        last,
        None,
        Sentence("More than {count} empty rows follow; nothing below them is read.", {"count": MOST_EMPTY}),
        Sentence("Delete the empty rows in the spreadsheet program and save the file again."),
    )


def _rows(results: Any, written: Any) -> Iterator[tuple[int, Cells]]:
    """Every row's number, with a way to its cells by column position."""
    for sheet in (results, written):
        if sheet is not None:
            # The stated size is not to be trusted: it may be missing, too small or the whole grid.
            sheet.reset_dimensions()
    bounds = {"min_row": 1, "max_row": LAST_ROW, "min_col": 1, "max_col": LAST_COLUMN}
    formulas = written.iter_rows(**bounds) if written is not None else itertools.repeat(None)
    for number, (row, formula) in enumerate(
        zip(results.iter_rows(**bounds), formulas, strict=False), start=1
    ):
        yield number, functools.partial(cell_at, row, formula)


def cell_at(row: Any, formulas: Any, at: int) -> Cell | None:
    """What stands there in a row: its value, a spreadsheet's error or a formula without its result."""
    found = row[at]
    value = found.value
    if value is None:
        # A formula whose saved result is the empty text has the type "str"; one without a result has none.
        if formulas is None or formulas[at].data_type != "f" or found.data_type == "str":
            return None
        formula = formulas[at].value
        return Cell(formula if isinstance(formula, str) else "=...", "formula")
    if found.data_type == "e":
        return Cell(str(value), "error")
    if isinstance(value, str) and not tidy(value):
        return None
    percent = isinstance(value, int | float) and "%" in (found.number_format or "")
    return Cell(value, percent=percent)


def _refuse(findings: Findings, problem: Sentence, mend: Sentence) -> None:
    findings.fault(None, None, None, problem, mend)


def _refuse_size(findings: Findings) -> None:
    _refuse(
        findings,
        Sentence("The file is too large: more than 20 MB, or more than 200 MB when unpacked."),
        Sentence(
            "Save a copy with the sheets of the purchase alone, without pictures and unused formatting."
        ),
    )
