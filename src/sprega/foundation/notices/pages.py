# SPDX-License-Identifier: EUPL-1.2
"""A person's notices."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sprega.foundation.notices import actions, queries
from sprega.foundation.notices.forms import ChoiceForm
from sprega.foundation.notices.models import Notice
from sprega.foundation.ui.table import Column, Table


@login_required
def notice_list(request: HttpRequest) -> HttpResponse:
    """The reader's notices, newest first."""
    columns = [
        Column("text", _("Notice"), str, link=_address),
        Column("state", _("State"), lambda notice: "" if notice.read_at else _("new"), sort="read_at"),
        Column("when", _("When"), "created_at", kind="moment", sort="created_at"),
    ]
    table = Table(
        request,
        queries.notices(viewer=request.actor),
        columns,
        empty=_("No notices yet"),
        hint=_("What others do that concerns you, and long work that ends, will be told here."),
    )
    return render(request, "notices/list.html", {"table": table, "unread": queries.unread(request.actor)})


@login_required
def open_notice(request: HttpRequest, notice: UUID) -> HttpResponse:
    """Follow a notice to where it leads; it is read then."""
    kept = get_object_or_404(queries.notices(viewer=request.actor), pk=notice)
    actions.mark_read(actor=request.actor, notice=kept.pk)
    return redirect(kept.url or "notices:list")


@require_POST
@login_required
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    actions.mark_read(actor=request.actor)
    return redirect("notices:list")


@login_required
def choice(request: HttpRequest) -> HttpResponse:
    """Choose how notices come by mail."""
    form = ChoiceForm(request.POST or None, initial={"by_mail": queries.by_mail(viewer=request.actor)})
    if request.method == "POST" and form.is_valid():
        actions.choose(actor=request.actor, by_mail=form.cleaned_data["by_mail"])
        messages.success(request, _("From now on notices come by mail as you chose."))
        return redirect("notices:list")
    return render(request, "notices/choice.html", {"form": form})


def _address(notice: Notice) -> str:
    return reverse("notices:open", args=[notice.pk])
