# SPDX-License-Identifier: EUPL-1.2
"""Which of the group's own rules must change before an award exists, and by how much."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, permutations
from typing import Any

from sprega.engines.award.change import NOISE, changed, cut_short, enough, plain, rounded, shown
from sprega.engines.award.least_change import SMALLEST_SHARE, allows, allows_in_time, least
from sprega.engines.award.model import REACHES, WHOLE_LOT, Change, Infeasibility, Purchase
from sprega.engines.award.solve import OutOfTimeError
from sprega.engines.model import Sentence

NO_RULE: dict[str, Any] = {
    "max_suppliers": None,
    "min_sources": None,
    "min_source_share": SMALLEST_SHARE,
    "max_supplier_share": None,
    "reserve": None,
}
"""What each of the group's own rules is when it is dropped, in the order in which they give way."""

SEARCH = 10.0
"""Seconds for the smallest change of one rule: dividing lots evenly, for one, can be very hard."""

PATIENCE = 10.0
"""Seconds for other ways to mend beside one that is known."""

FINEST = 5
"""Digits after the point of a percent that is raised by a hair, where the rounded one is just not enough."""


def rule_changes(purchase: Purchase, until: float, *, mended_before: bool) -> list[Infeasibility]:
    """The rules whose change alone lets an award exist; if none does, the smallest set that does together."""
    present = [rule for rule in NO_RULE if _asked(purchase, rule) is not None]
    if mended_before and _kept(purchase, until):
        return []
    if not present:
        return []
    alone: list[Infeasibility] = []
    # the reserve first: it always helps where the other rules fit, and the others cost more to search
    late = None
    for rule in sorted(present, key=lambda rule: rule != "reserve"):
        limit = min(until, time.monotonic() + PATIENCE) if alone else until
        try:
            cause = _rule(purchase, rule, limit)
        except OutOfTimeError as error:
            late = error
            continue
        if cause is not None:
            alone.append(cause)
    if alone:
        alone.sort(key=lambda cause: present.index(cause.where))
        return [replace(cause, alternative=len(alone) > 1) for cause in alone]
    for size in range(2, len(present) + 1):
        together = _together(purchase, present, size, until)
        if together:
            return together
    if late is not None:
        raise late
    return []


def _asked(purchase: Purchase, rule: str) -> float | None:
    """What a rule asks; None where it is absent or counts for nothing."""
    if rule in ("min_sources", "min_source_share") and (
        purchase.award == WHOLE_LOT or purchase.min_sources is None
    ):
        return None
    asked: float | None = getattr(purchase, rule)
    return asked


def _kept(purchase: Purchase, until: float) -> bool:
    """Whether an award exists; the reserve last, since it takes a search for the cheapest."""
    if not allows(replace(purchase, reserve=None), deadline=until):
        return False
    if purchase.reserve is None:
        return True
    cheapest = least(purchase, "reserve", deadline=until)
    return cheapest is not None and cheapest.value <= purchase.reserve * (1 + REACHES)


def _together(
    purchase: Purchase, present: Sequence[str], size: int, until: float
) -> list[Infeasibility] | None:
    """Of the sets of so many rules, and orders in which they give way, the one that changes least."""
    best: tuple[float, list[Infeasibility]] | None = None
    # with the reserve last, all before it are found without a look at what anything costs
    orders = sorted(permutations(present, size), key=lambda order: "reserve" in order[:-1])
    hopeless = set()
    for dropped in combinations(present, size):
        free = replace(purchase, **{rule: NO_RULE[rule] for rule in (*dropped, "reserve")})
        if not allows(free, deadline=until):
            hopeless.add(frozenset(dropped))
    late = None
    for order in orders:
        if {"min_sources", "min_source_share"} <= set(order) or frozenset(order) in hopeless:
            continue
        # half of what is left, so that an order that is hard to search leaves time for the others
        left = until - time.monotonic()
        try:
            causes = _in_order(purchase, order, time.monotonic() + min(left, PATIENCE if best else left / 2))
        except OutOfTimeError as error:
            late = error
            continue
        if causes is None:
            continue
        total = sum(
            cause.change.by / abs(float(cause.change.before) or 1.0) for cause in causes if cause.change
        )
        if best is None or total < best[0] * (1 - NOISE):
            best = (total, causes)
    if best is None and late is not None:
        raise late
    if best is None:
        return None
    rules = ", ".join(sorted((cause.where for cause in best[1]), key=list(NO_RULE).index))
    reason = Sentence("No award fits these rules together: {rules}.", {"rules": rules})
    causes = [replace(cause, reason=reason) if len(best[1]) > 1 else cause for cause in best[1]]
    return sorted(causes, key=lambda cause: list(NO_RULE).index(cause.where))


