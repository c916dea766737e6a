# SPDX-License-Identifier: EUPL-1.2
"""Tokens: by one of them a program acts for one organisation, in a person's name."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sprega.foundation.organisations.models import Organisation


class Token(models.Model):
    """A person's token; of its secret only the hash is kept."""

    class Scope(models.TextChoices):
        READ = "read", _("only read")
        WRITE = "write", _("read and write")

    class State(models.TextChoices):
        VALID = "valid", _("valid")
        EXPIRED = "expired", _("expired")
        ENDED = "ended", _("ended by you")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tokens")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    name = models.CharField(_("name"), max_length=80)
    secret_hash = models.CharField(max_length=64)
    scope = models.CharField(_("what it may do"), max_length=5, choices=Scope, default=Scope.READ)
    rooms = models.JSONField(_("rooms"), default=list)
    """Parts of the API that it is limited to; with none named, all."""
    by_second_factor = models.BooleanField(default=False)
    """Whether the session that made it had shown a second factor: only then it opens what is confidential."""
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    expires_at = models.DateTimeField(_("until"))
    last_used_at = models.DateTimeField(_("last used"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        ordering = ["-made_at", "id"]
        indexes = [models.Index(fields=["person", "-made_at"])]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> Token.State:
        """Whether it still opens anything, as far as the token itself goes."""
        if self.ended_at is not None:
            return self.State.ENDED
        return self.State.EXPIRED if self.expires_at <= timezone.now() else self.State.VALID

    @property
    def last_day(self) -> date:
        """The last day on which it is valid: the moment of its end is no longer part of it."""
        return timezone.localtime(self.expires_at - timedelta(microseconds=1)).date()
