# SPDX-License-Identifier: EUPL-1.2
"""The page of results."""

from __future__ import annotations

from typing import Any

from allauth.core.internal import ratelimit
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from sprega.foundation.accounts.second_factor import lacking
from sprega.foundation.room import Hit
from sprega.foundation.search.answer import Answer, answer
from sprega.foundation.search.marks import asked_for, excerpt, marked
from sprega.foundation.search.question import tidy

AT_FIRST = 5
"""Results of each kind on the page of all kinds."""
PER_PAGE = 20


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """What the reader may see of what they ask for; a visitor may not ask without end."""
    asked, within = tidy(request.GET.get("q", "")), request.GET.get("in", "")
    signed_in = request.user.is_authenticated
    if asked and not signed_in:
        limited = ratelimit.consume_or_429(request, app="allauth.account", action="search", limit_get=True)
        if limited:
            return limited
    waits = signed_in and lacking(request)
    found = answer(viewer=request.actor, asked=asked, within=within, confidential=not waits)
    context = {"asked": asked, "answer": found, "waits": waits, **_shown(request, found, within)}
    return render(request, "search/results.html", context)


def _shown(request: HttpRequest, found: Answer, within: str) -> dict[str, Any]:
    """The groups as they are drawn, and the pages of one that is shown alone."""
    alone = bool(within) and len(found.groups) == 1
    page = Paginator(found.groups[0].hits, PER_PAGE).get_page(request.GET.get("page")) if alone else None
    parts = [(group, list(page or group.hits[:AT_FIRST])) for group in found.groups]
    words = asked_for(
        (text for _group, hits in parts for hit in hits for text in (hit.title, hit.excerpt)), found.question
    )
    asked = found.question.text
    groups = [
        {
            "group": group,
            "hits": [_drawn(hit, words) for hit in hits],
            "all_url": _address(asked, group.key) if not alone and len(group.hits) > len(hits) else "",
        }
        for group, hits in parts
    ]
    return {
        "groups": groups,
        "page": page,
        "everything_url": _address(asked) if within else "",
        "pages": _numbers(page, asked, within) if page else [],
        "previous_url": _address(asked, within, page.previous_page_number())
        if page and page.has_previous()
        else "",
        "next_url": _address(asked, within, page.next_page_number()) if page and page.has_next() else "",
        "suggestions": [(name, _address(name)) for name in found.suggestions],
    }


def _drawn(hit: Hit, words: frozenset[str]) -> dict[str, Any]:
    return {
        "title": marked(excerpt(hit.title, words), words),
        "url": hit.url,
        "kind": hit.kind,
        "excerpt": marked(excerpt(hit.excerpt, words), words),
    }


def _numbers(page: Any, asked: str, within: str) -> list[tuple[int | str, str]]:
    shown = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return [(one, _address(asked, within, one) if isinstance(one, int) else "") for one in shown]


def _address(asked: str, within: str = "", page: int = 1) -> str:
    wishes = {"q": asked, "in": within, "page": page if page > 1 else ""}
    return f"?{urlencode({key: value for key, value in wishes.items() if value})}"