def _in_order(purchase: Purchase, order: Sequence[str], until: float) -> list[Infeasibility] | None:
    """Each rule changed as little as possible while those after it are dropped; None if not enough."""
    causes: list[Infeasibility] = []
    current = replace(purchase, **{rule: NO_RULE[rule] for rule in order})
    for rule in order:
        current = replace(current, **{rule: getattr(purchase, rule)})
        cause = _rule(current, rule, until)
        if cause is None or cause.change is None:
            return None
        if cause.change.by > 0:
            causes.append(cause)
            current = changed(current, cause.change)
    return causes


def _rule(purchase: Purchase, rule: str, until: float) -> Infeasibility | None:
    """The smallest change of one rule; None where no change of it is enough."""
    limit = until if rule == "reserve" else min(until, time.monotonic() + SEARCH)
    found = least(purchase, rule, deadline=limit)
    if found is None:
        return None
    if rule in ("max_suppliers", "min_sources"):
        return _count_rule(purchase, rule, int(found.value), found.proven)
    if rule == "reserve":
        return _reserve(purchase, found.value, found.proven)
    return _share_rule(purchase, rule, found.value, found.proven, until)


def _count_rule(purchase: Purchase, rule: str, reached: int, proven: bool) -> Infeasibility:
    asked = int(getattr(purchase, rule))
    reached = max(asked, reached) if rule == "max_suppliers" else min(asked, reached)
    change = Change("Purchase", rule, asked, reached)
    values = {"asked": asked, "enough": reached}
    if rule == "max_suppliers":
        reason = Sentence("No award gets by with so few suppliers: {asked}.", values)
        mend = Sentence("Smallest change: raise max_suppliers to {enough}.", values)
    else:
        reason = Sentence("Not every item can have so many sources: {asked}.", values)
        mend = Sentence("Smallest change: lower min_sources to {enough}.", values)
    mend = mend if proven else cut_short(change)
    return Infeasibility(rule, "rule", reason, mend, change, rule, smallest=proven)


def _share_rule(purchase: Purchase, rule: str, exact: float, proven: bool, until: float) -> Infeasibility:
    """A share to the first figure, rounded sensibly, with which an award is found again."""
    asked = 100 * float(getattr(purchase, rule))
    up = rule == "max_supplier_share"
    exact = max(asked, 100 * exact) if up else min(asked, 100 * exact)
    after, digits = rounded(exact, asked, noise=1e-6)
    change = Change("Purchase", rule, plain(asked), after, "percent")
    short = after < exact if up else after > exact  # what is not short is proved by the award found
    if short and not (proven and allows_in_time(changed(purchase, change), deadline=until, otherwise=False)):
        digits = FINEST
        after = round(exact + (1 if up else -1) * 10.0**-digits, digits)
        change = replace(change, after=min(after, 100.0))
    values = {
        "share": plain(asked),
        "enough": change.after,
        "digits": digits,
        "count": purchase.min_sources or 0,
    }
    if up:
        reason = Sentence(
            "In every award some supplier has more than {share} percent of the goods value.", values
        )
        mend = Sentence("Smallest change: raise max_supplier_share to {enough:.{digits}f} percent.", values)
    else:
        reason = Sentence("Not every item can have {count} sources of at least {share} percent each.", values)
        mend = Sentence("Smallest change: lower min_source_share to {enough:.{digits}f} percent.", values)
    mend = mend if proven else cut_short(change)
    return Infeasibility(rule, "rule", reason, mend, change, rule, smallest=proven)


def _reserve(purchase: Purchase, cost: float, proven: bool) -> Infeasibility:
    reserve = float(purchase.reserve or 0.0)
    excess = enough(max(0.0, cost - reserve))
    change = Change("Purchase", "reserve", reserve, plain(reserve + excess), purchase.currency)
    values = {"reserve": reserve, "cost": shown(cost), "excess": excess, "currency": purchase.currency}
    reason = Sentence("The cheapest award costs {cost} {currency}, more than the reserve.", values)
    mend = Sentence("Smallest change: raise the reserve by {excess} {currency}.", values)
    mend = mend if proven else cut_short(change)
    return Infeasibility("reserve", "rule", reason, mend, change, "reserve", smallest=proven)
