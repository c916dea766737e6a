# SPDX-License-Identifier: EUPL-1.2
"""The bar, the rail and the foot around every page, drawn once for all who see the same.

A part is drawn from its facts and the language and from nothing else: no request and no person reaches its
template. So equal facts have equal parts, and a part that was drawn before can be shown again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import Promise

THEMES: tuple[tuple[str, str | Promise, str], ...] = (
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

    label: str
    url: str
    here: bool


@dataclass(frozen=True)
class Section:
    """A place of the rail with the lines that the person needs."""

    label: str
    icon: str
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Rail:
    """What the rail shows; `today` is Today's address for who is signed in, `here` says this is that page."""

    sections: tuple[Section, ...] = ()
    today: str = ""
    here: bool = False


@dataclass(frozen=True)
class Bar:
    """What the bar shows: who is signed in and for whom they act, or the way to sign in."""

    title: str
    practice: bool
    theme: str
    person: str = ""
    email: str = ""
    sign_in: str = ""
    organisations: tuple[tuple[int, str], ...] = ()
    acting_for: int | None = None
    unread: int = 0
    asked: str = ""

    themes = THEMES
    languages = LANGUAGES


@dataclass(frozen=True)
class Foot:
    """What the foot shows."""

    title: str


@dataclass(frozen=True)
class Files:
    """What every page loads, the same for all."""


def drawn(template: str, facts: Rail | Bar | Foot | Files | None) -> SafeString:
    """A part of the shell, where it has facts."""
    return _drawn(template, facts, get_language()) if facts else SafeString("")


@lru_cache(maxsize=2048)
def _drawn(template: str, facts: Rail | Bar | Foot | Files, _language: str | None) -> SafeString:
    return get_template(template).template.render(Context({"shell": facts}))
