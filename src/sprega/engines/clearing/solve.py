# SPDX-License-Identifier: EUPL-1.2
"""Clear a joint purchase: the best award, what everybody pays, and whether any group would object."""

from __future__ import annotations

import time
from collections.abc import Callable

from sprega.engines.award.certificate import certify
from sprega.engines.award.infeasible import explain, large_and_hopeless
from sprega.engines.award.model import InfeasibleError, Purchase
from sprega.engines.award.solve import solve_award
from sprega.engines.clearing.exact import exact_sharing, is_exact
from sprega.engines.clearing.model import APPLICABLE, OBJECTS, Clearing, Sharing
from sprega.engines.clearing.price_list import price_list
from sprega.engines.clearing.sampled import sampled_sharing
from sprega.engines.clearing.sharing import today
from sprega.engines.model import EngineError, Sentence


def clear(
    purchase: Purchase,
    *,
    rule: str | None = None,
    time_limit: float | None = None,
    seed: int = 0,
    digits: int = 2,
    progress: Callable[[str, float], None] | None = None,
    dask: str | None = None,
) -> Clearing:
    """Find the award, the shares under every rule, their stability, and who invoices whom.

    Parameters
    ----------
    purchase : Purchase
    rule : str, optional
        `auto` or one of `APPLICABLE`; the purchase's own by default.
    time_limit : float, optional
        Seconds after which every search ends with the best it knows; the result then says so.
    seed : int
        Of the sampling; the same seed gives the same result.
    digits : int
        Minor units of the currency.
    progress : callable, optional
        Told the stage (`award`, `coalitions`, `shares`) and the part of it that is done.
    dask : str, optional
        Address of a Dask scheduler on which groups are priced in sampled mode.

    Returns
    -------
    Clearing

    Raises
    ------
    InfeasibleError
        When no award fits the bids and the rules, with every cause and its smallest mend.
    EngineError
        When nobody needs anything, or time ran out before a first award.

    Notes
    -----
    Players are the members with demand. Shapley (1953); Schmeidler (1969) for the nucleolus; Owen (1972) for
    the sampling.

    Examples
    --------
    >>> import numpy as np
    >>> from sprega.engines.award.model import Bid, Item, Member, Purchase, Site, Supplier
    >>> purchase = Purchase(
    ...     name="Lime", currency="EUR", award="whole-lot",
    ...     members=(Member("A", "A", "A", "company"), Member("B", "B", "B", "company")),
    ...     sites=(Site("SA", 0, "A"), Site("SB", 1, "B")),
    ...     items=(Item("lime", "Lime", 0, "t"),), lots=("lime",), suppliers=(Supplier("K", "Kiln"),),
    ...     bids=(Bid(0, 0, starts=(0.0, 100.0), prices=(10.0, 8.0)),),
    ...     demand_site=np.array([0, 1]), demand_item=np.array([0, 0]),
    ...     demand_quantity=np.array([75.0, 25.0]), demand_price=np.array([11.0, 12.0]),
    ...     per_unit=np.zeros((1, 2)), per_lane=np.zeros((1, 2)),
    ... )
    >>> cleared = clear(purchase)
    >>> cleared.cost, cleared.stand_alone, cleared.rule
    (800.0, array([750., 250.]), 'equal-price')
    >>> cleared.shares["equal-price"], cleared.shares["shapley"]
    (array([600., 200.]), array([650., 150.]))
    """
    began = time.perf_counter()
    deadline = None if time_limit is None else time.monotonic() + time_limit
    tell = progress or (lambda stage, done: None)
    wanted = rule or purchase.rule
    if wanted not in ("auto", *APPLICABLE):
        raise EngineError(
            Sentence(
                "There is no rule “{rule}”. Use one of: {rules}.",
                {"rule": wanted, "rules": ", ".join(APPLICABLE)},
            )
        )
    if not purchase.players:
        raise EngineError(Sentence("Nobody needs anything. Enter a quantity above zero on the sheet Demand."))
    tell("award", 0.0)
    award = (
        None if large_and_hopeless(purchase, deadline=deadline) else solve_award(purchase, deadline=deadline)
    )
    if award is None:
        raise InfeasibleError(explain(purchase, deadline=deadline))
    award = certify(purchase, award)
    tell("award", 1.0)
    exact = is_exact(purchase)
    if exact:
        sharing = exact_sharing(purchase, award, deadline=deadline, progress=tell)
    else:
        sharing = sampled_sharing(purchase, award, seed=seed, deadline=deadline, progress=tell, dask=dask)
    applied = applied_rule(wanted, sharing)
    late = deadline is not None and time.monotonic() > deadline
    # an exact game is proved or not, group by group; a sampled one may have been cut short
    proven = award.proven and sharing.proven and (exact or not late)
    notes = sharing.notes
    if late and not proven:
        notes += (
            Sentence("The time limit ended the search: figures are the best found, with the gap stated."),
        )
    elif not proven:
        notes += (Sentence("Not every figure is proved to the last digit: see the gap."),)
    return Clearing(
        purchase=purchase,
        award=award,
        stand_alone=sharing.stand_alone,
        shares=sharing.shares,
        stability=sharing.stability,
        rule=applied,
        joining_pays=sharing.joining_pays,
        price_list=price_list(purchase, award, sharing.shares[applied], digits=digits),
        mode="exact" if exact else "sampled",
        today=today(purchase),
        seconds=time.perf_counter() - began,
        share_intervals=sharing.share_intervals,
        least_core=sharing.least_core,
        nucleolus_is_nearest=sharing.nucleolus_is_nearest,
        coalition_cost=sharing.coalition_cost,
        proven=proven,
        seed=seed,
        notes=notes,
    )


def applied_rule(wanted: str, sharing: Sharing) -> str:
    """The rule asked for; for `auto` the first to which no group objects, else the smallest complaint."""
    if wanted != "auto":
        return wanted
    limit = OBJECTS * float(sharing.stand_alone.sum())
    calm = (rule for rule in APPLICABLE if sharing.stability[rule].high <= limit)
    return next(calm, "nucleolus")
