# SPDX-License-Identifier: EUPL-1.2
"""What may stand before a page: a representation that has ended, a second factor not yet shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sprega.foundation.accounts import second_factor
from sprega.foundation.organisations.models import Organisation
from sprega.foundation.ui.addresses import own_address
from sprega.foundation.ui.templatetags.ui import OPENED_FOR

# Pages on which one puts right what stands in the way.
WAY_OUT = (
    "account_",
    "mfa_",
    "usersessions_",
    "socialaccount_",
    "openid_connect_",
    "accounts:second-factor",
    "accounts:switch-organisation",
    "accounts:look-around",
    "ui:language",
    "ui:theme",
)
NEVER_SHOWN = ("csrfmiddlewaretoken", OPENED_FOR, "password", "code", "next", "version")


def _leads_out(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.view_name.startswith(WAY_OUT)


class RepresentationMiddleware:
    """Does nothing in another's name: for an organisation left, or one for which the form was not opened."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """The page that says so, with what was typed, instead of the view."""
        if _leads_out(request):
            return None
        ended_for = getattr(request, "ended_for", None)
        if ended_for is not None:
            return _not_done(request, ended_for, ended=True)
        opened_for = _opened_for(request)
        if opened_for not in (None, request.actor.organisation_id):
            return _not_done(request, opened_for, ended=False)
        return None


def _opened_for(request: HttpRequest) -> int | None:
    """The organisation that the person acted for when the form was drawn, if it says so."""
    if request.method != "POST" or not request.user.is_authenticated:
        return None
    said = request.POST.get(OPENED_FOR, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 18 else None


def _not_done(request: HttpRequest, organisation: int, *, ended: bool) -> HttpResponse:
    """For whom it was not done, what was typed, and for whom one may act instead."""
    held = request.user.representations.in_force().values("organisation")
    mine = Organisation.objects.filter(pk__in=held)
    typed = {
        name: values
        for name, values in request.POST.lists()
        if not name.startswith(NEVER_SHOWN) and any(value.strip() for value in values)
    }
    context = {
        "organisation": Organisation.objects.filter(pk=organisation).first(),
        "ended": ended,
        "others": mine if ended else mine.filter(pk=organisation),
        "back": own_address(request, request.headers.get("Referer", ""), ""),
        "typed": typed,
        "files": bool(request.FILES),
    }
    return render(request, "accounts/not_in_this_name.html", context, status=403 if ended else 409)


class SecondFactorMiddleware:
    """Office, desk and key holders show a second factor before any page of the house."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """The way to the second factor, instead of the view."""
        if not request.actor.has(*settings.SECOND_FACTOR_ALWAYS) or _leads_out(request):
            return None
        return None if second_factor.was_shown(request) else second_factor.ask(request)
