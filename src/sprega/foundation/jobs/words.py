# SPDX-License-Identifier: EUPL-1.2
"""What a run's state, attempts and times are called."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from sprega.foundation.jobs.models import Run

PROGRESS = {
    Run.State.WAITING: "waiting",
    Run.State.RUNNING: "running",
    Run.State.DONE: "succeeded",
    Run.State.FAILED: "failed",
    Run.State.REFUSED: "failed",
}
"""The states of `ui/components/progress.html`; what was cancelled shows none."""


def how_long(time: timedelta | None) -> str:
    """A time as people say it: 12 s, 3 min 20 s, 2 h 5 min."""
    if time is None:
        return ""
    seconds = int(time.total_seconds())
    if seconds < 60:
        return _("%(seconds)d s") % {"seconds": seconds}
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": seconds}
    hours, minutes = divmod(minutes, 60)
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}


def attempts(run: Run) -> str:
    """How often it was tried, where once was not enough."""
    facts = {"done": run.attempts, "most": max(run.most_attempts, run.attempts)}
    if run.state == Run.State.WAITING and run.again_at is not None:
        facts["at"] = time_format(timezone.localtime(run.again_at), "TIME_FORMAT")
        return _("Tried %(done)d of %(most)d times, again at %(at)s.") % facts
    if run.state == Run.State.RUNNING and run.attempts > 1:
        return _("Attempt %(done)d of %(most)d.") % facts
    if run.state == Run.State.FAILED and run.attempts > 1:
        return _("Tried %(done)d of %(most)d times.") % facts
    return ""
