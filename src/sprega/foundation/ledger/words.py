# SPDX-License-Identifier: EUPL-1.2
"""What events are called: a sentence for each kind, which each app and room gives in its `events.py`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, TypeAlias

from django.apps import apps
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sprega.foundation.access.services import registered
from sprega.foundation.organisations.models import Organisation, Representation

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from sprega.foundation.ledger.leaf import Json
    from sprega.foundation.ledger.models import Payload

NOTHING = "\u2013"


class Names:
    """Names of the persons and organisations of a page, each asked for once."""

    def __init__(self) -> None:
        self._persons: dict[int, str] = {}
        self._organisations: dict[int, str] = {}

    def person(self, number: object) -> str:
        """A person's name, by number."""
        if not str(number).isdecimal():
            return NOTHING
        if int(str(number)) not in self._persons:
            found = get_user_model().objects.filter(pk=int(str(number))).first()
            self._persons[int(str(number))] = NOTHING if found is None else str(found)
        return self._persons[int(str(number))]

    def organisation(self, number: object) -> str:
        """An organisation's name in the reader's language, by number."""
        if not self._organisations:
            self._organisations = {one.pk: str(one) for one in Organisation.objects.all()}
        return self._organisations.get(int(str(number)), NOTHING) if str(number).isdecimal() else NOTHING


Fact: TypeAlias = "Callable[[Names, Json], str]"


@dataclass(frozen=True)
class Told:
    """How an event is told.

    Attributes
    ----------
    sentence : lazy text
        With places for facts, `%(subject)s` (the organisation's name) and `%(object)s`. Who did it stands
        beside it.
    facts : mapping
        How a fact is written; as it stands, by default.
    """

    sentence: str | Promise
    facts: Mapping[str, Fact] = field(default_factory=dict)


def person(names: Names, value: Json) -> str:
    """A fact that is a person's number."""
    return names.person(value)


def organisation(names: Names, value: Json) -> str:
    """A fact that is an organisation's number."""
    return names.organisation(value)


def role(names: Names, value: Json) -> str:
    """A fact that is a role."""
    return str(Representation.Role(value).label) if value in Representation.Role.values else str(value)


def day(names: Names, value: Json) -> str:
    """A fact that is a moment, of which the day is told."""
    return date_format(timezone.localtime(datetime.fromisoformat(str(value))), "SHORT_DATE_FORMAT")


def until(names: Names, value: Json) -> str:
    """The moment at which something ends, if it does."""
    return _("further notice") if value is None else day(names, value)


def service(names: Names, value: Json) -> str:
    """A fact that is a service identity: what it computes."""
    return next((str(one.purpose) for one in registered() if one.name == value), str(value))


@cache
def areas() -> Mapping[str, str | Promise]:
    """The first words of kinds, and what such events are called together."""
    return {name: module.AREA for name, module in _modules()}


@cache
def events() -> Mapping[str, Told]:
    """How each kind is told."""
    return {kind: told for _name, module in _modules() for kind, told in module.EVENTS.items()}


def sentence(event: Payload, names: Names) -> str:
    """What happened, in the reader's language."""
    told = events().get(event.kind)
    if told is None:
        return _("An event of a part that is not installed: %(kind)s") % {"kind": event.kind}
    said = json.loads(bytes(event.text))
    facts = _Facts(
        {name: _written(told.facts.get(name), names, value) for name, value in said["facts"].items()}
    )
    facts |= {
        "subject": names.organisation(event.subject_id),
        "object": _written(told.facts.get("object"), names, said["object"] or None),
    }
    return str(told.sentence) % facts


class _Facts(dict):
    """Facts by name; one that an older event does not have is left open."""

    def __missing__(self, name: str) -> str:
        return NOTHING


def _written(fact: Fact | None, names: Names, value: Json) -> str:
    if fact is not None:
        return fact(names, value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return NOTHING if value is None else str(value)


def _modules() -> Iterator[tuple[str, object]]:
    for app in apps.get_app_configs():
        if find_spec(app.name) and find_spec(f"{app.name}.events"):
            yield app.label, import_module(f"{app.name}.events")
