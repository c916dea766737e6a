# SPDX-License-Identifier: EUPL-1.2
"""Dated lists of organisations: who takes part in a purchase, a committee, a working group, until when."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sprega.foundation.access.identity import Actor, acting
from sprega.foundation.access.models import Group, GroupMember
from sprega.foundation.ledger.actions import record
from sprega.foundation.organisations.models import Organisation, Representation

Role = Representation.Role


def make_group(*, actor: Actor, name: str) -> Group:
    """Begin a list of organisations that see what is of class *those taking part*."""
    actor.require(Role.OFFICE, Role.DESK)
    name = name.strip()
    if not name:
        raise ValidationError({"name": _("Give the group a name: its members read it.")})
    with acting(actor):
        group = Group.objects.create(name=name)
        record(kind="access.group_made", actor=actor, about=group.pk, facts={"name": name})
    return group


def join_group(
    *, actor: Actor, group: Group, organisation: Organisation, ends_at: datetime | None = None
) -> GroupMember:
    """Let an organisation take part from now on; twice is once."""
    actor.require(Role.OFFICE, Role.DESK)
    now = timezone.now()
    if ends_at is not None and ends_at <= now:
        raise ValidationError({"ends_at": _("The end must come after the beginning.")})
    with acting(actor):
        taking_part = GroupMember.objects.filter(group=group, organisation=organisation)
        for held in taking_part:
            if held.ends_at is None or held.ends_at > now:
                return held
        try:
            with transaction.atomic():
                joined = GroupMember.objects.create(
                    group=group, organisation=organisation, starts_at=now, ends_at=ends_at
                )
        except IntegrityError:  # the other click of a double click was faster
            return taking_part.get(ends_at=None)
        _tell("access.group_joined", actor, joined)
    return joined


def leave_group(*, actor: Actor, member: int, ends_at: datetime | None = None) -> GroupMember:
    """Let an organisation's part in a group end, at once or at a moment to come; what it saw it has seen."""
    actor.require(Role.OFFICE, Role.DESK)
    now = timezone.now()
    if ends_at is not None and ends_at <= now:
        raise ValidationError({"ends_at": _("Choose a day to come, or end it at once.")})
    with acting(actor):
        kept = GroupMember.objects.select_for_update(of=("self",)).select_related("group").get(pk=member)
        if kept.ends_at is not None and kept.ends_at <= now:
            raise ValidationError(_("This organisation no longer takes part."), code="ended")
        kept.ends_at = ends_at or now
        kept.save(update_fields=["ends_at"])
        _tell("access.group_left", actor, kept)
    return kept


def _tell(kind: str, actor: Actor, member: GroupMember) -> None:
    record(
        kind=kind,
        actor=actor,
        subject=member.organisation_id,
        about=member.group_id,
        facts={
            "name": member.group.name,
            "from": member.starts_at.isoformat(),
            "until": None if member.ends_at is None else member.ends_at.isoformat(),
        },
    )
