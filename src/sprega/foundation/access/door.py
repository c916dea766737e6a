# SPDX-License-Identifier: EUPL-1.2
"""The one door through which a total over members leaves: judged, recorded, and frozen once shown.

A room says who contributes what, read under its own service identity. What comes back is what the cluster's
rule lets pass beside all that was ever shown. Pages, mails, exports and documents read `queries.shown`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sprega.foundation.access.holdings import holdings, remembered
from sprega.foundation.access.identity import Actor
from sprega.foundation.access.models import Figure, Group, Release, Visibility, Waiver
from sprega.foundation.access.queries import shown
from sprega.foundation.access.rule import DISCLOSURE, disclosure_rule
from sprega.foundation.access.services import Service, acting_as
from sprega.foundation.ledger.actions import record

if TYPE_CHECKING:
    from sprega.engines.disclosure import model as engine
    from sprega.engines.disclosure.audit import Interval

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
            holding = holdings()
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


def audit(*, actor: Actor) -> tuple[Interval, ...]:
    """What is bounded closer than the rule allows by all that was ever shown: for the buying desk only."""
    from sprega.engines.disclosure.audit import exposed

    actor.require("desk")
    with acting_as(DISCLOSURE, actor=actor) as identity:
        holding = holdings()
        rule, knows, history = disclosure_rule(), remembered(holding), _history(holding)
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
    decision = decide(history, candidate, disclosure_rule(), knows=remembered(holding))
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
