# SPDX-License-Identifier: EUPL-1.2
"""The classes of what is kept, groups of organisations, the desk's looks, and totals that were shown."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
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
    event = models.OneToOneField("ledger.Commitment", models.PROTECT, null=True, related_name="+")
    """The ledger's event that tells of it; only looks from before this column have none."""
    # `transaction xid8`, filled by the database itself, stands in the migration: Django has no such field.


class DisclosureRule(models.Model):
    """The secret parameters of the rule on totals: one row, which only the door reads."""

    only = models.BooleanField(primary_key=True, default=True, editable=False)
    threshold = models.PositiveSmallIntegerField()
    percent = models.FloatField()
    statistics_threshold = models.PositiveSmallIntegerField()
    colluding = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(null=True)
    """When the office last set it; null while it stands as it was drawn by lot."""

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(only=True), name="one_rule_on_totals")]


class Release(models.Model):
    """A total that was shown, with what stood behind it at that moment: as confidential as the data itself.

    Only the door reads and adds; nobody changes or removes a row, for what was once shown is known for ever.
    """

    subject = models.CharField(max_length=200)
    service = models.CharField(max_length=60)
    parts = models.JSONField()
    """Lists of organisation, holding, item, amount, weight and unit."""
    waivers = models.JSONField(default=list)
    low = models.FloatField()
    high = models.FloatField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]


class SharedHolding(models.Model):
    """An organisation was of a holding when a total was judged: its companies know each other's figures.

    They remember them after one of them is sold. Only the door reads and adds.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    holding = models.ForeignKey(Organisation, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "holding"], name="a_shared_holding_is_kept_once")
        ]


class Figure(models.Model):
    """What people may see of a total over members: the only thing that leaves the door."""

    class State(models.TextChoices):
        SHOWN = "shown", _("This figure is shown under the cluster's rule on totals.")
        FROZEN = (
            "frozen",
            _(
                "This is the figure as it was first shown. It stays as it is, so that a member who joins, "
                "leaves or changes its figures cannot be found by subtraction."
            ),
        )
        WITHHELD = "withheld", _("This figure is withheld: it could reveal what a single member stated.")

    class Form(models.TextChoices):
        VALUE = "value", _("value")
        BAND = "band", _("band")

    subject = models.CharField(max_length=200, unique=True)
    visibility = models.CharField(max_length=12, choices=Visibility)
    group = models.ForeignKey(Group, models.PROTECT, null=True, related_name="+")
    form = models.CharField(max_length=5, choices=Form)
    unit = models.CharField(max_length=20)
    smallest = models.FloatField()
    state = models.CharField(max_length=8, choices=State)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    shown_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="withheld", low=None, high=None, shown_at=None)
                | ~Q(state="withheld") & ~Q(low=None) & ~Q(high=None) & ~Q(shown_at=None),
                name="a_withheld_figure_has_no_value",
            ),
            models.CheckConstraint(
                condition=Q(visibility__in=["public", "cluster"], group=None)
                | Q(visibility="group") & ~Q(group=None),
                name="a_total_is_for_several",
            ),
        ]

    @property
    def audience(self) -> str:
        """Who sees it, as the engine tells circles of people apart; empty for everybody."""
        if self.visibility == Visibility.PUBLIC:
            return ""
        return f"group {self.group_id}" if self.visibility == Visibility.GROUP else self.visibility

    @property
    def reason(self) -> str:
        """Why it is shown, or not: one sentence for all causes."""
        return str(self.State(self.state).label)

    @property
    def value(self) -> float | None:
        """The figure, where it is one and not a band."""
        return self.low if self.low == self.high else None


class WaiverQuerySet(models.QuerySet["Waiver"]):
    """Waivers by moment."""

    def in_force(self, at: datetime | None = None) -> WaiverQuerySet:
        """Those that hold at a moment, now by default."""
        moment = at or timezone.now()
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=moment), given_at__lte=moment, withdrawn_at=None)


class Waiver(models.Model):
    """An organisation agrees in writing that one total is shown even if it gives the organisation away."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    subject = models.CharField(max_length=200)
    words = models.CharField(_("what you agree to"), max_length=1000)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = WaiverQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("given_at")), name="waiver_ends_after_it_is_given"
            ),
            models.UniqueConstraint(
                fields=["organisation", "subject"],
                condition=Q(withdrawn_at=None),
                name="one_open_waiver_per_subject",
            ),
        ]

    def holds(self, at: datetime | None = None) -> bool:
        """Whether it holds at a moment, now by default."""
        moment = at or timezone.now()
        return self.withdrawn_at is None and (self.ends_at is None or moment < self.ends_at)

    @property
    def state(self) -> str:
        """Whether it holds, and until when."""
        ended = self.withdrawn_at or self.ends_at
        if ended is None:
            return gettext("in force")
        last = timezone.localtime(ended - timedelta(microseconds=1))
        told = {"day": date_format(last, "SHORT_DATE_FORMAT")}
        return (gettext("in force until %(day)s") if self.holds() else gettext("ended on %(day)s")) % told
