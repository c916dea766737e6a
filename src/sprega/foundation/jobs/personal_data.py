# SPDX-License-Identifier: EUPL-1.2
"""What this app keeps about a person: the long work they asked for."""

from __future__ import annotations

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sprega.foundation.jobs.actions import forget_old_runs
from sprega.foundation.jobs.models import Run
from sprega.foundation.jobs.queries import reason
from sprega.foundation.retention import RUNS
from sprega.foundation.room import Basis, PersonalData


def collect(person: int) -> list[dict[str, object]]:
    """All that the person asked for."""
    return [
        {
            _("Work"): one.title,
            _("State"): one.get_state_display(),
            _("Asked"): one.asked_at,
            _("Ended"): one.ended_at,
            _("Problem"): reason(one),
        }
        for one in Run.objects.filter(person=person)
    ]


def erase(person: int) -> int:
    """Forget it; what waits is not done."""
    return Run.objects.filter(person=person).delete()[0]


PERSONAL_DATA = (
    PersonalData(
        name="work",
        label=gettext_lazy("Long work that you asked for"),
        purpose=gettext_lazy("So that you find its result, and the office can mend what failed."),
        basis=Basis.INTEREST,
        kept_for=format_lazy(gettext_lazy("{days} days after it ended"), days=RUNS.days),
        tables=("jobs_run",),
        collect=collect,
        erase=erase,
        forget=forget_old_runs,
    ),
)
