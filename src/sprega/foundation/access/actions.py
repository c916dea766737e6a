# SPDX-License-Identifier: EUPL-1.2
"""The buying desk's looks at a member's figures, and members' waivers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sprega.foundation.access.identity import Actor, acting
from sprega.foundation.access.models import Look, Waiver
from sprega.foundation.access.totals import name_of
from sprega.foundation.ledger.actions import record
from sprega.foundation.notices.actions import notify
from sprega.foundation.organisations.models import Organisation, Representation

if TYPE_CHECKING:
    from sprega.foundation.accounts.models import Person

Role = Representation.Role


def look_at(*, actor: Actor, organisation: Organisation, reason: str) -> Look:
    """Open a member's figures to the buying desk until this transaction ends; the member learns of it.

    Call it inside the transaction that then reads: outside of one it opens nothing.
    """
    actor.require(Role.DESK)
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Say why you look: the member reads it.")})
    with acting(actor):
        event = record(
            kind="access.desk_looked", actor=actor, subject=organisation.pk, facts={"reason": reason}
        )
        look = Look.objects.create(
            person_id=actor.person_id, organisation=organisation, reason=reason, event=event
        )
        for one in _to_be_told(organisation):
            notify(
                actor=actor,
                person=one,
                kind="access.desk_looked",
                text=gettext_lazy("The buying desk looked at your figures, because: %(reason)s"),
                arguments={"reason": reason},
                url="/figures/looks/",
                organisation=organisation,
            )
    return look


def give_waiver(*, actor: Actor, subject: str, words: str, ends_at: datetime | None = None) -> Waiver:
    """Agree, for the own organisation, that one total is shown even if it gives the organisation away."""
    actor.require(Role.LEAD)
    now = timezone.now()
    if not words.strip():
        raise ValidationError({"words": _("Write what your organisation agrees to.")})
    if ends_at is not None and ends_at <= now:
        raise ValidationError({"ends_at": _("The end must come after the beginning.")})
    with acting(actor):
        open_one = Waiver.objects.select_for_update().filter(
            organisation_id=actor.organisation_id, subject=subject, withdrawn_at=None
        )
        given = open_one.first()
        if given is not None and (given.ends_at is None or given.ends_at > now):
            return given
        if given is not None:  # its time is over; it makes room for the new one
            given.withdrawn_at = given.ends_at
            given.save(update_fields=["withdrawn_at"])
        try:
            with transaction.atomic():
                waiver = Waiver.objects.create(
                    organisation_id=actor.organisation_id,
                    subject=subject,
                    words=words.strip(),
                    given_by_id=actor.person_id,
                    given_at=now,
                    ends_at=ends_at,
                )
        except IntegrityError:  # the other click of a double click was faster
            return open_one.get()
        record(
            kind="access.waiver_given",
            actor=actor,
            subject=actor.organisation_id,
            about=waiver.pk,
            facts={
                "total": subject,
                "words": waiver.words,
                "until": None if ends_at is None else ends_at.isoformat(),
            },
        )
    return waiver


def agreed(subject: str) -> str:
    """The words by which an organisation agrees to a total, in the language of whoever agrees."""
    return _(
        "We agree that the total “%(total)s” is shown to those for whom it is meant, even if they can "
        "work out our own figure from it."
    ) % {"total": name_of(subject)}


def withdraw_waiver(*, actor: Actor, waiver: int) -> Waiver:
    """Take a waiver back; what was shown under it stays known."""
    actor.require(Role.LEAD)
    with acting(actor):
        kept = Waiver.objects.select_for_update().get(pk=waiver, organisation_id=actor.organisation_id)
        if kept.withdrawn_at is None:
            kept.withdrawn_at = timezone.now()
            kept.save(update_fields=["withdrawn_at"])
            record(
                kind="access.waiver_withdrawn",
                actor=actor,
                subject=kept.organisation_id,
                about=kept.pk,
                facts={"total": kept.subject},
            )
    return kept


def _to_be_told(organisation: Organisation) -> list[Person]:
    """Who learns of a look: heads and those who buy; where there are none, all of the organisation."""
    acting_for = Representation.objects.in_force().filter(organisation=organisation).select_related("person")
    found = {one.person for one in acting_for.filter(role__in=[Role.LEAD, Role.PURCHASING])}
    return sorted(found or {one.person for one in acting_for}, key=lambda person: person.pk)
