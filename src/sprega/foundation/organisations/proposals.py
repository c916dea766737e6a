# SPDX-License-Identifier: EUPL-1.2
"""Roles that need a second pair of eyes: the office proposes, a board member outside of it decides."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sprega.foundation.access.identity import Actor, acting
from sprega.foundation.ledger.actions import record
from sprega.foundation.notices.actions import notify
from sprega.foundation.organisations.models import Organisation, Proposal, Representation
from sprega.foundation.organisations.rules import check_apart, check_role_belongs

if TYPE_CHECKING:
    from sprega.foundation.accounts.models import Person

Role, Outcome = Representation.Role, Proposal.Outcome


def propose_representation(
    *,
    actor: Actor,
    person: Person,
    organisation: Organisation,
    role: str,
    ends_at: datetime | None = None,
) -> Proposal:
    """Propose somebody for a role that looks at what is confidential; a board member then confirms it."""
    actor.require(Role.OFFICE)
    check_role_belongs(organisation, role)
    if ends_at is not None and ends_at <= timezone.now():
        raise ValidationError({"ends_at": _("The end must come after the beginning.")})
    with acting(actor):
        check_apart(person, organisation, role)
        return put_forward(
            actor=actor,
            person=person,
            organisation=organisation,
            role=role,
            ends_at=ends_at,
            proposed_by=actor.person_id,
        )


def put_forward(
    *,
    actor: Actor,
    person: Person,
    organisation: Organisation,
    role: str,
    proposed_by: int | None,
    ends_at: datetime | None = None,
) -> Proposal:
    """Lay a proposal before the board, in the caller's transaction; the same twice is one."""
    same = Proposal.objects.filter(person=person, organisation=organisation, role=role, outcome=Outcome.OPEN)
    try:
        with transaction.atomic():
            proposal = Proposal.objects.create(
                person=person,
                organisation=organisation,
                role=role,
                ends_at=ends_at,
                proposed_by_id=proposed_by,
            )
    except IntegrityError:
        return same.get()
    _tell("organisations.representation_proposed", actor, proposal)
    board = Representation.objects.in_force().filter(role=Role.BOARD).select_related("person", "organisation")
    for one in board.exclude(person__in=[proposed_by, person.pk]):
        notify(
            actor=actor,
            person=one.person,
            kind="organisations.representation_proposed",
            text=gettext_lazy("%(person)s is proposed: %(role)s. A board member has to confirm it."),
            arguments={"person": str(person), "role": Role(role).label},
            url=f"/organisations/proposals/{proposal.pk}/",
            organisation=one.organisation,
        )
    return proposal


def confirm(*, actor: Actor, proposal: int) -> Representation:
    """Let a proposal come into force, from now on."""
    with acting(actor):
        kept = _open(actor, proposal)
        check_apart(kept.person, kept.organisation, kept.role)
        if kept.ends_at is not None and kept.ends_at <= timezone.now():
            raise ValidationError(_("Its last day is over. Refuse it; the office may propose it again."))
        try:
            with transaction.atomic():
                given = Representation.objects.create(
                    person=kept.person, organisation=kept.organisation, role=kept.role, ends_at=kept.ends_at
                )
        except IntegrityError as error:
            raise ValidationError(_("The person holds this role already. Refuse the proposal.")) from error
        _decide(actor, kept, Outcome.CONFIRMED)
        _tell("organisations.representation_confirmed", actor, kept)
    return given


def refuse(*, actor: Actor, proposal: int) -> Proposal:
    """Turn a proposal down."""
    with acting(actor):
        kept = _open(actor, proposal)
        _decide(actor, kept, Outcome.REFUSED)
        _tell("organisations.representation_refused", actor, kept)
    return kept


def withdraw(*, actor: Actor, proposal: int) -> Proposal:
    """Take a proposal back: the office's."""
    actor.require(Role.OFFICE)
    with acting(actor):
        kept = _locked(proposal)
        _decide(actor, kept, Outcome.WITHDRAWN)
        _tell("organisations.proposal_withdrawn", actor, kept)
    return kept


def may_decide(actor: Actor, proposal: Proposal) -> bool:
    """Whether the actor is the second pair of eyes: of the board, not of the office, not concerned."""
    return (
        actor.has(Role.BOARD)
        and not actor.has(Role.OFFICE)
        and actor.person_id not in (proposal.proposed_by_id, proposal.person_id)
    )


def _open(actor: Actor, proposal: int) -> Proposal:
    """The proposal, locked, for one who may decide it."""
    actor.require(Role.BOARD)
    kept = _locked(proposal)
    if not may_decide(actor, kept):
        raise PermissionDenied(
            _("Another board member has to decide this: neither of the office, nor proposed.")
        )
    return kept


def _locked(proposal: int) -> Proposal:
    kept = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("person", "organisation")
        .filter(pk=proposal, outcome=Outcome.OPEN)
        .first()
    )
    if kept is None:
        raise ValidationError(_("This proposal is already decided or withdrawn."), code="decided")
    return kept


def _decide(actor: Actor, kept: Proposal, outcome: str) -> None:
    kept.outcome, kept.decided_by_id, kept.decided_at = outcome, actor.person_id, timezone.now()
    kept.save(update_fields=["outcome", "decided_by", "decided_at"])


def _tell(kind: str, actor: Actor, kept: Proposal) -> None:
    record(
        kind=kind,
        actor=actor,
        subject=kept.organisation_id,
        about=kept.pk,
        facts={
            "person": str(kept.person_id),
            "role": str(kept.role),
            "until": None if kept.ends_at is None else kept.ends_at.isoformat(),
        },
    )
