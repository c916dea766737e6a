# SPDX-License-Identifier: EUPL-1.2
"""A person's data, made ready to download."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone


class Export(models.Model):
    """All that is kept about a person as a ZIP file, theirs alone and for a few days only.

    It lies in the database and not among files: so it goes with the account, in the same transaction.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    content = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at", "id"]
        indexes = [models.Index(fields=["person"])]

    @property
    def kilobytes(self) -> float:
        """Its size as readers know it."""
        return len(self.content) / 1e3
