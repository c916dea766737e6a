# SPDX-License-Identifier: EUPL-1.2
"""Long work as far as a viewer may see: everybody their own, the office what failed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sprega.foundation.access.identity import Actor
from sprega.foundation.jobs.models import Run
from sprega.foundation.jobs.workers import worker_is_alive
from sprega.foundation.organisations.models import Representation
from sprega.foundation.room import Task

OFFICE = Representation.Role.OFFICE
ON_TODAY = timedelta(days=14)
"""How long a failure waits on Today; afterwards it is found among the rest."""


def runs(*, viewer: Actor) -> QuerySet[Run]:
    """What the viewer asked for, the latest first."""
    return Run.objects.filter(person=viewer.person_id).select_related("organisation")


def reason(run: Run) -> str:
    """Why it failed or was refused, for its asker: an organisation's figure it quotes to nobody who left."""
    if run.state != Run.State.REFUSED or run.organisation_id is None:
        return run.problem
    held = Representation.objects.in_force().filter(person=run.person_id, organisation=run.organisation_id)
    return run.problem if held.exists() else _("You no longer act for the organisation that asked for this.")


def failed(*, viewer: Actor) -> QuerySet[Run]:
    """What failed, whoever asked for it: for the office, which can try it again."""
    viewer.require(OFFICE)
    return Run.objects.filter(state=Run.State.FAILED).select_related("person", "organisation")


def today(actor: Actor) -> Iterator[Task]:
    """What waits because of long work: own failures, and for the office those of all and a missing worker."""
    recently = timezone.now() - ON_TODAY
    for run in runs(viewer=actor).filter(state=Run.State.FAILED, ended_at__gte=recently):
        yield Task(_("%(work)s failed: see what to do") % {"work": run.title}, _address(run))
    if not actor.has(OFFICE):
        return
    others = failed(viewer=actor).filter(ended_at__gte=recently).exclude(person=actor.person_id).count()
    if others:
        told = ngettext(
            "%(count)d piece of long work of others failed",
            "%(count)d pieces of long work of others failed",
            others,
        )
        yield Task(told % {"count": others}, reverse("jobs:failed"))
    if not worker_is_alive():
        yield Task(_("No worker is running: long work and letters wait"), reverse("jobs:failed"))


def _address(run: Run) -> str:
    return reverse("jobs:run", args=[run.pk])
