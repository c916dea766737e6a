# SPDX-License-Identifier: EUPL-1.2
"""What may be represented in which role, and by whom not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from sprega.foundation.organisations.models import Organisation, Representation

if TYPE_CHECKING:
    from sprega.foundation.accounts.models import Person

Role, Standing = Representation.Role, Organisation.Standing
ONLY_IN_THE_CLUSTER = frozenset({Role.OFFICE, Role.DESK, Role.BOARD})
OF_THE_OFFICE = frozenset({Role.OFFICE, Role.DESK})


def check_role_belongs(organisation: Organisation, role: str) -> None:
    """Office, desk and board act for the cluster itself; the database refuses anything else too."""
    if role in ONLY_IN_THE_CLUSTER and organisation.standing != Standing.CLUSTER:
        raise ValidationError(
            _("Cluster office, buying desk and board act for the cluster itself: choose the cluster.")
        )


def check_apart(person: Person, organisation: Organisation, role: str) -> None:
    """Nobody of the office speaks for a member whose head has not invited them; nor the other way round."""
    held = Representation.objects.filter(Q(ends_at=None) | Q(ends_at__gt=timezone.now()), person=person)
    if organisation.standing != Standing.CLUSTER and held.filter(role__in=OF_THE_OFFICE).exists():
        raise ValidationError(
            _(
                "This person belongs to the cluster office or the buying desk. Only the head of the "
                "organisation can let them act for it, by an invitation."
            ),
            code="apart",
        )
    uninvited = held.filter(accepted_by=None).exclude(organisation__standing=Standing.CLUSTER)
    if role in OF_THE_OFFICE and uninvited.exists():
        raise ValidationError(
            _(
                "This person acts for an organisation whose head has not invited them. End that first; "
                "the head may then invite them."
            ),
            code="apart",
        )
