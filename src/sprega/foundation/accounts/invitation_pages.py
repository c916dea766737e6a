# SPDX-License-Identifier: EUPL-1.2
"""Pages of invitations: whom the office or a head invited, inviting, withdrawing, accepting."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.decorators import rate_limit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from sprega.foundation.accounts import actions
from sprega.foundation.accounts.adapter import today
from sprega.foundation.accounts.forms import AcceptForm, InviteForm
from sprega.foundation.accounts.models import Invitation
from sprega.foundation.organisations.models import Organisation, Representation
from sprega.foundation.ui.table import Column, Table

Role = Representation.Role


@login_required
def invitations(request: HttpRequest) -> HttpResponse:
    """Those waiting for an answer; the database shows each reader their own."""
    request.actor.require(Role.OFFICE, Role.LEAD)
    columns = [
        Column("email", _("Address"), sort="email"),
        Column("organisation", _("Organisation"), sort="organisation__name"),
        Column("role", _("Role"), lambda row: row.get_role_display()),
        Column("by", _("Invited by"), "invited_by"),
        Column("until", _("Valid until"), "expires_at", kind="day", sort="expires_at"),
        Column("withdraw", _("Action"), lambda _row: _("Withdraw"), link=_withdraw_address),
    ]
    waiting = Invitation.objects.waiting().select_related("organisation", "invited_by")
    table = Table(request, waiting, columns, search=["email"], empty=_("Nobody is invited at the moment"))
    return render(request, "accounts/invitations.html", {"table": table})


@login_required
@rate_limit(action="invite")
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody."""
    actor = request.actor
    actor.require(Role.OFFICE, Role.LEAD)
    start = {"organisation": request.GET.get("organisation"), "email": request.GET.get("email")}
    form = InviteForm(request.POST or None, actor=actor, initial={**start, "language": get_language()})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        told.setdefault("organisation", Organisation.objects.filter(pk=actor.organisation_id).first())
        try:
            actions.invite(actor=actor, **told)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The invitation is on its way to %(email)s.") % told)
            return redirect("accounts:invitations")
    return render(request, "accounts/invite.html", {"form": form})


@login_required
def withdraw(request: HttpRequest, invitation: int) -> HttpResponse:
    """Ask, then make the link useless."""
    kept = get_object_or_404(Invitation.objects.select_related("organisation"), pk=invitation)
    if request.method == "POST":
        try:
            actions.withdraw_invitation(actor=request.actor, invitation=kept.pk)
        except ValidationError as error:
            messages.error(request, error.messages[0])
        else:
            messages.success(request, _("The invitation is withdrawn; its link no longer works."))
        return redirect("accounts:invitations")
    return render(request, "accounts/withdraw.html", {"invitation": kept})


@never_cache
@sensitive_post_parameters("password")
@rate_limit(action="accept_invitation")
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation: as the person signed in, or as somebody new."""
    person = request.user if request.user.is_authenticated else None
    try:
        if request.method == "POST":
            return _accepted(request, token) if person else _accept_new(request, token)
        invitation = actions.find_invitation(token=token)
    except actions.InvitationClosed as closed:
        return _closed(request, closed.why, token)
    if person and person.email.lower() != invitation.email:
        return _closed(request, actions.Closed.OTHER_ADDRESS, token, invitation)
    if person is None and actions.has_account(invitation):
        return _closed(request, actions.Closed.HAS_ACCOUNT, token, invitation)
    form = None if person else AcceptForm(email=invitation.email, initial={"language": get_language()})
    return render(request, "accounts/accept.html", {"invitation": invitation, "form": form})


def _accepted(request: HttpRequest, token: str) -> HttpResponse:
    """The person signed in has accepted."""
    invitation, _person = actions.accept_invitation(token=token, person=request.user)
    messages.success(request, _welcome(invitation))
    return redirect(today())


def _accept_new(request: HttpRequest, token: str) -> HttpResponse:
    """Somebody new has accepted, and is signed in."""
    try:
        email = actions.find_invitation(token=token).email
    except actions.InvitationClosed as closed:
        if closed.why != actions.Closed.ACCEPTED:
            raise
        email = ""  # perhaps a second click of the same form: the action tells by the password
    form = AcceptForm(request.POST, email=email)
    if not form.is_valid():
        invitation = actions.find_invitation(token=token)
        return render(request, "accounts/accept.html", {"invitation": invitation, "form": form})
    invitation, person = actions.accept_invitation(token=token, **form.cleaned_data)
    record_authentication(request, person, "password", email=person.email)
    get_adapter(request).login(request, person)
    with translation.override(person.language):  # which was chosen just now: the next page speaks it
        messages.success(request, _welcome(invitation))
    return redirect(today())


def _welcome(invitation: Invitation) -> str:
    return _("You now act for %(organisation)s.") % {"organisation": invitation.organisation}


def _closed(
    request: HttpRequest, why: actions.Closed, token: str, invitation: Invitation | None = None
) -> HttpResponse:
    """The page that says why the link does nothing, and what to do instead."""
    context = {
        "why": why.value,
        "invitation": invitation,
        "here": reverse("accounts:accept-invitation", args=[token]),
    }
    status = 404 if why == actions.Closed.UNKNOWN else 200 if invitation else 410
    return render(request, "accounts/invitation_closed.html", context, status=status)


def _withdraw_address(invitation: Invitation) -> str:
    return reverse("accounts:withdraw-invitation", args=[invitation.pk])
