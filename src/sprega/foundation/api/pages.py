# SPDX-License-Identifier: EUPL-1.2
"""A person's tokens, which the pages call keys for programs."""

from __future__ import annotations

from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from sprega.foundation.accounts import second_factor
from sprega.foundation.api import actions, queries
from sprega.foundation.api.forms import TokenForm
from sprega.foundation.api.models import Token
from sprega.foundation.ui.table import Column, Table


@login_required
def token_list(request: HttpRequest) -> HttpResponse:
    """The reader's tokens."""
    columns = [
        Column("name", _("Name"), sort="name"),
        Column("organisation", _("Acts for"), sort="organisation__name"),
        Column("scope", _("Allowed"), lambda token: token.get_scope_display()),
        Column("state", _("State"), lambda token: token.state.label),
        Column("until", _("Last day"), "last_day", kind="day", sort="expires_at"),
        Column("used", _("Last used"), _last_used, kind="moment"),
        Column("end", _("Action"), lambda token: _("End") if _valid(token) else "", link=_end_address),
    ]
    table = Table(
        request,
        queries.tokens(viewer=request.actor),
        columns,
        empty=_("No keys yet"),
        hint=_("Make one for each program that should read or write in your name."),
    )
    return render(request, "api/tokens.html", {"table": table})


@never_cache
@login_required
@reauthentication_required
def make(request: HttpRequest) -> HttpResponse:
    """Make a token, and show its secret this once."""
    shown = second_factor.was_shown(request)
    if second_factor.is_set_up(request.user) and not shown:
        return second_factor.ask(request)
    form = TokenForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            token, secret = actions.make_token(actor=request.actor, by_second_factor=shown, **form.token())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return render(request, "api/made.html", {"token": token, "secret": secret})
    without = not shown and not settings.CLUSTER.practice
    return render(request, "api/make.html", {"form": form, "without_second_factor": without})


@login_required
def end(request: HttpRequest, token: UUID) -> HttpResponse:
    """Ask, then make a token useless."""
    kept = get_object_or_404(queries.tokens(viewer=request.actor), pk=token)
    if request.method == "POST":
        actions.end_token(actor=request.actor, token=kept.pk)
        messages.success(request, _("The key is ended; no program gets in with it any more."))
        return redirect("tokens:list")
    return render(request, "api/end.html", {"token": kept})


def _valid(token: Token) -> bool:
    return token.state == Token.State.VALID


def _end_address(token: Token) -> str:
    return reverse("tokens:end", args=[token.pk]) if _valid(token) else ""


def _last_used(token: Token) -> object:
    return token.last_used_at or _("never")
