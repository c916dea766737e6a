# SPDX-License-Identifier: EUPL-1.2
"""What was shown, as linear statements over what members stated: the system that an attacker solves.

Unknowns are magnitudes, at least 0, of amounts whose sign is taken as known. An amount that is revised from
one figure to another becomes an earlier amount and a change; the attacker is taken to know the sign of the
change, and its size to within a factor of two, so that small corrections do not hide who joined or left.
Unknowns that stand in the same statements with the same weight only ever occur as their sum: an *atom*.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from sprega.engines.disclosure.model import Release, Vector
from sprega.engines.disclosure.unknowns import CHANGE, Parts, Unknowns
from sprega.engines.model import EngineError, Sentence

TRUE = 1e-9  # of the largest amount: how far a figure may be from the sum of its parts
FAR = 10.0  # times the sum of all magnitudes: where the attacker's world ends


@dataclass(frozen=True, eq=False)
class Target:
    """Something of one holding that nobody else may come near to.

    Attributes
    ----------
    contributors : tuple of str
        Whose it is.
    item : str
        What it is of; empty where it is a sum over items.
    unknowns : ndarray (k,) of int
        The unknowns that it is the sum of.
    coefficients : ndarray (k,)
        What each counts with, signs included.
    size : float
        The sum of absolute amounts that p percent is taken of, divided by the system's scale.
    """

    contributors: tuple[str, ...]
    item: str
    unknowns: NDArray[np.int64]
    coefficients: Vector
    size: float

    @property
    def key(self) -> bytes:
        """The same for the same target of one system."""
        return self.unknowns.tobytes() + self.coefficients.tobytes()


@dataclass(frozen=True, eq=False)
class System:
    """Statements low <= matrix @ magnitudes <= high, true for the magnitudes given.

    Attributes
    ----------
    contributors, holdings : tuple of str (n,)
        Whose each unknown is.
    magnitudes : ndarray (n,)
        The truth, divided by `scale`, the largest of them.
    scale : float
        In the unit of the amounts.
    matrix : ndarray (rows, n)
        The first rows are the releases in their order, the others what is known of revised amounts.
    low, high : ndarray (rows,)
        Ends of each statement, divided by scale.
    upper : ndarray (atoms,)
        What the attacker takes for the largest possible sum of an atom, divided by scale.
    atom : ndarray (n,) of int
        The atom of each unknown.
    targets : tuple of Target
        Each contributor's and each holding's part in each figure, and each change.
    """

    contributors: tuple[str, ...]
    holdings: tuple[str, ...]
    magnitudes: Vector
    scale: float
    matrix: Vector
    low: Vector
    high: Vector
    upper: Vector
    atom: NDArray[np.int64]
    targets: tuple[Target, ...]

    @property
    def atoms(self) -> int:
        """How many atoms there are."""
        return self.upper.size

    def by_atom(self, of_unknowns: Vector) -> Vector:
        """Sum numbers of unknowns over atoms; the last axis counts unknowns, then atoms."""
        belongs = np.zeros((self.atom.size, self.atoms))
        belongs[np.arange(self.atom.size), self.atom] = 1.0
        summed: Vector = of_unknowns @ belongs
        return summed

    def atom_matrix(self) -> Vector:
        """Return the statements over atoms, (rows, atoms)."""
        _, first = np.unique(self.atom, return_index=True)
        matrix: Vector = self.matrix[:, first]
        return matrix


@dataclass
class _Sum:
    """A sum of amounts of one holding, while it is being added up."""

    names: set[str] = field(default_factory=set)
    items: set[str] = field(default_factory=set)
    coefficients: dict[int, float] = field(default_factory=dict)
    size: float = 0.0

    def add(self, contributor: str, item: str, parts: Parts, weight: float, amount: float) -> None:
        self.names.add(contributor)
        self.items.add(item)
        for unknown, sign in parts:
            self.coefficients[unknown] = self.coefficients.get(unknown, 0.0) + weight * sign
        self.size += abs(weight * amount)


def build(releases: Sequence[Release]) -> System:
    """Turn what was shown into the system that an attacker would solve.

    Parameters
    ----------
    releases : sequence of Release
        Oldest first.

    Returns
    -------
    System
        With one statement a release, in their order, and further ones about revised amounts.

    Raises
    ------
    EngineError
        A release is not what its contributions add up to, or a contributor changed its holding.

    Notes
    -----
    Fischetti and Salazar (2001) call it the attacker's problem; here it is over contributions, not cells,
    so that a viewer's own figures enter (Cox, 2001, on singletons).

    Examples
    --------
    >>> from sprega.engines.disclosure.model import independent
    >>> system = build([Release("lime", independent([("A", 3), ("B", 4)]), 7, 7)])
    >>> system.matrix.tolist(), system.atoms
    ([[1.0, 1.0]], 1)
    """
    unknowns = Unknowns()
    holding_of: dict[str, str] = {}
    rows: list[dict[int, float]] = []
    stated: dict[Parts, Target] = {}
    for release in releases:
        row: dict[int, float] = {}
        sums: dict[tuple[str, ...], _Sum] = {}
        given = release.contributions
        for contributor, holding, item, amount, weight in zip(
            given.contributors, given.holdings, given.items, given.amounts, given.weights, strict=True
        ):
            if holding_of.setdefault(contributor, holding) != holding:
                raise EngineError(
                    Sentence(
                        "{name} changed its holding; give the wider of the two for all figures.",
                        {"name": contributor},
                    )
                )
            parts = unknowns.parts(contributor, holding, item, float(amount))
            if not parts or weight == 0:
                continue
            one = _Sum()
            one.add(contributor, item, parts, 1.0, float(amount))
            _state(stated, one)
            for key in ((holding,), (holding, contributor)):
                sums.setdefault(key, _Sum()).add(contributor, item, parts, float(weight), float(amount))
            for unknown, sign in parts:
                row[unknown] = row.get(unknown, 0.0) + float(weight) * sign
        for its in sums.values():
            _state(stated, its)
        rows.append(row)
    for unknown, (contributor, _) in enumerate(unknowns.owner):
        if unknowns.change[unknown]:
            change = _Sum()
            change.add(contributor, "", ((unknown, 1.0),), 1.0, unknowns.signed[unknown])
            _state(stated, change)
    for link in unknowns.links:
        if link.change:
            change = _Sum()
            change.add(unknowns.owner[link.parts[0][0]][0], "", link.parts, 1.0, link.change)
            _state(stated, change)
    return _assemble(releases, unknowns, rows, tuple(stated.values()))


def _state(stated: dict[Parts, Target], its: _Sum) -> None:
    """Make a sum a target unless it is one already, up to a factor."""
    ordered = sorted((unknown, value) for unknown, value in its.coefficients.items() if value)
    if not ordered:
        return
    first = abs(ordered[0][1])
    key = tuple((unknown, value / first) for unknown, value in ordered)
    if key not in stated:
        stated[key] = Target(
            tuple(sorted(its.names)),
            next(iter(its.items)) if len(its.items) == 1 else "",
            np.array([unknown for unknown, _ in key]),
            np.array([value for _, value in key]),
            its.size / first,
        )


def _assemble(
    releases: Sequence[Release],
    unknowns: Unknowns,
    rows: list[dict[int, float]],
    targets: tuple[Target, ...],
) -> System:
    n = len(unknowns.owner)
    signed = np.array(unknowns.signed, dtype=np.float64)
    magnitudes = np.abs(signed)
    scale = float(magnitudes.max()) if n else 1.0
    magnitudes = magnitudes / scale
    # A part is weight x sign x magnitude; an unknown's own sign stands in `parts` already.
    matrix = np.zeros((len(rows) + len(unknowns.links), n))
    for place, row in enumerate(rows):
        matrix[place, list(row)] = list(row.values())
    for place, link in enumerate(unknowns.links, start=len(rows)):
        for unknown, its in link.parts:
            matrix[place, unknown] = its
    truth = matrix @ magnitudes
    low = np.append(np.array([release.low for release in releases]) / scale, np.zeros(len(unknowns.links)))
    high = np.append(
        np.array([release.high for release in releases]) / scale,
        np.array([link.high for link in unknowns.links]) / scale,
    )
    # No statement has a coefficient above 1, so that one tolerance fits all.
    factor = np.abs(matrix).max(axis=1, initial=0.0)
    factor[factor == 0] = 1.0
    matrix, truth, low, high = matrix / factor[:, None], truth / factor, low / factor, high / factor
    off = TRUE * np.maximum(1.0, np.abs(matrix) @ magnitudes)
    wrong = np.flatnonzero((truth < low - off) | (truth > high + off))
    if wrong.size:
        raise EngineError(
            Sentence(
                "The figure shown for {subject} is not what its contributions add up to.",
                {"subject": releases[int(wrong[0])].subject},
            )
        )
    exact = np.append(
        np.array([r.low == r.high for r in releases], dtype=bool), np.zeros(len(unknowns.links), bool)
    )
    low, high = (
        np.where(exact, truth, np.minimum(low, truth)),
        np.where(exact, truth, np.maximum(high, truth)),
    )
    change = np.array(unknowns.change, dtype=bool)
    groups: dict[bytes | int, int] = {}
    keys: list[bytes | int] = [j if change[j] else matrix[:, j].tobytes() for j in range(n)]
    atom = np.array([groups.setdefault(key, len(groups)) for key in keys], dtype=np.int64)
    upper = np.full(len(groups), FAR * max(float(magnitudes.sum()), 1.0))
    upper[atom[change]] = CHANGE * magnitudes[change]
    return System(
        contributors=tuple(name for name, _ in unknowns.owner),
        holdings=tuple(holding for _, holding in unknowns.owner),
        magnitudes=magnitudes,
        scale=scale,
        matrix=matrix,
        low=low,
        high=high,
        upper=upper,
        atom=atom,
        targets=tuple(replace(target, size=target.size / scale) for target in targets),
    )
