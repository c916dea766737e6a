# SPDX-License-Identifier: EUPL-1.2
"""What this app keeps about a person: the keys of their programs."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sprega.foundation.api.models import Token
from sprega.foundation.room import Basis, PersonalData


def collect(person: int) -> list[dict[str, object]]:
    """All keys; of their secrets nothing is known."""
    return [
        {
            _("Name"): one.name,
            _("Organisation"): str(one.organisation),
            _("Made"): one.made_at,
            _("Valid until"): one.expires_at,
            _("Last used"): one.last_used_at,
        }
        for one in Token.objects.filter(person=person).select_related("organisation")
    ]


def erase(person: int) -> int:
    """End and forget them."""
    return Token.objects.filter(person=person).delete()[0]


PERSONAL_DATA = (
    PersonalData(
        name="keys",
        label=gettext_lazy("Keys of your programs"),
        purpose=gettext_lazy("So that a program acts in your name, as far as you allow it."),
        basis=Basis.INTEREST,
        kept_for=gettext_lazy("until you erase your account"),
        tables=("api_token",),
        collect=collect,
        erase=erase,
    ),
)
