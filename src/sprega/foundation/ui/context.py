# SPDX-License-Identifier: EUPL-1.2
"""What the shell around every page needs; nothing is asked of the database before a page shows it."""

from __future__ import annotations

from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sprega.foundation.access.identity import NOBODY, Actor
from sprega.foundation.room import Entry, Place, rooms
from sprega.foundation.ui.addresses import address_of
from sprega.foundation.ui.preferences import theme_of
from sprega.foundation.ui.queries import Told, told
from sprega.foundation.ui.shell import Bar, Files, Foot, Link, Rail, Section, drawn

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
    Entry(Place.CLUSTER, _("Figures and who sees them"), "access:totals"),
    Entry(Place.CLUSTER, _("What happened"), "ledger:events"),
    Entry(Place.CLUSTER, _("Files"), "files:list"),
    Entry(Place.COMMUNICATION, _("Outbox"), "mail:outbox", frozenset({"office"})),
    Entry(Place.CLUSTER, _("Work that failed"), "jobs:failed", frozenset({"office"})),
)
"""Pages of the foundation that stand in the rail beside those of the rooms."""


class Shell:
    """The parts around a page, `{{ shell.bar }}` and the like, each made when a page shows it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.actor: Actor = getattr(request, "actor", NOBODY)
        self.practice = settings.CLUSTER.practice
        self.theme = theme_of(request)
        user = getattr(request, "user", None)
        self.user = user if user is not None and user.is_authenticated else None

    @cached_property
    def title(self) -> str:
        """The cluster's name in the reader's language."""
        titles = settings.CLUSTER.title
        return titles.get(get_language() or "") or next(iter(titles.values()))

    @cached_property
    def places(self) -> Rail | None:
        """What the rail shows; none for a visitor to whom no place is open."""
        sections, today = rail(self.actor, self.request.path), address_of("ui:today") if self.user else ""
        return Rail(sections, today, self.request.path == today) if sections or self.user else None

    @property
    def rail(self) -> SafeString:
        """The rail at the page's side."""
        return drawn("ui/shell/rail.html", self.places)

    @property
    def fold(self) -> SafeString:
        """The rail in its menu, where the page is narrow."""
        return drawn("ui/shell/fold.html", self.places)

    @property
    def bar(self) -> SafeString:
        """The bar at the top."""
        path, search = self.request.path, address_of("search:results")
        sign_in = address_of("account_login")
        news = told(self.user.pk) if self.user else Told()
        return drawn(
            "ui/shell/bar.html",
            Bar(
                title=self.title,
                practice=self.practice,
                theme=self.theme,
                person=str(self.user) if self.user else "",
                email=self.user.email if self.user else "",
                sign_in=sign_in if not self.user and path != sign_in else "",
                organisations=news.organisations,
                acting_for=self.actor.organisation_id,
                unread=news.unread,
                asked=self.request.GET.get("q", "") if path == search else "",
            ),
        )

    @property
    def files(self) -> SafeString:
        """The style sheet and the scripts."""
        return drawn("ui/shell/files.html", Files())

    @property
    def foot(self) -> SafeString:
        """The foot."""
        return drawn("ui/shell/foot.html", Foot(self.title))


def shell(request: HttpRequest) -> dict[str, Any]:
    """The parts around the page."""
    return {"shell": Shell(request)}


def needs(actor: Actor, entry: Entry) -> bool:
    """Whether an entry of the rail is for the actor."""
    return actor.has(*entry.roles) if entry.roles else actor.inside


def rail(actor: Actor, path: str) -> tuple[Section, ...]:
    """The places, in the founding text's order, that have something for the actor."""
    wanted = [
        (entry, url)
        for entry in chain(FOUNDATION, *(room.navigation for room in rooms()))
        if needs(actor, entry) and (url := address_of(entry.url))
    ]
    here = max((url for _entry, url in wanted if path.startswith(url)), key=len, default="")
    sections = []
    for place, (label, icon) in PLACES.items():
        links = tuple(
            Link(str(entry.label), url, url == here) for entry, url in wanted if entry.place == place
        )
        if links:
            sections.append(Section(str(label), icon, links))
    return tuple(sections)
