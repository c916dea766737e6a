"""How the room's events are told."""

from sprega.foundation.ledger.words import Told

AREA = "Notes"
EVENTS = {
    "notes.written": Told("%(subject)s wrote a note."),
    "notes.changed": Told("%(subject)s changed a note."),
}
