# SPDX-License-Identifier: EUPL-1.2
"""Every request runs in one transaction that says who is asking."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from sprega.foundation.access.identity import NOBODY, Actor, enter, recognised

CHOSEN = "organisation"
"""Key of the session: the organisation that the person chose to act for."""


class IdentityMiddleware:
    """Opens the transaction, sets `request.actor`, and rolls back what a failed request wrote."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            identify(request)
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
            return response


def identify(request: HttpRequest) -> None:
    """Set who is asking, for request and database; again whenever somebody signs in, out or switches.

    The organisation is the one chosen in this session, else the first that the person represents, which is
    then chosen. If that representation has ended, the person acts for none until they choose again: nothing
    typed for one organisation may be done in the name of another. `request.ended_for` says so.
    """
    request.ended_for = None
    request.actor = NOBODY
    if request.user.is_authenticated:
        person, chosen = request.user.pk, request.session.get(CHOSEN)
        if chosen is None:
            enter(Actor(person))
            first = request.user.representations.in_force().first()
            if first is not None:
                chosen = request.session[CHOSEN] = first.organisation_id
        request.actor = recognised(person, chosen)
        if request.actor.organisation_id is None:
            request.ended_for = chosen
    if request.actor.organisation_id is None:
        enter(request.actor)
