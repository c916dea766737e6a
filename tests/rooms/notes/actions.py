"""Writes."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum

from sprega.foundation.access.door import Part, release_total
from sprega.foundation.access.identity import Actor, acting
from sprega.foundation.access.models import Figure, Visibility
from sprega.foundation.ledger.actions import record
from sprega.foundation.search.actions import publish, withdraw
from tests.rooms.notes.models import TOTAL, Note
from tests.rooms.notes.room import SUM_NOTES


def write_note(
    *, actor: Actor, text: str, tonnes: object = 0, visibility: str = Visibility.ORGANISATION
) -> Note:
    """Write a note for the actor's organisation."""
    with transaction.atomic():
        note = Note.objects.create(
            organisation_id=actor.organisation_id,
            text=text,
            tonnes=tonnes,
            visibility=visibility,
            written_by_id=actor.person_id,
        )
        _publish(note, actor)
        record(kind="notes.written", actor=actor, subject=actor.organisation_id, about=note.pk)
    return note


def change_note(*, actor: Actor, note: UUID, version: int, text: str, tonnes: object) -> Note:
    """Change a note of the actor's organisation; `version` is that of the note the person saw."""
    with acting(actor):
        kept = Note.objects.select_for_update().get(pk=note, organisation_id=actor.organisation_id)
        if kept.version != version:
            raise ValidationError(
                "Somebody changed this note while you had it open. See above how it stands now.",
                code="changed",
            )
        kept.text, kept.tonnes, kept.version = text, tonnes, version + 1
        kept.save(update_fields=["text", "tonnes", "version"])
        _publish(kept, actor)
        record(kind="notes.changed", actor=actor, subject=kept.organisation_id, about=kept.pk)
    return kept


def _publish(note: Note, actor: Actor) -> None:
    """Everybody finds a public note; one that is no longer public nobody finds there."""
    if note.visibility == Visibility.PUBLIC:
        publish(actor=actor, kind="notes.note", key=note.pk, title=note.text, url="/notes/")
    else:
        withdraw(actor=actor, kind="notes.note", key=note.pk)


def add_up(*, actor: Actor, progress) -> str:
    """Show the sum of all notes' quantities, as far as the rule on totals lets it; where it is found."""
    show_total(actor=actor)
    progress(1, 1)  # how many notes others have is their own matter
    return "/notes/"


def show_total(*, actor: Actor) -> Figure | None:
    """Judge the sum of all notes' quantities: the room reads under its service, the door decides."""
    return release_total(
        actor=actor, service=SUM_NOTES, subject=TOTAL, contributions=_tonnes, unit="t", visibility="cluster"
    )


def _tonnes() -> list[Part]:
    """What each organisation brings to the sum."""
    sums = Note.objects.order_by().values_list("organisation_id").annotate(Sum("tonnes"))
    return [Part(organisation, tonnes, TOTAL) for organisation, tonnes in sums]
