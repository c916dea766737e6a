# SPDX-License-Identifier: EUPL-1.2
"""The files of an organisation, those that others show it, and their bytes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sprega.foundation.access.actions import look_at
from sprega.foundation.access.models import Visibility
from sprega.foundation.accounts.second_factor import ask, confidential, lacking
from sprega.foundation.files import actions, queries
from sprega.foundation.files.answer import bytes_of
from sprega.foundation.files.forms import DescribeForm, LookForm, MemberForm, UploadForm, chosen_class
from sprega.foundation.files.models import File
from sprega.foundation.files.table import desk_table, file_table
from sprega.foundation.organisations.models import Representation
from sprega.foundation.ui.components import Tab
from sprega.foundation.ui.forms import show_version

Role = Representation.Role


@confidential
def file_list(request: HttpRequest) -> HttpResponse:
    """The files of the reader's organisation, or those that others show it."""
    request.actor.require_organisation()
    others = request.GET.get("of") == "others"
    table = file_table(request, others=others)
    if table.wants_export:
        from sprega.foundation.ui.export import workbook

        return workbook(table)
    tabs = [Tab(_("Ours"), "?", not others), Tab(_("Shown by others"), "?of=others", others)]
    stored = queries.stored(request.actor.organisation_id, viewer=request.actor)
    context = {
        "table": table,
        "tabs": tabs,
        "stored": stored / 1e6,
        "quota": settings.FILES_QUOTA / 1e6,
        "desk": request.actor.has(Role.DESK),
    }
    return render(request, "files/list.html", context)


@confidential
def upload(request: HttpRequest) -> HttpResponse:
    """Upload a file."""
    form = UploadForm(request.POST or None, request.FILES or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            kept = actions.attach(actor=request.actor, **form.told())
        except ValidationError as error:
            form.add_error("upload", error.messages)
        else:
            messages.success(request, _("%(name)s is kept.") % {"name": kept})
            return redirect("files:list")
    return render(request, "files/upload.html", {"form": form})


@confidential
def change(request: HttpRequest, file: UUID) -> HttpResponse:
    """Change who sees a file; whoever was slower is told, sees how it stands, and keeps what they typed."""
    kept = get_object_or_404(queries.own(viewer=request.actor), pk=file, person=None)
    seen = {"description": kept.description, "seen_by": chosen_class(kept), "version": kept.version}
    form = DescribeForm(request.POST or None, initial=seen, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_file(actor=request.actor, file=kept.pk, **form.told())
        except ValidationError as error:
            form.add_error(None, error.messages)
            show_version(form, kept.version)
        else:
            messages.success(request, _("%(name)s is changed.") % {"name": kept})
            return redirect("files:list")
    return render(request, "files/change.html", {"form": form, "kept": kept})


@confidential
def delete(request: HttpRequest, file: UUID) -> HttpResponse:
    """Delete a file, once its name was read again."""
    kept = get_object_or_404(queries.own(viewer=request.actor), pk=file)
    problems: list[str] = []
    if request.method == "POST":
        try:
            version = int(request.POST.get("version", ""))
            actions.delete_file(actor=request.actor, file=kept.pk, version=version)
        except ValidationError as error:
            problems = error.messages
        except ValueError:
            problems = [_("Read below what will be deleted, and confirm it.")]
        else:
            messages.success(request, _("%(name)s is deleted.") % {"name": kept})
            return redirect("files:list")
    return render(request, "files/delete.html", {"kept": kept, "problems": problems})


@require_safe
def download(request: HttpRequest, file: UUID) -> HttpResponse:
    """The bytes, for whoever may see the file; the buying desk says first why it looks."""
    kept = queries.files().filter(pk=file).first()
    if kept is None:
        if queries.behind_a_look(file, viewer=request.actor):
            return redirect("files:look", file=file)
        raise Http404
    if kept.visibility != Visibility.PUBLIC and lacking(request):
        return ask(request)
    return bytes_of(kept)


@confidential
def of_a_member(request: HttpRequest) -> HttpResponse:
    """The buying desk chooses a member, says why it looks, and sees which files there are for it."""
    request.actor.require(Role.DESK)
    form = MemberForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        look_at(actor=request.actor, **form.cleaned_data)  # open until the page is made
        context["member"] = form.cleaned_data["organisation"]
        context["table"] = desk_table(request, **form.cleaned_data)
    return render(request, "files/member.html", context)


@confidential
def look(request: HttpRequest, file: UUID) -> HttpResponse:
    """The buying desk says why it looks at a member's file, and gets it; the member learns of it."""
    owner = queries.behind_a_look(file, viewer=request.actor)
    if owner is None:
        raise Http404
    form = LookForm(request.POST or None, initial={"reason": request.GET.get("reason")})
    if request.method == "POST" and form.is_valid():
        look_at(actor=request.actor, organisation=owner, reason=form.cleaned_data["reason"])
        return bytes_of(get_object_or_404(File, pk=file), saved=True)
    return render(request, "files/look.html", {"form": form, "owner": owner})
