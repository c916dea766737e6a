# SPDX-License-Identifier: EUPL-1.2
"""What this app itself keeps about a person: their data made ready to download."""

from __future__ import annotations

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sprega.foundation.personal.models import Export
from sprega.foundation.retention import EXPORTS
from sprega.foundation.room import Basis, PersonalData


def collect(person: int) -> list[dict[str, object]]:
    """When one was made; not what is in it, which is all the rest."""
    made = Export.objects.filter(person=person).defer("content")
    return [{_("Made"): one.made_at, _("Good until"): one.expires_at} for one in made]


def erase(person: int) -> int:
    """Delete them."""
    return Export.objects.filter(person=person).delete()[0]


def forget() -> int:
    """Delete those that expired."""
    return Export.objects.filter(expires_at__lt=timezone.now()).delete()[0]


PERSONAL_DATA = (
    PersonalData(
        name="downloads",
        label=gettext_lazy("Your data made ready to download"),
        purpose=gettext_lazy("So that you get what is kept about you."),
        basis=Basis.OBLIGATION,
        kept_for=format_lazy(gettext_lazy("{days} days"), days=EXPORTS.days),
        tables=("personal_export",),
        collect=collect,
        erase=erase,
        forget=forget,
    ),
)
