# SPDX-License-Identifier: EUPL-1.2
"""The kinds of long work that rooms offer, each registered once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sprega.foundation.access.services import Service

if TYPE_CHECKING:
    from django.utils.functional import Promise


@dataclass(frozen=True)
class Kind:
    """A kind of long work.

    Attributes
    ----------
    name : str
        Room and verb.
    title : str
        What its asker reads.
    work : callable
        Called with `actor`, `progress` (a function of steps done and steps in all) and the run's arguments;
        returns the address of its result, or "". It opens its own transactions, by `acting(actor)`, so that
        heavy work stands outside of them.
    service : Service or None
        The identity that it runs under; without one it runs as who asked.
    attempts : int
        How often it is tried before it counts as failed.
    """

    name: str
    title: str | Promise
    work: Callable[..., str]
    service: Service | None = None
    attempts: int = 3


_kinds: dict[str, Kind] = {}


def job(
    *, name: str, title: str | Promise, service: Service | None = None, attempts: int = 3
) -> Callable[[Callable[..., str]], Kind]:
    """Register a function as a kind of long work."""

    def register(work: Callable[..., str]) -> Kind:
        if name in _kinds:
            raise ValueError(f"two kinds of work are named {name}")
        _kinds[name] = Kind(name, title, work, service, attempts)
        return _kinds[name]

    return register


def kind_of(name: str) -> Kind | None:
    """The kind of a name; none when its room is no longer installed."""
    return _kinds.get(name)
