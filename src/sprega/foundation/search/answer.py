# SPDX-License-Identifier: EUPL-1.2
"""The answer to a question: what was found, by kind, the best first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sprega.foundation.access.identity import NOBODY, Actor, acting
from sprega.foundation.organisations.models import Organisation
from sprega.foundation.room import Hit
from sprega.foundation.search import house
from sprega.foundation.search.names import SUGGESTED, ranks
from sprega.foundation.search.question import Question, read
from sprega.foundation.search.sources import Source, called, sources
from sprega.foundation.search.text import FOUND, MOST

if TYPE_CHECKING:
    from django.utils.functional import Promise

MOST_SUGGESTED = 3


@dataclass(frozen=True)
class Group:
    """What one source found."""

    key: str
    label: str | Promise
    hits: list[Hit]

    @property
    def more_exist(self) -> bool:
        """Whether the source has more than a search hands out."""
        return len(self.hits) >= MOST


@dataclass(frozen=True)
class Answer:
    """All that was found, and names that may have been meant where nothing was."""

    question: Question
    groups: list[Group]
    suggestions: list[str]

    @cached_property
    def count(self) -> int:
        """How many there are."""
        return sum(len(group.hits) for group in self.groups)

    @property
    def more_exist(self) -> bool:
        """Whether there are more than were counted."""
        return any(group.more_exist for group in self.groups)

    @cached_property
    def only_similar(self) -> bool:
        """Whether all that was found only looks like what was asked for."""
        return bool(self.count) and all(hit.rank < FOUND for group in self.groups for hit in group.hits)


def answer(*, viewer: Actor, asked: str, within: str = "", confidential: bool = True) -> Answer:
    """Search what the viewer may see.

    Parameters
    ----------
    asked : str
        What was typed.
    within : str, optional
        The key of the only source to look in.
    confidential : bool, optional
        Whether the second factor was shown, so that a member's own figures may appear; without it rooms are
        asked as a visitor would.
    """
    question = read(asked)
    if not question.names:
        return Answer(question, [], [])
    groups = [
        Group(source.key, source.label, _found(source, viewer, question, confidential))
        for source in sources()
        if within in ("", source.key)
    ]
    groups = [group for group in groups if group.hits]
    return Answer(question, groups, [] if groups else _suggestions(viewer, question))


def _found(source: Source, viewer: Actor, question: Question, confidential: bool) -> list[Hit]:
    if source.confidential and not confidential:
        with acting(NOBODY):
            hits = list(source.find(NOBODY, question))
    else:
        hits = list(source.find(viewer, question))
    return sorted(hits, key=lambda hit: (-hit.rank, hit.title))[:MOST]


def _suggestions(viewer: Actor, question: Question) -> list[str]:
    """The closest names of what the viewer may see in any case: organisations and pages."""
    rows = Organisation.objects.order_by("pk").values_list("name", "name_bg")
    named = [(called(*row), *row) for row in rows]
    named += [(title, title, "") for title in house.titles(viewer)]
    near = ranks(question, [names for _called, *names in named], close=SUGGESTED)
    best = sorted(near, key=lambda number: -near[number])
    return list(dict.fromkeys(named[number][0] for number in best))[:MOST_SUGGESTED]
