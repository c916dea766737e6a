"""Programs of the tests: a person's token, and requests that bring it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.test import Client
from django.utils import timezone

from sprega.foundation.accounts.models import Person
from sprega.foundation.api.actions import make_token
from sprega.foundation.api.models import Token
from tests.people import SECRET, WHERE, People


def made(
    people: People, person: Person, slug: str | None = None, *, second_factor: bool = True, **more: object
) -> tuple[Token, str]:
    """A token of the person for the first organisation they act for or that one, and what a program sends."""
    if second_factor:
        Authenticator.objects.get_or_create(
            user=person, type=Authenticator.Type.TOTP, defaults={"data": {"secret": encrypt(SECRET)}}
        )
    slug = slug or WHERE[person.email.partition("@")[0]]
    wish = {"name": "A program", "scope": "write", "expires_at": timezone.now() + timedelta(days=9), **more}
    return make_token(
        actor=people.actor(person, slug),
        number=uuid4(),
        organisation=people.organisation(slug),
        by_second_factor=second_factor,
        **wish,
    )


def program(sent: str = "", language: str = "en", client: Client | None = None) -> Client:
    """A client that brings a token with every request."""
    headers = {"accept-language": language, **({"authorization": f"Bearer {sent}"} if sent else {})}
    return Client(headers=headers, raise_request_exception=False)
