# SPDX-License-Identifier: EUPL-1.2
"""Making a token, ending it, and knowing a program by it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sprega.foundation.access.identity import NOBODY, Actor, acting, actor_of
from sprega.foundation.access.services import acting_as
from sprega.foundation.accounts.models import Person
from sprega.foundation.api import secret
from sprega.foundation.api.models import Token
from sprega.foundation.api.services import TOKENS
from sprega.foundation.ledger.actions import record
from sprega.foundation.notices.actions import notify
from sprega.foundation.organisations.models import Organisation

LONGEST = timedelta(days=366)
USUAL_DAYS = 90
MOST_VALID = 20
SAME_CLICK = timedelta(minutes=1)
"""A repeated form is then a double click: it makes no second token; the secret shown last is the good one."""
NOTED_EVERY = timedelta(minutes=1)
"""How exactly it is kept when a token was last used: not every request writes."""


def make_token(
    *,
    actor: Actor,
    number: UUID,
    organisation: Organisation,
    name: str,
    scope: str,
    expires_at: datetime,
    rooms: Sequence[str] = (),
    by_second_factor: bool,
) -> tuple[Token, str]:
    """Make a token for an organisation that the actor represents, and what its program sends.

    `number` is drawn with the form, so that a form sent twice makes one token. What is returned beside the
    token stands nowhere else.
    """
    person = _person(actor)
    now, hidden = timezone.now(), secret.new_secret()
    if not now < expires_at <= now + LONGEST:
        raise ValidationError({"last_day": _("Choose a day from today to a year from now.")})
    own = actor_of(person, organisation.pk)
    if own.organisation_id is None:
        raise ValidationError({"organisation": _("Choose an organisation for which you act.")})
    with acting(own):
        Person.objects.select_for_update().get(pk=person)  # two forms at once are counted one after the other
        same = Token.objects.filter(pk=number, made_at__gt=now - SAME_CLICK, last_used_at=None, ended_at=None)
        if token := same.first():
            token.secret_hash = secret.hash_of(hidden)
            token.save(update_fields=["secret_hash"])
            return token, secret.written(token.pk, hidden)
        valid = Token.objects.filter(person=person, ended_at=None, expires_at__gt=now)
        if valid.count() >= MOST_VALID:
            raise ValidationError(_("You have 20 valid keys. End one that nothing uses any more."))
        token = Token(
            pk=number,
            person_id=person,
            organisation=organisation,
            name=name.strip(),
            secret_hash=secret.hash_of(hidden),
            scope=scope,
            rooms=sorted(rooms),
            by_second_factor=by_second_factor,
            made_at=now,
            expires_at=expires_at,
        )
        try:
            with transaction.atomic():
                token.save(force_insert=True)
        except IntegrityError as error:
            raise ValidationError(_("This form was used already. Open it anew.")) from error
        facts = {"scope": str(scope), "rooms": token.rooms, "until": expires_at.isoformat()}
        record(kind="api.token_made", actor=own, subject=organisation.pk, about=token.pk, facts=facts)
        _tell(own, token, gettext_lazy("A key for programs was made: %(name)s, for %(organisation)s."))
    return token, secret.written(token.pk, hidden)


def end_token(*, actor: Actor, token: UUID) -> Token:
    """Make one of the actor's own tokens useless, at once."""
    person = _person(actor)
    with acting(actor):
        kept = (
            Token.objects.select_for_update(of=("self",))
            .select_related("organisation")
            .get(pk=token, person=person)
        )
        if kept.ended_at is None:
            kept.ended_at = timezone.now()
            kept.save(update_fields=["ended_at"])
            record(kind="api.token_ended", actor=actor, subject=kept.organisation_id, about=kept.pk)
            _tell(actor, kept, gettext_lazy("A key for programs was ended: %(name)s, for %(organisation)s."))
    return kept


def recognise(sent: str) -> Token | None:
    """The valid token that a program sent, if it is one; notes that it was used."""
    parts = secret.parts(sent)
    if parts is None:
        return None
    number, hidden = parts
    now = timezone.now()
    with acting_as(TOKENS, actor=NOBODY):
        token = Token.objects.select_related("person").filter(pk=number).first()
        if token is None or not secret.fits(hidden, token.secret_hash):
            return None
        if token.state != Token.State.VALID or not token.person.is_active:
            return None
        long_ago = Q(last_used_at=None) | Q(last_used_at__lt=now - NOTED_EVERY)
        Token.objects.filter(long_ago, pk=number).update(last_used_at=now)
    return token


def _person(actor: Actor) -> int:
    if actor.person_id is None:
        raise PermissionDenied(_("Sign in first."))
    return actor.person_id


def _tell(actor: Actor, token: Token, text: str) -> None:
    """Tell the token's person, so that nobody makes or ends one unnoticed."""
    notify(
        actor=actor,
        person=Person.objects.get(pk=token.person_id),
        kind="api.token",
        text=text,
        arguments={"name": token.name, "organisation": [token.organisation]},
        url=reverse("tokens:list"),
    )
