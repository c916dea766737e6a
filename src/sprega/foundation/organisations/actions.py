# SPDX-License-Identifier: EUPL-1.2
"""Giving and ending representations: what the cluster office decides."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sprega.foundation.access.identity import Actor, acting, recognised
from sprega.foundation.ledger.actions import record
from sprega.foundation.notices.actions import notify
from sprega.foundation.organisations.models import Organisation, Representation
from sprega.foundation.organisations.rules import check_apart, check_role_belongs

if TYPE_CHECKING:
    from sprega.foundation.accounts.models import Person


def give_representation(
    *,
    actor: Actor,
    person: Person,
    organisation: Organisation,
    role: str,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Representation:
    """Let a person act for an organisation in a role; what the person already holds is not given twice."""
    actor.require(Representation.Role.OFFICE)
    check_role_belongs(organisation, role)
    if role in Representation.TWO_PAIRS_OF_EYES:
        raise ValidationError(_("A board member has to confirm this role: propose the person for it."))
    starts_at = starts_at or timezone.now()
    if ends_at is not None and ends_at <= starts_at:
        raise ValidationError({"ends_at": _("The end must come after the beginning.")})
    with acting(actor):
        check_apart(person, organisation, role)
        held = Representation.objects.filter(person=person, organisation=organisation, role=role)
        # what overlaps the new time
        overlap = held.filter(Q(ends_at=None) | Q(ends_at__gt=starts_at))
        if ends_at is not None:
            overlap = overlap.filter(starts_at__lt=ends_at)
        already = overlap.first()
        if already is not None:
            return already
        try:
            with transaction.atomic():
                given = Representation.objects.create(
                    person=person, organisation=organisation, role=role, starts_at=starts_at, ends_at=ends_at
                )
        except IntegrityError:  # the other click of a double click was faster
            return overlap.get()
        record(
            kind="organisations.representation_given",
            actor=actor,
            subject=organisation.pk,
            about=given.pk,
            facts={
                "person": str(person.pk),
                "role": str(role),
                "from": starts_at.isoformat(),
                "until": _when(ends_at),
            },
        )
        tell_colleagues(actor=actor, given=given)
    return given


def tell_colleagues(*, actor: Actor, given: Representation) -> None:
    """Tell those who act for an organisation that somebody else may: they know who does not belong to it."""
    held = Representation.objects.in_force().filter(organisation=given.organisation_id)
    others = held.exclude(person__in=[given.person_id, actor.person_id]).select_related("person")
    known = {one.person for one in others}
    for person in sorted(known, key=lambda one: one.pk):
        notify(
            actor=actor,
            person=person,
            kind="organisations.representation_given",
            text=gettext_lazy(
                "%(person)s (%(email)s) may act for your organisation: %(role)s."
                " If that is wrong, ask the cluster office to end it."
            ),
            arguments={
                "person": str(given.person),
                "email": given.person.email,
                "role": Representation.Role(given.role).label,
            },
            url="/organisations/people/",
            organisation=given.organisation,
        )


def end_representation(
    *, actor: Actor, representation: int, version: int, ends_at: datetime | None = None
) -> Representation:
    """End a representation at once or at a moment to come; `version` is that of the row the person saw."""
    actor.require(Representation.Role.OFFICE)
    with acting(actor):
        kept, office = _lock(representation)
        # after the lock: what others ended while this waited has ended, the actor's own right too
        now = timezone.now()
        if actor.person_id is not None:
            recognised(actor.person_id, actor.organisation_id).require(Representation.Role.OFFICE)
        if kept is None:
            raise Representation.DoesNotExist
        if kept.version != version:
            raise ValidationError(
                _("Somebody changed this representation while you had it open. See below how it stands now."),
                code="changed",
            )
        if kept.ends_at is not None and kept.ends_at <= now:
            raise ValidationError(_("This representation has already ended."), code="ended")
        if ends_at is not None and ends_at <= now:
            raise ValidationError({"ends_at": _("Choose a day to come, or end it at once.")})
        later = kept.ends_at is not None and (ends_at or now) > kept.ends_at
        if later and kept.role in Representation.TWO_PAIRS_OF_EYES:
            raise ValidationError(
                _("This role is not prolonged, but proposed anew and confirmed by the board.")
            )
        _keep_an_office(kept, office, ends_at or now)
        kept.ends_at = max(ends_at or now, kept.starts_at)
        kept.version += 1
        kept.save(update_fields=["ends_at", "version"])
        record(
            kind="organisations.representation_ended",
            actor=actor,
            subject=kept.organisation_id,
            about=kept.pk,
            facts={"person": str(kept.person_id), "role": kept.role, "until": _when(kept.ends_at)},
        )
    return kept


def _lock(representation: int) -> tuple[Representation | None, list[Representation]]:
    """The row to end, and the cluster office's: locked in one order, so that two who end each other queue."""
    rows = (
        Representation.objects.select_for_update(of=("self",))
        .select_related("person", "organisation")
        .filter(Q(pk=representation) | Q(role=Representation.Role.OFFICE))
        .order_by("pk")
    )
    found = list(rows)
    kept = next((row for row in found if row.pk == representation), None)
    return kept, [row for row in found if row.role == Representation.Role.OFFICE]


def _keep_an_office(ending: Representation, office: list[Representation], at: datetime) -> None:
    """A cluster whose last office person is gone could give nobody a right any more."""
    if ending.role == Representation.Role.OFFICE and not any(
        other.holds(at) and other.person_id != ending.person_id for other in office
    ):
        raise ValidationError(
            _("Nobody would be left in the cluster office. Give somebody else this role first.")
        )


def _when(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
