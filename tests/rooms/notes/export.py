"""All notes that somebody may see, as a workbook or printed."""

from typing import BinaryIO

from sprega.foundation.access.identity import Actor, acting
from sprega.foundation.files.printed import write_pdf
from sprega.foundation.ui.export import write_workbook
from sprega.foundation.ui.table import Column
from tests.rooms.notes.models import Note

COLUMNS = (
    Column("organisation", "Organisation"),
    Column("text", "Note"),
    Column("tonnes", "Quantity", kind="number", unit="t"),
)


def write_notes(*, actor: Actor, to: BinaryIO, form: str) -> str:
    """Write the notes; the document's name."""
    with acting(actor):
        notes = Note.objects.select_related("organisation")
        rows = ([column.of(note) for column in COLUMNS] for note in notes)
        if form == "pdf":
            write_pdf(to, title="Notes", columns=COLUMNS, rows=rows, seen_by="only you")
        else:
            write_workbook(to, title="Notes", columns=COLUMNS, rows=rows)
    return f"notes.{form}"
