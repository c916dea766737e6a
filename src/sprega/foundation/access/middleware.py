# SPDX-License-Identifier: EUPL-1.2
"""Every request runs in one transaction that says who is asking."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from sprega.foundation.access.identity import NOBODY, Actor, acting, actor_of, enter

CHOSEN = "organisation"
"""Key of the session: the organisation that the person chose to act for."""


class IdentityMiddleware:
    """Opens the transaction, sets `request.actor`, and rolls back what a failed request wrote."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            request.actor = self.actor(request)
            enter(request.actor)
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
            return response

    def actor(self, request: HttpRequest) -> Actor:
        """The signed-in person, for the organisation chosen or else the first that they represent."""
        if not request.user.is_authenticated:
            return NOBODY
        actor = actor_of(request.user.pk, request.session.get(CHOSEN))
        if actor.organisation_id is None:
            # none chosen yet, or a representation that has ended since
            with acting(Actor(request.user.pk)):
                first = request.user.representations.in_force().first()
            if first is not None:
                actor = actor_of(request.user.pk, first.organisation_id)
        return actor
