# SPDX-License-Identifier: EUPL-1.2
"""The table of files that a reader may see."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from sprega.foundation.files import queries
from sprega.foundation.files.kinds import KINDS
from sprega.foundation.files.models import File
from sprega.foundation.organisations.models import Organisation
from sprega.foundation.ui.table import Choice, Column, Table

MOST_FOR_THE_DESK = 500
"""On one page: a second one would be another look."""


def file_table(request: HttpRequest, *, others: bool) -> Table:
    """Files of the reader's organisation, which may be changed; or those that others show it."""
    columns = [
        Column("name", _("Name"), sort="name", link=_bytes, seen=lambda file: file.visibility),
        Column("description", _("Description")),
        Column("kind", _("Kind"), lambda file: file.of_kind.label, sort="kind"),
        Column("size", _("Size"), "kilobytes", "number", "kB", 0, sort="size"),
        Column("seen", _("Who sees it"), who_sees, sort="visibility"),
        Column("by", _("By"), "uploaded_by", sort="uploaded_by__name"),
        Column("when", _("When"), "uploaded_at", kind="moment", sort="uploaded_at"),
    ]
    if others:
        columns.insert(1, Column("organisation", _("Organisation"), sort="organisation__name"))
    elif "export" not in request.GET:
        columns.append(Column("change", _("Action"), _may, link=_change))
    rows = queries.of_others(viewer=request.actor) if others else queries.own(viewer=request.actor)
    return Table(
        request,
        rows,
        columns,
        caption=_("Shown by others") if others else _("Files of your organisation"),
        search=["name", "description"],
        choices=[Choice("kind", _("Kind"), [(kind.code, kind.label) for kind in KINDS.values()])],
        export=_("files"),
        empty=_("Nobody shows you a file yet") if others else _("No files yet"),
        hint=_("Files that other organisations show to all members, or to a group of yours, will stand here.")
        if others
        else _(
            "Upload a certificate, an offer or a plan, and choose who may see it: only you, to begin with."
        ),
    )


def desk_table(request: HttpRequest, *, organisation: Organisation, reason: str) -> Table:
    """A member's files for the buying desk, each leading to a look of its own for the same reason."""

    def look(file: File) -> str:
        return f"{reverse('files:look', args=[file.pk])}?{urlencode({'reason': reason})}"

    columns = [
        Column("name", _("Name"), link=look),
        Column("description", _("Description")),
        Column("kind", _("Kind"), lambda file: file.of_kind.label),
        Column("size", _("Size"), "kilobytes", "number", "kB", 0),
        Column("when", _("When"), "uploaded_at", kind="moment"),
    ]
    return Table(
        request,
        list(queries.for_the_desk(organisation)),  # while the look is open
        columns,
        per_page=MOST_FOR_THE_DESK,
        empty=_("No files for the buying desk"),
        hint=_("Files that this member shows to the buying desk will stand here."),
    )


def who_sees(file: File) -> str:
    """The class in words, a group by its name."""
    if file.person_id:
        return _("only %(person)s") % {"person": file.uploaded_by}
    return file.group.name if file.group else file.get_visibility_display()


def _bytes(file: File) -> str:
    return reverse("files:download", args=[file.pk])


def _may(file: File) -> str:
    """What may be done with it: who sees a person's own is never changed."""
    return _("Delete") if file.person_id else _("Change")


def _change(file: File) -> str:
    return reverse("files:delete" if file.person_id else "files:change", args=[file.pk])
