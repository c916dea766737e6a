# SPDX-License-Identifier: EUPL-1.2
"""What this app keeps about a person: the events of what they did."""

from __future__ import annotations

import json

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sprega.foundation.access.identity import NOBODY
from sprega.foundation.ledger import words
from sprega.foundation.ledger.actions import erase_events
from sprega.foundation.ledger.models import Payload
from sprega.foundation.room import Basis, PersonalData


def collect(person: int) -> list[dict[str, object]]:
    """All that the person did, in the order of events."""
    names = words.Names()
    events = Payload.objects.filter(person=person).order_by("commitment").select_related("organisation")
    return [
        {
            _("When"): one.at,
            _("Event"): words.sentence(one, names),
            _("Acting for"): str(one.organisation or ""),
            _("Facts"): json.dumps(json.loads(bytes(one.text))["facts"], ensure_ascii=False),
        }
        for one in events
    ]


def erase(person: int) -> int:
    """Delete payload and salt; the commitments stay, which nobody can open any more."""
    return erase_events(actor=NOBODY, person=person)


PERSONAL_DATA = (
    PersonalData(
        name="events",
        label=gettext_lazy("What you did, in the ledger"),
        purpose=gettext_lazy("So that nobody, the office included, can deny or forge what was decided."),
        basis=Basis.INTEREST,
        kept_for=gettext_lazy("as long as the cluster exists"),
        tables=("ledger_payload",),
        collect=collect,
        erase=erase,
        stays=gettext_lazy(
            "A number that was computed from each event and that nobody can turn back into it, so that "
            "the rest of the ledger can still be verified."
        ),
    ),
)
