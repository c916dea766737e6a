# SPDX-License-Identifier: EUPL-1.2
"""Who can see a figure: the mark that stands beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sprega.foundation.access.models import Visibility


@dataclass(frozen=True)
class Seen:
    """A class, its icon, its words, and a sentence that says more."""

    visibility: str
    icon: str
    words: str
    more: str


ICONS = {
    Visibility.PUBLIC: "globe",
    Visibility.CLUSTER: "users",
    Visibility.GROUP: "handshake",
    Visibility.ORGANISATION: "lock",
    Visibility.DESK: "shield",
    Visibility.SEALED: "lock-keyhole",
}


def seen_as(visibility: str, until: date | None = None) -> Seen:
    """The mark of a class; a sealed one names the day until which nobody opens it, if it is known."""
    kind = Visibility(visibility)
    if kind == Visibility.SEALED and until:
        words = _("sealed until %(day)s") % {"day": date_format(until, "MONTH_DAY_FORMAT")}
    else:
        words = str(kind.label)
    more = {
        Visibility.PUBLIC: _("Everybody can see this, also without signing in."),
        Visibility.CLUSTER: _("All members of the cluster and its office can see this."),
        Visibility.GROUP: _("Those who take part can see this, and nobody else."),
        Visibility.ORGANISATION: _("Only people of your own organisation can see this."),
        Visibility.DESK: _(
            "Your organisation and the buying desk can see this; you are told of each look of the desk."
        ),
        Visibility.SEALED: _("Nobody can read this before the key holders open it together."),
    }[kind]
    return Seen(kind.value, ICONS[kind], words, more)


def mark(visibility: str, until: date | None = None, *, small: bool = False) -> SafeString:
    """The mark as it is drawn: icon and words, or `small` the icon alone with its words read aloud."""
    return _drawn(str(visibility), until, small, get_language())


@lru_cache(maxsize=256)
def _drawn(visibility: str, until: date | None, small: bool, _language: str | None) -> SafeString:
    """Drawn once: a list shows the same few beside each of its rows."""
    return render_to_string("ui/components/seen.html", {"mark": seen_as(visibility, until), "small": small})
