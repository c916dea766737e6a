# SPDX-License-Identifier: EUPL-1.2
"""A person's own notices."""

from __future__ import annotations

from django.db.models import QuerySet

from sprega.foundation.access.identity import Actor
from sprega.foundation.notices.models import Notice, NoticeChoice

MOST_COUNTED = 100


def notices(*, viewer: Actor) -> QuerySet[Notice]:
    """The viewer's own, newest first; row-level security hides those of organisations left since."""
    return Notice.objects.filter(person=viewer.person_id)


def unread(actor: Actor) -> int:
    """How many the actor has not read, counted to 100: an index holds no others."""
    if actor.person_id is None:
        return 0
    return notices(viewer=actor).filter(read_at=None).order_by()[:MOST_COUNTED].count()


def by_mail(*, viewer: Actor) -> str:
    """How the viewer wants notices by mail."""
    choice = NoticeChoice.objects.filter(person=viewer.person_id).first() or NoticeChoice()
    return choice.by_mail
