# SPDX-License-Identifier: EUPL-1.2
"""What may be represented in which role."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from sprega.foundation.organisations.models import Organisation, Representation

ONLY_IN_THE_CLUSTER = frozenset({Representation.Role.OFFICE, Representation.Role.DESK})


def check_role_belongs(organisation: Organisation, role: str) -> None:
    """Office and desk act for the cluster itself; the database refuses anything else too."""
    if role in ONLY_IN_THE_CLUSTER and organisation.standing != Organisation.Standing.CLUSTER:
        raise ValidationError(
            _("Cluster office and buying desk act for the cluster itself: choose the cluster.")
        )
