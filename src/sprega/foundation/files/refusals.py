# SPDX-License-Identifier: EUPL-1.2
"""Why a file is not taken, each with what to do instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import Promise

WHY: dict[str, str | Promise] = {
    "empty": _("This file is empty. Choose another one."),
    "unknown": _(
        "Files of this kind are not taken. Upload a PDF, a picture (PNG, JPEG, WEBP), a document of Office or"
        " LibreOffice without macros, a table (CSV), a text or XML."
    ),
    "program": _("Programs are not taken. Upload a document."),
    "archive": _("Archives are not taken. Unpack it, and upload its files one by one."),
    "page": _(
        "Web pages and SVG drawings are not taken: they can run a program in a reader's browser. Upload it as"
        " PDF or as a picture."
    ),
    "damaged": _("This file is damaged. Open it, save it again, and upload that."),
    "coding": _(
        "This text is not written in UTF-8. Save it as UTF-8 (in Excel: “CSV UTF-8”), and upload that."
    ),
    "protected": _(
        "This document is protected by a password, or of an old kind (doc, xls, ppt). Save it as docx, xlsx"
        " or pptx without a password, and upload that."
    ),
    "macros": _("This document has macros. Save it without them (docx, xlsx, pptx), and upload that."),
    "inside": _(
        "There is another file inside this document. Save it without what is embedded, or as PDF, and upload"
        " that."
    ),
    "bomb": _(
        "This document unpacks into more than %(most)s MB or %(members)s parts. Save it in smaller pieces, or"
        " as PDF, and upload that."
    ),
    "doctype": _("XML with a document type (DOCTYPE) is not taken. Save it without, and upload that."),
    "large": _("This file is larger than %(most)s MB, the most that is taken. Make it smaller, or split it."),
    "full": _("There is no room on the server's disk. Nothing was kept. Tell the cluster office."),
    "quota": _(
        "With this file your organisation would store %(would)s MB, and it has room for %(most)s MB. Delete"
        " files that nobody needs."
    ),
}


def refused(why: str, **figures: Any) -> ValidationError:
    """The refusal as forms take it."""
    return ValidationError(WHY[why], code=why, params=figures)
