# SPDX-License-Identifier: EUPL-1.2
"""A table as a printed document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, BinaryIO

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sprega.foundation.documents.render import ROOT, render
from sprega.foundation.ui.table import Column

TEMPLATE = ROOT / "foundation/documents/templates/table.typ"
MOST_ROWS = 5000
"""Some hundred pages, which take seconds."""
WIDE = 5
"""Columns from which on a table is printed across."""


def write_pdf(
    to: BinaryIO, *, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]], seen_by: str
) -> None:
    """Write rows of plain values as a printed table; `seen_by` says on each page who may see it."""
    rows, writers = iter(rows), [column.writer() for column in columns]
    printed = [
        [write(value) for write, value in zip(writers, row, strict=True)] for row in islice(rows, MOST_ROWS)
    ]
    left_out = _("There are more rows than %(most)d. The workbook has all of them.") % {"most": MOST_ROWS}
    titles = settings.CLUSTER.title
    page, of = _("Page {page} of {pages}").replace("{pages}", "").split("{page}")
    data = {
        "language": get_language() or "en",
        "title": title,
        "about": titles.get(get_language() or "") or next(iter(titles.values())),
        "mark": seen_by,
        "foot": date_format(timezone.localtime(), "SHORT_DATETIME_FORMAT"),
        "page_word": [page, of],
        "wide": len(columns) >= WIDE,
        "head": [column.heading for column in columns],
        "rows": printed,
        "narrow": [column.kind != "text" for column in columns],
        "right": [place for place, column in enumerate(columns) if column.kind == "number"],
        "empty": _("There is nothing here that you may see."),
        "limits": [left_out] if next(rows, None) is not None else [],
    }
    to.write(render(TEMPLATE, data))
