# SPDX-License-Identifier: EUPL-1.2
"""Organisations, and representations: dated rights of a person to act for one in a role."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Organisation(models.Model):
    """The cluster itself, a member, a supplier or another partner."""

    class Standing(models.TextChoices):
        CLUSTER = "cluster", _("the cluster itself")
        MEMBER = "member", _("member")
        SUPPLIER = "supplier", _("supplier")
        PARTNER = "partner", _("partner")

    class Kind(models.TextChoices):
        COMPANY = "company", _("company")
        MUNICIPALITY = "municipality", _("municipality")
        UNIVERSITY = "university", _("university")
        TRAINING = "training", _("training centre")
        OTHER = "other", _("other")

    slug = models.SlugField(unique=True)
    name = models.CharField(_("name"), max_length=200)
    name_bg = models.CharField(_("name in Bulgarian"), max_length=200, blank=True)
    standing = models.CharField(_("standing"), max_length=8, choices=Standing)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.COMPANY)
    holding = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="subsidiaries", verbose_name=_("holding")
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["standing"], condition=Q(standing="cluster"), name="one_cluster_per_database"
            ),
            models.CheckConstraint(condition=~Q(holding=F("id")), name="no_holding_of_itself"),
        ]

    def __str__(self) -> str:
        """Its name as the reader's language has it."""
        return (get_language() == "bg" and self.name_bg) or self.name


class RepresentationQuerySet(models.QuerySet["Representation"]):
    """Representations by moment."""

    def in_force(self, at: datetime | None = None) -> RepresentationQuerySet:
        """Those that hold at a moment, now by default."""
        moment = at or timezone.now()
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=moment), starts_at__lte=moment)


class Representation(models.Model):
    """A person acts for an organisation in a role, from a moment until another (not included)."""

    class Role(models.TextChoices):
        OFFICE = "office", _("cluster office")
        DESK = "desk", _("buying desk")
        BOARD = "board", _("board")
        KEY_HOLDER = "key_holder", _("key holder")
        LEAD = "lead", _("head of the organisation")
        PURCHASING = "purchasing", _("purchasing")
        ENERGY = "energy", _("energy")
        SAFETY = "safety", _("health and safety")
        ENVIRONMENT = "environment", _("environment")
        TRAINING = "training", _("training")
        RESEARCH = "research", _("research")

    OF_THE_CLUSTER = frozenset({Role.OFFICE, Role.DESK, Role.BOARD, Role.KEY_HOLDER})
    """Roles that only the cluster itself gives."""
    TWO_PAIRS_OF_EYES = frozenset({Role.DESK, Role.KEY_HOLDER, Role.BOARD})
    """Roles that look at what is confidential, or confirm those who do: proposed, then confirmed."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="representations", verbose_name=_("person")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="representations", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=12, choices=Role)
    starts_at = models.DateTimeField(_("from"), default=timezone.now)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    """The organisation's head who invited the person; null where the office gave it."""
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RepresentationQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                name="representation_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["person", "organisation", "role"],
                condition=Q(ends_at=None),
                name="one_open_representation_per_role",
            ),
        ]
        indexes = [models.Index(fields=["person", "organisation"])]

    def __str__(self) -> str:
        return f"{self.person} · {self.organisation} · {self.get_role_display()}"

    def holds(self, at: datetime | None = None) -> bool:
        """Whether the person acts for the organisation at a moment, now by default."""
        moment = at or timezone.now()
        return self.starts_at <= moment and (self.ends_at is None or moment < self.ends_at)


class Proposal(models.Model):
    """The office proposes somebody for a role that needs a second pair of eyes; a board member decides."""

    class Outcome(models.TextChoices):
        OPEN = "open", _("waits for the board")
        CONFIRMED = "confirmed", _("confirmed")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=12, choices=Representation.Role)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=9, choices=Outcome, default=Outcome.OPEN)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="open", decided_by=None, decided_at=None)
                | ~Q(outcome="open") & ~Q(decided_by=None) & ~Q(decided_at=None),
                name="proposal_decided_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["person", "organisation", "role"],
                condition=Q(outcome="open"),
                name="one_open_proposal_per_role",
            ),
        ]
