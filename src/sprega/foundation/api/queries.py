# SPDX-License-Identifier: EUPL-1.2
"""A person's tokens."""

from __future__ import annotations

from django.db.models import QuerySet

from sprega.foundation.access.identity import Actor
from sprega.foundation.api.models import Token


def tokens(*, viewer: Actor) -> QuerySet[Token]:
    """The viewer's own, newest first."""
    return Token.objects.filter(person=viewer.person_id).select_related("organisation")
