# SPDX-License-Identifier: EUPL-1.2
"""Words and figures that several sheets of `award.xlsx` share."""

from __future__ import annotations

from dataclasses import replace

from sprega.engines.clearing.model import Clearing
from sprega.engines.model import Sentence
from sprega.formats.report_sheet import Column

NOT_STATED = Sentence("not stated")
ALL = Sentence("All")


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


def player(clearing: Clearing, at: int) -> tuple[str, str]:
    """Code and name of a member by its place among those with demand."""
    member = clearing.purchase.members[clearing.purchase.players[at]]
    return member.code, member.name
