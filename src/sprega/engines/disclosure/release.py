# SPDX-License-Identifier: EUPL-1.2
"""Show, keep the earlier figure, or refuse: a candidate beside everything that was shown before."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sprega.engines.disclosure.attack import Attack, viewers_of
from sprega.engines.disclosure.history import connected
from sprega.engines.disclosure.judge import holding_sizes, judge, too_near
from sprega.engines.disclosure.model import (
    FROZEN,
    SHOWN,
    WITHHELD,
    Candidate,
    Contributions,
    Decision,
    Outcome,
    Release,
    Rule,
)
from sprega.engines.disclosure.system import build
from sprega.engines.disclosure.unknowns import SAME


def decide(
    history: Sequence[Release],
    candidate: Candidate,
    rule: Rule,
    *,
    knows: Sequence[Collection[str]] = (),
) -> Decision:
    """Decide whether a figure may be shown after all that was shown before.

    Parameters
    ----------
    history : sequence of Release
        Everything that anybody but the buying desk has seen, oldest first.
    candidate : Candidate
        The figure as it stands now.
    rule : Rule
        Applied to the figure, to its difference from every earlier value, and to all that follows from it
        together with the history.
    knows : sequence of collections of str, optional
        Further viewers: the contributors whose amounts each knows.

    Returns
    -------
    Decision
        SHOW with the release to be recorded; FROZEN with the last one of the subject; REFUSE with None.

    Raises
    ------
    EngineError
        The history contradicts itself, a contributor changed its holding, or HiGHS failed.

    Notes
    -----
    The rule must hold three times: for the figure alone (`judge`); for its difference from each earlier
    value over common amounts, changes counting with their absolute size (differencing; Willenborg and
    de Waal, 2001); and for every linear combination with bands and values shown, by the attacker's linear
    program (Fischetti and Salazar, 2001). What the same audience could tell before, and is not told further,
    is no reason to refuse. A refusal depends on the figures and so tells something itself (Kenthapadi,
    Mishra and Nissim, 2005): the reason is one for all causes, and the parameters are secret.

    Examples
    --------
    >>> from sprega.engines.disclosure.model import independent
    >>> four = Candidate("lime", independent([("A", 50), ("B", 30), ("C", 20), ("D", 40)]))
    >>> first = decide([], four, Rule())
    >>> first.outcome, first.release.low
    (<Outcome.SHOW: 'show'>, 140.0)
    >>> three = Candidate("lime", independent([("A", 50), ("B", 30), ("C", 20)]))  # D has left
    >>> later = decide([first.release], three, Rule())
    >>> later.outcome, later.release.low
    (<Outcome.FROZEN: 'frozen'>, 140.0)
    """
    earlier = [release for release in history if release.subject == candidate.subject]
    for release in reversed(earlier):
        exact = release.low == release.high
        if exact == (candidate.form == "value") and _same(release.contributions, candidate.contributions):
            return Decision(Outcome.SHOW, release, SHOWN)
    new = proposed(candidate, rule, knows)
    if new and is_safe([*connected(history, [candidate.contributions]), new], rule, knows):
        return Decision(Outcome.SHOW, new, SHOWN)
    if earlier:
        return Decision(Outcome.FROZEN, earlier[-1], FROZEN)
    return Decision(Outcome.REFUSE, None, WITHHELD)


def proposed(candidate: Candidate, rule: Rule, knows: Sequence[Collection[str]] = ()) -> Release | None:
    """Return what would be shown of a candidate that passes the rule by itself."""
    verdict = judge(
        candidate.contributions,
        rule,
        waivers=candidate.waivers,
        knows=knows,
        form=candidate.form,
        unit=candidate.unit,
    )
    if verdict.low is None or verdict.high is None:
        return None
    return Release(
        candidate.subject,
        candidate.contributions,
        verdict.low,
        verdict.high,
        candidate.waivers,
        candidate.audience,
    )


def is_safe(releases: Sequence[Release], rule: Rule, knows: Sequence[Collection[str]] = ()) -> bool:
    """Tell whether the last of the releases exposes nobody further, whom its waivers do not free."""
    *earlier, new = releases
    for release in earlier:
        if values(release, new) and not new.waivers.issuperset(
            exposed_by_difference(release.contributions, new.contributions, rule)
        ):
            return False
    return all(_tells_nothing_further(known, rule, knows) for known in _circles(releases))


def _circles(releases: Sequence[Release]) -> Iterator[list[Release]]:
    """Yield what people know once the last one is shown: all of it, or what their circle has seen."""
    new = releases[-1]
    yield list(releases)
    for audience in sorted({release.audience for release in releases}):
        seen = [release for release in releases if release.audience in {"", new.audience, audience}]
        if len(seen) < len(releases):
            yield seen


def _tells_nothing_further(releases: Sequence[Release], rule: Rule, knows: Sequence[Collection[str]]) -> bool:
    system = build(releases)
    if not system.targets:
        return True
    last, free = len(releases) - 1, releases[-1].waivers
    attack = Attack(system, viewers_of(system, rule, knows))
    inside = system.matrix[last] != 0
    targets = [
        target
        for target in system.targets
        if not (free.issuperset(target.contributors) and inside[target.unknowns].all())
    ]
    for breach in attack.breaches(rule, targets):
        attack.program.forget(last)
        before = attack.reach(breach.side, breach.viewer)
        attack.program.remember(last)
        if breach.is_nearer_than(before):
            return False
    return True


def values(*releases: Release) -> bool:
    """Tell whether all these releases are values, not bands."""
    return all(release.low == release.high for release in releases)


def exposed_by_difference(before: Contributions, after: Contributions, rule: Rule) -> set[str]:
    """Name the contributors whom the difference of two values would expose."""
    was, now = _parts(before), _parts(after)
    if was.keys().isdisjoint(now):  # figures without a common amount have no difference that means anything
        return set()
    holding = dict(zip(before.contributors, before.holdings, strict=True))
    holding |= dict(zip(after.contributors, after.holdings, strict=True))
    moved = {}
    for key in {**was, **now}:
        one, other = was.get(key, 0.0), now.get(key, 0.0)
        if abs(other - one) > SAME * max(abs(one), abs(other)):
            moved[key] = other - one
    sizes = holding_sizes((holding[name] for name, _ in moved), moved.values())
    near = set(sizes) if len(sizes) < rule.threshold else too_near(sizes, rule, rule.colluding)
    return {name for name, _ in moved if holding[name] in near}


def _parts(its: Contributions) -> dict[tuple[str, str], float]:
    keys = zip(its.contributors, its.items, strict=True)
    return {key: part for key, part in zip(keys, its.parts.tolist(), strict=True) if part}


def _same(a: Contributions, b: Contributions) -> bool:
    """Tell whether two totals are of the same amounts with the same weights."""
    one, other = ({key: pair for key, *pair in _entries(its)} for its in (a, b))
    return one == other


def _entries(its: Contributions) -> list[tuple[tuple[str, str], float, float]]:
    return [
        ((name, item), amount, weight)
        for name, item, amount, weight in zip(
            its.contributors, its.items, its.amounts.tolist(), its.weights.tolist(), strict=True
        )
        if amount and weight
    ]
