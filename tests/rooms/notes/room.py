"""How the room presents itself."""

from sprega.foundation.access.services import Service, register
from sprega.foundation.access.totals import Total, register_total
from sprega.foundation.room import Entry, Indicator, Place, Room
from tests.rooms.notes.queries import noted, search

SUM_NOTES = register(
    Service(
        "sum-notes",
        "adds the quantities of all members' notes, for a total that the disclosure rule lets pass",
        reads=("notes_note",),
    )
)

NOTED = register_total(Total("notes.tonnes", "Tonnes in all notes", "What all members noted, added up."))

ROOM = Room(
    name="Notes",
    navigation=(Entry(Place.COMMUNICATION, "Notes", "notes:list"),),
    services=(SUM_NOTES,),
    indicators=(Indicator("notes.tonnes", "Tonnes in all notes", "t", noted),),
    search=search,
)
