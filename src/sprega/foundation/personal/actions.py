# SPDX-License-Identifier: EUPL-1.2
"""Handing a person their data, erasing it, and forgetting what is past its time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sprega.foundation.access.identity import NOBODY, Actor, acting
from sprega.foundation.access.services import acting_as
from sprega.foundation.accounts.models import Person
from sprega.foundation.jobs.actions import start
from sprega.foundation.jobs.models import Run
from sprega.foundation.ledger.actions import record
from sprega.foundation.notices.actions import notify
from sprega.foundation.organisations.models import Organisation, Representation
from sprega.foundation.personal.archive import archive
from sprega.foundation.personal.declarations import declarations, declared
from sprega.foundation.personal.models import Export
from sprega.foundation.personal.queries import erasing_obstacles
from sprega.foundation.personal.services import PERSONAL_DATA
from sprega.foundation.retention import EXPORTS


def ask_for_export(*, actor: Actor) -> Run:
    """Let all that is kept about the actor be put into a file; whom they act for makes no difference."""
    from sprega.foundation.personal.jobs import collect_own_data

    return start(collect_own_data, actor=_alone(actor))


def make_export(*, actor: Actor, progress: Callable[[int, int], None]) -> Export:
    """Put all that is kept about the actor into a file, which replaces the one before."""
    person = _alone(actor).person_id
    content = archive(person, progress)
    now = timezone.now()
    with acting(Actor(person)) as alone:
        Export.objects.filter(person=person).delete()
        made = Export.objects.create(person_id=person, content=content, made_at=now, expires_at=now + EXPORTS)
        record(kind="personal.export_made", actor=alone, about=made.pk)
    return made


def hand_out(person: int) -> bytes:
    """The same file for somebody who cannot sign in, as whoever runs the server hands it to them."""
    content = archive(person, lambda _done, _steps: None)
    with acting_as(PERSONAL_DATA, actor=NOBODY) as service:
        record(kind="personal.export_made", actor=service, about=person)
    return content


def note_download(*, actor: Actor, export: Export) -> None:
    """Keep that it was taken, so that its person would find a taking that was not theirs."""
    record(kind="personal.export_downloaded", actor=actor, about=export.pk)


def erase_account(*, actor: Actor, confirmed: str) -> int:
    """Erase what is kept about the actor, in one transaction; how many rows.

    `confirmed` is the e-mail address, which the person typed. Where it ends in the middle nothing is erased.
    """
    alone = _alone(actor)
    with transaction.atomic():
        with acting_as(PERSONAL_DATA, actor=alone):
            person = _ready_to_go(alone.person_id, confirmed)
            held = Representation.objects.in_force().filter(person=person)
            ended = list(held.select_related("organisation"))
            # what rests on others goes first: addresses are needed until mails are found
            erasings = [one.erase for one in reversed(declarations()) if one.erase is not None]
            rows = sum(erase(person.pk) for erase in erasings)
        with acting_as(PERSONAL_DATA, actor=NOBODY) as service:
            record(kind="personal.erased", actor=service, about=person.pk, facts={"rows": rows})
            _tell_organisations(service, ended)
            _tell_office(service, {one.organisation for one in ended})
    return rows


def forget_all() -> dict[str, int]:
    """Delete whatever is past its time; rows by kind."""
    return {one.name: forget(one.name) for one in declarations() if one.forget is not None}


def forget(name: str) -> int:
    """Delete what is past its time of one kind of personal data; how many rows."""
    declaration = declared(name)
    if declaration.forget is None:
        raise ValueError(f"{name} is not forgotten in time")
    with acting_as(PERSONAL_DATA, actor=NOBODY) as service:
        rows = declaration.forget()
        if rows:
            record(kind="personal.forgotten", actor=service, facts={"what": name, "rows": rows})
    return rows


def _alone(actor: Actor) -> Actor:
    """The person, whomever they act for."""
    if actor.person_id is None:
        raise PermissionDenied(_("Sign in first."))
    return replace(actor, organisation_id=None, roles=frozenset(), inside=False, service="")


def _ready_to_go(identifier: int, confirmed: str) -> Person:
    """The person, locked, if they meant it and leave nothing that only they can do."""
    person = Person.objects.select_for_update().get(pk=identifier)
    if confirmed.strip().lower() != person.email.lower():
        told = _("This is not your e-mail address: type %(email)s.") % {"email": person.email}
        raise ValidationError({"confirmed": told})
    first = erasing_obstacles(person, lock=True)
    if first:
        raise ValidationError(first)
    return person


def _tell_organisations(service: Actor, ended: Iterable[Representation]) -> None:
    """Each learns from its events that somebody no longer acts for it."""
    until = timezone.now().isoformat()
    for one in ended:
        record(
            kind="organisations.representation_ended",
            actor=service,
            subject=one.organisation_id,
            about=one.pk,
            facts={"person": str(one.person_id), "role": one.role, "until": until},
        )


def _tell_office(service: Actor, organisations: Iterable[Organisation]) -> None:
    """The office learns for whom nobody speaks any more, not who it was."""
    named = list(organisations)
    with_names = gettext_lazy("Somebody who acted for %(organisations)s has erased their account.")
    without = gettext_lazy("Somebody who acted for no organisation has erased their account.")
    office = Person.objects.filter(
        pk__in=Representation.objects.in_force().filter(role=Representation.Role.OFFICE).values("person")
    )
    for person in office:
        notify(
            actor=service,
            person=person,
            kind="personal.erased",
            text=with_names if named else without,
            arguments={"organisations": named},
            url=reverse("organisations:people"),
        )
