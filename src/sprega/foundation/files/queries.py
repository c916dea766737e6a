# SPDX-License-Identifier: EUPL-1.2
"""Files that a viewer may see; row-level security keeps the others away."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Model, QuerySet, Sum
from django.utils import timezone

from sprega.foundation.access.identity import NOBODY, Actor
from sprega.foundation.access.models import Group, Visibility
from sprega.foundation.access.services import acting_as
from sprega.foundation.files import store
from sprega.foundation.files.models import File
from sprega.foundation.files.services import STOREKEEPER
from sprega.foundation.organisations.models import Organisation, Representation


def files() -> QuerySet[File]:
    """All that whoever is asking may see and whose time is not over."""
    return File.objects.exclude(expires_at__lte=timezone.now()).select_related(
        "organisation", "uploaded_by", "group"
    )


def own(*, viewer: Actor) -> QuerySet[File]:
    """Files of the viewer's organisation."""
    return files().filter(organisation=viewer.organisation_id)


def of_others(*, viewer: Actor) -> QuerySet[File]:
    """Files that others let the viewer's organisation see."""
    return files().exclude(organisation=viewer.organisation_id)


def attached_to(thing: Model) -> QuerySet[File]:
    """The files of a thing, as far as whoever is asking may see them."""
    return files().filter(about=about(thing))


def about(thing: Model | None) -> str:
    """How a file names the thing that it belongs to."""
    return "" if thing is None else f"{thing._meta.label_lower}:{thing.pk}"


def groups(*, viewer: Actor) -> QuerySet[Group]:
    """Groups that the viewer's organisation takes part in now."""
    now = timezone.now()
    mine = {"members__organisation": viewer.organisation_id, "members__starts_at__lte": now}
    return Group.objects.filter(**mine).exclude(members__ends_at__lte=now).order_by("name").distinct()


def for_the_desk(organisation: Organisation) -> QuerySet[File]:
    """A member's files for the buying desk; none are seen but within a look at the member."""
    return files().filter(organisation=organisation, visibility=Visibility.DESK)


def stored(organisation: int, *, viewer: Actor) -> int:
    """Bytes that an organisation stores, its people's private files among them."""
    with acting_as(STOREKEEPER, actor=viewer):
        return File.objects.filter(organisation=organisation).aggregate(sum=Sum("size"))["sum"] or 0


def behind_a_look(file: UUID, *, viewer: Actor) -> Organisation | None:
    """Whose a file is that the buying desk may see by a look, for the desk alone."""
    if not viewer.has(Representation.Role.DESK):
        return None
    with acting_as(STOREKEEPER, actor=viewer):
        kept = files().filter(pk=file, visibility=Visibility.DESK, person=None).first()
        return kept.organisation if kept else None


def without_bytes() -> int:
    """How many files' bytes are missing or cut, for whoever looks after the machine."""
    with acting_as(STOREKEEPER, actor=NOBODY):
        rows = File.objects.order_by().values_list("place", "size").iterator()
        return sum(store.size_of(place) != size for place, size in rows)
