# SPDX-License-Identifier: EUPL-1.2
"""The outbox: all mails for the office, the own ones for everybody else."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sprega.foundation.mail import actions, queries
from sprega.foundation.mail.models import Letter, Mail
from sprega.foundation.organisations.models import Representation
from sprega.foundation.ui.table import Choice, Column, Table

OFFICE = Representation.Role.OFFICE
HTML_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@login_required
def outbox(request: HttpRequest) -> HttpResponse:
    """Where mails went and what became of them; row-level security leaves each reader theirs."""
    columns = [
        Column("to", _("To"), "address", sort="address", link=_address),
        Column("what", _("What for"), lambda mail: queries.purpose(mail.kind), sort="kind"),
        Column("state", _("State"), lambda mail: mail.get_state_display(), sort="state"),
        Column("problem", _("Problem")),
        Column("attempts", _("Attempts"), kind="number"),
        Column("written", _("Written"), "queued_at", kind="moment", sort="queued_at"),
        Column("sent", _("Sent"), "sent_at", kind="moment", sort="sent_at"),
    ]
    table = Table(
        request,
        Mail.objects.all(),
        columns,
        search=["address", "person__name"],
        choices=[Choice("state", _("State"), Mail.State.choices)],
        empty=_("No mail was written yet"),
        hint=_("Invitations, reminders and other mails will stand here with what became of them."),
    )
    office = request.actor.has(OFFICE)
    context = {"table": table, "office": office, "health": queries.outbox_health() if office else None}
    return render(request, "mail/pages/outbox.html", context)


@login_required
def letter(request: HttpRequest, mail: UUID) -> HttpResponse:
    """One mail: its envelope, and its letter for whom it is."""
    kept = get_object_or_404(Mail.objects.select_related("organisation"), pk=mail)
    facts = [
        (_("To"), kept.address),
        (_("What for"), queries.purpose(kept.kind)),
        (_("State"), kept.get_state_display()),
        *([(_("Problem"), kept.problem)] if kept.problem else []),
        *([(_("Organisation"), kept.organisation)] if kept.organisation else []),
        (_("Language"), dict(settings.LANGUAGES).get(kept.language, kept.language)),
    ]
    over = kept.state in {Mail.State.FAILED, Mail.State.BOUNCED}
    context = {
        "mail": kept,
        "facts": facts,
        "letter": Letter.objects.filter(pk=kept.pk).first(),
        "may_try_again": over and request.actor.has(OFFICE),
    }
    return render(request, "mail/pages/letter.html", context)


@login_required
def letter_html(request: HttpRequest, mail: UUID) -> HttpResponse:
    """The letter as a mail program shows it."""
    kept = Letter.objects.filter(pk=mail).first()
    if kept is None:
        raise Http404
    # nothing of a letter runs or is loaded
    return HttpResponse(kept.html, headers={"Content-Security-Policy": HTML_POLICY})


@require_POST
@login_required
def again(request: HttpRequest, mail: UUID) -> HttpResponse:
    """Send once more."""
    kept = get_object_or_404(Mail, pk=mail)
    if actions.try_again(actor=request.actor, mail=kept.pk).state == Mail.State.WAITING:
        messages.success(request, _("The mail waits to be sent again."))
    else:
        messages.error(request, _("This mail cannot be sent again: its letter is no longer kept."))
    return redirect("mail:letter", mail=kept.pk)


def _address(mail: Mail) -> str:
    return reverse("mail:letter", args=[mail.pk])
