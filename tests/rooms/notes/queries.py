"""Reads."""

from collections.abc import Iterator

from sprega.foundation.access.identity import Actor
from sprega.foundation.access.models import Visibility
from sprega.foundation.access.queries import shown
from sprega.foundation.room import Hit
from sprega.foundation.search.queries import public
from sprega.foundation.search.text import found
from tests.rooms.notes.models import TOTAL, Note


def search(viewer: Actor, asked: str) -> Iterator[Hit]:
    """Public notes from the index of public texts; the others by row-level security."""
    yield from public(kind="notes.note", asked=asked, label="note")
    if viewer.person_id is not None:
        for note, rank in found(Note.objects.exclude(visibility=Visibility.PUBLIC), asked):
            yield Hit(note.text, "/notes/", "note", note.get_visibility_display(), rank)


def noted(viewer: Actor) -> float | None:
    """The sum of all notes as it was let out, for the goals; None while it is withheld from the viewer."""
    figure = shown(subject=TOTAL, viewer=viewer)
    return None if figure is None else figure.value
