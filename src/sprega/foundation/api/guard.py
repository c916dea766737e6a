# SPDX-License-Identifier: EUPL-1.2
"""What a token opens. A route needs the scope of its method: GET reads, everything else writes."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from ninja.security.base import AuthBase

from sprega.foundation.access.identity import NOBODY, Actor, enter, recognised
from sprega.foundation.accounts import second_factor
from sprega.foundation.api.middleware import ADDRESS
from sprega.foundation.api.models import Token
from sprega.foundation.api.problems import Refused

READS = frozenset({"GET", "HEAD", "OPTIONS"})
ME = "me"
"""The part of the API that every token opens: whose token it is."""


class PersonalToken(AuthBase):
    """The rest of a request is the person's whose token it brings, as the database sees them now.

    What a route shows counts as confidential, and needs a second factor, unless it says otherwise.
    """

    openapi_type = "http"
    openapi_scheme = "bearer"
    openapi_description = (
        "A personal token, made on the page of one's account: `Authorization: Bearer sprega_...`"
    )

    def __init__(self, *, confidential: bool = True) -> None:
        super().__init__()
        self.confidential = confidential

    def __call__(self, request: HttpRequest) -> Token | None:
        token: Token | None = request.token
        if token is None:
            return None
        actor = recognised(token.person_id, token.organisation_id)
        if problem := self._problem(request, token, actor):
            enter(NOBODY)
            raise Refused(problem)
        request.actor = actor
        return token

    def _problem(self, request: HttpRequest, token: Token, actor: Actor) -> str:
        if actor.organisation_id is None:
            return "representation"
        if request.method not in READS and token.scope != Token.Scope.WRITE:
            return "scope"
        room = request.path_info.removeprefix(ADDRESS).partition("/")[0]
        if token.rooms and room != ME and room not in token.rooms:
            return "room"
        asked_always = actor.has(*settings.SECOND_FACTOR_ALWAYS)
        if asked_always or (self.confidential and not settings.CLUSTER.practice):
            shown = token.by_second_factor and second_factor.is_set_up(token.person)
            return "" if shown else "second-factor"
        return ""


confidential = PersonalToken()
"""What most routes need: a member's figures may stand there."""
ordinary = PersonalToken(confidential=False)
"""For what shows no confidential figure."""
