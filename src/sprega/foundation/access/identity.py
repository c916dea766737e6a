# SPDX-License-Identifier: EUPL-1.2
"""Who is asking: the actor, and how a transaction says so to the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.translation import gettext as _

SETTINGS = ("sprega.person", "sprega.organisation", "sprega.service")


@dataclass(frozen=True)
class Actor:
    """A person who acts for an organisation, a service, or nobody yet.

    Attributes
    ----------
    person_id, organisation_id : int or None
        The person, and the organisation that the person acts for at this moment.
    roles : frozenset of str
        The person's roles there, see `Representation.Role`.
    inside : bool
        The organisation is the cluster itself or a member of it.
    service : str
        A registered service identity, see `access.services`.
    """

    person_id: int | None = None
    organisation_id: int | None = None
    roles: frozenset[str] = frozenset()
    inside: bool = False
    service: str = ""

    def has(self, *roles: str) -> bool:
        """Whether the actor holds one of the roles."""
        return not self.roles.isdisjoint(roles)

    def require(self, *roles: str) -> None:
        """Refuse an actor without any of the roles."""
        if not self.has(*roles):
            raise PermissionDenied(_("Your role does not allow this. Ask the cluster office who may do it."))

    def require_organisation(self) -> None:
        """Refuse whoever is not a person acting for an organisation."""
        if self.person_id is None or self.organisation_id is None:
            raise PermissionDenied(_("You act for no organisation. Ask the cluster office."))


NOBODY = Actor()


@contextmanager
def acting(actor: Actor) -> Iterator[Actor]:
    """Run in a transaction as an actor; a nested change of identity restores the old one."""
    with transaction.atomic():
        before = _current()
        enter(actor)
        # An error rolls the savepoint back, and with it what was set since: nothing to restore then.
        yield actor
        _set(before)


@contextmanager
def seeing(viewer: Actor) -> Iterator[Actor]:
    """Read as a viewer: as `acting`, but whoever is asking already needs no savepoint and no change.

    For queries alone: what is written inside would not be undone by an error.
    """
    if connection.in_atomic_block and _current() == _settings(viewer):
        yield viewer
    else:
        with acting(viewer):
            yield viewer


def enter(actor: Actor) -> None:
    """Tell the database, until this transaction ends, who is asking."""
    _set(_settings(actor))


def actor_of(person_id: int, organisation_id: int | None) -> Actor:
    """The person as the database sees it now: for an organisation it does not represent, only itself."""
    with acting(NOBODY):
        return recognised(person_id, organisation_id)


def recognised(person_id: int, organisation_id: int | None) -> Actor:
    """Enter a person who wants to act for an organisation: the actor whom the database takes them for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT organisation, roles, inside FROM access_enter(%s, %s)", [person_id, organisation_id]
        )
        organisation, roles, inside = cursor.fetchone()
    return Actor(person_id, organisation, frozenset(roles or ()), inside)


def _settings(actor: Actor) -> tuple[str, ...]:
    return str(actor.person_id or ""), str(actor.organisation_id or ""), actor.service


def _current() -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(["coalesce(current_setting(%s, true), '')"] * 3), SETTINGS)
        return tuple(cursor.fetchone())


def _set(values: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + ", ".join(["set_config(%s, %s, true)"] * 3),
            [word for pair in zip(SETTINGS, values, strict=True) for word in pair],
        )
