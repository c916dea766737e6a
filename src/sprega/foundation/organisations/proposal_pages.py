# SPDX-License-Identifier: EUPL-1.2
"""Proposals for roles that need a second pair of eyes: the office sees and withdraws, the board decides."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sprega.foundation.organisations import proposals, queries
from sprega.foundation.organisations.models import Proposal, Representation
from sprega.foundation.ui.table import Choice, Column, Table

Role = Representation.Role
DECISIONS = {
    "confirm": (proposals.confirm, gettext_lazy("It is confirmed and holds from now on.")),
    "refuse": (proposals.refuse, gettext_lazy("It is refused.")),
    "withdraw": (proposals.withdraw, gettext_lazy("It is withdrawn.")),
}


@login_required
def proposal_list(request: HttpRequest) -> HttpResponse:
    """Proposals and what became of them."""
    request.actor.require(Role.OFFICE, Role.BOARD)
    columns = [
        Column("person", _("Person"), sort="person__name", link=_address),
        Column("organisation", _("Organisation"), sort="organisation__name"),
        Column("role", _("Role"), lambda row: row.get_role_display(), sort="role"),
        Column("by", _("Proposed by"), "proposed_by"),
        Column("at", _("Proposed"), "proposed_at", kind="day", sort="proposed_at"),
        Column("outcome", _("State"), lambda row: row.get_outcome_display(), sort="outcome"),
        Column("decided", _("Decided by"), lambda row: row.decided_by or ""),
    ]
    table = Table(
        request,
        queries.proposals(),
        columns,
        choices=[Choice("outcome", _("State"), Proposal.Outcome.choices)],
        empty=_("Nobody is proposed"),
        hint=_("Whom the office proposes for the buying desk, as a key holder or for the board stands here."),
    )
    return render(request, "organisations/proposals.html", {"table": table})


@login_required
def decide(request: HttpRequest, proposal: int) -> HttpResponse:
    """One proposal, with what the reader may do about it."""
    request.actor.require(Role.OFFICE, Role.BOARD)
    kept = get_object_or_404(queries.proposals(), pk=proposal)
    decision = DECISIONS.get(request.POST.get("decision", "")) if request.method == "POST" else None
    if decision is not None:
        act, said = decision
        try:
            act(actor=request.actor, proposal=kept.pk)
        except ValidationError as error:
            messages.error(request, error.messages[0])
        else:
            messages.success(request, said)
        return redirect("organisations:decide", proposal=kept.pk)
    facts = [
        (_("Person"), f"{kept.person} ({kept.person.email})"),
        (_("Organisation"), kept.organisation),
        (_("Role"), kept.get_role_display()),
        (_("Until"), queries.last_moment(kept) or _("it is ended")),
        (_("Proposed by"), kept.proposed_by),
        (_("State"), kept.get_outcome_display()),
    ]
    context = {"facts": facts, "person": kept.person, "role": kept.get_role_display()}
    return render(request, "organisations/decide.html", {**context, **_allowed(request, kept)})


def _allowed(request: HttpRequest, kept: Proposal) -> dict[str, bool]:
    is_open = kept.outcome == Proposal.Outcome.OPEN
    return {
        "is_open": is_open,
        "may_decide": is_open and proposals.may_decide(request.actor, kept),
        "may_withdraw": is_open and request.actor.has(Role.OFFICE),
    }


def _address(proposal: Proposal) -> str:
    return reverse("organisations:decide", args=[proposal.pk])
