# SPDX-License-Identifier: EUPL-1.2
"""The first page, Today, and the gallery of components."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from sprega.foundation.accounts.practice import practice_people
from sprega.foundation.accounts.queries import today as members_without_anybody
from sprega.foundation.jobs.queries import today as long_work
from sprega.foundation.organisations.queries import today as proposals
from sprega.foundation.room import Task, rooms
from sprega.foundation.ui.promises import promises

NEVER = datetime.max.replace(tzinfo=UTC)


def first_page(request: HttpRequest) -> HttpResponse:
    """What the cluster promises, each sentence a link to where it happens."""
    return render(request, "ui/first_page.html", {"promises": promises(), "people": practice_people()})


@login_required
def today(request: HttpRequest) -> HttpResponse:
    """What waits for the person, the most urgent first."""
    tasks: list[Task] = [task for room in rooms() if room.today for task in room.today(request.actor)]
    for foundation in (proposals, members_without_anybody, long_work):
        tasks += foundation(request.actor)
    tasks.sort(key=lambda task: task.due_at or NEVER)
    return render(request, "ui/today.html", {"tasks": tasks})


def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in all its states, where developers and the curious may look."""
    if not (settings.DEBUG or settings.CLUSTER.practice):
        raise Http404
    from sprega.foundation.ui import samples
    from sprega.foundation.ui.charts import drawn
    from sprega.foundation.ui.export import workbook

    context = samples.context(request)
    if context["table"].wants_export:
        return workbook(context["table"])
    return drawn(request, context["bars"], context["curve"]) or render(request, "ui/gallery.html", context)
