"""The same for programs."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema, Status
from pydantic import StringConstraints

from sprega.foundation.api.paging import Asked, Page, page
from sprega.foundation.api.schema import Input
from tests.rooms.notes import actions
from tests.rooms.notes.models import Note

router = Router()

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Tonnes = Annotated[Decimal, Field(max_digits=12, decimal_places=3, description="Quantity in t.")]


class NoteOut(Schema):
    """A note as its reader sees it."""

    id: UUID
    organisation: int = Field(alias="organisation_id")
    text: str
    tonnes: Decimal = Field(description="Quantity in t.")
    visibility: str
    version: int
    written_at: datetime


class NoteIn(Input):
    """A note to be written."""

    text: Text
    tonnes: Tonnes = Decimal(0)


class NoteChange(Input):
    """What a note shall say, and the version that it is a change of."""

    text: Text
    tonnes: Tonnes
    version: int = Field(ge=1, le=2**31 - 2)


@router.get("", response=Page[NoteOut])
def notes(request: HttpRequest, asked: Query[Asked]) -> dict[str, Any]:
    """List the notes that the reader may see, newest first."""
    return page(request, Note.objects.all(), asked, order=["-written_at", "id"])


@router.get("/{uuid:note}", response=NoteOut)
def one_note(request: HttpRequest, note: UUID) -> Note:
    """Read a note."""
    return get_object_or_404(Note, pk=note)


@router.post("", response={201: NoteOut})
def write_note(request: HttpRequest, new: NoteIn) -> Status:
    """Write a note for the token's organisation."""
    return Status(201, actions.write_note(actor=request.actor, text=new.text, tonnes=new.tonnes))


@router.put("/{uuid:note}", response=NoteOut)
def change_note(request: HttpRequest, note: UUID, change: NoteChange) -> Note:
    """Change a note of the token's organisation; refused if somebody else was faster."""
    return actions.change_note(
        actor=request.actor, note=note, version=change.version, text=change.text, tonnes=change.tonnes
    )
