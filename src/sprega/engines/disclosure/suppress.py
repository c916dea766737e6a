# SPDX-License-Identifier: EUPL-1.2
"""Secondary suppression: which further cells of a table to withhold, so that none can be reckoned."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from sprega.engines.disclosure.attack import Attack, Breach, viewers_of
from sprega.engines.disclosure.bands import band
from sprega.engines.disclosure.history import connected
from sprega.engines.disclosure.model import Candidate, Release, Rule
from sprega.engines.disclosure.pattern import Mask, choose
from sprega.engines.disclosure.release import exposed_by_difference, proposed, values
from sprega.engines.disclosure.system import System, Target, build
from sprega.engines.model import EngineError, Sentence


@dataclass(frozen=True)
class Suppression:
    """Which figures of a table may be shown together.

    Attributes
    ----------
    shown : tuple of bool
        For each candidate.
    secondary : tuple of bool
        Withheld only for the sake of others.
    cost : float
        The total weight of the secondary ones.
    proven : bool
        No cheaper choice of secondary ones exists. False if the search was cut short.
    releases : tuple of Release
        The figures that may be shown, to be recorded.
    """

    shown: tuple[bool, ...]
    secondary: tuple[bool, ...]
    cost: float
    proven: bool
    releases: tuple[Release, ...]


def suppress(
    candidates: Sequence[Candidate],
    rule: Rule,
    *,
    history: Sequence[Release] = (),
    knows: Sequence[Collection[str]] = (),
    weights: ArrayLike | None = None,
    nodes: int = 2_000,
    rounds: int = 60,
) -> Suppression:
    """Choose what to withhold of a table, at least total weight.

    Parameters
    ----------
    candidates : sequence of Candidate
        Cells, margins and sums at any level; what belongs together is known by contributor and item.
    rule : Rule
        As for `decide`.
    history : sequence of Release, optional
        What was shown before, taken as known to all who see the table.
    knows : sequence of collections of str, optional
        Further viewers: the contributors whose amounts each knows.
    weights : array_like (cells,), optional
        What withholding each one costs, at least 0. Its absolute value by default.
    nodes : int, default 2000
        Of branch and bound, a round; beyond them the best choice found so far is taken.
    rounds : int, default 60
        After so many rounds of search and audit everything is withheld.

    Returns
    -------
    Suppression
        Always safe: the audit has the last word.

    Raises
    ------
    EngineError
        A weight is negative, the history contradicts itself, or HiGHS failed.

    Notes
    -----
    The integer program of Fischetti and Salazar (2001): for each threatened amount and each side a world
    that fits all that is shown and in which the amount is far enough off; only withheld cells may differ in
    it from the truth. Worlds are over contributions, with a viewer's own figures fixed, so that contributors
    who are alone in a cell are heeded (Cox, 1980, 2001). Worlds are added for what the audit finds (row
    generation). In a world a withheld cell moves by no more than four times what is needed: enough in tables
    of two dimensions and in hierarchies, whose worlds decompose into cycles; in others a cheaper choice may
    exist that is then not found.

    Examples
    --------
    >>> from sprega.engines.disclosure.model import independent
    >>> def cell(*amounts):
    ...     return independent((f"{amounts[0]}-{i}", amount) for i, amount in enumerate(amounts))
    >>> from sprega.engines.disclosure.grid import grid
    >>> table = grid("lime", [[cell(9, 8, 7), cell(5, 5, 6)], [cell(90, 1), cell(10, 9, 8)]])
    >>> found = suppress(table, Rule())
    >>> [candidate.subject for candidate, there in zip(table, found.shown) if not there]
    ['lime 1/1', 'lime 1/2', 'lime 2/1', 'lime 2/2']
    """
    proposals = [proposed(candidate, rule, knows) for candidate in candidates]
    primary = np.array([proposal is None for proposal in proposals], dtype=bool)
    cost = (
        np.array([abs(c.contributions.total) for c in candidates]) if weights is None else np.array(weights)
    )
    if cost.shape != primary.shape or not np.isfinite(cost).all() or (cost < 0).any():
        raise EngineError(Sentence("Give a weight of at least 0 for each cell of the table."))
    before = connected(history, [candidate.contributions for candidate in candidates])
    cells = [p or _figure(c) for p, c in zip(proposals, candidates, strict=True)]
    system = build([*before, *cells])
    attack = Attack(system, viewers_of(system, rule, knows))
    forced, pairs = _by_difference([*before, *cells], len(before), rule)
    forced |= primary
    withheld, proven = forced.copy(), True
    worlds: list[Breach] = []
    targets = _unwaived(system, cells, len(before))
    known_before = {
        _key(breach): breach.distance
        for breach in _audit(attack, rule, targets, len(before), np.ones_like(primary))
    }
    for _ in range(rounds):
        found = [
            replace(breach, needed=min(breach.needed, known_before.get(_key(breach), np.inf)))
            for breach in _audit(attack, rule, targets, len(before), withheld)
            if breach.is_nearer_than(known_before.get(_key(breach), np.inf))
        ]
        if not found:
            break
        worlds += found
        withheld, optimal = choose(
            attack, worlds, np.where(forced, 0.0, cost), forced, pairs, len(before), nodes
        )
        proven = proven and optimal
    else:
        withheld, proven = np.ones_like(primary), False
    secondary = withheld & ~primary
    return Suppression(
        tuple((~withheld).tolist()),
        tuple(secondary.tolist()),
        float(cost[secondary].sum()),
        proven,
        tuple(cell for cell, hidden in zip(cells, withheld, strict=True) if not hidden),
    )


def _figure(candidate: Candidate) -> Release:
    """Return a figure that will not be shown, to speak about it."""
    total = candidate.contributions.total
    low, high = band(total, unit=candidate.unit) if candidate.form == "band" else (total, total)
    return Release(
        candidate.subject, candidate.contributions, low, high, candidate.waivers, candidate.audience
    )


def _key(breach: Breach) -> tuple[bytes, int, bool]:
    return breach.side.target.key, breach.viewer, breach.side.upwards


def _unwaived(system: System, cells: Sequence[Release], first: int) -> list[Target]:
    """Return what needs protection: all but what a waiver for a cell frees in that cell."""
    inside = system.matrix[first : first + len(cells)] != 0
    return [
        target
        for target in system.targets
        if not any(
            cell.waivers.issuperset(target.contributors) and row[target.unknowns].all()
            for cell, row in zip(cells, inside, strict=True)
        )
    ]


def _by_difference(releases: Sequence[Release], first: int, rule: Rule) -> tuple[Mask, list[tuple[int, int]]]:
    """Return which cells an earlier value forbids, and which pairs must not be seen together."""
    forced = np.zeros(len(releases) - first, dtype=bool)
    pairs = []
    for a, b in combinations(range(len(releases)), 2):
        if b < first or not values(releases[a], releases[b]):
            continue
        free = releases[b].waivers | (releases[a].waivers if a >= first else frozenset())
        if free.issuperset(exposed_by_difference(releases[a].contributions, releases[b].contributions, rule)):
            continue
        if a < first:
            forced[b - first] = True
        else:
            pairs.append((a - first, b - first))
    return forced, pairs


def _audit(attack: Attack, rule: Rule, targets: Sequence[Target], first: int, withheld: Mask) -> list[Breach]:
    """Attack what would be shown."""
    for row, hidden in enumerate(withheld.tolist(), start=first):
        (attack.forget if hidden else attack.remember)(row)
    return list(attack.breaches(rule, targets))
