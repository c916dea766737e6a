# SPDX-License-Identifier: EUPL-1.2
"""What totals over members are called: rooms name them once, pages and events read it here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import Promise


@dataclass(frozen=True)
class Total:
    """A total that a room shows.

    Attributes
    ----------
    subject : str
        As the door knows it. A subject of several totals ends with a colon, such as `buying.lot:`; what
        follows it is added to the label.
    label, meaning : lazy text
        What it is called, and in a sentence what it adds up.
    """

    subject: str
    label: str | Promise
    meaning: str | Promise = ""


_registry: dict[str, Total] = {}


def register_total(total: Total) -> Total:
    """Make a total's name known; a subject is named once."""
    if _registry.get(total.subject, total) != total:
        raise ValueError(f"two totals are named {total.subject}")
    _registry[total.subject] = total
    return total


def registered_totals() -> tuple[Total, ...]:
    """Those that stand for one total each, by subject."""
    return tuple(_registry[name] for name in sorted(_registry) if not name.endswith(":"))


def name_of(subject: str) -> str:
    """What a total is called; one that no room has named, by its subject."""
    if subject in _registry:
        return str(_registry[subject].label)
    head, colon, rest = subject.partition(":")
    known = _registry.get(head + colon) if colon else None
    return subject if known is None else f"{known.label}: {rest}"


def meaning_of(subject: str) -> str:
    """What a total adds up, where a room has said it."""
    head, colon, _rest = subject.partition(":")
    known = _registry.get(subject) or _registry.get(head + colon)
    return "" if known is None else str(known.meaning)
