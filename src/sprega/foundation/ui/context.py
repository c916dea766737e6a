# SPDX-License-Identifier: EUPL-1.2
"""What the shell around every page needs; nothing is asked of the database before a page shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sprega.foundation.access.identity import NOBODY, Actor
from sprega.foundation.notices.queries import unread
from sprega.foundation.room import Entry, Place, rooms
from sprega.foundation.ui.preferences import theme_of

if TYPE_CHECKING:
    from django.utils.functional import Promise

PLACES: dict[Place, tuple[str | Promise, str]] = {
    Place.CLUSTER: (_("Our cluster"), "pyramid"),
    Place.COMMUNICATION: (_("Communication"), "messages-square"),
    Place.MATERIALS: (_("Cheaper materials and energy"), "package"),
    Place.MARKETS: (_("Competences and markets"), "network"),
    Place.RESEARCH: (_("Research and technology"), "flask-conical"),
    Place.TRAINING: (_("Training and education"), "graduation-cap"),
    Place.SAFETY: (_("Health and safety"), "hard-hat"),
    Place.ENVIRONMENT: (_("Environment and water"), "leaf"),
    Place.REGION: (_("Region"), "landmark"),
}
"""What a place is called in the rail, and its icon."""

FOUNDATION = (
    Entry(Place.CLUSTER, _("People"), "organisations:people"),
    Entry(Place.COMMUNICATION, _("Outbox"), "mail:outbox", frozenset({"office"})),
)
"""Pages of the foundation that stand in the rail beside those of the rooms."""

THEMES = (
    ("system", _("As the device"), "monitor"),
    ("light", _("Light"), "sun"),
    ("dark", _("Dark"), "moon"),
)
# Each language is offered in itself: whoever looks for it may read no other.
OWN_NAMES = {"en": ("EN", "English"), "bg": ("БГ", "Български")}
LANGUAGES = [(code, *OWN_NAMES[code]) for code, _name in settings.LANGUAGES]


@dataclass(frozen=True)
class Link:
    """A line of the rail."""

    label: str | Promise
    url: str
    here: bool


@dataclass(frozen=True)
class Section:
    """A place of the rail with the lines that the person needs."""

    label: str | Promise
    icon: str
    links: list[Link]


def shell(request: HttpRequest) -> dict[str, Any]:
    """Name of the cluster, theme, rail and organisations for `ui/page.html`."""
    actor: Actor = getattr(request, "actor", NOBODY)
    titles = settings.CLUSTER.title
    return {
        "shell": {
            "title": titles.get(get_language() or "") or next(iter(titles.values())),
            "practice": settings.CLUSTER.practice,
            "actor": actor,
            "theme": theme_of(request),
            "themes": THEMES,
            "languages": LANGUAGES,
            "rail": SimpleLazyObject(lambda: rail(actor, request.path)),
            "organisations": SimpleLazyObject(lambda: represented(request)),
            "unread": SimpleLazyObject(lambda: unread(actor)),
        }
    }


def needs(actor: Actor, entry: Entry) -> bool:
    """Whether an entry of the rail is for the actor."""
    return actor.has(*entry.roles) if entry.roles else actor.inside


def rail(actor: Actor, path: str) -> list[Section]:
    """The places, in the founding text's order, that have something for the actor."""
    wanted = [
        (entry, url)
        for entry in chain(FOUNDATION, *(room.navigation for room in rooms()))
        if needs(actor, entry) and (url := _url(entry.url))
    ]
    here = max((url for _entry, url in wanted if path.startswith(url)), key=len, default="")
    sections = []
    for place, (label, icon) in PLACES.items():
        links = [Link(entry.label, url, url == here) for entry, url in wanted if entry.place == place]
        if links:
            sections.append(Section(label, icon, links))
    return sections


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def represented(request: HttpRequest) -> list[Any]:
    """The organisations for which the signed-in person may act, each once, by name."""
    from sprega.foundation.organisations.models import Organisation

    if not request.user.is_authenticated:
        return []
    mine: Iterable[int] = request.user.representations.in_force().values_list("organisation_id", flat=True)
    return list(Organisation.objects.filter(pk__in=mine))
