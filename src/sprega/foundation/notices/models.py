# SPDX-License-Identifier: EUPL-1.2
"""Notices to persons, and how each person wants them by mail."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from sprega.foundation.organisations.models import Organisation


class Notice(models.Model):
    """One sentence for one person, kept untranslated: it is read in the language of that moment.

    An argument is a text, or `{"key": text}` for one that is translated too. With an organisation it is seen
    only while the person represents it.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=80)
    text = models.CharField(max_length=300)
    arguments = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(_("when"), default=timezone.now)
    read_at = models.DateTimeField(_("read"), null=True)
    for_digest = models.BooleanField(default=False)

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["person", "-created_at"]),
            models.Index(fields=["person"], condition=Q(read_at=None), name="notice_unread"),
            models.Index(fields=["person"], condition=Q(for_digest=True), name="notice_for_digest"),
        ]

    def __str__(self) -> str:
        return gettext(self.text) % {name: _said(value) for name, value in self.arguments.items()}


class NoticeChoice(models.Model):
    """How a person wants notices by mail."""

    class ByMail(models.TextChoices):
        AT_ONCE = "at_once", _("each at once")
        DAILY = "daily", _("once a day, together")
        NEVER = "never", _("never")

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="notice_choice"
    )
    by_mail = models.CharField(_("Notices by mail"), max_length=8, choices=ByMail, default=ByMail.DAILY)


def _said(value: Any) -> str:
    """A text as it is, one to translate by its `key`, or one that stands there in each language."""
    if not isinstance(value, dict):
        return str(value)
    key = value.get("key")
    return value.get(get_language(), value["en"]) if key is None else gettext(key)
