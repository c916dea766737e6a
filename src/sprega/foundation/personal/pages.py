# SPDX-License-Identifier: EUPL-1.2
"""What is kept and why, for everybody; and each person's own data, to read, download and erase."""

from __future__ import annotations

from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sprega.foundation.access.middleware import identify
from sprega.foundation.access.services import registered
from sprega.foundation.accounts.second_factor import confidential
from sprega.foundation.personal import actions, queries
from sprega.foundation.personal.archive import shown
from sprega.foundation.personal.declarations import declarations
from sprega.foundation.personal.forms import EraseForm
from sprega.foundation.personal.words import BASES, MEANINGS
from sprega.foundation.room import Basis

ROWS_SHOWN = 20


def kept(request: HttpRequest) -> HttpResponse:
    """What is kept about persons and why, and who computes over members' data: for everybody."""
    kinds = [{"of": one, "basis": BASES[one.basis]} for one in declarations()]
    used = {one.basis for one in declarations()} | {Basis.INTEREST}
    context = {
        "kinds": kinds,
        "bases": [(BASES[basis], MEANINGS[basis]) for basis in Basis if basis in used],
        "interest": BASES[Basis.INTEREST],
        "services": registered(),
    }
    return render(request, "personal/kept.html", context)


@confidential
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """Everything that is kept about the reader."""
    parts = shown(queries.kept_about(request.actor.person_id), most=ROWS_SHOWN)
    exports = queries.exports(viewer=request.actor)
    return render(request, "personal/mine.html", {"parts": parts, "exports": exports, "shown": ROWS_SHOWN})


@require_POST
@confidential
@reauthentication_required
def export(request: HttpRequest) -> HttpResponse:
    """Ask for all of it as a file, and lead to where that is watched."""
    return redirect("jobs:run", run=actions.ask_for_export(actor=request.actor).pk)


@confidential
@reauthentication_required
@never_cache
def download(request: HttpRequest, export: UUID) -> HttpResponse:
    """The file."""
    made = get_object_or_404(queries.exports(viewer=request.actor), pk=export)
    actions.note_download(actor=request.actor, export=made)
    name = f"personal-data-{made.made_at:%Y-%m-%d}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(bytes(made.content), content_type="application/zip", headers=headers)


@login_required
@reauthentication_required
@never_cache
def erase(request: HttpRequest) -> HttpResponse:
    """Say what goes and what stays, then erase the reader's account."""
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.erase_account(actor=request.actor, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            logout(request)
            identify(request)
            response = render(request, "personal/erased.html")
            response.headers["Clear-Site-Data"] = '"cache"'
            return response
    context = {"form": form, "kinds": declarations(), "first": queries.erasing_obstacles(request.user)}
    return render(request, "personal/erase.html", context)
