# SPDX-License-Identifier: EUPL-1.2
"""The one door through which a total over members leaves: judged, recorded, and frozen once shown.

A room says who contributes what, read under its own service identity. What comes back is what the cluster's
rule lets pass beside all that was ever shown. Pages, mails, exports and documents read `queries.shown`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone

from sprega.foundation.access.identity import Actor
from sprega.foundation.access.models import DisclosureRule, Figure, Group, Release, Visibility, Waiver
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
        "judges every total over members before it is shown, and keeps what stood behind those that were",
        reads=("access_disclosurerule", "access_release", "access_figure", "access_waiver"),
        writes=("access_disclosurerule", "access_release", "access_figure"),
    )
)
ONE_AT_A_TIME = 0x0D_00_12  # any number, for the advisory lock of the door; a database is one cluster


@dataclass(frozen=True, repr=False)
class Part:
    """What one organisation brings to a total.

    Attributes
    ----------
    organisation : int
        Whose amount it is.
    amount : float or Decimal
        In the unit of the total; may be negative.
    item : str
        What the amount is of, such as "lime 2027": the same in every total that it goes into, whatever room
        shows it, for by this name the door knows that two totals hold the same amount.
    weight : float
        The total is the sum of weights times amounts.
    """

    organisation: int
    amount: float | Decimal
    item: str
    weight: float = 1.0

    def __repr__(self) -> str:
        return f"Part({self.item!r})"


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
    with transaction.atomic():
        with (
            connection.cursor() as cursor
        ):  # held until the transaction ends: the next sees what this one shows
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        with acting_as(service, actor=actor):
            parts = [part for part in contributions() if part.amount and part.weight]
        with acting_as(DISCLOSURE, actor=actor) as identity:
            figure = _figure(subject, kept)
            decision = _judge(figure, service, parts)
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
    percent: float,
    threshold: int = 3,
    statistics_threshold: int = 5,
    colluding: int = 1,
) -> None:
    """Set the secret parameters of the rule: the office's, who cannot read the earlier ones."""
    from sprega.engines.disclosure.model import Rule

    actor.require("office")
    Rule(threshold, percent, statistics_threshold, colluding)  # refuses what is out of its range
    with acting_as(DISCLOSURE, actor=actor) as identity:
        DisclosureRule.objects.update_or_create(
            only=True,
            defaults={
                "percent": percent,
                "threshold": threshold,
                "statistics_threshold": statistics_threshold,
                "colluding": colluding,
            },
        )
        record(kind="access.rule_on_totals_set", actor=identity)


def audit(*, actor: Actor) -> tuple[Interval, ...]:
    """What is bounded closer than the rule allows by all that was ever shown: for the buying desk only."""
    from sprega.engines.disclosure.audit import exposed

    actor.require("desk")
    with acting_as(DISCLOSURE, actor=actor) as identity:
        holding = _holdings()
        releases = list(Release.objects.all())
        waived = {name for release in releases for name in release.waivers}
        found = exposed(
            [_known(release, holding) for release in releases],
            _rule(),
            knows=_former_holdings(releases, holding),
            waivers=waived,
        )
        record(kind="access.totals_audited", actor=identity)
    return found


def _figure(subject: str, kept: Mapping[str, object]) -> Figure:
    """What is shown of a subject by now, or the place for it."""
    figure = Figure.objects.filter(subject=subject).select_related("group").first()
    if figure is None:
        return Figure(subject=subject, **kept)
    changed = [name for name, value in kept.items() if getattr(figure, name) != value]
    if changed:
        raise ValueError(
            f"{', '.join(changed)} of the total {subject} is fixed; give another form a new subject"
        )
    return figure


def _judge(figure: Figure, service: Service, parts: Sequence[Part]) -> engine.Decision:
    """Decide beside everything that was ever shown, and keep what is shown from now on."""
    from sprega.engines.disclosure.model import Candidate, Outcome
    from sprega.engines.disclosure.release import decide

    holding = _holdings()
    rows = [
        [part.organisation, holding[part.organisation], part.item, float(part.amount), part.weight]
        for part in parts
    ]
    releases = list(Release.objects.all())
    history = [_known(release, holding) for release in releases]
    waivers = frozenset(
        str(pk)
        for pk in Waiver.objects.in_force()
        .filter(subject=figure.subject)
        .values_list("organisation_id", flat=True)
    )
    candidate = Candidate(
        figure.subject, _contributions(rows, holding), figure.form, waivers, figure.smallest
    )
    decision = decide(history, candidate, _rule(), knows=_former_holdings(releases, holding))
    if decision.outcome is Outcome.SHOW and decision.release not in history:
        Release.objects.create(
            subject=figure.subject,
            service=service.name,
            parts=rows,
            waivers=sorted(waivers),
            low=decision.release.low,
            high=decision.release.high,
        )
    return decision


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
    """The cluster's rule; its percentage is drawn by lot until the office sets one."""
    from sprega.engines.disclosure.model import Rule

    kept, _ = DisclosureRule.objects.get_or_create(
        only=True,
        defaults={
            "threshold": 3,
            "percent": 10 + secrets.randbelow(101) / 10,
            "statistics_threshold": 5,
            "colluding": 1,
        },
    )
    return Rule(kept.threshold, kept.percent, kept.statistics_threshold, kept.colluding)


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


def _contributions(rows: Iterable[Sequence[object]], holding: Mapping[int, int]) -> engine.Contributions:
    """The engine's form of what was kept, with the holdings of today: a contributor has one there."""
    import numpy as np

    from sprega.engines.disclosure.model import Contributions

    kept = list(rows)
    return Contributions(
        tuple(str(row[0]) for row in kept),
        tuple(str(holding[row[0]]) for row in kept),
        np.array([row[3] for row in kept], dtype=float),
        tuple(row[2] for row in kept),
        np.array([row[4] for row in kept], dtype=float),
    )


def _known(release: Release, holding: Mapping[int, int]) -> engine.Release:
    from sprega.engines.disclosure.model import Release as Shown

    return Shown(
        release.subject,
        _contributions(release.parts, holding),
        release.low,
        release.high,
        frozenset(release.waivers),
    )


def _former_holdings(releases: Iterable[Release], holding: Mapping[int, int]) -> list[frozenset[str]]:
    """Groups that knew each other's figures when a total was shown, and have since been sold apart."""
    groups: set[frozenset[int]] = set()
    for release in releases:
        of: dict[int, set[int]] = {}
        for organisation, then, *_ in release.parts:
            of.setdefault(then, set()).add(organisation)
        groups |= {frozenset(its) for its in of.values() if len({holding[one] for one in its}) > 1}
    return [frozenset(map(str, group)) for group in sorted(groups, key=sorted)]
