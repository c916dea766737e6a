# SPDX-License-Identifier: EUPL-1.2
"""What became of mails, as far as a viewer may see."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from django.apps import apps
from django.conf import settings
from django.db.models import Count, Min, Q
from django.utils.module_loading import autodiscover_modules

from sprega.foundation.access.identity import NOBODY
from sprega.foundation.access.services import acting_as
from sprega.foundation.mail.models import Mail
from sprega.foundation.mail.server import NOT_SET
from sprega.foundation.mail.services import POSTMAN

if TYPE_CHECKING:
    from django.utils.functional import Promise


def unreachable(persons: Collection[int]) -> dict[int, str]:
    """The persons whose latest mail was not delivered, with the problem; to be shown beside them.

    Row-level security leaves the office all, and everybody else only themselves.
    """
    over = Mail.objects.filter(person__in=persons).exclude(state=Mail.State.WAITING)
    latest = over.order_by("person_id", "-queued_at").distinct("person_id")
    return {mail.person_id: mail.problem for mail in latest if mail.state != Mail.State.SENT}


@dataclass(frozen=True)
class OutboxHealth:
    """What `doctor` tells: whether a server is named, and what has not left."""

    server_named: bool
    waiting: int
    failed: int
    waiting_since: datetime | None


def outbox_health() -> OutboxHealth:
    """The state of the whole outbox, as numbers."""
    with acting_as(POSTMAN, actor=NOBODY):
        found = Mail.objects.aggregate(
            waiting=Count("pk", filter=Q(state=Mail.State.WAITING)),
            failed=Count("pk", filter=Q(state=Mail.State.FAILED)),
            since=Min("queued_at", filter=Q(state=Mail.State.WAITING)),
        )
    named = settings.EMAIL_BACKEND != NOT_SET
    return OutboxHealth(named, found["waiting"], found["failed"], found["since"])


def purpose(kind: str) -> str:
    """What a mail is for, in words."""
    return str(purposes().get(kind, kind))


@cache
def purposes() -> dict[str, str | Promise]:
    """What the apps call their letters: `LETTERS` in each app's `letters.py`."""
    autodiscover_modules("letters")
    found: dict[str, str | Promise] = {}
    for app in apps.get_app_configs():
        found |= getattr(getattr(app.module, "letters", None), "LETTERS", {})
    return found
