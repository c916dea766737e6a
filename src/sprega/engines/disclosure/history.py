# SPDX-License-Identifier: EUPL-1.2
"""Which figures have to do with each other: those that share amounts, directly or by others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sprega.engines.disclosure.model import Contributions, Release


def connected(history: Sequence[Release], start: Sequence[Contributions]) -> list[Release]:
    """Return the releases that share amounts with the start, directly or by others, in their order."""
    keys = {key for contributions in start for key in _keys(contributions)}
    left = [(place, _keys(release.contributions)) for place, release in enumerate(history)]
    found: list[int] = []
    while True:
        touching = [(place, its) for place, its in left if its & keys]
        if not touching:
            return [history[place] for place in sorted(found)]
        left = [(place, its) for place, its in left if not its & keys]
        for place, its in touching:
            found.append(place)
            keys |= its


def components(releases: Sequence[Release]) -> Iterator[list[Release]]:
    """Split a history into parts that have no amount in common, each in its order.

    Examples
    --------
    >>> from sprega.engines.disclosure.model import independent
    >>> lots = [Release(lot, independent([("A", 3)], item=lot), 3, 3) for lot in ("lime", "diesel", "lime")]
    >>> list(components(lots))
    [[Release('lime'), Release('lime')], [Release('diesel')]]
    """
    left = [release for release in releases if _keys(release.contributions)]
    while left:
        part = connected(left, [left[0].contributions])
        yield part
        gone = set(map(id, part))
        left = [release for release in left if id(release) not in gone]


def _keys(contributions: Contributions) -> set[tuple[str, str]]:
    some = contributions.parts != 0
    return {
        key
        for key, there in zip(
            zip(contributions.contributors, contributions.items, strict=True), some.tolist(), strict=True
        )
        if there
    }
