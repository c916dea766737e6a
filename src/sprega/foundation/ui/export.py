# SPDX-License-Identifier: EUPL-1.2
"""A table as a workbook."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, BinaryIO

from django.http import FileResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from sprega.foundation.ui.table import Column, Table

MOST_ROWS = 100_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = {"text": 32, "number": 16, "day": 14, "moment": 18}


def workbook(table: Table) -> FileResponse:
    """All rows that the reader sees in the table, its search and order kept."""
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 the response closes it
    name = str(table.export_name)
    write_workbook(file, title=name, columns=table.columns, rows=table.values())
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{_file_name(name)}.xlsx", content_type=XLSX)


def write_workbook(
    file: BinaryIO, *, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]
) -> None:
    """Write rows of plain values as a workbook.

    They go to a temporary file one by one: memory does not grow. Text is never read as a formula.
    """
    import xlsxwriter

    with xlsxwriter.Workbook(
        file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({"title": title})
        sheet = book.add_worksheet(_sheet_name(title))
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        formats = {
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            "number": book.add_format({"num_format": "#,##0.######"}),
            "text": None,
        }
        for place, column in enumerate(columns):
            sheet.set_column(place, place, WIDTHS[column.kind])
            sheet.write_string(0, place, column.heading, head)
        sheet.freeze_panes(1, 1)
        row, rows = 0, iter(rows)
        for row, values in enumerate(islice(rows, MOST_ROWS), start=1):
            for place, (column, value) in enumerate(zip(columns, values, strict=True)):
                _write(sheet, row, place, value, formats[column.kind])
        if next(rows, None) is not None:
            left_out = _("There are more rows than %(most)d. Search or filter the table to export the rest.")
            sheet.write_string(row + 1, 0, left_out % {"most": MOST_ROWS})
        elif row:
            sheet.autofilter(0, 0, row, len(columns) - 1)


def _write(sheet: Any, row: int, place: int, value: Any, form: Any) -> None:
    match value:
        case None:
            return
        case datetime():
            moment = timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
            sheet.write_datetime(row, place, moment, form)
        case date():
            sheet.write_datetime(row, place, value, form)
        case bool() | str():
            sheet.write_string(row, place, str(value), form)
        case _ if hasattr(value, "__float__"):
            sheet.write_number(row, place, value, form)
        case _:
            sheet.write_string(row, place, str(value), form)


def _sheet_name(name: str) -> str:
    """Excel allows 31 characters and none of these."""
    return name.translate(dict.fromkeys(map(ord, "[]:*?/\\'"), " ")).strip()[:31] or _("Table")


def _file_name(name: str) -> str:
    return slugify(name, allow_unicode=True) or "table"
