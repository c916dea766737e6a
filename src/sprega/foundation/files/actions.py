# SPDX-License-Identifier: EUPL-1.2
"""Keeping files, changing who sees them, deleting them."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sprega.foundation.access.identity import NOBODY, Actor, acting
from sprega.foundation.access.models import Group, Visibility
from sprega.foundation.access.services import acting_as
from sprega.foundation.files import queries, store
from sprega.foundation.files.incoming import problem_of
from sprega.foundation.files.models import File
from sprega.foundation.files.names import clean_name
from sprega.foundation.files.refusals import refused
from sprega.foundation.files.services import STOREKEEPER
from sprega.foundation.files.sniff import sniff
from sprega.foundation.ledger.actions import record

if TYPE_CHECKING:
    from django.core.files.base import File as Content
    from django.db.models import Model

ADDING = 0x0F_11_E5  # any number, for the advisory lock of an organisation that adds a file
DOUBLE_CLICK = timedelta(minutes=1)
"""Within it the same file by the same person, with the same words, is one."""
GRACE = 24 * 3600.0
"""Seconds after which bytes without a row belong to nobody who is still at work."""
MOST_ORPHANS = 20
"""Bytes without a row that are removed although they are the most of all."""

log = logging.getLogger(__name__)


def attach(
    *,
    actor: Actor,
    upload: Content,
    visibility: str = Visibility.ORGANISATION,
    group: Group | None = None,
    description: str = "",
    about: Model | None = None,
    person: int | None = None,
    expires_at: datetime | None = None,
) -> File:
    """Keep a file for the actor's organisation; a refusal is a ValidationError with a plain sentence.

    Parameters
    ----------
    upload : django.core.files.base.File
        What a form's `UploadField` gives, or any file of Django's with a name.
    visibility, group
        Who sees it beside its organisation; the class *group* names one that the organisation takes part in.
    about : Model, optional
        The thing of a room that it belongs to, see `queries.attached_to`.
    person : int, optional
        Whose alone it is within the organisation.
    expires_at : datetime, optional
        When it goes by itself.
    """
    actor.require_organisation()
    check_upload(upload)
    kind = sniff(upload.file, upload.name or "")
    with acting(actor):
        _check_class(actor, visibility, group)
        _check_room(actor, upload.size)
        try:
            stored = store.put(upload.chunks())
        except store.DiskFull as error:
            raise refused("full") from error
        words = {
            "organisation_id": actor.organisation_id,
            "visibility": visibility,
            "group": group,
            "person_id": person,
            "name": clean_name(upload.name or "", kind),
            "description": _line(description),
            "kind": kind.code,
            "size": stored.size,
            "sha256": stored.sha256,
            "about": queries.about(about),
            "uploaded_by_id": actor.person_id,
            "expires_at": expires_at,
        }
        twice = File.objects.filter(**words, uploaded_at__gt=timezone.now() - DOUBLE_CLICK).first()
        if twice is not None:
            store.remove(stored.place)
            return twice
        kept = File.objects.create(**words, place=stored.place)
        _tell("files.attached", actor, kept)
    return kept


def change_file(
    *,
    actor: Actor,
    file: UUID,
    version: int,
    visibility: str,
    group: Group | None = None,
    description: str = "",
) -> File:
    """Change who sees a file and what is said of it; `version` is that of the file the person saw."""
    with acting(actor):
        kept = _mine(actor, file, version)
        _check_class(actor, visibility, group)
        before = kept.visibility
        kept.visibility, kept.group, kept.description = visibility, group, _line(description)
        kept.version += 1
        kept.save(update_fields=["visibility", "group", "description", "version"])
        _tell("files.changed", actor, kept, before=str(before))
    return kept


def delete_file(*, actor: Actor, file: UUID, version: int) -> None:
    """Delete a file: first its row, and once that is certain its bytes."""
    with acting(actor):
        kept = _mine(actor, file, version)
        _tell("files.deleted", actor, kept)
        kept.delete()
        transaction.on_commit(lambda: remove_bytes([kept.place]), robust=True)


def forget_expired() -> int:
    """Delete files whose time is over; how many."""
    with acting_as(STOREKEEPER, actor=NOBODY) as keeper:
        over = list(File.objects.select_for_update(skip_locked=True).filter(expires_at__lte=timezone.now()))
        for kept in over:
            _tell("files.expired", keeper, kept)
            kept.delete()
        transaction.on_commit(lambda: remove_bytes([kept.place for kept in over]), robust=True)
    return len(over)


def sweep() -> int:
    """Remove bytes that no row names and that nobody can be about to name any more; how many."""
    old = list(store.places_older_than(GRACE))
    with acting_as(STOREKEEPER, actor=NOBODY):
        named = set(File.objects.filter(place__in=old).values_list("place", flat=True))
    orphans = [place for place in old if place not in named]
    if len(orphans) > max(MOST_ORPHANS, len(named)):
        # more likely another database than so many kills: an empty one must not empty the store
        log.error("most bytes belong to no file", extra={"orphans": len(orphans), "named": len(named)})
        return 0
    return remove_bytes(orphans)


def remove_bytes(places: list[str]) -> int:
    """Remove bytes whose rows are gone, unless a backup is being made: then `sweep` does it later."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [store.REMOVING])
        if not cursor.fetchone()[0]:
            return 0
        for place in places:
            store.remove(place)
    return len(places)


def check_upload(upload: Content) -> None:
    """Refuse what did not arrive whole, and what is too large."""
    problem = problem_of(upload) or ("large" if upload.size > settings.FILES_LARGEST else "")
    if problem:
        raise refused(problem, most=settings.FILES_LARGEST // 10**6)


def _check_class(actor: Actor, visibility: str, group: Group | None) -> None:
    if (visibility == Visibility.GROUP) != (group is not None):
        raise ValidationError(_("Say which group may see the file."), code="group")
    if group is not None and not queries.groups(viewer=actor).filter(pk=group.pk).exists():
        raise ValidationError(_("Your organisation does not take part in this group."), code="group")
    if visibility not in Visibility.values or visibility == Visibility.SEALED:
        raise ValidationError(_("Choose who may see the file."), code="visibility")


def _check_room(actor: Actor, size: int) -> None:
    """Refuse what goes beyond the organisation's room; one upload of an organisation after another."""
    assert actor.organisation_id is not None  # noqa: S101 - `attach` has asked
    with connection.cursor() as cursor:  # held until the transaction ends
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ADDING, actor.organisation_id])
    would = queries.stored(actor.organisation_id, viewer=actor) + size
    if would > settings.FILES_QUOTA:
        raise refused("quota", would=-(-would // 10**6), most=settings.FILES_QUOTA // 10**6)


def _mine(actor: Actor, file: UUID, version: int) -> File:
    kept = File.objects.select_for_update(of=("self",)).get(pk=file, organisation_id=actor.organisation_id)
    if kept.version != version:
        raise ValidationError(
            _("Somebody changed this file while you had it open. See above how it stands now."),
            code="changed",
        )
    return kept


def _tell(kind: str, actor: Actor, kept: File, **facts: str) -> None:
    """Write the event; the name of a person's own file is not told to colleagues."""
    name = {} if kept.person_id else {"name": kept.name}
    record(
        kind=kind,
        actor=actor,
        subject=kept.organisation_id,
        about=kept.pk,
        facts={
            **name,
            "sha256": kept.sha256,
            "bytes": kept.size,
            "visibility": str(kept.visibility),
            **facts,
        },
    )


def _line(said: str) -> str:
    return " ".join(said.replace("\0", "").split())[:300]
