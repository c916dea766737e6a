# SPDX-License-Identifier: EUPL-1.2
"""The job that fills the practice cluster, after its first page is up."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from sprega.foundation.access.identity import Actor, acting, actor_of
from sprega.foundation.jobs.actions import start
from sprega.foundation.jobs.kinds import job
from sprega.foundation.room import rooms
from sprega.server.practice_data import fill_foundation


@job(name="practice.fill", title=_("Filling the practice cluster"))
def fill_rooms(*, actor: Actor, progress: Callable[[int, int], None]) -> str:
    """Do what the foundation offers, then let each room make its practice data in the name of the office."""
    willing = [room.practice for room in rooms() if room.practice is not None]
    fill_foundation()
    for done, practice in enumerate(willing):
        progress(done, len(willing))
        practice(actor)
    progress(len(willing), len(willing))
    return ""


def ask_rooms(*, organisation: int) -> None:
    """Ask for it as the office of the practice cluster."""
    from sprega.foundation.accounts.models import Person

    office = Person.objects.get(practice_role=Person.PracticeRole.OFFICE)
    actor = actor_of(office.pk, organisation)
    with acting(actor):
        start(fill_rooms, actor=actor)
