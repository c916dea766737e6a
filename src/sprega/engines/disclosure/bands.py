# SPDX-License-Identifier: EUPL-1.2
"""Bands and rounded statistics, on a public grid that does not depend on the figures."""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

import numpy as np

from sprega.engines.disclosure.model import FROZEN, SHOWN, WITHHELD, Contributions, Rule, Verdict
from sprega.engines.model import EngineError, Sentence

Statistic: TypeAlias = Literal["median", "lower quartile", "upper quartile"]

STEPS = (1.0, 2.0, 5.0, 10.0)
QUANTILES: dict[Statistic, float] = {"median": 0.5, "lower quartile": 0.25, "upper quartile": 0.75}
COARSE = 0.2  # a statistic is rounded to a step of at least this part of it


def band(value: float, *, unit: float = 1.0) -> tuple[float, float]:
    """Return the band of the series 1, 2, 5, 10, 20, 50... that a value lies in.

    Parameters
    ----------
    value : float
        A total, in any unit.
    unit : float, default 1
        The smallest edge; what is nearer to zero lies between zero and it. Same unit as value.

    Returns
    -------
    low, high : float
        low <= value < high for values from 0 on; mirrored for negative ones.

    Raises
    ------
    EngineError
        The value is not finite or the unit not positive.

    Notes
    -----
    A band contains its value and says less, so it is safe wherever the value is (Hundepool et al., 2012,
    chapter 4, on partial suppression after Salazar, 2003). This holds because the edges are fixed for all
    totals. A band made as wide as the p % rule just needs would give x1 away to whoever knows the rule.

    Examples
    --------
    >>> band(1234.0), band(0.3), band(-20.0), band(200.0)
    ((1000.0, 2000.0), (0.0, 1.0), (-50.0, -20.0), (200.0, 500.0))
    """
    if not math.isfinite(value) or not 0 < unit < math.inf:
        raise EngineError(Sentence("A band needs a finite value and a positive unit."))
    size = abs(value) / unit
    if size < 1:
        low, high = 0.0, unit
    else:
        power = 10.0 ** math.floor(math.log10(size))
        if power > size:  # the logarithm of a power of ten may be rounded up
            power /= 10
        step = next(i for i in reversed(range(len(STEPS))) if STEPS[i] * power <= size)
        if step == len(STEPS) - 1:
            step, power = 0, power * 10
        low, high = STEPS[step] * power * unit, STEPS[step + 1] * power * unit
    return (-high, -low) if value < 0 else (low, high)


def rounded(value: float) -> float:
    """Round to the nearest multiple of a step 1, 2 or 5 times a power of ten, a fifth of it or more.

    Parameters
    ----------
    value : float
        A statistic, in any unit.

    Returns
    -------
    float
        The step is between 20 and 50 percent of the value.

    Raises
    ------
    EngineError
        The value is not finite.

    Examples
    --------
    >>> rounded(1234.0), rounded(-87.0), rounded(0.0)
    (1000.0, -80.0, 0.0)
    """
    if not math.isfinite(value):
        raise EngineError(Sentence("Only a finite value can be rounded."))
    if value == 0:
        return 0.0
    least = COARSE * abs(value) * (1 - 1e-12)
    power = 10.0 ** math.floor(math.log10(least))
    step = next(factor * power for factor in (*STEPS, 2 * STEPS[-1]) if factor * power >= least)
    return round(value / step) * step


def statistic(
    contributions: Contributions,
    rule: Rule,
    kind: Statistic,
    *,
    within: Literal["sum", "mean"] = "sum",
    earlier: tuple[Contributions, float] | None = None,
) -> Verdict:
    """Return a rounded median or quartile over holdings, where there are enough of them.

    Parameters
    ----------
    contributions : Contributions
        One amount or more for each contributor; weights are heeded.
    rule : Rule
        Its `statistics_threshold` counts.
    kind : "median", "lower quartile" or "upper quartile"
        Smallest and largest are somebody's own figure and not offered; a mean is a total, see `judge`.
    within : "sum" or "mean", default "sum"
        How the amounts of one holding become one: sum for quantities, mean for prices.
    earlier : (Contributions, float), optional
        What stood behind the last one shown, and what was shown.

    Returns
    -------
    Verdict
        The rounded statistic as value; the earlier one, until the amounts of enough holdings have changed; or
        withheld.

    Raises
    ------
    EngineError
        The kind is none of the three.

    Notes
    -----
    Willenborg and de Waal (2001) on order statistics. With an odd number of holdings the median *is* the
    middle one's amount, so it is always rounded, on a public grid. Holdings without any amount do not count.

    Examples
    --------
    >>> from sprega.engines.disclosure.model import independent
    >>> prices = independent(zip("ABCDE", [101.0, 98.0, 120.0, 99.0, 130.0]))
    >>> statistic(prices, Rule(), "median", within="mean").high
    100.0
    """
    if kind not in QUANTILES:
        raise EngineError(
            Sentence("There is no statistic {kind}; ask for a median or a quartile.", {"kind": kind})
        )
    now = _by_holding(contributions, within)
    if earlier is not None:
        before = _by_holding(earlier[0], within)
        changed = {holding for holding in {*now, *before} if now.get(holding) != before.get(holding)}
        if len(changed) < rule.statistics_threshold:
            return Verdict(True, earlier[1], earlier[1], FROZEN if changed else SHOWN)
    if len(now) < rule.statistics_threshold:
        return Verdict(False, None, None, WITHHELD)
    value = rounded(float(np.quantile(list(now.values()), QUANTILES[kind])))
    return Verdict(True, value, value, SHOWN)


def _by_holding(contributions: Contributions, within: Literal["sum", "mean"]) -> dict[str, float]:
    of: dict[str, list[float]] = {}
    for holding, part in zip(contributions.holdings, contributions.parts, strict=True):
        if part != 0:
            of.setdefault(holding, []).append(float(part))
    return {h: sum(parts) if within == "sum" else sum(parts) / len(parts) for h, parts in of.items()}
