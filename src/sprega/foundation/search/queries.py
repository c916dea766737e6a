# SPDX-License-Identifier: EUPL-1.2
"""Public texts that match a question."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sprega.foundation.room import Hit
from sprega.foundation.search.models import PublicText
from sprega.foundation.search.text import found

if TYPE_CHECKING:
    from django.utils.functional import Promise


def public(*, kind: str, asked: str, label: str | Promise) -> Iterator[Hit]:
    """What a room published under a kind; `label` is what the reader calls it."""
    for row, rank in found(PublicText.objects.filter(kind=kind), asked):
        yield Hit(str(row), row.url, label, row.said, rank)
