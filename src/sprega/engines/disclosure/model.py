# SPDX-License-Identifier: EUPL-1.2
"""What goes into and comes out of the engine of disclosure: which total over members may be shown.

Two things are kept out of every representation and message: the parameters of the rule, which are secret,
and members' amounts. So a log that prints one of these objects tells nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sprega.engines.model import EngineError, Sentence

Vector: TypeAlias = NDArray[np.float64]
Form: TypeAlias = Literal["value", "band"]

SHOWN = Sentence("This figure is shown under the cluster's rule on totals.")
WITHHELD = Sentence("This figure is withheld: it could reveal what a single member stated.")
FROZEN = Sentence(
    "This is the figure as it was first shown. It stays as it is, so that a member who joins, leaves or "
    "changes its figures cannot be found by subtraction."
)


@dataclass(frozen=True, repr=False)
class Rule:
    """When a total may be shown. Its parameters are secret.

    Attributes
    ----------
    threshold : int, default 3
        Fewest independent holdings behind a total; at least colluding + 2.
    percent : float, default 10
        p of the p % rule: nobody may come nearer to another's amount than p percent of it. In (0, 100].
    statistics_threshold : int, default 5
        Fewest independent holdings behind a median or another statistic.
    colluding : int, default 1
        Holdings that are assumed to pool what they know.

    Raises
    ------
    EngineError
        A parameter is out of its range; the sentence does not say which value it had.

    Examples
    --------
    >>> Rule(percent=12.5)
    Rule(secret)
    """

    threshold: int = 3
    percent: float = 10.0
    statistics_threshold: int = 5
    colluding: int = 1

    def __post_init__(self) -> None:
        enough = self.colluding + 2
        if self.colluding < 1 or self.threshold < enough or self.statistics_threshold < self.threshold:
            raise EngineError(
                Sentence("The rule on totals asks for too few holdings; set its thresholds higher.")
            )
        if not 0 < self.percent <= 100:
            raise EngineError(Sentence("The percentage of the rule on totals is out of its range."))

    def __repr__(self) -> str:
        return "Rule(secret)"


@dataclass(frozen=True, eq=False, repr=False)
class Contributions:
    """Who stands behind a total, and with how much.

    Attributes
    ----------
    contributors, holdings : tuple of str (n,)
        Who contributes, and the holding that it belongs to (itself where it is independent).
    amounts : ndarray (n,)
        Any unit, the same for all; may be negative.
    items : tuple of str (n,), optional
        What the amount is of: a lot, a period, a cell of a table. Amounts of one contributor and one item
        in two totals are the same figure, or the same figure revised.
    weights : ndarray (n,), optional
        The total is the sum of weights times amounts. Ones by default.

    Raises
    ------
    EngineError
        The lengths differ, a number is not finite, a contributor has two holdings or an item twice.

    Examples
    --------
    >>> Contributions(("A", "B"), ("A", "B"), np.array([3.0, 4.0])).total
    7.0
    """

    contributors: tuple[str, ...]
    holdings: tuple[str, ...]
    amounts: Vector
    items: tuple[str, ...] = ()
    weights: Vector = field(default_factory=lambda: np.empty(0))

    def __post_init__(self) -> None:
        n = len(self.contributors)
        # Copies that cannot be written to: what was judged stays what it was.
        amounts = np.array(self.amounts, dtype=np.float64)
        weights = np.array(self.weights, dtype=np.float64) if len(self.weights) else np.ones(n)
        items = tuple(self.items) or ("",) * n
        if not n == len(self.holdings) == len(items) or not amounts.shape == weights.shape == (n,):
            raise EngineError(Sentence("Give a holding, an amount and an item for each contributor."))
        if not (np.isfinite(amounts).all() and np.isfinite(weights).all()):
            raise EngineError(Sentence("Give a finite amount for each contributor."))
        holding_of: dict[str, str] = {}
        for contributor, holding in zip(self.contributors, self.holdings, strict=True):
            if holding_of.setdefault(contributor, holding) != holding:
                raise EngineError(Sentence("{name} belongs to two holdings.", {"name": contributor}))
        if len(set(zip(self.contributors, items, strict=True))) < n:
            raise EngineError(Sentence("A contributor states one item twice in a total; add its amounts."))
        amounts.setflags(write=False)
        weights.setflags(write=False)
        for name, value in (("amounts", amounts), ("weights", weights), ("items", items)):
            object.__setattr__(self, name, value)

    @property
    def parts(self) -> Vector:
        """What each entry brings to the total."""
        return self.weights * self.amounts

    @property
    def total(self) -> float:
        """The sum of all parts."""
        return float(self.parts.sum())

    def __repr__(self) -> str:
        return f"Contributions({len(self.contributors)} entries)"


def independent(
    amounts: Iterable[tuple[str, float]], holding_of: dict[str, str] | None = None, item: str = ""
) -> Contributions:
    """Build contributions from pairs of name and amount.

    Parameters
    ----------
    amounts : iterable of (str, float)
        Contributor and amount.
    holding_of : dict, optional
        The holding of those that are not independent.
    item : str, optional
        What all the amounts are of.

    Returns
    -------
    Contributions
        In the order given, all weights 1.

    Raises
    ------
    EngineError
        As of `Contributions`.

    Examples
    --------
    >>> independent([("A", 3), ("B", 4)], {"B": "Group"}).holdings
    ('A', 'Group')
    """
    pairs = list(amounts)
    names = tuple(name for name, _ in pairs)
    holdings = tuple((holding_of or {}).get(name, name) for name in names)
    return Contributions(names, holdings, np.array([x for _, x in pairs], dtype=float), (item,) * len(names))


@dataclass(frozen=True, repr=False)
class Verdict:
    """May this figure be shown, and as what.

    Attributes
    ----------
    shown : bool
        False means that neither figure nor band leaves.
    low, high : float or None
        The figure: equal for a value, the ends of a band otherwise; None where it is not shown.
    reason : Sentence
        The same for every cause, so that it tells nothing about the rule or the members.
    waived : bool
        Shown only because all whom it could expose agreed. For the record, not for the viewer.
    """

    shown: bool
    low: float | None
    high: float | None
    reason: Sentence
    waived: bool = False

    def __repr__(self) -> str:
        return f"Verdict({'shown' if self.shown else 'withheld'})"


@dataclass(frozen=True, eq=False, repr=False)
class Candidate:
    """A figure that somebody would like to show.

    Attributes
    ----------
    subject : str
        What the figure is about. A later figure of the same subject takes its place, or is frozen.
    contributions : Contributions
        Who stands behind it, now.
    form : "value" or "band", default "value"
        Fix it for a subject beforehand: a form chosen after looking at the figures tells something.
    waivers : frozenset of str, optional
        Contributors who agreed in writing that this very figure is shown, even if it exposes them.
    unit : float, default 1
        The smallest edge of a band, in the unit of the total.
    audience : str, optional
        Who will see it; empty for everybody. What another audience saw is no excuse to expose somebody to
        this one.
    """

    subject: str
    contributions: Contributions
    form: Form = "value"
    waivers: frozenset[str] = frozenset()
    unit: float = 1.0
    audience: str = ""

    def __repr__(self) -> str:
        return f"Candidate({self.subject!r})"


@dataclass(frozen=True, eq=False, repr=False)
class Release:
    """A figure that was shown: its candidate, and the value or band that people saw.

    Attributes
    ----------
    subject : str
        As of the candidate.
    contributions : Contributions
        As they were when it was shown.
    low, high : float
        What was shown; equal for a value.
    waivers : frozenset of str, optional
        As of the candidate.
    audience : str, optional
        As of the candidate.
    """

    subject: str
    contributions: Contributions
    low: float
    high: float
    waivers: frozenset[str] = frozenset()
    audience: str = ""

    def __repr__(self) -> str:
        return f"Release({self.subject!r})"


class Outcome(Enum):
    """What becomes of a candidate."""

    SHOW = "show"
    FROZEN = "frozen"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Decision:
    """What may be shown in place of a candidate.

    Attributes
    ----------
    outcome : Outcome
        SHOW the release (record it), show the earlier one that is FROZEN, or REFUSE.
    release : Release or None
        What people may see; None where nothing may be seen.
    reason : Sentence
        For the viewer.
    """

    outcome: Outcome
    release: Release | None
    reason: Sentence
