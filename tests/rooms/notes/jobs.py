"""Background work: a thin call of an action."""

from sprega.foundation.jobs.kinds import job
from tests.rooms.notes.actions import add_up
from tests.rooms.notes.room import SUM_NOTES


@job(name="notes.add_up", title="Adding up the notes", service=SUM_NOTES)
def add_up_notes(*, actor, progress) -> str:
    """Add up the quantities of all notes."""
    return add_up(actor=actor, progress=progress)
