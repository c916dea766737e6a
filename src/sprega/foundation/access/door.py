# SPDX-License-Identifier: EUPL-1.2
"""The one door through which a total over members leaves: judged, recorded, and frozen once shown.

A room says who contributes what, read under its own service identity. What comes back is what the cluster's
rule lets pass beside all that was ever shown. Pages, mails, exports and documents read `queries.shown`.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sprega.foundation.access.identity import Actor
from sprega.foundation.access.models import (
    DisclosureRule,
    Figure,
    Group,
    Release,
    SharedHolding,
    Visibility,
    Waiver,
)
from sprega.foundation.access.queries import shown
from sprega.foundation.access.services import Service, acting_as, register
from sprega.foundation.ledger.actions import record
from sprega.foundation.organisations.models import Organisation

if TYPE_CHECKING:
    from sprega.engines.disclosure import model as engine
    from sprega.engines.disclosure.audit import Interval

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
ONE_AT_A_TIME = 0x0D_00_12  # any number, for the advisory lock of the door; a database is one cluster
LARGEST = 1e15  # of a part: beyond it a sum in floating point loses its units


@dataclass(frozen=True, repr=False)
class Part:
    """What one organisation brings to a total.

    Attributes
    ----------
    organisation : int
        Whose amount it is.
    amount : float or Decimal
        May be negative.
    item : str
        What the amount is of, such as "lime 2027": the same in every total that it goes into, whatever room
        shows it, for by this name the door knows that two totals hold the same amount.
    weight : float
        The total is the sum of weights times amounts.
    unit : str
        Of the amount; that of the total by default. An item has one unit in all totals.
    """

    organisation: int
    amount: float | Decimal
    item: str
    weight: float = 1.0
    unit: str = ""

    def __repr__(self) -> str:
        return f"Part({self.item!r})"


class Kept(NamedTuple):
    """A part as it is kept with a release, and the holding that the organisation then belonged to."""

    organisation: int
    holding: int
    item: str
    amount: float
    weight: float
    unit: str


class ToldRule(NamedTuple):
    """What of the rule is no secret."""

    threshold: int
    statistics_threshold: int
    colluding: int
    version: int
    changed_at: datetime | None


def release_total(
    *,
    actor: Actor,
    service: Service,
    subject: str,
    contributions: Callable[[], Iterable[Part]],
    visibility: str = Visibility.CLUSTER,
    group: Group | None = None,
    form: str = Figure.Form.VALUE,
    unit: str = "",
    smallest: float = 1.0,
) -> Figure | None:
    """Judge a total over members as it stands now, and show what may be shown; what the actor sees of it.

    `contributions` is called as `service`, once no other total is being judged. Who sees it, its form,
    unit and smallest band are fixed when a subject is first judged: chosen after a look at the figures they
    would tell something. Waivers are those on record; a caller cannot bring any.
    """
    kept = {"visibility": visibility, "group": group, "form": form, "unit": unit, "smallest": smallest}
    _refuse_settings(subject, kept)
    with transaction.atomic():
        with connection.cursor() as cursor:
            # held until the transaction ends: the next one sees what this one shows
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        with acting_as(service, actor=actor):
            parts = list(contributions())
        with acting_as(DISCLOSURE, actor=actor) as identity:
            figure = _figure(subject, kept)
            holding = _holdings()
            rows = [_kept(part, holding, unit) for part in parts if part.amount and part.weight]
            decision = _judge(figure, service, rows, holding)
            _show(figure, decision)
            record(
                kind="access.total_judged",
                actor=identity,
                about=subject,
                facts={"service": service.name, "reads": list(service.reads), "state": str(figure.state)},
            )
    return shown(subject=subject, viewer=actor)


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
        kept = DisclosureRule.objects.select_for_update().get(pk=_kept_rule().pk)
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
        kept = _kept_rule()
    return ToldRule(kept.threshold, kept.statistics_threshold, kept.colluding, kept.version, kept.changed_at)


def audit(*, actor: Actor) -> tuple[Interval, ...]:
    """What is bounded closer than the rule allows by all that was ever shown: for the buying desk only."""
    from sprega.engines.disclosure.audit import exposed

    actor.require("desk")
    with acting_as(DISCLOSURE, actor=actor) as identity:
        holding = _holdings()
        rule, knows, history = _rule(), _remembered(holding), _history(holding)
        agreed = exposed([release for release in history if release.waivers], rule, knows=knows)
        found = tuple(
            interval
            for interval in exposed(history, rule, knows=knows)
            if not any(_says_as_much(other, interval) for other in agreed)
        )
        record(kind="access.totals_audited", actor=identity)
    return found


def _says_as_much(agreed: Interval, found: Interval) -> bool:
    """Whether what members agreed to show bounds the same thing as closely, to the same viewer."""
    same = (agreed.contributors, agreed.item, agreed.viewer) == (found.contributors, found.item, found.viewer)
    near = 1e-6 * max(1.0, abs(found.amount))
    return same and agreed.low >= found.low - near and agreed.high <= found.high + near


def _refuse_settings(subject: str, kept: Mapping[str, object]) -> None:
    """Settings that could be kept for no total are refused before anything is looked at."""
    visibility, form, smallest = kept["visibility"], kept["form"], kept["smallest"]
    if not subject or len(subject) > 200:
        raise ValueError("give the total a subject of at most 200 characters")
    if visibility not in {Visibility.PUBLIC, Visibility.CLUSTER, Visibility.GROUP}:
        raise ValueError(f"the total {subject} is for several: public, cluster or group, not {visibility}")
    if (visibility == Visibility.GROUP) != (kept["group"] is not None):
        raise ValueError(f"give the total {subject} a group if, and only if, it is for one")
    if form not in Figure.Form.values:
        raise ValueError(f"the total {subject} is shown as value or band, not as {form}")
    if not isinstance(smallest, int | float) or not 0 < smallest <= LARGEST:
        raise ValueError(f"the smallest band of the total {subject} is a positive number")


def _figure(subject: str, kept: Mapping[str, object]) -> Figure:
    """What is shown of a subject by now, or the place for it."""
    figure = Figure.objects.filter(subject=subject).select_related("group").first()
    if figure is None:
        return Figure(subject=subject, **kept)
    changed = [name for name, value in kept.items() if getattr(figure, name) != value]
    if changed:
        raise ValueError(
            f"{', '.join(changed)} of the total {subject} was fixed when it was first judged;"
            " give a total that differs there a subject of its own"
        )
    return figure


def _kept(part: Part, holding: Mapping[int, int], unit: str) -> Kept:
    """A part as it will be kept; one that no sum can hold is refused, without telling whose it is."""
    amount, weight = float(part.amount), float(part.weight)
    if not (math.isfinite(weight) and abs(amount) <= LARGEST and abs(amount * weight) <= LARGEST):
        raise ValidationError(
            _("An amount of %(item)s is not a number, or too large to be added up. Correct it first."),
            params={"item": part.item},
        )
    if part.organisation not in holding:
        raise ValueError(f"{part!r} belongs to no organisation")
    return Kept(part.organisation, holding[part.organisation], part.item, amount, weight, part.unit or unit)


def _judge(
    figure: Figure, service: Service, rows: Sequence[Kept], holding: Mapping[int, int]
) -> engine.Decision:
    """Decide beside everything that was ever shown, and keep what is shown from now on."""
    from sprega.engines.disclosure.model import Candidate, Outcome
    from sprega.engines.disclosure.release import decide

    _refuse_units(rows)
    waivers = Waiver.objects.in_force().filter(subject=figure.subject)
    candidate = Candidate(
        figure.subject,
        _contributions(rows, holding),
        figure.form,
        frozenset(map(str, waivers.values_list("organisation_id", flat=True))),
        figure.smallest,
        figure.audience,
    )
    history = _history(holding)
    decision = decide(history, candidate, _rule(), knows=_remembered(holding))
    if decision.outcome is Outcome.SHOW and decision.release not in history:
        Release.objects.create(
            subject=figure.subject,
            service=service.name,
            parts=rows,
            waivers=sorted(candidate.waivers),
            low=decision.release.low,
            high=decision.release.high,
        )
    return decision


def _refuse_units(rows: Sequence[Kept]) -> None:
    """The same amount in tonnes and in kilograms would pass for two, and one total would undo the other."""
    unit_of: dict[str, str] = {}
    for row in [*(Kept(*row) for release in Release.objects.all() for row in release.parts), *rows]:
        if unit_of.setdefault(row.item, row.unit) != row.unit:
            raise ValueError(
                f"{row.item} is in {unit_of[row.item] or 'no unit'} in one total and in"
                f" {row.unit or 'no unit'} in another; give its amounts in one unit, and a weight"
            )


def _history(holding: Mapping[int, int]) -> list[engine.Release]:
    """Everything that was ever shown, in the engine's form."""
    from sprega.engines.disclosure.model import Release as Shown

    audience = {figure.subject: figure.audience for figure in Figure.objects.all()}
    return [
        Shown(
            release.subject,
            _contributions([Kept(*row) for row in release.parts], holding),
            release.low,
            release.high,
            frozenset(release.waivers),
            audience[release.subject],
        )
        for release in Release.objects.all()
    ]


