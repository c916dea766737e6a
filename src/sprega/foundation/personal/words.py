# SPDX-License-Identifier: EUPL-1.2
"""Why the law lets something be kept, and values as people read them."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from sprega.foundation.room import Basis

BASES = {
    Basis.CONSENT: _("you agreed to it"),
    Basis.CONTRACT: _("it was agreed with you"),
    Basis.OBLIGATION: _("the law demands it"),
    Basis.INTEREST: _("shared work"),
}
MEANINGS = {
    Basis.CONSENT: _("You may take your consent back at any time (GDPR, article 6 (1) (a))."),
    Basis.CONTRACT: _("Without it what was agreed could not be done (GDPR, article 6 (1) (b))."),
    Basis.OBLIGATION: _("Such as the duty to tell you what is kept (GDPR, article 6 (1) (c))."),
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
