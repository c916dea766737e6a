# SPDX-License-Identifier: EUPL-1.2
"""A run: one piece of long work that somebody asked for."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sprega.foundation.jobs.kinds import kind_of
from sprega.foundation.organisations.models import Organisation


class Run(models.Model):
    """One piece of long work, as its asker sees it. Arguments are identifiers, never figures.

    What was refused tells its reason to its asker alone, for that may quote a figure; what failed names
    nothing but a kind of error, so that the office may see it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        REFUSED = "refused", _("not possible")
        CANCELLED = "canceled", _("cancelled")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(_("work"), max_length=80)
    arguments = models.JSONField(default=dict)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    steps_done = models.PositiveIntegerField(default=0)
    steps = models.PositiveIntegerField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    result = models.CharField(max_length=300, blank=True)
    problem = models.CharField(_("problem"), max_length=500, blank=True)
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    again_at = models.DateTimeField(null=True)
    """When it is tried once more; only while it waits for that."""
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at"]
        indexes = [
            models.Index(fields=["state", "-asked_at"]),
            models.Index(fields=["person", "-asked_at"]),
        ]
        constraints = [
            # the second click of a double click finds the work of the first
            models.UniqueConstraint(
                fields=["kind", "arguments", "person", "organisation"],
                condition=Q(state__in=["waiting", "running"]),
                nulls_distinct=False,
                name="one_open_run_of_the_same_work",
            )
        ]

    @property
    def over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state not in {self.State.WAITING, self.State.RUNNING}

    @property
    def title(self) -> str:
        """What its asker calls it; its short name where the room that offers it is no longer installed."""
        kind = kind_of(self.kind)
        return self.kind if kind is None else str(kind.title)

    @property
    def most_attempts(self) -> int:
        """How often it is tried before it counts as failed."""
        kind = kind_of(self.kind)
        return 1 if kind is None else kind.attempts

    @property
    def lasted(self) -> timedelta | None:
        """How long it has been at work, or was."""
        if self.started_at is None:
            return None
        return (self.ended_at or timezone.now()) - self.started_at
