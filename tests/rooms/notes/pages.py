"""The web pages: thin."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tests.rooms.notes.models import Note


def note_list(request: HttpRequest) -> HttpResponse:
    """The notes that the reader may see."""
    return render(request, "notes/list.html", {"notes": Note.objects.select_related("organisation")[:50]})
