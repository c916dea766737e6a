# SPDX-License-Identifier: EUPL-1.2
"""Background work: a thin call of an action."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sprega.foundation.access.identity import Actor
from sprega.foundation.jobs.kinds import job
from sprega.foundation.personal.actions import make_export


@job(name="personal.export", title=_("Your data to download"))
def collect_own_data(*, actor: Actor, progress: Callable[[int, int], None]) -> str:
    """Put all that is kept about its asker into a file."""
    make_export(actor=actor, progress=progress)
    return reverse("personal:mine")
