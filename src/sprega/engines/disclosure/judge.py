# SPDX-License-Identifier: EUPL-1.2
"""May one total be shown, taken by itself: threshold and p % rule, holdings counted once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import numpy as np

from sprega.engines.disclosure.bands import band
from sprega.engines.disclosure.model import SHOWN, WITHHELD, Contributions, Form, Rule, Verdict

ROUNDING = 1e-12  # of the total: a shortfall up to it is rounding


def judge(
    contributions: Contributions,
    rule: Rule,
    *,
    waivers: Collection[str] = frozenset(),
    knows: Iterable[Collection[str]] = (),
    form: Form = "value",
    unit: float = 1.0,
) -> Verdict:
    """Decide whether a total may be shown, looking at nothing but itself.

    Parameters
    ----------
    contributions : Contributions
        Who stands behind the total.
    rule : Rule
        Threshold, p and how many holdings may pool what they know.
    waivers : collection of str, optional
        Contributors who agreed in writing that this total is shown even if it exposes them.
    knows : iterable of collections of str, optional
        For each better-informed viewer the contributors whose amounts it knows, its own included.
    form : "value" or "band", default "value"
        What is shown if the rule passes. A band never frees a total that fails.
    unit : float, default 1
        The smallest edge of a band, in the unit of the total.

    Returns
    -------
    Verdict
        With one sentence for all causes of withholding: too few, too large, zero or empty.

    Raises
    ------
    EngineError
        The unit is not positive.

    Notes
    -----
    Unsafe if X - x1 - x2 < p/100 * x1, over holdings: the second largest could otherwise reckon the largest
    to within p percent (Cox, 1981; Willenborg and de Waal, 2001; Hundepool et al., 2012, section 4.2.1).
    With c colluding holdings, X - x1 - ... - x(c+1) counts.

    *Signs.* A holding counts with the sum of the absolute values of all that it contributes, and X is the sum
    over holdings, so that +100 and -100 hide nothing and nobody. It is the rule against a viewer who knows
    the sign of each amount, which is the usual case, and stricter where signs are mixed.

    *Zeros* protect nobody: a holding without any amount does not count, and a total of nothing is withheld
    like any other, for it would say of each that it has none.

    *Waivers.* The total is free once everyone who would be exposed has waived (the same section).

    Examples
    --------
    Hundepool et al. (2012), examples 1 and 2 of section 4.2.1, with p = 10:

    >>> from sprega.engines.disclosure.model import independent
    >>> judge(independent([("A", 50_000), ("B", 49_000), ("C", 1_000)]), Rule())
    Verdict(withheld)
    >>> judge(independent([("A", 52_000), ("B", 50_000), ("C", 8_000)]), Rule())
    Verdict(shown)
    """
    needed = exposed_alone(contributions, rule, knows=knows)
    sizes = holding_sizes(contributions.holdings, contributions.parts)
    if not sizes or not needed <= set(waivers):
        return Verdict(False, None, None, WITHHELD)
    total = contributions.total
    low, high = band(total, unit=unit) if form == "band" else (total, total)
    return Verdict(True, low, high, SHOWN, waived=bool(needed))


def exposed_alone(
    contributions: Contributions, rule: Rule, *, knows: Iterable[Collection[str]] = ()
) -> frozenset[str]:
    """Name the contributors whom a total by itself would expose: those whose waiver is needed.

    Parameters
    ----------
    contributions : Contributions
        Who stands behind the total.
    rule : Rule
        As for `judge`.
    knows : iterable of collections of str, optional
        As for `judge`.

    Returns
    -------
    frozenset of str
        All members of an exposed holding that contribute; empty if the rule passes. It tells who is large,
        so it is for the buying desk only.

    Raises
    ------
    EngineError
        Never of itself; `Contributions` and `Rule` are checked when they are made.

    Notes
    -----
    Below the threshold everyone is exposed. For waivers see Hundepool et al. (2012), section 4.2.1.

    Examples
    --------
    >>> from sprega.engines.disclosure.model import independent
    >>> sorted(exposed_alone(independent([("A", 50), ("B", 49), ("C", 1)]), Rule()))
    ['A', 'B']
    """
    parts = contributions.parts
    there = parts != 0
    sizes = holding_sizes(contributions.holdings, parts)
    if len(sizes) < rule.threshold:
        holdings = set(sizes)
    else:
        holdings = too_near(sizes, rule, rule.colluding)
        for known in knows:
            unknown = np.array([name not in set(known) for name in contributions.contributors], dtype=bool)
            left = holding_sizes(contributions.holdings, parts * unknown)
            holdings |= too_near(left, rule, rule.colluding - 1)
    return frozenset(
        name
        for name, holding, some in zip(
            contributions.contributors, contributions.holdings, there.tolist(), strict=True
        )
        if some and holding in holdings
    )


def holding_sizes(holdings: Iterable[str], parts: Iterable[float]) -> dict[str, float]:
    """Return the sum of absolute parts of each holding that has any.

    Examples
    --------
    >>> holding_sizes(["A", "A", "B", "C"], [2.0, -3.0, 1.0, 0.0])
    {'A': 5.0, 'B': 1.0}
    """
    sizes: dict[str, float] = {}
    for holding, part in zip(holdings, parts, strict=True):
        if part != 0:
            sizes[holding] = sizes.get(holding, 0.0) + abs(float(part))
    return sizes


def too_near(sizes: Mapping[str, float], rule: Rule, colluding: int) -> set[str]:
    """Return the holdings that the largest `colluding` others could reckon to within p percent.

    Examples
    --------
    >>> sorted(too_near({"A": 50.0, "B": 49.0, "C": 1.0}, Rule(), 1))
    ['A', 'B']
    """
    ordered = sorted(sizes.items(), key=lambda pair: pair[1])
    up_to = [0.0]  # the sum of the k smallest
    for _, size in ordered:
        up_to.append(up_to[-1] + size)
    small = max(0, len(ordered) - colluding)  # those that are not among the largest `colluding`
    slack = ROUNDING * up_to[-1]
    near = set()
    for place, (holding, size) in enumerate(ordered):
        left = up_to[small] - size if place < small else up_to[max(0, small - 1)]
        if left < rule.percent / 100 * size - slack:
            near.add(holding)
    return near
