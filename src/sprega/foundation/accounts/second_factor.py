# SPDX-License-Identifier: EUPL-1.2
"""The second factor: who has it, whether this session showed it, and asking when it is first needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from sprega.foundation.accounts.models import Person
from sprega.foundation.ui.addresses import own_address

BACK = "second_factor_back"
"""Key of the session: where the person was when asked."""

View = Callable[..., HttpResponse]


def is_set_up(person: Person) -> bool:
    """Whether the person has an authenticator app."""
    return is_mfa_enabled(person, [Authenticator.Type.TOTP])


def was_shown(request: HttpRequest) -> bool:
    """Whether the second factor was shown in this session."""
    return is_set_up(request.user) and any(
        record.get("method") == "mfa" for record in get_authentication_records(request, request.user)
    )


def lacking(request: HttpRequest) -> bool:
    """Whether a confidential figure must wait for the second factor; never in the practice cluster."""
    return not settings.CLUSTER.practice and not was_shown(request)


def confidential(view: View) -> View:
    """A view that shows a confidential figure: the first of a session asks for the second factor."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return ask(request) if lacking(request) else view(request, *args, **kwargs)

    return guarded


def ask(request: HttpRequest) -> HttpResponse:
    """Lead to the page that says why, and remember where the person was."""
    if request.method == "GET":
        back = request.get_full_path()
    else:
        back = own_address(request, request.headers.get("Referer", ""))
    request.session[BACK] = back
    return redirect(f"{reverse('accounts:second-factor')}?{urlencode({'next': back})}")
