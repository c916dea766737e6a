# SPDX-License-Identifier: EUPL-1.2
"""A person's own pages: account, second factor, for whom one acts, looking around."""

from __future__ import annotations

import requests
from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import LogoutView
from allauth.decorators import rate_limit
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.socialaccount.providers.openid_connect.views import login as openid_connect_login
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sprega.foundation.access.middleware import CHOSEN, identify
from sprega.foundation.accounts import actions, second_factor
from sprega.foundation.accounts.adapter import today
from sprega.foundation.accounts.forms import ProfileForm
from sprega.foundation.accounts.practice import practice_people
from sprega.foundation.ui.addresses import own_address


@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Name, language and theme, and the ways to everything else about the account."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        actions.change_profile(actor=request.actor, **form.cleaned_data)
        with override(form.cleaned_data["language"]):
            messages.success(request, _("Your account is changed."))
        return redirect("accounts:account")
    representations = request.user.representations.in_force().select_related("organisation")
    context = {
        "form": form,
        "representations": representations,
        "has_second_factor": second_factor.is_set_up(request.user),
        "providers": bool(settings.SOCIALACCOUNT_PROVIDERS),
    }
    return render(request, "accounts/account.html", context)


@require_POST
@login_required
def switch_organisation(request: HttpRequest) -> HttpResponse:
    """Act for another organisation from now on, one of those that the person represents."""
    wanted = request.POST.get("organisation", "")
    request.session.pop(CHOSEN, None)
    if wanted:
        mine = request.user.representations.in_force().filter(organisation=_number(wanted)).first()
        if mine is None:
            raise Http404
        request.session[CHOSEN] = mine.organisation_id
    identify(request)
    return redirect(own_address(request, request.POST.get("next", ""), today()))


@login_required
def second_factor_page(request: HttpRequest) -> HttpResponse:
    """Why the second factor is asked for, the way to it, and the way back."""
    kept = request.session.get(second_factor.BACK, "")
    back = own_address(request, request.GET.get("next", kept), today())
    if second_factor.was_shown(request):
        return redirect(back)
    request.session[second_factor.BACK] = back
    context = {
        "back": back,
        "is_set_up": second_factor.is_set_up(request.user),
        "always": request.actor.has(*settings.SECOND_FACTOR_ALWAYS),
    }
    return render(request, "accounts/second_factor.html", context)


class SetUpSecondFactor(ActivateTOTPView):
    """allauth's page; the code that activates the app also counts as shown in this session."""

    def form_valid(self, form: Form) -> HttpResponse:
        response = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa", type="totp")
        return response


class SignOut(LogoutView):
    """allauth's page; the browser forgets what it kept, for whoever sits down at the device next."""

    def post(self, *args: object, **kwargs: object) -> HttpResponse:
        response = super().post(*args, **kwargs)
        response.headers["Clear-Site-Data"] = '"cache"'
        return response


@never_cache
@rate_limit(action="login")
def go_to_provider(request: HttpRequest, provider_id: str) -> HttpResponse:
    """On to the provider by a page of our own: a form that led to another host the browser would refuse."""
    try:
        answer = openid_connect_login(request, provider_id)
    except requests.RequestException:  # the provider does not answer
        return render(request, "socialaccount/authentication_error.html", status=502)
    if answer.status_code != 302 or own_address(request, answer.url, ""):
        return answer
    page = render(request, "socialaccount/go_on.html", {"url": answer.url})
    page.headers["Refresh"] = f"0; url={answer.url}"
    return page


@never_cache
@rate_limit(action="login")
def look_around(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the prepared persons; only in the practice cluster."""
    if not settings.CLUSTER.practice:
        raise Http404
    people = practice_people()
    if request.method == "POST":
        person = next((one for one in people if str(one.pk) == request.POST.get("person")), None)
        if person is None:
            raise Http404
        request.session.flush()
        login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
        UserSession.objects.create_from_request(request)
        identify(request)
        return redirect(own_address(request, request.POST.get("next", ""), today()))
    return render(request, "accounts/look_around.html", {"people": people})


def _number(text: str) -> int:
    """The number of an organisation in a form, or none that exists."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
