# SPDX-License-Identifier: EUPL-1.2
"""A run: one piece of long work that somebody asked for."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sprega.foundation.organisations.models import Organisation


class Run(models.Model):
    """One piece of long work, as its asker sees it. Arguments are identifiers, never figures."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

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
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at"]
        indexes = [models.Index(fields=["state", "-asked_at"])]

    @property
    def over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in {self.State.DONE, self.State.FAILED}
