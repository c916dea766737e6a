# SPDX-License-Identifier: EUPL-1.2
"""Words and figures that several sheets of `award.xlsx` share."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from sprega.engines.award.model import SPLIT
from sprega.engines.clearing.model import OBJECTS, Clearing
from sprega.engines.model import Sentence
from sprega.formats.report_sheet import Column

NOT_STATED = Sentence("not stated")
ALL = Sentence("All")
NEAREST = Sentence(
    "Smallest complaint, with so many groups: the largest complaint of any group is made as small as can be. "
    "Where several divisions of the cost do so, the one nearest to shares in proportion to stand-alone cost "
    "is taken."
)
"""What `nucleolus` is in sampled mode."""


def rule_name(rule: str) -> Sentence:
    """What a rule of sharing is called.

    Examples
    --------
    >>> str(rule_name("shapley"))
    'By contribution'
    """
    return {
        "equal-price": Sentence("Same price for all"),
        "shapley": Sentence("By contribution"),
        "nucleolus": Sentence("Smallest complaint"),
        "proportional": Sentence("In proportion to the cost alone"),
    }[rule]


def money(text: Sentence, clearing: Clearing, width: float = 16) -> Column:
    """A column of amounts; the sentence has a place for the currency."""
    values = {**text.values, "currency": clearing.purchase.currency}
    return Column(replace(text, values=values), "money", width)


def amount(value: float, clearing: Clearing) -> float:
    """An amount within a sentence, which the reader's language writes."""
    rounded = round(value, clearing.price_list.digits)
    return int(rounded) if rounded.is_integer() else rounded


def left_open(clearing: Clearing) -> tuple[float, int] | None:
    """How much cheaper another award could be at most, rounded up, and the decimals to tell it with.

    The amount is 0 where less than half a minor unit is left; None where nothing is proved.
    """
    award, digits = clearing.award, clearing.price_list.digits
    bound = max(award.bound, award.certified_bound)
    if not math.isfinite(bound):
        return None
    left = max(0.0, award.objective - bound)
    if left < 0.5 * 10.0**-digits:
        return 0.0, digits
    digits = 0 if left >= 1 else digits
    return math.ceil(left * 10**digits) / 10**digits, digits


def unproven(clearing: Clearing) -> Sentence:
    """What a time limit left open; an award that is proved is not put in doubt by it."""
    left = left_open(clearing)
    if left is not None and not left[0]:
        return Sentence(
            "The time limit ended the search: the award is proved, but what groups would pay alone, and so "
            "the shares, are the best found."
        )
    return Sentence("The time limit ended the search, so there may be a cheaper award or other shares.")


def price_of_own_rules(clearing: Clearing, rules: Iterable[str]) -> Sentence | None:
    """What a reader of an objection must know where the purchase has rules that groups need not keep.

    Parameters
    ----------
    clearing : Clearing
    rules : iterable of str
        Rules of sharing of which objections are told.

    Returns
    -------
    Sentence or None
        None where no group objects, or no rule can have made the award dearer. A `reserve` cannot: it is a
        highest cost, so that an award keeps it or is not made.
    """
    purchase = clearing.purchase
    limit = OBJECTS * float(clearing.stand_alone.sum())
    own = [
        name
        for name, kept in (
            ("max_suppliers", purchase.max_suppliers is not None),
            ("min_sources", purchase.min_sources is not None and purchase.award == SPLIT),
            ("max_supplier_share", purchase.max_supplier_share is not None),
            ("co2_price", purchase.co2_price > 0),
        )
        if kept
    ]
    if not own or not any(clearing.stability[rule].high > limit for rule in rules):
        return None
    return Sentence(
        "A group on its own need not keep the rules of this purchase ({rules}). "
        "Part of what it would gain may be the price of those rules.",
        {"rules": ", ".join(own)},
    )


def player(clearing: Clearing, at: int) -> tuple[str, str]:
    """Code and name of a member by its place among those with demand."""
    member = clearing.purchase.members[clearing.purchase.players[at]]
    return member.code, member.name
