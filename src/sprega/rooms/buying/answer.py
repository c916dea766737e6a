# SPDX-License-Identifier: EUPL-1.2
"""What a clearing says, in sentences: the answer, the saving in its two parts, the rule, the proof."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sprega.engines.clearing.model import OBJECTS, Clearing
from sprega.engines.model import Sentence
from sprega.formats.award_words import NEAREST, left_open, unproven
from sprega.foundation.language import Money, Percent

RULE_NAMES = {
    "equal-price": Sentence("same price for all"),
    "shapley": Sentence("by contribution"),
    "nucleolus": Sentence("smallest complaint"),
    "proportional": Sentence("in proportion to stand-alone cost"),
}

RULE_MEANINGS = {
    "equal-price": Sentence(
        "An item costs the same for everybody. A member pays that price for its quantity, the delivery to "
        "its own sites, and its part of the suppliers' fixed costs."
    ),
    "shapley": Sentence(
        "A member pays by what its taking part adds to the joint cost, averaged over all orders in which "
        "the members could join."
    ),
    "nucleolus": Sentence(
        "The shares are set so that the group with the most reason to complain has as little reason "
        "as can be."
    ),
    "proportional": Sentence("Everybody saves the same percentage of what it would pay alone."),
}

LARGE = 100_000
"""Amounts from here on are told in whole units of the currency."""

SMALL = 0.001
"""Parts below this are told with a digit more."""

MOST_NAMES = 6
"""Members of a group that are named."""


@dataclass(frozen=True)
class Steps:
    """What is paid today, alone with the same bids, and together; rounded, so that differences add up."""

    today: float | None
    alone: float
    together: float
    currency: str
    digits: int | None

    @property
    def choice(self) -> float | None:
        """Saving by a better choice of supplier."""
        return None if self.today is None else self.today - self.alone

    @property
    def joining(self) -> float:
        """Saving by buying together."""
        return self.alone - self.together

    @property
    def total(self) -> float:
        """Saving against today, or against alone where today is not known."""
        return (self.alone if self.today is None else self.today) - self.together

    def money(self, amount: float) -> Money:
        """An amount as these steps are told."""
        return Money(abs(amount), self.currency, self.digits)


def all_steps(clearing: Clearing) -> Steps:
    """The steps of all members together."""
    today = float(clearing.today.sum())
    return _steps(clearing, today, float(clearing.stand_alone.sum()), clearing.cost)


def priced_steps(clearing: Clearing) -> Steps | None:
    """The steps of those whose prices of today are complete, where that is neither all nor none."""
    known = ~np.isnan(clearing.today)
    if known.all() or not known.any():
        return None
    share = clearing.shares[clearing.rule]
    return _steps(
        clearing,
        float(clearing.today[known].sum()),
        float(clearing.stand_alone[known].sum()),
        float(share[known].sum()),
    )


def member_steps(clearing: Clearing, position: int) -> Steps:
    """The steps of one member, by its position among the players."""
    share = clearing.price_list.share[clearing.purchase.players[position]] / 10**clearing.price_list.digits
    today, alone = float(clearing.today[position]), float(clearing.stand_alone[position])
    return _steps(clearing, today, alone, float(share))


def _steps(clearing: Clearing, today: float, alone: float, together: float) -> Steps:
    digits = 0 if abs(together) >= LARGE else clearing.price_list.digits
    return Steps(
        None if math.isnan(today) else round(today, digits),
        round(alone, digits),
        round(together, digits),
        clearing.purchase.currency,
        digits,
    )


def headline(steps: Steps, joining_pays: bool) -> Sentence:
    """The answer for all together, in one sentence."""
    if not joining_pays:
        return Sentence(
            "Buying together does not pay: you would pay {amount} ({percent}) more than alone "
            "with the same bids.",
            {
                "amount": steps.money(steps.joining),
                "percent": _percent(steps.joining, steps.alone),
            },
        )
    base = steps.alone if steps.today is None else steps.today
    values = {"amount": steps.money(steps.total), "percent": _percent(steps.total, base)}
    if steps.today is None:
        if steps.total > 0:
            return Sentence("Together you save {amount} ({percent}) against buying alone.", values)
        return Sentence("Together you pay as much as alone with the same bids: nothing is saved.", {})
    if steps.total > 0:
        return Sentence("Together you save {amount} ({percent}).", values)
    if steps.total < 0:
        return Sentence("Together you pay {amount} ({percent}) more than today.", values)
    return Sentence("Together you pay as much as today: nothing is saved.", {})


def member_headline(steps: Steps) -> Sentence:
    """The answer for one member, in one sentence."""
    base = steps.alone if steps.today is None else steps.today
    values = {"amount": steps.money(steps.total), "percent": _percent(steps.total, base)}
    if steps.total > 0 > steps.joining and steps.today is not None:
        return Sentence(
            "You save {amount} ({percent}) against today; alone you would save {more} more.",
            {**values, "more": steps.money(steps.joining)},
        )
    if steps.total > 0 and steps.today is not None:
        return Sentence("You save {amount} ({percent}) in this joint purchase.", values)
    if steps.total > 0:
        return Sentence("You save {amount} ({percent}) against buying alone.", values)
    if steps.total < 0 and steps.today is not None:
        return Sentence("You pay {amount} ({percent}) more than today.", values)
    if steps.total < 0:
        return Sentence("You pay {amount} ({percent}) more than alone.", values)
    return Sentence("You save nothing in this joint purchase.", {})


def choice_part(steps: Steps) -> Sentence:
    """The first part of the saving: today -> alone with the same bids."""
    if steps.choice is None or steps.today is None:
        return Sentence("Today's prices are not complete, so a comparison with today is not possible.", {})
    values = {"amount": steps.money(steps.choice), "percent": _percent(steps.choice, steps.today)}
    if steps.choice >= 0:
        return Sentence(
            "A better choice of supplier, possible alone with the same bids, saves {amount} ({percent}).",
            values,
        )
    return Sentence(
        "Alone, even the best choice among these bids costs {amount} ({percent}) more than today.", values
    )


def joining_part(steps: Steps) -> Sentence:
    """The second part of the saving: alone with the same bids -> together."""
    values = {
        "amount": steps.money(steps.joining),
        "percent": _percent(steps.joining, steps.alone),
    }
    if steps.joining > 0:
        return Sentence("Buying together saves another {amount} ({percent}).", values)
    if steps.joining < 0:
        return Sentence("Buying together costs {amount} ({percent}) more than alone.", values)
    return Sentence("Buying together changes nothing against buying alone.", {})


def stability(clearing: Clearing, rule: str) -> Sentence:
    """Whether any group would do better alone under a rule, with figures: for the buying desk only."""
    found = clearing.stability[rule]
    currency, tolerance = clearing.purchase.currency, OBJECTS * float(clearing.stand_alone.sum())
    if found.worst_excess is None:
        return Sentence("Only one member takes part, so there is no group that could do better alone.", {})
    digits = 0 if clearing.cost >= LARGE else None
    if isinstance(found.worst_excess, tuple):
        low, high = found.worst_excess
        values = {"low": Money(max(low, 0.0), currency, digits), "high": Money(_up(high), currency, digits)}
        if high <= tolerance:
            return Sentence("No group would do better alone.", {})
        if low > tolerance and high - low < 1e-6 * high:
            return Sentence("A group would do better alone, by {high}.", values)
        if low > tolerance:
            return Sentence("A group would do better alone, by {low} to {high}.", values)
        return Sentence(
            "No group was found that would do better alone; at most a group could gain {high}.", values
        )
    amount = Money(abs(found.worst_excess), currency, digits)
    if not found.objecting:
        if found.worst_excess < -tolerance:
            return Sentence(
                "No group would do better alone: the nearest to it would lose {amount}.", {"amount": amount}
            )
        return Sentence("No group would do better alone.", {})
    values = {"count": found.objecting, "amount": amount}
    group, players = found.worst_coalition, clearing.purchase.players
    outside = [player for player in players if player not in group]
    if 2 * len(group) > len(players) and outside:
        return Sentence(
            "Groups that would do better alone: {count}. The most to gain, {amount}, is with all but: "
            "{members}.",
            {**values, "members": _names(clearing, outside)},
        )
    return Sentence(
        "Groups that would do better alone: {count}. The most to gain, {amount}, is with: {members}.",
        {**values, "members": _names(clearing, group)},
    )


def _names(clearing: Clearing, members: Sequence[int]) -> list[object]:
    """The members' names, as many as a sentence carries."""
    found = [clearing.purchase.members[member] for member in members]
    names: list[object] = [member.name or member.code for member in found[:MOST_NAMES]]
    if len(found) > MOST_NAMES:
        names.append(Sentence("others: {count}", {"count": len(found) - MOST_NAMES}))
    return names


