"""How the room presents itself."""

from sprega.foundation.room import Room

ROOM = Room(name="Growing")
