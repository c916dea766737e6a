"""Writes."""

from django.db import transaction

from sprega.foundation.access.identity import Actor, acting
from sprega.foundation.access.models import Visibility
from sprega.foundation.ledger.actions import record
from tests.rooms.notes.models import Note
from tests.rooms.notes.room import SUM_NOTES


def write_note(
    *, actor: Actor, text: str, tonnes: object = 0, visibility: str = Visibility.ORGANISATION
) -> Note:
    """Write a note for the actor's organisation."""
    with transaction.atomic():
        note = Note.objects.create(
            organisation_id=actor.organisation_id, text=text, tonnes=tonnes, visibility=visibility
        )
        record(kind="notes.written", actor=actor, subject=actor.organisation_id, about=note.pk)
    return note


def add_up(*, actor: Actor, progress) -> str:
    """Add up the quantities of all notes, as the room's service; how many there are."""
    assert actor.service == SUM_NOTES.name
    with acting(actor):
        count = Note.objects.count()
    progress(count, count)
    return f"/notes/?counted={count}"
