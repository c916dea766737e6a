# SPDX-License-Identifier: EUPL-1.2
"""Language and theme: a visitor's in a cookie, a person's with the person."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from sprega.foundation.accounts.models import Person
from sprega.foundation.ui.addresses import own_address

THEME_COOKIE = "theme"
A_YEAR = 365 * 24 * 3600


def theme_of(request: HttpRequest) -> str:
    """The theme of the person, else of the cookie, else as the device has it."""
    user = getattr(request, "user", None)
    chosen = user.theme if user is not None and user.is_authenticated else request.COOKIES.get(THEME_COOKIE)
    return chosen if chosen in Person.Theme.values else Person.Theme.SYSTEM


def language_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Speak the person's language on every device; a visitor's is the cookie's or the browser's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and request.user.language in dict(settings.LANGUAGES):
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = request.user.language
        response = get_response(request)
        response.headers["Content-Language"] = translation.get_language()
        return response

    return middleware


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the language in the cookie, and with the person."""
    code = request.POST.get("language", "")
    if request.user.is_authenticated and code in dict(settings.LANGUAGES):
        Person.objects.filter(pk=request.user.pk).update(language=code)
    return set_language(request)


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme in a cookie, and with the person."""
    theme = request.POST.get("theme", "")
    response = redirect(own_address(request, request.POST.get("next", "/")))
    if theme in Person.Theme.values:
        response.set_cookie(
            THEME_COOKIE, theme, max_age=A_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
        )
        if request.user.is_authenticated:
            Person.objects.filter(pk=request.user.pk).update(theme=theme)
    return response
