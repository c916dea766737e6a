# SPDX-License-Identifier: EUPL-1.2
"""What this app keeps about a person: the looks of the buying desk, and waivers given for an organisation."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sprega.foundation.access.models import Look, Waiver
from sprega.foundation.room import Basis, PersonalData


def looks(person: int) -> list[dict[str, object]]:
    """Looks at members' figures that the person took."""
    return [
        {_("Organisation"): str(one.organisation), _("Reason"): one.reason, _("When"): one.at}
        for one in Look.objects.filter(person=person).select_related("organisation").order_by("at")
    ]


def waivers(person: int) -> list[dict[str, object]]:
    """What the person agreed to for an organisation."""
    return [
        {_("Organisation"): str(one.organisation), _("Agreed to"): one.words, _("When"): one.given_at}
        for one in Waiver.objects.filter(given_by=person).select_related("organisation")
    ]


PERSONAL_DATA = (
    PersonalData(
        name="looks",
        label=gettext_lazy("Your looks at members' figures"),
        purpose=gettext_lazy("So that a member learns of each look of the buying desk, and why."),
        basis=Basis.INTEREST,
        kept_for=gettext_lazy("as long as the cluster exists: a look cannot be undone"),
        tables=("access_look",),
        collect=looks,
        stays=gettext_lazy(
            "The look with its reason, of “a former representative”: the member was promised it."
        ),
    ),
    PersonalData(
        name="waivers",
        label=gettext_lazy("What you agreed to for an organisation"),
        purpose=gettext_lazy("So that a total which gives a member away is shown only with its consent."),
        basis=Basis.INTEREST,
        kept_for=gettext_lazy("as long as the total can be seen"),
        tables=("access_waiver",),
        collect=waivers,
        stays=gettext_lazy("The consent, given by “a former representative”: what was shown rests on it."),
    ),
)
