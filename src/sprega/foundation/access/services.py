# SPDX-License-Identifier: EUPL-1.2
"""Service identities: the only ways to compute over several members' rows, each named here once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sprega.foundation.access.identity import Actor, acting

if TYPE_CHECKING:
    from django.utils.functional import Promise


@dataclass(frozen=True)
class Service:
    """A named identity, and the tables whose policies let it through.

    Attributes
    ----------
    name : str
        As the policies in the migrations spell it.
    purpose : lazy text
        What it computes, in words for the page "what is kept and why".
    reads, writes : tuple of str
        Tables.
    """

    name: str
    purpose: str | Promise
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()


READ_BY_EVERY_SERVICE = ("organisations_representation", "access_group", "access_groupmember")
"""Who acts for whom and who takes part, which most computations need; the rest a service names itself."""

_registry: dict[str, Service] = {}


def register(service: Service) -> Service:
    """Make a service identity known; a name is given once."""
    if _registry.get(service.name, service) != service:
        raise ValueError(f"two services are named {service.name}")
    _registry[service.name] = service
    return service


def registered() -> tuple[Service, ...]:
    """All service identities, by name."""
    return tuple(_registry[name] for name in sorted(_registry))


@contextmanager
def acting_as(service: Service, *, actor: Actor) -> Iterator[Actor]:
    """Run as a service, on behalf of an actor; only registered services exist."""
    if _registry.get(service.name) != service:
        raise ValueError(f"no service is registered as {service.name}")
    with acting(replace(actor, service=service.name)) as identity:
        yield identity
