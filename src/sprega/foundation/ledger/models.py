# SPDX-License-Identifier: EUPL-1.2
"""The ledger's tables: commitments that stay for ever, payloads beside them that may be erased, the tree."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sprega.foundation.organisations.models import Organisation


class Commitment(models.Model):
    """A leaf: what an event is hashed to. The database refuses to change or remove it."""

    value = models.BinaryField(max_length=32)
    at = models.DateTimeField()


class Payload(models.Model):
    """What happened, in the very bytes that were committed to, and the salt that opens the commitment."""

    commitment = models.OneToOneField(
        Commitment, models.PROTECT, primary_key=True, related_name="payload", db_column="commitment_id"
    )
    salt = models.BinaryField(max_length=32)
    text = models.BinaryField()
    kind = models.CharField(_("event"), max_length=80, db_index=True)
    at = models.DateTimeField(_("when"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("person")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name=_("acting for")
    )
    service = models.CharField(_("service"), max_length=60, blank=True)
    subject = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name=_("whose data")
    )

    class Meta:
        ordering = ["-commitment_id"]


class Position(models.Model):
    """Where a commitment stands in the tree: given after its transaction is committed."""

    position = models.BigIntegerField(primary_key=True)
    commitment = models.OneToOneField(Commitment, models.PROTECT, related_name="place")


class Node(models.Model):
    """The hash of a complete subtree (see `tree`)."""

    pk = models.CompositePrimaryKey("level", "index")
    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)


class Checkpoint(models.Model):
    """A signed statement of the tree's size and root."""

    size = models.BigIntegerField(primary_key=True)
    note = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        get_latest_by = "size"


class Key(models.Model):
    """A public key of the ledger: it signs from the checkpoint of `since` leaves on, until another does."""

    since = models.BigIntegerField(primary_key=True)
    text = models.TextField()
    handed_over = models.BooleanField(default=False)
    """Whether the key before it signed that this one follows: not of the first one, nor after a loss."""
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["since"]
        get_latest_by = "since"
