# SPDX-License-Identifier: EUPL-1.2
"""Django's sessions, read together with the person who signed in: one statement a request, not two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from sprega.foundation.accounts.models import Person

FIELDS = [field.attname for field in Person._meta.concrete_fields]
# The signed data of a session say who signed in; the list of sessions says it in a column that can be joined.
QUERY = f"""
    SELECT s.session_data, {", ".join(f"p.{field.column}" for field in Person._meta.concrete_fields)}
      FROM {Session._meta.db_table} s
      LEFT JOIN {UserSession._meta.db_table} u ON u.session_key = s.session_key
      LEFT JOIN {Person._meta.db_table} p ON p.id = u.user_id
     WHERE s.session_key = %s AND s.expire_date > %s
"""  # noqa: S608 - names of our own tables


class SessionStore(db.SessionStore):
    """A session, and with it the `person` whom the list of sessions names: believed by `person_of` alone."""

    person: Person | None = None

    def load(self) -> dict[str, Any]:
        """What the session keeps; nothing if it has ended."""
        with connection.cursor() as cursor:
            cursor.execute(QUERY, [self.session_key, timezone.now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        data, *values = row
        self.person = Person.from_db(connection.alias, FIELDS, values) if values[0] else None
        return self.decode(data)


def person_of(request: HttpRequest) -> Person | AnonymousUser:
    """Who signed in: the person read with the session if that vouches for them, else whom Django finds."""
    session = request.session
    signed = session.get(SESSION_KEY), session.get(BACKEND_SESSION_KEY)
    person = session.person
    if (
        person is not None
        and person.is_active
        and signed[0] == str(person.pk)
        and signed[1] in settings.AUTHENTICATION_BACKENDS
        and constant_time_compare(session.get(HASH_SESSION_KEY, ""), person.get_session_auth_hash())
    ):
        return person
    return get_user(request)


def person_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Put who signed in on the request, looked up when somebody asks."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.user = SimpleLazyObject(lambda: person_of(request))
        return get_response(request)

    return middleware
