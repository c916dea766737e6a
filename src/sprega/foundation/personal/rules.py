# SPDX-License-Identifier: EUPL-1.2
"""When an account can be erased."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from sprega.foundation.accounts.models import Person
from sprega.foundation.organisations.models import Representation

Role = Representation.Role
NEVER_EMPTY = (Role.OFFICE, Role.LEAD)
"""Roles without which a cluster, or an organisation in it, could give nobody a right any more."""


def obstacles(person: Person, in_force: Iterable[Representation]) -> list[str]:
    """What must be done first, in words; `in_force` are all that hold these roles where the person does."""
    if person.practice_role:
        return [_("This person belongs to the practice cluster, where others look around as them too.")]
    held = list(in_force)
    found = []
    for mine in (one for one in held if one.person_id == person.pk):
        others = [
            one
            for one in held
            if (one.organisation_id, one.role) == (mine.organisation_id, mine.role)
            and one.person_id != person.pk
        ]
        if others:
            continue
        if mine.role == Role.OFFICE:
            found.append(
                _("You are the only person of the cluster office. Give somebody else this role first.")
            )
        else:
            found.append(
                _(
                    "You are the only head of %(organisation)s. Invite another head, or ask the cluster "
                    "office to name one, first."
                )
                % {"organisation": mine.organisation}
            )
    return found
