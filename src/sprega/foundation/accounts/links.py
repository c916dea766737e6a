# SPDX-License-Identifier: EUPL-1.2
"""Links in letters that serve one purpose without signing in: answer a request, say "I'll come".

A link is signed for its purpose, expires, and can be used up or withdrawn. Who opens it is nobody: what the
page does, it does as a registered service, for the subject that the link names, and it never shows a
confidential figure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import wraps
from uuid import UUID

from allauth.core.internal import ratelimit
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from sprega.foundation.access.identity import NOBODY, Actor, acting
from sprega.foundation.access.services import acting_as
from sprega.foundation.accounts.models import Link, Person
from sprega.foundation.accounts.services import LINKS
from sprega.foundation.ledger.actions import record


class Ended(StrEnum):
    """Why a link opens nothing."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    USED = "used"
    WITHDRAWN = "withdrawn"


class LinkEnded(Exception):
    """A link opens nothing; `why` decides what the page advises."""

    def __init__(self, why: Ended) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True)
class OpenedLink:
    """What a link is good for.

    Attributes
    ----------
    id : UUID
        Its number, for `use_up`.
    purpose, subject : str
        What may be done, and to what.
    person_id : int or None
        To whom the letter went; not who is asking, whom nobody has asked to sign in.
    """

    id: UUID
    purpose: str
    subject: str
    person_id: int | None

    @property
    def actor(self) -> Actor:
        """Who opens it: nobody."""
        return NOBODY


def make_link(
    *, actor: Actor, purpose: str, subject: str, person: Person | None, expires_at: datetime
) -> str:
    """A token for the address of a page that is wrapped in `by_link(purpose)`."""
    with acting_as(LINKS, actor=actor):
        link = Link.objects.create(purpose=purpose, subject=subject, person=person, expires_at=expires_at)
    return signing.dumps(link.pk.hex, salt=_salt(purpose))


def open_link(purpose: str, token: str, *, used_up: bool = False) -> OpenedLink:
    """What the token is good for; with `used_up` it is so from now on never again."""
    try:
        number = UUID(hex=signing.loads(token, salt=_salt(purpose)))
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise LinkEnded(Ended.UNKNOWN) from error
    with acting_as(LINKS, actor=NOBODY):
        kept = Link.objects.select_for_update() if used_up else Link.objects
        link = kept.filter(pk=number, purpose=purpose).first()
        if link is None:
            raise LinkEnded(Ended.UNKNOWN)
        if link.withdrawn_at is not None:
            raise LinkEnded(Ended.WITHDRAWN)
        if link.used_at is not None:
            raise LinkEnded(Ended.USED)
        if link.expires_at <= timezone.now():
            raise LinkEnded(Ended.EXPIRED)
        if used_up:
            link.used_at = timezone.now()
            link.save(update_fields=["used_at"])
    return OpenedLink(link.pk, purpose, link.subject, link.person_id)


def withdraw_links(*, actor: Actor, purpose: str, subject: str, person: Person | None = None) -> int:
    """Make the links of a subject useless, or one person's among them; the number withdrawn."""
    with acting_as(LINKS, actor=actor) as identity:
        links = Link.objects.filter(purpose=purpose, subject=subject, used_at=None, withdrawn_at=None)
        if person is not None:
            links = links.filter(person=person)
        withdrawn = links.update(withdrawn_at=timezone.now())
        if withdrawn:
            record(
                kind="accounts.links_withdrawn",
                actor=identity,
                about=subject,
                facts={"purpose": purpose, "links": withdrawn},
            )
    return withdrawn


View = Callable[..., HttpResponse]


def by_link(purpose: str) -> Callable[[View], View]:
    """A view that opens by a link: its address has a `token`, the view gets the opened `link` instead.

    Whoever is signed in meanwhile is nobody here too, so that a link never lends a session's rights.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        @never_cache
        def opened(request: HttpRequest, token: str, *args: object, **kwargs: object) -> HttpResponse:
            limited = ratelimit.consume_or_429(
                request, app="allauth.account", action="open_link", limit_get=True
            )
            if limited:
                return limited
            request.user, request.actor = AnonymousUser(), NOBODY
            with acting(NOBODY):
                try:
                    link = open_link(purpose, token)
                except LinkEnded as ended:
                    return render(request, "accounts/link_ended.html", {"why": ended.why.value}, status=410)
                return view(request, *args, link=link, **kwargs)

        return opened

    return decorate


def _salt(purpose: str) -> str:
    return f"sprega.link.{purpose}"
