# SPDX-License-Identifier: EUPL-1.2
"""How a room presents itself; nothing else of a room is known to the house."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING

from django.conf import settings

from sprega.foundation.access.services import Service

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from sprega.foundation.access.identity import Actor


class Place(StrEnum):
    """The parts of the left rail, in the order of the founding text."""

    CLUSTER = "cluster"
    COMMUNICATION = "communication"
    MATERIALS = "materials"
    MARKETS = "markets"
    RESEARCH = "research"
    TRAINING = "training"
    SAFETY = "safety"
    ENVIRONMENT = "environment"
    REGION = "region"


@dataclass(frozen=True)
class Entry:
    """A line of the rail: where it stands, what it is called, the name of its address, who needs it.

    With no `roles` everybody inside needs it.
    """

    place: Place
    label: str | Promise
    url: str
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Task:
    """Something that waits for a person on Today, with the one thing to do next."""

    title: str
    url: str
    due_at: datetime | None = None


@dataclass(frozen=True)
class Hit:
    """Something found by the search."""

    title: str
    url: str
    kind: str | Promise
    excerpt: str = ""
    rank: float = 0.0


@dataclass(frozen=True)
class Indicator:
    """A figure that the room offers to the goals: its unit, and how it is computed, with its evidence."""

    name: str
    label: str | Promise
    unit: str | Promise
    value: Callable[[Actor], float | None]


class Basis(StrEnum):
    """Why the law lets something be kept about a person: the letter of article 6 (1) GDPR."""

    CONSENT = "a"
    CONTRACT = "b"
    OBLIGATION = "c"
    INTEREST = "f"


@dataclass(frozen=True)
class PersonalData:
    """What is kept about a person: what, why, how long, and how it is handed out and erased.

    Attributes
    ----------
    name : str
        Its short name, for files and events.
    label, purpose, kept_for, stays : lazy text
        What it is, what for, how long, and what of it stays after an erasure and why (empty if nothing does).
    basis : Basis
        Why it may be kept.
    tables : tuple of str
        The tables whose rows are about persons.
    collect : callable
        All that is kept about the person of a number, each row by its words in the language now spoken.
    erase : callable, optional
        Erases it; how many rows. It writes no event in the person's name. Without one all of it stays.
    forget : callable, optional
        Deletes what is kept of anybody past its time; how many rows.

    All three are called as the service `personal-data`, on behalf of the person; a room whose tables do not
    know that service acts as one of its own.
    """

    name: str
    label: str | Promise
    purpose: str | Promise
    basis: Basis
    kept_for: str | Promise
    tables: tuple[str, ...]
    collect: Callable[[int], list[dict[str, object]]]
    erase: Callable[[int], int] | None = None
    stays: str | Promise = ""
    forget: Callable[[], int] | None = None


@dataclass(frozen=True)
class Room:
    """A room of the house."""

    name: str | Promise
    navigation: tuple[Entry, ...] = ()
    services: tuple[Service, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    today: Callable[[Actor], Iterable[Task]] | None = None
    search: Callable[[Actor, str], Iterable[Hit]] | None = None
    practice: Callable[[Actor], None] | None = None
    """Makes the room's data of the practice cluster, called once, by a job, with its office as the actor."""


def rooms() -> Iterator[Room]:
    """The installed rooms, in the order of the settings."""
    for name in settings.ROOMS:
        yield import_module(f"{name}.room").ROOM
