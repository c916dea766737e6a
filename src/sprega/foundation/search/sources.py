# SPDX-License-Identifier: EUPL-1.2
"""Where a search looks: the foundation's own things, then each room; all of it as the viewer sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sprega.foundation.access.identity import Actor
from sprega.foundation.files.queries import files
from sprega.foundation.mail.models import Letter, Mail
from sprega.foundation.mail.queries import purpose
from sprega.foundation.notices.queries import notices
from sprega.foundation.organisations.models import Organisation, Representation
from sprega.foundation.organisations.queries import representations
from sprega.foundation.room import Hit, Room, rooms
from sprega.foundation.search import house
from sprega.foundation.search.names import ranks
from sprega.foundation.search.question import Question
from sprega.foundation.search.text import matching

if TYPE_CHECKING:
    from django.utils.functional import Promise

NEWEST = 500
"""Files, notices and mails that a search reads, the newest of each."""


@dataclass(frozen=True)
class Source:
    """A part of the answer: its name in the address, its heading, and how it is searched.

    `confidential` ones wait for the second factor: a room may show a member's own figures.
    """

    key: str
    label: str | Promise
    find: Callable[[Actor, Question], Iterable[Hit]]
    confidential: bool = False


def sources() -> list[Source]:
    """All of them, in the order in which they are shown."""
    own = [
        Source("pages", _("Pages"), house.pages),
        Source("organisations", _("Organisations"), _organisations),
        Source("people", _("People"), _people),
    ]
    offered = [
        Source(name.rpartition(".")[2], room.name, partial(_of_room, room), confidential=True)
        for name, room in zip(settings.ROOMS, rooms(), strict=True)
        if room.search
    ]
    offered.append(Source("files", _("Files"), _files, confidential=True))
    told = [Source("notices", _("Notices"), _notices), Source("mails", _("Mails"), _mails)]
    return [*own, *offered, *told]


def _of_room(room: Room, viewer: Actor, question: Question) -> Iterable[Hit]:
    return room.search(viewer, question.text) if room.search else ()


def _organisations(viewer: Actor, question: Question) -> Iterator[Hit]:
    """By name in either language and by short name; the names of organisations are public."""
    rows = list(
        Organisation.objects.order_by("pk").values_list("slug", "name", "name_bg", "standing", "kind")
    )
    office = viewer.has(Representation.Role.OFFICE)
    for number, rank in ranks(question, [row[:3] for row in rows]).items():
        _slug, name, bulgarian, standing, kind = rows[number]
        first = called(name, bulgarian)
        said = [bulgarian if first == name else name, Organisation.Standing(standing).label]
        said += [Organisation.Kind(kind).label] if kind != Organisation.Kind.OTHER else []
        excerpt = " · ".join(str(one) for one in said if one)
        yield Hit(first, _people_page(name) if office else "", "", excerpt, rank)


def _people(viewer: Actor, question: Question) -> Iterator[Hit]:
    """Those whom the page of people shows the viewer, each once."""
    if viewer.organisation_id is None:
        return
    acts: dict[int, list[Representation]] = {}
    for one in representations(viewer=viewer):
        acts.setdefault(one.person_id, []).append(one)
    known = list(acts.values())
    for number, rank in ranks(question, [(one[0].person.name, one[0].person.email) for one in known]).items():
        person = known[number][0].person
        roles = dict.fromkeys(f"{one.organisation}, {one.get_role_display()}" for one in known[number])
        yield Hit(str(person), _people_page(person.email), "", " · ".join((person.email, *roles)), rank)


def _files(viewer: Actor, question: Question) -> Iterator[Hit]:
    """By name and description, those that the viewer may see; what stands in them is not read."""
    kept = list(files()[:NEWEST])
    told = [f"{file.name}\n{file.description}" for file in kept]
    for number, rank in matching(told, question).items():
        file = kept[number]
        said = " · ".join(filter(None, (file.description, str(file.organisation))))
        yield Hit(file.name, reverse("files:download", args=[file.pk]), "", said, rank)


def _notices(viewer: Actor, question: Question) -> Iterator[Hit]:
    """The viewer's own, in the language in which they are read."""
    if viewer.person_id is None:
        return
    kept = list(notices(viewer=viewer)[:NEWEST])
    for number, rank in matching([str(notice) for notice in kept], question).items():
        yield Hit(str(kept[number]), reverse("notices:open", args=[kept[number].pk]), "", "", rank)


def _mails(viewer: Actor, question: Question) -> Iterator[Hit]:
    """Those that the outbox shows the viewer; the subject only to whom the letter is."""
    if viewer.person_id is None:
        return
    subject = Letter.objects.filter(mail=OuterRef("pk")).values("subject")
    kept = list(Mail.objects.annotate(subject=Subquery(subject[:1])).order_by("-queued_at")[:NEWEST])
    told = [f"{purpose(mail.kind)}\n{mail.address}\n{mail.subject or ''}" for mail in kept]
    for number, rank in matching(told, question).items():
        mail = kept[number]
        title = mail.subject or purpose(mail.kind)
        yield Hit(
            title,
            reverse("mail:letter", args=[mail.pk]),
            "",
            f"{mail.address} · {mail.get_state_display()}",
            rank,
        )


def _people_page(asked: str) -> str:
    return f"{reverse('organisations:people')}?{urlencode({'q': asked})}"


def called(name: str, name_bg: str) -> str:
    """An organisation's name as the reader's language has it."""
    return (get_language() == "bg" and name_bg) or name
