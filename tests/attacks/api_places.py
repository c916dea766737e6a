"""Where the attacks on the API go: how each route is reached, and what its owner finds there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sprega.foundation.access.identity import acting
from sprega.foundation.api.mount import api
from sprega.foundation.jobs.models import Run
from sprega.foundation.notices.actions import notify
from tests.attacks.places import CANARY, FIGURE
from tests.people import People
from tests.rooms.notes.actions import write_note

ROOT = "/api/v1/"
CONVERTER = re.compile(r"\{\w+:")


@dataclass(frozen=True)
class Planted:
    """What belongs to the copper works and must reach nobody else."""

    note: Any
    notice: Any
    run: Any


@dataclass(frozen=True)
class Route:
    """One route.

    Attributes
    ----------
    address : callable
        From what was planted; without one the route's own path.
    finds : str
        What the rightful owner must read there, or must find done.
    body : callable
        What an attacker sends, and the owner.
    closed : bool
        Others get 404: the address names what belongs to the copper works.
    limited : bool
        A token that is limited to another room gets nothing here.
    """

    finds: str
    address: Callable[[Planted], str] | None = None
    body: dict[str, Any] = field(default_factory=dict)
    closed: bool = False
    limited: bool = True


def plant(people: People) -> Planted:
    """Put canaries into every text, and a figure that stands nowhere else."""
    copper = people.actor(people.copper)
    with acting(copper):
        note = write_note(actor=copper, text=f"{CANARY} note", tonnes=f"{FIGURE}.125")
        notice = notify(
            actor=copper,
            person=people.copper,
            kind="notes.told",
            text=f"{CANARY} notice",
            organisation=people.organisation("copper"),
        )
        run = Run.objects.create(
            kind=f"{CANARY} run",
            person_id=copper.person_id,
            organisation_id=copper.organisation_id,
            result=f"/{CANARY}/result",
        )
    return Planted(note.pk, notice.pk, run.pk)


CHANGE = {"text": "forged", "tonnes": "1", "version": 1}
ROUTES: dict[tuple[str, str], Route] = {
    ("GET", "me"): Route("Copper Works", limited=False),
    ("GET", "organisations"): Route("Copper Works"),
    ("GET", "notices"): Route(f"{CANARY} notice"),
    ("POST", "notices/{notice}/read"): Route(
        "", lambda planted: f"notices/{planted.notice}/read", closed=True
    ),
    ("GET", "events"): Route("notes.written"),
    ("GET", "runs"): Route(f"{CANARY} run"),
    ("GET", "runs/{run}"): Route(f"{CANARY} run", lambda planted: f"runs/{planted.run}", closed=True),
    ("GET", "notes"): Route(f"{CANARY} note"),
    ("POST", "notes"): Route("forged", body={"text": "forged", "tonnes": "1"}),
    ("GET", "notes/{note}"): Route(FIGURE, lambda planted: f"notes/{planted.note}", CHANGE, closed=True),
    ("PUT", "notes/{note}"): Route(
        "forged", lambda planted: f"notes/{planted.note}", body=CHANGE, closed=True
    ),
}


def routes() -> Iterator[tuple[str, str]]:
    """Method and path of every route that the API mounts, shown in its document or not."""
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    yield method, CONVERTER.sub("{", f"{router.prefix}{path}").lstrip("/")
