# SPDX-License-Identifier: EUPL-1.2
"""What is kept about the viewer."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from sprega.foundation.access.identity import Actor
from sprega.foundation.access.services import acting_as
from sprega.foundation.accounts.models import Person
from sprega.foundation.organisations.models import Representation
from sprega.foundation.personal.declarations import declarations
from sprega.foundation.personal.models import Export
from sprega.foundation.personal.rules import NEVER_EMPTY, obstacles
from sprega.foundation.personal.services import PERSONAL_DATA
from sprega.foundation.room import PersonalData


@dataclass(frozen=True)
class Part:
    """One kind of what is kept, with its rows in the language now spoken."""

    of: PersonalData
    rows: list[dict[str, object]]


def kept_about(person: int) -> list[Part]:
    """Everything that is kept about a person, for that person alone."""
    with acting_as(PERSONAL_DATA, actor=Actor(person)):
        return [Part(one, one.collect(person)) for one in declarations()]


def exports(*, viewer: Actor) -> QuerySet[Export]:
    """The viewer's own that are still good."""
    return Export.objects.filter(person=viewer.person_id, expires_at__gt=timezone.now())


def erasing_obstacles(person: Person, *, lock: bool = False) -> list[str]:
    """What must be done before the person's account can be erased; locked, it stays true until the end."""
    with acting_as(PERSONAL_DATA, actor=Actor(person.pk)):
        all_held = Representation.objects.in_force().filter(role__in=NEVER_EMPTY)
        where = all_held.filter(person=person).values_list("organisation_id", flat=True)
        held = all_held.filter(organisation__in=list(where)).order_by("pk")
        found = list(held.select_for_update(of=("self",)) if lock else held)
        # one that ended while we waited for its lock had not ended at the moment asked for
        return obstacles(person, [one for one in found if one.holds()])
