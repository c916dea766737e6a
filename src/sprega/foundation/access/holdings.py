# SPDX-License-Identifier: EUPL-1.2
"""Which organisations count as one where a total is judged, and what each of them knows of others."""

from __future__ import annotations

from collections.abc import Mapping

from sprega.foundation.access.models import SharedHolding
from sprega.foundation.organisations.models import Organisation


def holdings() -> dict[int, int]:
    """The root of each organisation's holding tree, as it is now: a group counts once."""
    above = dict(Organisation.objects.values_list("pk", "holding_id"))

    def root(organisation: int) -> int:
        passed = {organisation}
        while (holding := above[organisation]) is not None and holding not in passed:
            organisation = holding
            passed.add(organisation)
        # a ring, which no office should enter, is one holding: the same for all of its members
        return organisation if holding is None else min(passed)

    return {organisation: root(organisation) for organisation in above}


def remembered(holding: Mapping[int, int]) -> list[frozenset[str]]:
    """What each holding knows beside its own: what companies stated that once were of one holding with it."""
    companies: dict[int, set[int]] = {}
    for organisation, root in holding.items():
        companies.setdefault(root, set()).add(organisation)
    SharedHolding.objects.bulk_create(
        [
            SharedHolding(organisation_id=organisation, holding_id=root)
            for root, its in companies.items()
            for organisation in its
            if len(its) > 1
        ],
        ignore_conflicts=True,
    )
    shared: dict[int, set[int]] = {}
    for organisation, root in SharedHolding.objects.values_list("organisation_id", "holding_id"):
        shared.setdefault(root, set()).add(organisation)
    known = {
        frozenset(its.union(*(group for group in shared.values() if group & its)))
        for its in companies.values()
    }
    more = known - {frozenset(its) for its in companies.values()}
    return [frozenset(map(str, its)) for its in sorted(more, key=sorted)]
