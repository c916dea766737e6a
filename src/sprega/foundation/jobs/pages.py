# SPDX-License-Identifier: EUPL-1.2
"""Long work: one's own, one piece that can be watched, and for the office what failed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sprega.foundation.accounts.second_factor import confidential, lacking
from sprega.foundation.jobs import actions, queries, words
from sprega.foundation.jobs.models import Run
from sprega.foundation.jobs.workers import worker_is_alive
from sprega.foundation.ui.components import Tab
from sprega.foundation.ui.table import Choice, Column, Table


@login_required
def run_list(request: HttpRequest) -> HttpResponse:
    """The reader's own work: what is open with its progress, and all of it as a table."""
    runs = queries.runs(viewer=request.actor)
    columns = [
        Column("work", _("Work"), "title", link=_address),
        Column("state", _("State"), lambda run: run.get_state_display(), sort="state"),
        Column("asked", _("Asked"), "asked_at", kind="moment", sort="asked_at"),
        Column("took", _("Took"), lambda run: words.how_long(run.lasted)),
        Column(
            "result", _("Result"), lambda run: _("Open") if run.result else "", link=lambda run: run.result
        ),
    ]
    table = Table(
        request,
        runs,
        columns,
        choices=[Choice("state", _("State"), Run.State.choices)],
        empty=_("No long work yet"),
        hint=_(
            "When something takes longer than a page, such as an award or a large export, it goes on by "
            "itself and stands here with its progress. You may leave and come back."
        ),
    )
    open_ones = [_shown(run) for run in runs.filter(state__in=[Run.State.WAITING, Run.State.RUNNING])[:20]]
    context = {"table": table, "open": open_ones, "stuck": bool(open_ones) and not worker_is_alive()}
    return render(request, "jobs/list.html", {**context, "tabs": _tabs(request, "jobs:list")})


@login_required
def failed(request: HttpRequest) -> HttpResponse:
    """What failed, for the office: who asked for what, and nothing of what it was about."""
    columns = [
        Column("work", _("Work"), "title", link=_address),
        Column("who", _("Asked by"), lambda run: run.person or _("the cluster itself"), sort="person__name"),
        Column("organisation", _("Organisation"), sort="organisation__name"),
        Column("attempts", _("Attempts"), kind="number"),
        Column("failed", _("Failed"), "ended_at", kind="moment", sort="ended_at"),
    ]
    table = Table(
        request,
        queries.failed(viewer=request.actor),
        columns,
        empty=_("No work has failed"),
        hint=_(
            "Work of anybody that fails in spite of further attempts stands here, and can be tried again."
        ),
    )
    context = {"table": table, "stuck": not worker_is_alive(), "tabs": _tabs(request, "jobs:failed")}
    return render(request, "jobs/failed.html", context)


@confidential
def run(request: HttpRequest, run: UUID) -> HttpResponse:
    """One piece of work; the page brings itself up to date until it is over."""
    asked = get_object_or_404(Run.objects.select_related("person", "organisation"), pk=run)
    return render(request, "jobs/run.html", _shown_in_full(request, asked))


def progress(request: HttpRequest, run: UUID) -> HttpResponse:
    """The part of that page that changes; nothing while it is as the reader sees it already."""
    # signed out meanwhile: the page asks them to sign in
    if not request.user.is_authenticated or lacking(request):
        return HttpResponse(status=403, headers={"HX-Refresh": "true"})
    asked = get_object_or_404(Run.objects.select_related("person", "organisation"), pk=run)
    context = _shown_in_full(request, asked)
    if request.GET.get("seen") == context["mark"]:
        return HttpResponse(status=204)
    return render(request, "jobs/state.html", context)


@require_POST
@login_required
def cancel(request: HttpRequest, run: UUID) -> HttpResponse:
    """Cancel own work that waits."""
    asked = get_object_or_404(queries.runs(viewer=request.actor), pk=run)
    if actions.cancel(asked.pk, actor=request.actor):
        messages.success(request, _("It is cancelled and will not be done."))
    else:
        messages.info(request, _("It was too late to cancel: see how it stands."))
    return redirect("jobs:run", run=asked.pk)


@require_POST
@login_required
def again(request: HttpRequest, run: UUID) -> HttpResponse:
    """Try again what failed."""
    asked = get_object_or_404(Run, pk=run)
    mine = asked.person_id == request.actor.person_id
    try:
        if actions.try_again(asked.pk, actor=request.actor).state == Run.State.WAITING:
            messages.success(request, _("It waits to be tried again."))
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("jobs:run", run=asked.pk) if mine else redirect("jobs:failed")


def _shown(asked: Run) -> dict[str, Any]:
    """A run with its words for a template."""
    return {"run": asked, "state": words.PROGRESS.get(asked.state, ""), "note": words.attempts(asked)}


def _shown_in_full(request: HttpRequest, asked: Run) -> dict[str, Any]:
    mine = asked.person_id == request.actor.person_id
    stuck = not asked.over and not worker_is_alive()
    facts = [
        (_("Asked"), asked.asked_at),
        (_("Begun"), asked.started_at),
        (_("Ended"), asked.ended_at),
    ]
    seen = (asked.state, asked.attempts, asked.steps_done, asked.steps, stuck)
    return {
        **_shown(asked),
        "problem": queries.reason(asked),
        "mine": mine,
        "stuck": stuck,
        "moments": [(name, moment) for name, moment in facts if moment],
        "took": "" if asked.state == Run.State.WAITING else words.how_long(asked.lasted),
        "mark": "-".join(map(str, seen)),
    }


def _tabs(request: HttpRequest, here: str) -> list[Tab]:
    """The office's two views; everybody else has one."""
    if not request.actor.has(queries.OFFICE):
        return []
    count = queries.failed(viewer=request.actor).count()
    return [
        Tab(_("My long work"), reverse("jobs:list"), here == "jobs:list"),
        Tab(_("Failed, of all"), reverse("jobs:failed"), here == "jobs:failed", count),
    ]


def _address(asked: Run) -> str:
    return reverse("jobs:run", args=[asked.pk])
