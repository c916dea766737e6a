"""The web pages: thin."""

from operator import itemgetter
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from sprega.foundation.access.queries import shown
from sprega.foundation.jobs.actions import start
from sprega.foundation.ui.forms import show_version
from sprega.foundation.ui.table import Column, Table
from tests.rooms.notes.actions import change_note
from tests.rooms.notes.forms import NoteForm
from tests.rooms.notes.jobs import add_up_notes, export_notes
from tests.rooms.notes.models import TOTAL, Note


def note_list(request: HttpRequest) -> HttpResponse:
    """The notes that the reader may see, and the sum of all as far as the rule lets it."""
    columns = [
        Column("organisation", "Organisation", "organisation__name", sort="organisation__name"),
        Column("text", "Note", sort="text"),
        Column("tonnes", "Quantity", kind="number", unit="t", sort="tonnes", seen=itemgetter("visibility")),
    ]
    table = Table(
        request,
        Note.objects.values("text", "tonnes", "visibility", "organisation__name"),
        columns,
        search=["text"],
        empty="No notes yet",
        hint="Notes that you may see will stand here.",
    )
    total = shown(subject=TOTAL, viewer=request.actor)
    return render(request, "notes/list.html", {"table": table, "total": total})


@require_POST
@login_required
def add_up(request: HttpRequest) -> HttpResponse:
    """Start the room's long work, and lead to where it can be watched."""
    return redirect("jobs:run", run=start(add_up_notes, actor=request.actor).pk)


@require_POST
@login_required
def export(request: HttpRequest) -> HttpResponse:
    """Make a document of all notes that the reader may see."""
    form = "pdf" if "pdf" in request.POST else "xlsx"
    return redirect("jobs:run", run=start(export_notes, actor=request.actor, form=form).pk)


@login_required
def edit(request: HttpRequest, note: UUID) -> HttpResponse:
    """Change a note; whoever was slower is told, sees how it stands now, and keeps what they typed."""
    kept = get_object_or_404(Note, pk=note, organisation_id=request.actor.organisation_id)
    seen = {"text": kept.text, "tonnes": kept.tonnes, "version": kept.version}
    form = NoteForm(request.POST or None, initial=seen)
    if request.method == "POST" and form.is_valid():
        try:
            change_note(actor=request.actor, note=note, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
            show_version(form, kept.version)
        else:
            return redirect("notes:list")
    return render(request, "notes/edit.html", {"form": form, "note": kept})
