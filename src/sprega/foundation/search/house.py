# SPDX-License-Identifier: EUPL-1.2
"""Pages of the house, found by their titles and by what people call them, in every language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from sprega.foundation.access.identity import Actor
from sprega.foundation.room import Hit, rooms
from sprega.foundation.search.names import EXACT, latin
from sprega.foundation.search.question import Question
from sprega.foundation.search.text import matching
from sprega.foundation.ui.addresses import address_of
from sprega.foundation.ui.context import FOUNDATION, PLACES, needs

if TYPE_CHECKING:
    from django.utils.functional import Promise


@dataclass(frozen=True)
class Page:
    """A page: its title, its address, other words for it, and for whom it is."""

    title: str | Promise
    url: str
    words: str | Promise = ""
    signed_in: bool = True


OTHERS = (
    Page(_("First page"), "ui:home", _("home, start, what the cluster promises"), signed_in=False),
    Page(_("Today"), "ui:today", _("tasks, deadlines, what waits for me")),
    Page(_("Notices"), "notices:list", _("messages, news for me")),
    Page(_("Notices by mail"), "notices:choice", _("digest, subscribe, unsubscribe")),
    Page(_("Your account"), "accounts:account", _("profile, name, language, theme, settings")),
    Page(_("Another password"), "account_change_password", _("change the password, sign in")),
    Page(_("Second factor"), "mfa_index", _("authenticator app, code, recovery codes, security")),
    Page(_("Where you are signed in"), "usersessions_list", _("devices, sessions, sign out elsewhere")),
    Page(_("Files"), "files:list", _("upload, document, attachment")),
    Page(_("Your long work"), "jobs:list", _("jobs, progress, what is under way")),
    Page(_("What happened"), "ledger:events", _("your events, ledger, log, proof, who looked")),
    Page(_("Your data"), "personal:mine", _("download, erase, personal data, data protection")),
    Page(_("What is kept and why"), "personal:kept", _("data protection, retention"), signed_in=False),
    Page(_("Keys for programs"), "tokens:list", _("API, token")),
    Page(_("What programs can do"), "api:reference", _("API, interface"), signed_in=False),
)


def pages(viewer: Actor, question: Question) -> Iterator[Hit]:
    """The pages that the viewer may open."""
    known = list(_pages(viewer))
    told = ["\n".join(chain.from_iterable(_everywhere(page))) for page, _url in known]
    for number, rank in matching(told, question).items():
        page, url = known[number]
        called = {latin(title) for title in _everywhere(page)[0]}
        yield Hit(str(page.title), url, "", "", EXACT if latin(question.names) in called else rank)


def titles(viewer: Actor) -> list[str]:
    """What the pages that the viewer may open are called."""
    return [str(page.title) for page, _url in _pages(viewer)]


def _pages(viewer: Actor) -> Iterator[tuple[Page, str]]:
    """Those of the rail and those beside it, as far as they are installed."""
    known = {page.url for page in OTHERS}
    in_rail = [
        Page(entry.label, entry.url, PLACES[entry.place][0])
        for entry in chain(FOUNDATION, *(room.navigation for room in rooms()))
        if needs(viewer, entry) and entry.url not in known
    ]
    for page in (*OTHERS, *in_rail):
        url = address_of(page.url) if viewer.person_id is not None or not page.signed_in else ""
        if url:
            yield page, url


def _everywhere(page: Page) -> tuple[list[str], list[str]]:
    """Title and words in all languages of the cluster."""
    said: tuple[list[str], list[str]] = ([], [])
    for code, _name in settings.LANGUAGES:
        with override(code):
            said[0].append(str(page.title))
            said[1].append(str(page.words))
    return said
