# SPDX-License-Identifier: EUPL-1.2
"""A lower bound of the objective that anyone can recompute by arithmetic alone.

The demands and the group's rules are priced by multipliers instead of held; what is left falls apart by
supplier and is bounded in closed form, so weak duality gives a bound for any multipliers whatever. Good ones
are found here with NumPy alone; no solver is believed.
"""

from __future__ import annotations

import time
from dataclasses import replace

from sprega.engines.award.ascent import ascend, cheapest, paid_prices
from sprega.engines.award.dual import load, store, value
from sprega.engines.award.model import Award, Certificate, Purchase
from sprega.engines.award.relaxation import relax

STEPS = 300
SECONDS = 4.0


def lower_bound(purchase: Purchase, certificate: Certificate) -> float:
    """Lower bound of payment plus CO2 at its price, for all together, from a certificate's multipliers.

    Parameters
    ----------
    purchase : Purchase
    certificate : Certificate
        `demand` and the lists in `terms` by the names of `award.dual.Multipliers`; a list of another length
        than the purchase asks for counts as zeros, a sign that cannot be as zero.

    Returns
    -------
    float
        In currency; finite. At most the least objective of any award, whatever the multipliers.

    Notes
    -----
    Weak duality of the Lagrangian relaxation (Geoffrion, 1974). `reserve` is left out, which is valid.

    Examples
    --------
    >>> import numpy as np
    >>> from sprega.engines.award.model import Bid, Item, Member, Site, Supplier
    >>> purchase = Purchase(
    ...     "Salt", "EUR", "split", (Member("M", "M", "M", "company"),), (Site("S", 0, "S"),),
    ...     (Item("I", "I", 0, "t"),), ("L",), (Supplier("K", "K"),), (Bid(0, 0, (0.0,), (5.0,)),),
    ...     np.array([0]), np.array([0]), np.array([10.0]), np.array([6.0]),
    ...     np.zeros((1, 1)), np.zeros((1, 1)),
    ... )
    >>> [round(lower_bound(purchase, Certificate(np.array([price]))), 6) for price in (4.0, 5.0, 6.0)]
    [40.0, 50.0, 50.0]
    """
    relaxation = relax(purchase)
    return value(relaxation, load(relaxation, certificate)).bound


def certify(purchase: Purchase, award: Award) -> Award:
    """The award with its certificate.

    Parameters
    ----------
    purchase : Purchase
    award : Award
        For all together.

    Returns
    -------
    Award
        With `certificate` and `certified_bound`; `bound` is raised to it where the solver's was weaker.
    """
    relaxation = relax(purchase)
    deadline = time.monotonic() + SECONDS
    begins = [cheapest(relaxation), paid_prices(relaxation, award)]
    if award.certificate is not None:
        begins.append(load(relaxation, award.certificate))
    begin = max(begins, key=lambda multipliers: value(relaxation, multipliers).bound)
    found, _ = ascend(relaxation, begin, target=award.objective, iterations=STEPS, deadline=deadline)
    certificate = store(relaxation, found)
    # what is stored passes through `load` once, so that a recheck finds the same figure to the last digit
    certified = value(relaxation, load(relaxation, certificate)).bound
    bound = max(award.bound, min(certified, award.objective))
    return replace(award, certificate=certificate, certified_bound=certified, bound=bound)
