# SPDX-License-Identifier: EUPL-1.2
"""What the founding text promises, in our own words; where it happens, and one live figure of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from sprega.foundation.access.identity import NOBODY, acting
from sprega.foundation.organisations.models import Organisation
from sprega.foundation.room import Place, Room, rooms
from sprega.foundation.ui.addresses import address_of
from sprega.foundation.ui.context import PLACES

if TYPE_CHECKING:
    from django.utils.functional import Promise

SENTENCES: dict[Place, str | Promise] = {
    Place.MARKETS: _(
        "To join what each of us knows and can do, and make together what the world's markets ask for."
    ),
    Place.COMMUNICATION: _(
        "To speak with each other, and with one voice, so that everything is easier to arrange."
    ),
    Place.MATERIALS: _("To buy raw materials and energy together, and so pay less for them."),
    Place.RESEARCH: _("To bring research and new technology from the laboratory to the works."),
    Place.TRAINING: _("To found centres where people train for the work that waits for them here."),
    Place.CLUSTER: _(
        "To stand as a pyramid: exporting leaders, suppliers and services, and what carries both."
    ),
    Place.SAFETY: _("To make work healthy and safe, and learn from each other's near misses."),
    Place.ENVIRONMENT: _("To use less energy and water, and leave the land cleaner than we found it."),
    Place.REGION: _(
        "To build the region with its municipalities: infrastructure, public services, investment."
    ),
}
"""In the order of the founding text: how a cluster works, then its goals and fields.

They say what is meant to be, so that none is false where nothing has been done yet.
"""


@dataclass(frozen=True)
class Fact:
    """A live figure with what it counts."""

    value: float
    unit: str | Promise
    label: str | Promise


@dataclass(frozen=True)
class Kept:
    """A promise with where it is kept: no address and no fact while no room does it."""

    sentence: str | Promise
    icon: str
    url: str
    fact: Fact | None


def promises() -> list[Kept]:
    """All promises; figures are those that a visitor may see, whoever asks: the page is the public's."""
    found = list(rooms())
    with acting(NOBODY):
        return [
            Kept(sentence, PLACES[place][1], _address(place, found), _fact(place, found))
            for place, sentence in SENTENCES.items()
        ]


def _address(place: Place, found: list[Room]) -> str:
    """The first page of a place, before all one that everybody needs."""
    entries = [entry for room in found for entry in room.navigation if entry.place == place]
    addresses = (address_of(entry.url) for entry in sorted(entries, key=lambda entry: bool(entry.roles)))
    return next(filter(None, addresses), "")


def _fact(place: Place, found: list[Room]) -> Fact | None:
    """The first figure that a room of the place shows to everybody."""
    for room in found:
        if any(entry.place == place for entry in room.navigation):
            for indicator in room.indicators:
                value = indicator.value(NOBODY)
                if value is not None:
                    return Fact(value, indicator.unit, indicator.label)
    if place == Place.CLUSTER:
        members = Organisation.objects.filter(standing=Organisation.Standing.MEMBER).count()
        return Fact(members, "", _("members")) if members else None
    return None
