# SPDX-License-Identifier: EUPL-1.2
"""What this app keeps about a person: for whom they act, and acted."""

from __future__ import annotations

from django.db.models import Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sprega.foundation.organisations.models import Proposal, Representation
from sprega.foundation.room import Basis, PersonalData


def collect(person: int) -> list[dict[str, object]]:
    """All representations, also those that ended."""
    held = Representation.objects.filter(person=person).select_related("organisation")
    return [
        {
            _("Organisation"): str(one.organisation),
            _("Role"): one.get_role_display(),
            _("From"): one.starts_at,
            _("Until"): one.ends_at,
        }
        for one in held
    ]


def erase(person: int) -> int:
    """End what has not ended; the dated row stays, of somebody who is no longer named."""
    now = timezone.now()
    still = Representation.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), person=person)
    return still.update(ends_at=Greatest("starts_at", Value(now)))


def proposals(person: int) -> list[dict[str, object]]:
    """Those that name the person, and those that the person made or decided."""
    mine = Q(person=person) | Q(proposed_by=person) | Q(decided_by=person)
    return [
        {
            _("Organisation"): str(one.organisation),
            _("Role"): one.get_role_display(),
            _("Proposed"): one.proposed_at,
            _("Outcome"): one.get_outcome_display(),
        }
        for one in Proposal.objects.filter(mine).select_related("organisation")
    ]


def erase_proposals(person: int) -> int:
    """Delete what is still open; what was decided stays as it was decided."""
    return Proposal.objects.filter(person=person, outcome=Proposal.Outcome.OPEN).delete()[0]


PERSONAL_DATA = (
    PersonalData(
        name="representations",
        label=gettext_lazy("For whom you act, and acted"),
        purpose=gettext_lazy(
            "So that what you do counts for your organisation, and others know whom to ask."
        ),
        basis=Basis.INTEREST,
        kept_for=gettext_lazy("as long as the cluster exists, since decisions rest on it"),
        tables=("organisations_representation",),
        collect=collect,
        erase=erase,
        stays=gettext_lazy(
            "The dates and roles, of “a former representative” without a name: who was entitled to decide "
            "for an organisation must stay provable."
        ),
    ),
    PersonalData(
        name="proposals",
        label=gettext_lazy("Proposals to give you a role, and those that you made or decided"),
        purpose=gettext_lazy("So that nobody alone gives a role that sees what is confidential."),
        basis=Basis.INTEREST,
        kept_for=gettext_lazy("as long as the cluster exists, since decisions rest on it"),
        tables=("organisations_proposal",),
        collect=proposals,
        erase=erase_proposals,
        stays=gettext_lazy("What was decided, with its dates, of “a former representative”."),
    ),
)
