# SPDX-License-Identifier: EUPL-1.2
"""Putting mails into the outbox, delivering them, and noting what came back."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from time import sleep
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django import db
from django.conf import settings
from django.core.mail import get_connection
from django.core.validators import validate_email
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from sprega.foundation.access.identity import NOBODY, Actor, acting
from sprega.foundation.access.services import acting_as
from sprega.foundation.accounts.models import Person
from sprega.foundation.ledger.actions import record
from sprega.foundation.mail.bounces import read_report
from sprega.foundation.mail.delivery import Outcome, hand_over
from sprega.foundation.mail.models import Letter, Mail
from sprega.foundation.mail.server import NOT_SET
from sprega.foundation.mail.services import FORGET, POSTMAN
from sprega.foundation.mail.write import Words, known_language, write
from sprega.foundation.organisations.models import Representation
from sprega.foundation.retention import ENVELOPES, LETTERS

if TYPE_CHECKING:
    from django.core.mail.backends.base import BaseEmailBackend

    from sprega.foundation.mail.write import Text
    from sprega.foundation.organisations.models import Organisation

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 14
"""With the waits between them about three days, as long as mail servers usually try."""
LONGEST_WAIT = timedelta(hours=12)
MOST_AT_ONCE = 200
PAUSES = (0.5, 1.0, 2.0, 4.0)
"""Seconds between attempts to keep what became of a mail; a worker has ten to end what it does."""


def send(
    *,
    actor: Actor,
    to: Person | str,
    template: str,
    context: Mapping[str, Text],
    about: Organisation | None = None,
    language: str = "",
    secret: bool = False,
) -> Mail:
    """Write a mail into the outbox, in the caller's transaction; it leaves once that is committed.

    Parameters
    ----------
    to : Person or str
        A person, who is written to in their language, or an address.
    template : str
        Room and letter, such as `meetings/invitation` for `templates/mail/meetings/invitation.txt`.
    context : mapping
        Texts and addresses only.
    about : Organisation, optional
        The organisation that it concerns.
    secret : bool
        A link in it opens something to whoever holds it: no page but the practice cluster's outbox shows it.
    """
    language = known_language(to.language if isinstance(to, Person) else language)
    words = write(template, context, language)
    return queue(
        actor=actor, to=to, kind=template, words=words, about=about, language=language, secret=secret
    )


def queue(
    *,
    actor: Actor,
    to: Person | str,
    kind: str,
    words: Words,
    language: str,
    about: Organisation | None = None,
    secret: bool = False,
) -> Mail:
    """The same for a letter that is written already (`write.words_of`)."""
    person = to if isinstance(to, Person) else None
    address = (to.email if isinstance(to, Person) else to).strip()
    validate_email(address)
    identifier = uuid4()
    with transaction.atomic():
        with acting_as(POSTMAN, actor=actor):
            mail = Mail.objects.create(
                pk=identifier,
                person=person,
                address=address,
                language=language,
                kind=kind,
                organisation=about,
                # the same at each attempt: a reader's mail program shows a mail sent twice once
                message_id=f"<{identifier}@{settings.POST.bounces.rpartition('@')[2]}>",
            )
            Letter.objects.create(
                mail=mail,
                subject=words.subject,
                text=words.text,
                html=words.html,
                secret=secret,
                office_reads=settings.CLUSTER.practice,
            )
        with acting(actor):
            record(kind="mail.queued", actor=actor, about=mail.pk, facts={"kind": kind})
        transaction.on_commit(_deliver_soon, robust=True)
    return mail


def deliver() -> int:
    """Deliver what is due, each mail in its own transaction; how many were tried."""
    if settings.EMAIL_BACKEND == NOT_SET:
        return 0
    connection, tried = get_connection(), 0
    try:
        while tried < MOST_AT_ONCE:
            outcome = deliver_next(connection)
            if outcome is None:
                break
            tried += 1
            if outcome == Outcome.SERVER_AWAY:  # the others would only wait for it too
                break
    finally:
        with suppress(OSError):  # every error of SMTP is one
            connection.close()
    return tried


def deliver_next(connection: BaseEmailBackend) -> Outcome | None:
    """Deliver the mail that has been due longest, unless another worker has it in hand.

    The row stays locked until what became of it is committed. A kill between the server's "accepted" and the
    commit sends the mail again, with the same Message-ID; a database that goes away just then does not.
    """
    outcome = None
    try:
        with acting_as(POSTMAN, actor=NOBODY) as postman:
            mail = (
                Mail.objects.select_for_update(skip_locked=True)
                .filter(state=Mail.State.WAITING, due_at__lte=timezone.now())
                .order_by("due_at")
                .first()
            )
            if mail is None:
                return None
            outcome, mail.problem = hand_over(mail, Letter.objects.get(pk=mail.pk), connection)
            mail.attempts += 1
            if outcome == Outcome.SENT:
                mail.state, mail.sent_at = Mail.State.SENT, timezone.now()
            elif outcome == Outcome.REFUSED or mail.attempts >= MOST_ATTEMPTS:
                mail.state = Mail.State.FAILED
                record(kind="mail.failed", actor=postman, about=mail.pk, facts={"kind": mail.kind})
            else:
                mail.due_at = timezone.now() + min(timedelta(minutes=2**mail.attempts), LONGEST_WAIT)
            mail.save(update_fields=["state", "sent_at", "attempts", "due_at", "problem"])
    except (OperationalError, InterfaceError):
        if outcome != Outcome.SENT:
            raise
        _keep_sent(mail)
    return outcome


def _keep_sent(mail: Mail) -> None:
    """Keep that a mail was taken, as soon as the database is back: else it would leave a second time."""
    for pause in PAUSES:
        sleep(pause)
        db.connection.close()
        with suppress(OperationalError, InterfaceError), acting_as(POSTMAN, actor=NOBODY):
            kept = Mail.objects.filter(pk=mail.pk, state=Mail.State.WAITING)
            kept.update(state=Mail.State.SENT, sent_at=mail.sent_at, attempts=mail.attempts)
            return
    log.error("a mail was taken, and that could not be kept", extra={"mail": str(mail.pk)})


def note_bounce(message: bytes) -> Mail | None:
    """Note what a mail server reports as undeliverable; None if it is no such report of a mail of ours."""
    report = read_report(message)
    if report is None or not report.failed:
        return None
    with acting_as(POSTMAN, actor=NOBODY) as postman:
        mails = Mail.objects.select_for_update()
        mail = mails.filter(bounce_token=report.token).first() if report.token else None
        mail = mail or mails.filter(message_id=report.message_id).first()
        # one that waits was accepted by the server too: the kill came before we kept that
        if mail is None or mail.state not in {Mail.State.SENT, Mail.State.WAITING}:
            return mail
        mail.state, mail.problem = Mail.State.BOUNCED, report.problem
        mail.save(update_fields=["state", "problem"])
        record(kind="mail.bounced", actor=postman, about=mail.pk, facts={"kind": mail.kind})
    return mail


def try_again(*, actor: Actor, mail: UUID) -> Mail:
    """Let the office send once more what was not sent or came back; the address is the same."""
    actor.require(Representation.Role.OFFICE)
    with acting(actor):
        kept = Mail.objects.get(pk=mail)
        with acting_as(POSTMAN, actor=actor):
            changed = Mail.objects.filter(
                pk=mail, state__in=[Mail.State.FAILED, Mail.State.BOUNCED], letter__isnull=False
            ).update(state=Mail.State.WAITING, attempts=0, due_at=timezone.now(), problem="")
        if changed:
            kept.state = Mail.State.WAITING
            record(kind="mail.tried_again", actor=actor, about=kept.pk, facts={"kind": kept.kind})
            transaction.on_commit(_deliver_soon, robust=True)
    return kept


def forget_old_mails() -> int:
    """Delete letters 180 days after they were written, envelopes after two years; how many rows."""
    now = timezone.now()
    with acting_as(FORGET, actor=NOBODY):
        # first: what still waits or has just failed may yet be sent
        letters = Letter.objects.filter(mail__queued_at__lt=now - LETTERS)
        count = letters.exclude(mail__state=Mail.State.WAITING).delete()[0]
        count += Mail.objects.filter(queued_at__lt=now - ENVELOPES).delete()[0]
    return count


def _deliver_soon() -> None:
    """Wake a worker; after the commit, since a lock on the queue must not wait for other transactions."""
    from procrastinate.exceptions import AlreadyEnqueued

    from sprega.foundation.mail.tasks import deliver_mails

    with suppress(AlreadyEnqueued), transaction.atomic():
        deliver_mails.defer(timestamp=0)