def _show(figure: Figure, decision: engine.Decision) -> None:
    """Let people see what was decided."""
    now = timezone.now()
    release = decision.release
    if release is None:
        figure.state = Figure.State.WITHHELD
    else:
        figure.state = {"show": Figure.State.SHOWN, "frozen": Figure.State.FROZEN}[decision.outcome.value]
        if (figure.low, figure.high) != (release.low, release.high):
            figure.low, figure.high, figure.shown_at = release.low, release.high, now
    figure.decided_at = now
    figure.save()


def _rule() -> engine.Rule:
    """The cluster's rule, in the engine's form."""
    from sprega.engines.disclosure.model import Rule

    kept = _kept_rule()
    return Rule(kept.threshold, kept.percent, kept.statistics_threshold, kept.colluding)


def _kept_rule() -> DisclosureRule:
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


def _holdings() -> dict[int, int]:
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


def _remembered(holding: Mapping[int, int]) -> list[frozenset[str]]:
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


def _contributions(rows: Sequence[Kept], holding: Mapping[int, int]) -> engine.Contributions:
    """The engine's form of what was kept, with the holdings of today: a contributor has one there."""
    import numpy as np

    from sprega.engines.disclosure.model import Contributions

    return Contributions(
        tuple(str(row.organisation) for row in rows),
        tuple(str(holding.get(row.organisation, row.holding)) for row in rows),
        np.array([row.amount for row in rows], dtype=float),
        tuple(row.item for row in rows),
        np.array([row.weight for row in rows], dtype=float),
    )
