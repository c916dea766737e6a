"""How the room presents itself."""

from sprega.foundation.access.services import Service, register
from sprega.foundation.access.totals import Total, register_total
from sprega.foundation.room import Entry, Indicator, Place, Room
from tests.rooms.notes.models import TOTAL
from tests.rooms.notes.personal_data import NOTES_OF_A_PERSON
from tests.rooms.notes.queries import noted, search

SUM_NOTES = register(
    Service(
        "sum-notes",
        "adds the quantities of all members' notes, for a total that the disclosure rule lets pass",
        reads=("notes_note",),
    )
)
register_total(Total(TOTAL, "Tonnes in all notes", "What all members noted, added up."))

ROOM = Room(
    name="Notes",
    navigation=(Entry(Place.COMMUNICATION, "Notes", "notes:list"),),
    services=(SUM_NOTES, NOTES_OF_A_PERSON),
    indicators=(Indicator(TOTAL, "Tonnes in all notes", "t", noted),),
    search=search,
)
