# SPDX-License-Identifier: EUPL-1.2
"""What happened, each event with its proof; and the checkpoints that everybody may keep."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from sprega.foundation.accounts.second_factor import confidential
from sprega.foundation.ledger import queries, words
from sprega.foundation.ledger.forms import WhichForm
from sprega.foundation.ledger.models import Checkpoint, Key, Payload
from sprega.foundation.ledger.proof import dump_proof
from sprega.foundation.ledger.tree import leaf_hash
from sprega.foundation.ui.export import workbook
from sprega.foundation.ui.table import Column, Table

AT_ONCE = 50


@confidential
def events(request: HttpRequest) -> HttpResponse:
    """The reader's own events, by sentence."""
    form, names = WhichForm(request.GET), words.Names()
    found = queries.events(viewer=request.actor, **form.wanted())
    columns = [
        Column("when", _("When"), "at", kind="moment"),
        Column("what", _("What happened"), lambda event: words.sentence(event, names), link=_address),
        Column("who", _("Who"), who),
    ]
    if request.GET.get("export") == "xlsx":
        return workbook(Table(request, found, columns, export=_("events")))
    rows, earlier = _some(found, "commitment", request.GET.get("before", ""))
    context = {
        "form": form,
        "table": Table(request, rows, columns, caption=_("What happened")),
        "earlier": earlier,
    }
    return render(request, "ledger/events.html", context)


@confidential
def event(request: HttpRequest, event: int) -> HttpResponse:
    """One event, and what proves it."""
    kept = get_object_or_404(queries.events(viewer=request.actor), pk=event)
    proof, names = queries.proof_of(kept), words.Names()
    facts = [
        (_("When"), date_format(localtime(kept.at), "SHORT_DATETIME_FORMAT")),
        (_("Who"), who(kept)),
        (_("Acting for"), names.organisation(kept.organisation_id)),
        (_("Whose matter"), names.organisation(kept.subject_id)),
        (_("About"), words.areas().get(kept.kind.partition(".")[0], kept.kind)),
    ]
    context = {"event": kept, "sentence": words.sentence(kept, names), "facts": facts, "proof": proof}
    if proof is not None:
        context["recorded"] = json.dumps(json.loads(proof.leaf.payload or b""), ensure_ascii=False, indent=1)
        context["proved"] = [
            (_("Position"), proof.leaf.position),
            (_("Commitment"), proof.leaf.commitment.hex()),
            (_("Leaf hash"), leaf_hash(proof.leaf.commitment).hex()),
        ]
    return render(request, "ledger/event.html", context)


@confidential
def proof(request: HttpRequest, event: int) -> HttpResponse:
    """The proof of one event as a file for `sprega verify`."""
    kept = get_object_or_404(queries.events(viewer=request.actor), pk=event)
    found = queries.proof_of(kept)
    if found is None:
        return render(request, "ledger/waiting.html", {"event": kept}, status=409)
    text = dump_proof(found.leaf, found.path, found.checkpoint, found.keys, found.handovers)
    return _saved(text, f"proof-{found.leaf.position}.json", "application/json")


def checkpoints(request: HttpRequest) -> HttpResponse:
    """Checkpoints and keys, for anybody to keep."""
    columns = [
        Column("size", _("Events"), kind="number"),
        Column("when", _("Signed"), "at", kind="moment"),
        Column("root", _("Root"), queries.root_of),
        Column("key", _("Key"), queries.signers_of),
        Column("keep", _("To keep"), lambda _row: _("Download"), link=_note_address),
    ]
    rows, earlier = _some(queries.checkpoints(), "size", request.GET.get("before", ""))
    context = {
        "table": Table(request, rows, columns, caption=_("Signed checkpoints")),
        "earlier": earlier,
        "keys": Key.objects.order_by("since"),
        "waiting": queries.waiting() if request.actor.has("office") else None,
    }
    return render(request, "ledger/checkpoints.html", context)


def checkpoint(request: HttpRequest, size: int) -> HttpResponse:
    """One checkpoint as it was signed."""
    kept = get_object_or_404(Checkpoint, pk=size)
    return _saved(kept.note, f"checkpoint-{size}.txt")


def keys(request: HttpRequest) -> HttpResponse:
    """The public keys, one a line, as `sprega verify --keys` takes them."""
    known = Key.objects.order_by("since").values_list("text", flat=True)
    return _saved("".join(f"{key}\n" for key in known), "keys.txt")


def who(event: Payload) -> str:
    """Who did it: a person, or the system by itself."""
    return str(event.person) if event.person else _("the system by itself")


def _some(found: object, field: str, before: str) -> tuple[list, str]:
    """The rows after a cursor, and the cursor of those before them; an odd cursor is none."""
    if before.isdecimal() and len(before) < 19:
        found = found.filter(**{f"{field}__lt": int(before)})
    rows = list(found[: AT_ONCE + 1])
    return rows[:AT_ONCE], str(rows[AT_ONCE - 1].pk) if len(rows) > AT_ONCE else ""


def _saved(text: str, name: str, content_type: str = "text/plain") -> HttpResponse:
    """A file that the browser saves."""
    named = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type=f"{content_type}; charset=utf-8", headers=named)


def _address(event: Payload) -> str:
    return reverse("ledger:event", args=[event.pk])


def _note_address(checkpoint: Checkpoint) -> str:
    return reverse("ledger:checkpoint", args=[checkpoint.pk])
