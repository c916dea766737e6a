# SPDX-License-Identifier: EUPL-1.2
"""The kinds of file that are kept. Which one a file is, its content says, never its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import Promise


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    Attributes
    ----------
    code : str
        How the database names it; also the extension of its files.
    label : str
        What a reader calls it.
    content_type : str
        What a browser is told.
    also : tuple of str
        Further extensions that are right for it.
    shown : bool
        A browser may show it in its window: it can run nothing there.
    """

    code: str
    label: str | Promise
    content_type: str
    also: tuple[str, ...] = ()
    shown: bool = False


_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."

PDF = Kind("pdf", "PDF", "application/pdf", shown=True)
PNG = Kind("png", _("picture (PNG)"), "image/png", shown=True)
JPEG = Kind("jpg", _("picture (JPEG)"), "image/jpeg", ("jpeg", "jpe"), shown=True)
WEBP = Kind("webp", _("picture (WEBP)"), "image/webp", shown=True)
XLSX = Kind("xlsx", _("workbook (XLSX)"), f"{_OFFICE}spreadsheetml.sheet")
DOCX = Kind("docx", _("document (DOCX)"), f"{_OFFICE}wordprocessingml.document")
PPTX = Kind("pptx", _("presentation (PPTX)"), f"{_OFFICE}presentationml.presentation")
ODS = Kind("ods", _("spreadsheet (ODS)"), f"{_OPEN}spreadsheet")
ODT = Kind("odt", _("text document (ODT)"), f"{_OPEN}text")
ODP = Kind("odp", _("presentation (ODP)"), f"{_OPEN}presentation")
CSV = Kind("csv", _("table (CSV)"), "text/csv; charset=utf-8")
TXT = Kind("txt", _("text"), "text/plain; charset=utf-8", ("md", "log", "ics"))
XML = Kind("xml", _("data (XML)"), "application/xml")

KINDS = {kind.code: kind for kind in (PDF, PNG, JPEG, WEBP, XLSX, DOCX, PPTX, ODS, ODT, ODP, CSV, TXT, XML)}
ACCEPT = ",".join(f".{one}" for kind in KINDS.values() for one in (kind.code, *kind.also))
"""For the browser's own dialogue, which it only helps."""
