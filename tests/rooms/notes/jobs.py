"""Background work: a thin call of an action."""

from sprega.foundation.files.made import document
from sprega.foundation.jobs.kinds import job
from tests.rooms.notes.actions import add_up
from tests.rooms.notes.export import write_notes
from tests.rooms.notes.room import SUM_NOTES


@job(name="notes.add_up", title="Adding up the notes", service=SUM_NOTES)
def add_up_notes(*, actor, progress) -> str:
    """Add up the quantities of all notes."""
    return add_up(actor=actor, progress=progress)


@document(name="notes.export", title="Notes as a document")
def export_notes(*, actor, progress, to, form) -> str:
    """Write all notes that the asker may see."""
    return write_notes(actor=actor, to=to, form=form)
