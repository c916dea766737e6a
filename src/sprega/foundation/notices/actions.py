# SPDX-License-Identifier: EUPL-1.2
"""Telling persons something, and what they do with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from sprega.foundation.access.identity import NOBODY, Actor, acting
from sprega.foundation.access.services import acting_as
from sprega.foundation.accounts.models import Person
from sprega.foundation.ledger.actions import record
from sprega.foundation.mail.actions import send
from sprega.foundation.mail.write import cluster_address, known_language
from sprega.foundation.notices.models import Notice, NoticeChoice
from sprega.foundation.notices.services import FORGET, NOTIFIER
from sprega.foundation.organisations.models import Representation
from sprega.foundation.retention import NOTICES

if TYPE_CHECKING:
    from sprega.foundation.organisations.models import Organisation

    Text = str | Promise

ByMail = NoticeChoice.ByMail
MOST_IN_DIGEST = 50


def notify(
    *,
    actor: Actor,
    person: Person,
    kind: str,
    text: Text,
    arguments: Mapping[str, Text | Sequence[Organisation]] | None = None,
    url: str = "",
    organisation: Organisation | None = None,
) -> Notice:
    """Tell a person something, in the caller's transaction, and by mail as the person wishes.

    Parameters
    ----------
    text : lazy or marked text
        `_("%(who)s invites you")` of `gettext_lazy`, or a `gettext_noop`: translated when it is read.
    arguments : mapping, optional
        Its places; lazy texts are translated too, organisations called as the reader's language has it.
    url : str, optional
        Where it leads, a path of ours.
    organisation : Organisation, optional
        Whose matter it is: whoever stops representing it no longer sees the notice.
    """
    if url and (not url.startswith("/") or url.startswith(("//", "/\\"))):
        raise ValueError(f"A notice leads to a page of ours, not to {url!r}.")
    kept = {name: _kept(value) for name, value in (arguments or {}).items()}
    with transaction.atomic():
        with acting_as(NOTIFIER, actor=actor):
            choice = NoticeChoice.objects.filter(person=person).first() or NoticeChoice()
            notice = Notice.objects.create(
                person=person,
                organisation=organisation,
                kind=kind,
                text=_key(text),
                arguments=kept,
                url=url,
                for_digest=choice.by_mail == ByMail.DAILY,
            )
        with acting(actor):
            record(kind="notices.notified", actor=actor, about=notice.pk, facts={"kind": kind})
        if choice.by_mail == ByMail.AT_ONCE:
            with translation.override(known_language(person.language)):
                context = {"text": str(notice), "url": _leads_to(notice)}
            send(actor=actor, to=person, template="notices/notice", context=context, about=organisation)
    return notice


def mark_read(*, actor: Actor, notice: UUID | None = None) -> int:
    """Mark one of the actor's own notices as read, or all of them; how many were unread."""
    with acting(actor):
        mine = Notice.objects.filter(person=actor.person_id, read_at=None)
        if notice is not None:
            mine = mine.filter(pk=notice)
        return mine.update(read_at=timezone.now())


def choose(*, actor: Actor, by_mail: str) -> NoticeChoice:
    """Choose how notices come by mail, from now on."""
    if actor.person_id is None:
        raise PermissionDenied(_("Sign in first."))
    with acting(actor):
        choice, _made = NoticeChoice.objects.update_or_create(
            person_id=actor.person_id, defaults={"by_mail": by_mail}
        )
        record(kind="notices.chosen", actor=actor, facts={"by_mail": by_mail})
    return choice


def send_digests() -> int:
    """Send each person who wishes so the notices since the last time in one mail; how many mails.

    Each in a transaction of its own, with the mark that it was sent: a kill repeats or loses none.
    """
    with acting_as(NOTIFIER, actor=NOBODY):
        waiting = set(Notice.objects.filter(for_digest=True).values_list("person", flat=True))
    return sum(_send_digest(person) for person in sorted(waiting))


def _send_digest(identifier: int) -> bool:
    with acting_as(NOTIFIER, actor=NOBODY) as notifier:
        waiting = Notice.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            person=identifier, for_digest=True
        )
        taken = set(waiting.values_list("pk", flat=True))
        still = Representation.objects.in_force().filter(
            person=OuterRef("person"), organisation=OuterRef("organisation")
        )
        found = (
            Notice.objects.filter(Q(organisation=None) | Exists(still), pk__in=taken, read_at=None)
            .select_related("person")
            .order_by("created_at")
        )
        notices = list(found[:MOST_IN_DIGEST])
        if notices and notices[0].person.is_active:
            person = notices[0].person
            with translation.override(known_language(person.language)):
                lines = "\n\n".join(f"{notice}\n{_leads_to(notice)}" for notice in notices)
            context = {"lines": lines, "count": str(len(notices)), "url": cluster_address("/notices/")}
            send(actor=notifier, to=person, template="notices/digest", context=context)
        Notice.objects.filter(pk__in=taken).update(for_digest=False)
        return bool(notices)


def forget_old_notices() -> int:
    """Delete notices 180 days after they were written; how many."""
    with acting_as(FORGET, actor=NOBODY):
        return Notice.objects.filter(created_at__lt=timezone.now() - NOTICES).delete()[0]


def _leads_to(notice: Notice) -> str:
    """The address in a mail: it passes by the notice, which is then read."""
    return cluster_address(f"/notices/{notice.pk}/")


def _key(text: Text) -> str:
    """The text as the source has it, to be translated when it is read."""
    with translation.override(None):
        return str(text)


def _kept(value: Text | Sequence[Organisation]) -> str | dict[str, str]:
    if isinstance(value, Promise):
        return {"key": _key(value)}
    if isinstance(value, list | tuple):
        return {
            "en": ", ".join(sorted(one.name for one in value)),
            "bg": ", ".join(sorted(one.name_bg or one.name for one in value)),
        }
    if not isinstance(value, str):
        raise TypeError(f"A notice takes texts only, not {type(value).__name__}.")
    return str(value)
