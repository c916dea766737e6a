# SPDX-License-Identifier: EUPL-1.2
"""Why the law lets something be kept, and values as people read them."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from sprega.foundation.room import Basis

BASES = {
    Basis.CONSENT: _("You agreed to it and may take that back at any time (GDPR, article 6 (1) (a))."),
    Basis.CONTRACT: _("It is needed for what was agreed with you (GDPR, article 6 (1) (b))."),
    Basis.OBLIGATION: _("The law demands it (GDPR, article 6 (1) (c))."),
    Basis.INTEREST: _(
        "The cluster and your organisation need it to work together, and it weighs little on you "
        "(GDPR, article 6 (1) (f)). You may object: write to the cluster office."
    ),
}


def said(value: object) -> str:
    """A value as the reader's language writes it."""
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    return "" if value is None else str(value)
