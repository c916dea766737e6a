# SPDX-License-Identifier: EUPL-1.2
"""Pages of a list, counted no further than a reader turns: a million rows cost what a thousand do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

AHEAD = 20
"""Pages that are counted beyond the one asked for."""


class Counted(Paginator):
    """A paginator that was told how many rows there are; `more` says that there are others beyond."""

    def __init__(self, rows: Any, per_page: int, count: int, *, more: bool = False) -> None:
        super().__init__(rows, per_page)
        self.count, self.more = count, more


def page_of(rows: QuerySet[Any] | Sequence[Any], per_page: int, asked: str) -> Page[Any]:
    """The page that is asked for, or the nearest that exists; where it holds all rows, nothing is counted."""
    if not isinstance(rows, QuerySet):
        return Counted(rows, per_page, len(rows)).get_page(asked)
    number = int(asked) if asked.isdecimal() and len(asked) < 10 else 1
    if number <= 1:
        found = list(rows[: per_page + 1])
        if len(found) <= per_page:
            return Counted(found, per_page, len(found)).get_page(1)
    most = (max(number, 1) + AHEAD) * per_page
    unordered = rows if rows.query.is_sliced else rows.order_by()
    count = unordered[: most + 1].count()
    pages = Counted(rows, per_page, min(count, most), more=count > most)
    if number <= 1:
        return Page(found[:per_page], 1, pages)
    return pages.get_page(asked)
