# SPDX-License-Identifier: EUPL-1.2
"""What a viewer can derive from everything that was shown."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from sprega.engines.disclosure.attack import Attack, Viewer, viewers_of
from sprega.engines.disclosure.history import components
from sprega.engines.disclosure.model import Release, Rule
from sprega.engines.disclosure.system import FAR, Target, build


@dataclass(frozen=True, repr=False)
class Interval:
    """The closest ends that a viewer can derive for something of a member.

    Attributes
    ----------
    contributors : tuple of str
        Whose it is: one contributor, or the contributors of one holding together.
    item : str
        What it is of; empty for a sum over items and for a change.
    amount : float
        The truth, in the unit of the amounts.
    low, high : float
        low <= amount <= high; infinite where nothing bounds it.
    viewer : tuple of str
        Who can derive it; empty for somebody who contributes nothing.
    """

    contributors: tuple[str, ...]
    item: str
    amount: float
    low: float
    high: float
    viewer: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Interval({self.contributors} {self.item!r} as seen by {self.viewer})"


def intervals(releases: Sequence[Release], *, viewer: Collection[str] = ()) -> tuple[Interval, ...]:
    """Return what a viewer can derive of every amount behind what was shown.

    Parameters
    ----------
    releases : sequence of Release
        Everything that the viewer may have seen, oldest first.
    viewer : collection of str, optional
        Contributors whose amounts the viewer knows, its own included.

    Returns
    -------
    tuple of Interval
        For each contributor's and each holding's part in each figure, and each change of an amount from one
        figure to the next. What the viewer knows itself is left out.

    Raises
    ------
    EngineError
        The releases contradict each other, or HiGHS failed.

    Notes
    -----
    Two linear programs an amount, each an optimum of the attacker's problem (Fischetti and Salazar, 2001),
    who knows signs and, of a revised amount, the size of the change to within a factor of two. Sums over
    several items with weights are given in the unit of the first of them.

    Examples
    --------
    >>> from sprega.engines.disclosure.model import independent
    >>> shown = [Release("lime", independent([("A", 50), ("B", 30), ("C", 20)]), 100, 100)]
    >>> [(i.contributors, i.low, i.high) for i in intervals(shown, viewer=["B"])]
    [(('A',), 0.0, 70.0), (('C',), 0.0, 70.0)]
    """
    system = build(releases)
    if not system.targets:
        return ()
    known = set(viewer)
    knows = np.array([name in known for name in system.contributors], dtype=bool)
    attack = Attack(system, [Viewer(tuple(sorted(known)), knows)])
    return tuple(
        _interval(attack, target, 0) for target in system.targets if not knows[target.unknowns].any()
    )


def exposed(
    releases: Sequence[Release],
    rule: Rule,
    *,
    knows: Sequence[Collection[str]] = (),
    waivers: Collection[str] = frozenset(),
) -> tuple[Interval, ...]:
    """List what is bounded closer than the rule allows, with the viewer who can do it.

    Parameters
    ----------
    releases : sequence of Release
        Everything that was shown, oldest first.
    rule : Rule
        Each end must be p percent of the amount away from it, for every holding and every group of holdings
        that the rule assumes to pool what they know.
    knows : sequence of collections of str, optional
        Further viewers: the contributors whose amounts each knows.
    waivers : collection of str, optional
        Contributors who need no protection.

    Returns
    -------
    tuple of Interval
        One for each target and viewer; empty if all is well.

    Raises
    ------
    EngineError
        The releases contradict each other, there are too many groups to look at, or HiGHS failed.

    Notes
    -----
    With one total this is the p % rule. Both ends count, as tau-ARGUS does by default (Hundepool et al.,
    2012, section 4.2.2: the lower protection level is set to the upper one).

    Examples
    --------
    A joins, and two totals differ by what it brought:

    >>> from sprega.engines.disclosure.model import independent
    >>> before = independent([("B", 30), ("C", 20), ("D", 25)])
    >>> after = independent([("A", 50), ("B", 30), ("C", 20), ("D", 25)])
    >>> shown = [Release("lime", before, 75, 75), Release("lime", after, 125, 125)]
    >>> {(found.contributors, found.low, found.high) for found in exposed(shown, Rule())}
    {(('A',), 50.0, 50.0)}
    """
    build(releases)  # refuses what contradicts itself across the parts
    free = set(waivers)
    found: list[Interval] = []
    for part in components(releases):
        system = build(part)
        attack = Attack(system, viewers_of(system, rule, knows))
        seen: set[tuple[int, int]] = set()
        for breach in attack.breaches(
            rule, [t for t in system.targets if not free.issuperset(t.contributors)]
        ):
            key = (id(breach.side.target), breach.viewer)
            if key not in seen:
                seen.add(key)
                found.append(_interval(attack, breach.side.target, breach.viewer))
    return tuple(found)


def _interval(attack: Attack, target: Target, viewer: int) -> Interval:
    system = attack.system
    truth = float(target.coefficients @ system.magnitudes[target.unknowns])
    far = FAR * float(system.magnitudes.sum()) / 2
    ends = []
    for upwards in (False, True):
        distance = attack.reach(attack.side(target, upwards), viewer)
        away = np.inf if distance > far else max(0.0, distance)
        end = truth + away if upwards else truth - away
        ends.append(float(np.round(end * system.scale, 6)) if np.isfinite(end) else float(end))
    return Interval(
        target.contributors,
        target.item,
        truth * system.scale,
        min(ends),
        max(ends),
        attack.viewers[viewer].names,
    )
