# SPDX-License-Identifier: EUPL-1.2
"""A mail's envelope, and its letter apart: the office may see where mails went without reading them."""

from __future__ import annotations

from secrets import token_hex
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sprega.foundation.organisations.models import Organisation


def new_token() -> str:
    """The part of a bounce address that names one mail; lower case, since some servers fold it."""
    return token_hex(12)


class Mail(models.Model):
    """The envelope: to whom, what for, and what became of it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("not sent")
        BOUNCED = "bounced", _("came back")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("person")
    )
    address = models.EmailField(_("e-mail address"))
    language = models.CharField(_("language"), max_length=5)
    kind = models.CharField(_("what for"), max_length=80)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name=_("organisation")
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(default=timezone.now)
    problem = models.CharField(_("problem"), max_length=300, blank=True)
    message_id = models.CharField(max_length=200, unique=True)
    bounce_token = models.CharField(max_length=24, unique=True, default=new_token)
    queued_at = models.DateTimeField(_("written"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True)

    class Meta:
        ordering = ["-queued_at", "id"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="mail_due"),
            models.Index(fields=["-queued_at"]),
        ]


class Letter(models.Model):
    """What the mail says; one whose link opens something is `secret`, read in the mailbox only."""

    mail = models.OneToOneField(Mail, models.CASCADE, primary_key=True, related_name="letter")
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField()
    html = models.TextField()
    secret = models.BooleanField(default=False)
    office_reads = models.BooleanField(default=False)
