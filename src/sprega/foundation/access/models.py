# SPDX-License-Identifier: EUPL-1.2
"""The classes of what is kept, groups of organisations, and the buying desk's looks."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sprega.foundation.organisations.models import Organisation


class Visibility(models.TextChoices):
    """Who may see a row beside its owner; the policies of `access.policies` keep it."""

    PUBLIC = "public", _("public")
    CLUSTER = "cluster", _("all members")
    GROUP = "group", _("those taking part")
    ORGANISATION = "organisation", _("only you")
    DESK = "desk", _("you and the buying desk")
    SEALED = "sealed", _("sealed")


class Group(models.Model):
    """A dated list of organisations: participants of a purchase, a committee, a working group."""

    name = models.CharField(_("name"), max_length=200)


class GroupMember(models.Model):
    """An organisation belongs to a group from a moment until another (not included)."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="members")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField(_("from"), default=timezone.now)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                name="group_member_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["group", "organisation"],
                condition=Q(ends_at=None),
                name="one_open_membership_per_group",
            ),
        ]


class Look(models.Model):
    """The buying desk looks at a member's own rows; they open only in the transaction that says so."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="looks")
    reason = models.CharField(max_length=300)
    at = models.DateTimeField(auto_now_add=True)
    # `transaction xid8`, filled by the database itself, stands in the migration: Django has no such field.
