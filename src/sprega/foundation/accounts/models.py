# SPDX-License-Identifier: EUPL-1.2
"""Persons who sign in, invitations by which they become that, and links that serve one purpose."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sprega.foundation.organisations.models import Organisation, Representation


class PersonManager(BaseUserManager["Person"]):
    """Persons by e-mail address, which is compared without regard to case."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        """A person who can sign in with the password, or not yet with none.

        Sign-up is closed: whoever makes a person (an invitation, the office's own command) vouches for the
        address, so it is kept as verified.
        """
        from allauth.account.models import EmailAddress

        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        with transaction.atomic():
            person.save(using=self._db)
            EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        return person


class Person(AbstractBaseUser):
    """Somebody who signs in; what they may do follows from whom they represent, never from here."""

    class Theme(models.TextChoices):
        SYSTEM = "system", _("as the device")
        LIGHT = "light", _("light")
        DARK = "dark", _("dark")

    class PracticeRole(models.TextChoices):
        """Whom a visitor of the practice cluster may look around as, in the order offered."""

        OFFICE = "office", _("cluster office")
        DESK = "desk", _("buying desk")
        BOARD = "board", _("board member")
        HEAD = "head", _("head of a member")
        PURCHASING = "purchasing", _("purchasing manager")
        COMPETITOR = "competitor", _("purchasing manager of a competitor")
        MAYOR = "mayor", _("mayor")
        KEY_HOLDER = "key_holder", _("key holder")
        SUPPLIER = "supplier", _("supplier")
        OUTSIDER = "outsider", _("outsider")

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=5, default="en")
    theme = models.CharField(_("theme"), max_length=6, choices=Theme, default=Theme.SYSTEM)
    is_active = models.BooleanField(_("may sign in"), default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    erased_at = models.DateTimeField(null=True, editable=False)
    """Since when nothing is known of the person any more; what they did for others still points here."""
    practice_role = models.CharField(max_length=12, choices=PracticeRole, blank=True, editable=False)

    USERNAME_FIELD = "email"
    objects = PersonManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_person_per_address")]

    def __str__(self) -> str:
        if self.erased_at is not None:
            return gettext("a former representative")
        return self.name or self.email


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations by what became of them."""

    def waiting(self, at: datetime | None = None) -> InvitationQuerySet:
        """Those that can still be accepted, now by default."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=at or timezone.now())


class Invitation(models.Model):
    """Somebody is asked to act for an organisation in a role; only the hash of the link's token is kept."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="invitations", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=12, choices=Representation.Role)
    email = models.EmailField(_("e-mail address"))
    language = models.CharField(_("language of the letter"), max_length=5, default="en")
    invited_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("invited by"))
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("sent"), default=timezone.now)
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    accepted_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(withdrawn_at=None),
                name="invitation_accepted_or_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None) | ~Q(accepted_at=None) & ~Q(accepted_by=None),
                name="invitation_accepted_by_somebody",
            ),
            models.UniqueConstraint(
                "organisation",
                "role",
                Lower("email"),
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="one_open_invitation_per_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.organisation} · {self.get_role_display()}"

    @property
    def waiting(self) -> bool:
        """Whether it can still be accepted."""
        return self.accepted_at is None and self.withdrawn_at is None and self.expires_at > timezone.now()


class Link(models.Model):
    """What a link in a mail is for: one purpose, one subject, until a moment; never a sign-in."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    purpose = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["purpose", "subject"])]
