"""What the room keeps about a person, and how they read it."""

from sprega.foundation.access.identity import Actor
from sprega.foundation.access.services import Service, acting_as, register
from sprega.foundation.room import Basis, PersonalData
from tests.rooms.notes.models import Note

NOTES_OF_A_PERSON = register(
    Service("notes-of-a-person", "tells people which notes they wrote", reads=("notes_note",))
)


def collect(person: int) -> list[dict[str, object]]:
    """Notes that the person wrote."""
    with acting_as(NOTES_OF_A_PERSON, actor=Actor(person)):
        written = Note.objects.filter(written_by=person).select_related("organisation")
        return [{"Note": note.text, "Organisation": str(note.organisation)} for note in written]


PERSONAL_DATA = (
    PersonalData(
        name="notes",
        label="Notes that you wrote",
        purpose="So that a reader knows whom to ask.",
        basis=Basis.INTEREST,
        kept_for="as long as the note",
        tables=("notes_note",),
        collect=collect,
        stays="The note, which is your organisation's, without your name.",
    ),
)
