# SPDX-License-Identifier: EUPL-1.2
"""The cluster's rule on totals: its percentage is secret, the rest everybody inside may know."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sprega.foundation.access.identity import Actor
from sprega.foundation.access.models import DisclosureRule
from sprega.foundation.access.services import Service, acting_as, register
from sprega.foundation.ledger.actions import record

if TYPE_CHECKING:
    from sprega.engines.disclosure import model as engine

DISCLOSURE = register(
    Service(
        "disclosure",
        gettext_lazy(
            "judges every total over members before it is shown, and keeps what stood behind those that were"
        ),
        reads=(
            "access_disclosurerule",
            "access_release",
            "access_figure",
            "access_waiver",
            "access_sharedholding",
        ),
        writes=("access_disclosurerule", "access_release", "access_figure", "access_sharedholding"),
    )
)


class ToldRule(NamedTuple):
    """What of the rule is no secret."""

    threshold: int
    statistics_threshold: int
    colluding: int
    version: int
    changed_at: datetime | None


def set_rule(
    *,
    actor: Actor,
    percent: float | None = None,
    threshold: int = 3,
    statistics_threshold: int = 5,
    colluding: int = 1,
    version: int | None = None,
) -> None:
    """Set the parameters of the rule: the office's, who cannot read the percentage, but leave it as it is.

    `version` is that of the rule the person saw; None where nobody saw one.
    """
    from sprega.engines.disclosure.model import Rule

    actor.require("office")
    with acting_as(DISCLOSURE, actor=actor) as identity:
        kept = DisclosureRule.objects.select_for_update().get(pk=kept_rule().pk)
        if version is not None and kept.version != version:
            raise ValidationError(
                _("Somebody changed the rule while you had it open. See below how it stands now."),
                code="changed",
            )
        if percent is not None:
            kept.percent = percent
        Rule(threshold, kept.percent, statistics_threshold, colluding)  # refuses what is out of its range
        kept.threshold, kept.statistics_threshold, kept.colluding = threshold, statistics_threshold, colluding
        kept.version, kept.changed_at = kept.version + 1, timezone.now()
        kept.save()
        record(kind="access.rule_on_totals_set", actor=identity)


def told_rule(*, viewer: Actor) -> ToldRule:
    """What people inside may know of the rule: everything but the percentage."""
    if not viewer.inside:
        raise PermissionDenied(_("Only members of the cluster and its office read this."))
    with acting_as(DISCLOSURE, actor=viewer):
        kept = kept_rule()
    return ToldRule(kept.threshold, kept.statistics_threshold, kept.colluding, kept.version, kept.changed_at)


def disclosure_rule() -> engine.Rule:
    """The cluster's rule, in the engine's form."""
    from sprega.engines.disclosure.model import Rule

    kept = kept_rule()
    return Rule(kept.threshold, kept.percent, kept.statistics_threshold, kept.colluding)


def kept_rule() -> DisclosureRule:
    """The cluster's rule; its percentage is drawn by lot until the office sets one."""
    kept, _made = DisclosureRule.objects.get_or_create(
        only=True,
        defaults={
            "threshold": 3,
            "percent": 10 + secrets.randbelow(101) / 10,
            "statistics_threshold": 5,
            "colluding": 1,
        },
    )
    return kept