def anybody_better_alone(clearing: Clearing) -> Sentence:
    """The same for a member: yes or no, without a figure."""
    if clearing.stability[clearing.rule].high <= OBJECTS * float(clearing.stand_alone.sum()):
        return Sentence("No group would do better alone.", {})
    if clearing.stability[clearing.rule].objecting is None:
        return Sentence("It is not ruled out that some group would do better alone.", {})
    return Sentence("Some group would do better alone. The buying desk knows of it.", {})


def proof(clearing: Clearing) -> Sentence:
    """How much cheaper another award could be at most."""
    left = left_open(clearing)
    if left is None:
        return Sentence("It is not proved how much cheaper another award could be.", {})
    if not left[0]:
        return Sentence("No award can be cheaper: this is proved.", {})
    amount = Money(left[0], clearing.purchase.currency, left[1])
    if clearing.purchase.co2_price > 0:
        return Sentence(
            "No award can be cheaper by more than {amount}, with CO2 counted at its price.",
            {"amount": amount},
        )
    return Sentence("No award can be cheaper by more than {amount}.", {"amount": amount})


def why_this_rule(clearing: Clearing) -> Sentence:
    """Why the applied rule was applied."""
    values = {"rule": RULE_NAMES[clearing.rule]}
    if clearing.purchase.rule != "auto":
        return Sentence("Rule of sharing: {rule}, as agreed for this purchase.", values)
    tolerance = OBJECTS * float(clearing.stand_alone.sum())
    if clearing.stability[clearing.rule].high <= tolerance:
        return Sentence("Rule of sharing: {rule}, the first to which no group objects.", values)
    return Sentence(
        "Rule of sharing: {rule}. Some group would object to every rule; this one keeps the complaint "
        "smallest.",
        values,
    )


def limits(clearing: Clearing) -> list[Sentence]:
    """What every output must say of how far the computation got."""
    found = []
    if not clearing.proven:
        found.append(unproven(clearing))
    if any((low < high).any() for low, high in clearing.share_intervals.values()):
        found.append(
            Sentence(
                "There are too many groups to compute each: shares by contribution are estimated, "
                "with intervals that hold in 95 of 100 cases.",
                {},
            )
        )
    if clearing.nucleolus_is_nearest:
        found.append(NEAREST)
    return found


def _percent(amount: float, base: float) -> Percent:
    """A part of a whole, without its sign; small parts with a digit more."""
    fraction = abs(amount / base) if base else 0.0
    return Percent(fraction, 2 if 0 < fraction < SMALL else 1)


def _up(amount: float) -> float:
    return math.ceil(100 * amount) / 100
