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
NEVER_SHOWN = ("csrfmiddlewaretoken", "password", "code", "next")


def _leads_out(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.view_name.startswith(WAY_OUT)


class RepresentationMiddleware:
    """Tells a person whose representation ended, and meanwhile does nothing in another's name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """The page that says so, with what was typed, instead of the view."""
        ended_for = getattr(request, "ended_for", None)
        if ended_for is None or _leads_out(request):
            return None
        others = request.user.representations.in_force().values("organisation")
        typed = {
            name: values
            for name, values in request.POST.lists()
            if not name.startswith(NEVER_SHOWN) and any(value.strip() for value in values)
        }
        context = {
            "organisation": Organisation.objects.filter(pk=ended_for).first(),
            "others": Organisation.objects.filter(pk__in=others),
            "typed": typed,
            "files": bool(request.FILES),
        }
        return render(request, "accounts/representation_ended.html", context, status=403)


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
