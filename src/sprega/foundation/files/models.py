# SPDX-License-Identifier: EUPL-1.2
"""A file: what it is called, whose it is and who may see it. Its bytes lie in `store`."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sprega.foundation.access.models import Group, Visibility
from sprega.foundation.files.kinds import KINDS, Kind
from sprega.foundation.organisations.models import Organisation


class File(models.Model):
    """A file of an organisation. Its bytes never change; words and class may.

    With a `person` it is that person's alone within the organisation, whatever its class. `about` names the
    thing of a room to which it belongs, see `actions.about`. `expires_at` is the end of a file that was made.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    visibility = models.CharField(
        _("who sees it"), max_length=12, choices=Visibility, default=Visibility.ORGANISATION
    )
    group = models.ForeignKey(Group, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    name = models.CharField(_("name"), max_length=150)
    description = models.CharField(_("description"), max_length=300, blank=True)
    kind = models.CharField(_("kind"), max_length=4)
    size = models.BigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    place = models.CharField(max_length=64, unique=True)
    about = models.CharField(max_length=120, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("when"), default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-uploaded_at", "id"]
        indexes = [
            models.Index(fields=["organisation", "-uploaded_at"]),
            models.Index(fields=["-uploaded_at", "id"]),
            models.Index(fields=["about"], condition=~Q(about=""), name="file_about"),
            models.Index(fields=["expires_at"], condition=~Q(expires_at=None), name="file_expires"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(visibility="group") & ~Q(group=None) | ~Q(visibility="group") & Q(group=None),
                name="a_file_for_a_group_names_it",
            ),
            models.CheckConstraint(
                condition=~Q(visibility="sealed"), name="no_sealed_file"
            ),  # a seal is a cipher, which a class alone is not
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def of_kind(self) -> Kind:
        """What it is."""
        return KINDS[self.kind]

    @property
    def kilobytes(self) -> int:
        """Its size in kB, the last one begun."""
        return -(-self.size // 1000)
