# SPDX-License-Identifier: EUPL-1.2
"""The prepared persons as whom a visitor may look around the practice cluster."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Case, IntegerField, Value, When

from sprega.foundation.accounts.models import Person


def practice_people() -> list[Person]:
    """Persons with a `practice_role`, in the order of the roles; nobody outside the practice cluster."""
    if not settings.CLUSTER.practice:
        return []
    order = Case(
        *(When(practice_role=role, then=Value(place)) for place, role in enumerate(Person.PracticeRole)),
        output_field=IntegerField(),
    )
    return list(Person.objects.exclude(practice_role="").filter(is_active=True).order_by(order, "pk"))
