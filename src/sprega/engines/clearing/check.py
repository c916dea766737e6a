# SPDX-License-Identifier: EUPL-1.2
"""Recheck a cleared purchase: the award priced again, the bound proved again, every sum and every group.

Nothing of the result is believed but what it says was delivered and the multipliers of its certificate.
The bound is recomputed by NumPy alone (`award.certificate`); Shapley shares by the definition's sum instead
of the engine's fold; some groups by the general program beside the compiled kernels.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from math import factorial

import numpy as np

from sprega.engines.award.certificate import lower_bound
from sprega.engines.award.evaluate import evaluate, violations
from sprega.engines.award.milp import GAP
from sprega.engines.award.model import Award, Floats
from sprega.engines.award.solve import group_payment
from sprega.engines.award.worst_group import worst_group
from sprega.engines.clearing.exact import cost_game, is_exact, nucleolus_shares
from sprega.engines.clearing.least_core import PRECISION, SEPARATION_SECONDS
from sprega.engines.clearing.minor_units import largest_remainder
from sprega.engines.clearing.model import APPLICABLE, JOINING_PAYS, OBJECTS, RULES, Clearing
from sprega.engines.clearing.price_list import (
    buys,
    equal_price_invoice,
    invoice_targets,
    nearest_invoices,
    supplier_totals,
    unit_prices,
)
from sprega.engines.clearing.sharing import equal_price_shares, proportional_shares, today
from sprega.engines.games.excess import subset_sums
from sprega.engines.model import EngineError, Sentence

ADDED = 1e-12
"""Part by which a sum of floats may differ when another machine adds them in another order."""

SOLVED = 1e-9
"""Part of the cost by which what solved programs give may differ: groups' costs, smallest complaint."""

FEASIBLE = 1e-7
"""Part by which a plan may miss a term (`violations`): by as much it may be cheaper than any bound allows."""

SPOT_CHECKS = 5
"""Groups priced a second time by the general program."""


@dataclass(frozen=True)
class Finding:
    """One thing found; `wrong` ones condemn the result, others say what could not be rechecked."""

    sentence: Sentence
    wrong: bool = True


@dataclass(frozen=True)
class Recheck:
    """Outcome of a recheck.

    Attributes
    ----------
    good : bool
    findings : tuple of Finding
    certified_bound : float
        Recomputed here, in the currency of the purchase.
    bound : float
        The solver's, as the result states it.
    """

    good: bool
    findings: tuple[Finding, ...]
    certified_bound: float
    bound: float


def recheck(clearing: Clearing) -> Recheck:
    """Recompute a result from its purchase, its deliveries and its multipliers.

    Parameters
    ----------
    clearing : Clearing
        As read from `result.json`.

    Returns
    -------
    Recheck

    Notes
    -----
    Amounts count as equal within half a minor unit of the currency, so that a changed cent is found; beyond
    what a float can hold (`ADDED`) or a solver closes (`SOLVED`), within that part of the cost. Whole minor
    units are compared as they are.
    """
    award = clearing.award
    if award.certificate is None:
        certified = float("-inf")
    else:
        certified = lower_bound(clearing.purchase, award.certificate)
    findings = [*_award(clearing, certified), *_sums(clearing)]
    if not any(finding.wrong for finding in findings):
        findings += [*_prices(clearing), *_game(clearing)]
    good = not any(finding.wrong for finding in findings)
    return Recheck(good, tuple(findings), certified, award.bound)


def _slack(clearing: Clearing, part: float) -> float:
    """Half a minor unit, or that part of the cost where floats or solvers are not as exact."""
    scale = max(abs(clearing.award.objective), abs(clearing.cost), float(np.abs(clearing.stand_alone).sum()))
    return max(part * scale, 0.5 * 10.0**-clearing.price_list.digits)


def _same(stated: Floats | float, found: Floats | float, slack: Floats | float) -> bool:
    """Whether figures are equal but for the slack; the same infinity, and both unknown, are equal too."""
    one, other = np.asarray(stated, dtype=np.float64), np.asarray(found, dtype=np.float64)
    if one.shape != other.shape:
        return False
    with np.errstate(invalid="ignore"):
        near = np.abs(one - other) <= slack
    return bool(np.all(near | (one == other) | (np.isnan(one) & np.isnan(other))))


def _award(clearing: Clearing, certified: float) -> Iterator[Finding]:
    """The deliveries keep every term and rule, and cost what the result says."""
    purchase, award = clearing.purchase, clearing.award
    priced = evaluate(purchase, award.delivered, proper=False)
    for key in violations(purchase, priced):
        yield Finding(Sentence("The award breaks this term or rule: {key}.", {"key": key}))
    if not np.isfinite(priced.payment):
        return
    slack = _slack(clearing, ADDED)
    for name, stated, found, near in (
        (Sentence("cost"), award.payment, priced.payment, slack),
        (Sentence("objective"), award.objective, priced.objective, slack),
        (Sentence("CO2"), award.co2, priced.co2, SOLVED * abs(priced.co2)),
    ):
        if not _same(stated, found, near):
            values = {"name": name, "stated": stated, "found": found}
            yield Finding(Sentence("The {name} is stated as {stated}, recomputed as {found}.", values))
    yield from _payments(award, priced, slack)
    yield from _bounds(clearing, certified)


def _bounds(clearing: Clearing, certified: float) -> Iterator[Finding]:
    """The certified bound again; the solver's is believed, but must not contradict what else is said."""
    award, slack = clearing.award, _slack(clearing, ADDED)
    if not _same(award.certified_bound, certified, slack):
        values = {"stated": award.certified_bound, "found": certified}
        yield Finding(Sentence("The certified bound is stated as {stated}, recomputed as {found}.", values))
    if certified > award.objective + FEASIBLE * abs(award.objective) or award.bound > award.objective + slack:
        yield Finding(Sentence("A bound is above the award that it is to bound."))
    if award.bound < min(certified, award.objective) - slack:
        yield Finding(Sentence("The solver's bound is stated lower than the recomputed one."))
    closed = award.objective - award.bound <= max(2 * GAP * abs(award.objective), slack)
    if (award.proven and not closed) or (clearing.proven and not award.proven):
        yield Finding(Sentence("The award is said to be the cheapest, but its bound does not prove it."))


def _payments(award: Award, priced: Award, slack: float) -> Iterator[Finding]:
    names = ("tier_payment", "goods", "unit_delivery", "lane_delivery", "fixed", "top_up")
    for name in names:
        if not _same(getattr(award, name), getattr(priced, name), slack):
            yield Finding(Sentence("The payments “{name}” differ from the recomputed ones.", {"name": name}))


def _sums(clearing: Clearing) -> Iterator[Finding]:
    """Shares add up to the cost; the price list to shares and suppliers' totals, exact to the minor unit."""
    purchase, cost = clearing.purchase, clearing.cost
    for rule in RULES:
        share = clearing.shares[rule]
        if len(share) != len(purchase.players) or not _same(
            float(share.sum()), cost, _slack(clearing, ADDED)
        ):
            yield Finding(
                Sentence("The shares of the rule “{rule}” do not add up to the cost.", {"rule": rule})
            )
    if not _same(clearing.today, today(purchase), _slack(clearing, ADDED)):
        yield Finding(Sentence("What the members pay today does not follow from the prices of today."))
    listed, owed = clearing.price_list, clearing.award
    try:
        totals = supplier_totals(purchase, owed, digits=listed.digits)
        rounded = largest_remainder(
            clearing.shares[clearing.rule], int(listed.supplier_total.sum()), listed.digits
        )
    except EngineError as error:
        yield Finding(error.sentence)
        return
    if np.any(listed.supplier_total != totals):
        yield Finding(Sentence("A supplier's total is not its exact sum, rounded half up."))
    if np.any(listed.amount.sum(axis=1) != listed.supplier_total):
        yield Finding(Sentence("The price list does not add up to the suppliers' totals."))
    paid = listed.amount.sum(axis=0)
    for note in listed.notes:
        paid[note.payer] += note.amount
        paid[note.payee] -= note.amount
    if np.any(paid != listed.share):
        yield Finding(Sentence("Price list and balancing notes do not add up to the members' shares."))
    own = np.zeros_like(listed.share)
    own[list(purchase.players)] = rounded
    if np.any(listed.share != own):
        yield Finding(Sentence("The members' rounded shares do not follow from the rule applied."))
    if np.any((listed.amount > 0) & ~buys(purchase, owed)):
        yield Finding(Sentence("A supplier invoices a member that buys nothing from it."))
    if np.any(listed.amount < 0) or any(note.amount <= 0 for note in listed.notes):
        yield Finding(Sentence("The price list holds an amount below zero."))


def _prices(clearing: Clearing) -> Iterator[Finding]:
    """The price list is as near to the invoices at equal prices as can be, and unit prices follow from it."""
    purchase, award, listed = clearing.purchase, clearing.award, clearing.price_list
    equal_price, allowed = equal_price_invoice(purchase, award), buys(purchase, award)
    if not _same(listed.equal_price, equal_price, _slack(clearing, ADDED)):
        yield Finding(Sentence("The invoices at the same price for all differ from the recomputed ones."))
    target = invoice_targets(equal_price, allowed, listed.supplier_total, digits=listed.digits)
    try:
        best, received = nearest_invoices(target, allowed, listed.supplier_total, listed.share)
    except EngineError as error:
        yield Finding(error.sentence)
        return
    # several lists may be equally near, so what is compared is how near
    noted = sum(note.amount for note in listed.notes)
    if noted != int(np.maximum(received, 0).sum()):
        yield Finding(Sentence("The balancing notes move more, or less, than invoices cannot carry."))
    elif np.abs(listed.amount - target).sum() != np.abs(best - target).sum():
        yield Finding(Sentence("The price list is not as near to the same price for all as it can be."))
    found = unit_prices(purchase, award, listed.amount, digits=listed.digits)
    if not _same(listed.unit_price, found, SOLVED * np.abs(np.nan_to_num(found))):
        yield Finding(Sentence("The unit prices do not follow from the invoices."))


def _game(clearing: Clearing) -> Iterator[Finding]:
    purchase, award = clearing.purchase, clearing.award
    expected = "exact" if is_exact(purchase) else "sampled"
    if clearing.mode != expected:
        yield Finding(
            Sentence(
                "The mode is stated as {mode}; it is {expected}.",
                {"mode": clearing.mode, "expected": expected},
            )
        )
        return
    named = {"equal-price": equal_price_shares(purchase, award)}
    named["proportional"] = proportional_shares(clearing.cost, clearing.stand_alone)
    yield from _shares_equal(clearing, named, ADDED)
    if clearing.mode == "sampled":
        yield from _sampled(clearing)
    else:
        yield from _exact(clearing)
    total = float(clearing.stand_alone.sum())
    if clearing.joining_pays != (clearing.cost <= total * (1 + JOINING_PAYS)):
        yield Finding(Sentence("Whether joining pays does not follow from the costs."))
    calm = [rule for rule in APPLICABLE if clearing.stability[rule].high <= OBJECTS * total]
    automatic = calm[0] if calm else "nucleolus"
    if clearing.rule not in APPLICABLE or (purchase.rule == "auto" and clearing.rule != automatic):
        values = {"rule": clearing.rule, "automatic": automatic}
        yield Finding(Sentence("The rule applied is “{rule}”; it should be “{automatic}”.", values))
    elif purchase.rule not in ("auto", clearing.rule):
        values = {"rule": clearing.rule, "automatic": purchase.rule}
        yield Finding(Sentence("The rule applied is “{rule}”; it should be “{automatic}”.", values))


def _shares_equal(clearing: Clearing, named: dict[str, Floats], part: float) -> Iterator[Finding]:
    for rule, found in named.items():
        if not _same(clearing.shares[rule], found, _slack(clearing, part)):
            yield Finding(
                Sentence("The shares of the rule “{rule}” differ from the recomputed ones.", {"rule": rule})
            )


def _exact(clearing: Clearing) -> Iterator[Finding]:
    """Every group's cost again, then shares and stability from it."""
    purchase = clearing.purchase
    players = purchase.players
    if clearing.proven:
        cost, proven = cost_game(purchase, clearing.award, progress=lambda stage, done: None)
    elif clearing.coalition_cost is not None:
        cost, proven = clearing.coalition_cost, True
        yield Finding(
            Sentence("A time limit ended the search; the groups' costs are taken as stated."), wrong=False
        )
    else:
        yield Finding(Sentence("A time limit ended the search; shares were not rechecked."), wrong=False)
        return
    total, slack = float(clearing.stand_alone.sum()), _slack(clearing, SOLVED)
    if not proven or not (clearing.coalition_cost is None or _same(clearing.coalition_cost, cost, slack)):
        yield Finding(Sentence("The groups' costs differ from the recomputed ones."))
    if clearing.proven and len(cost) > 2:
        yield from _second_pricing(clearing, cost)
    if not _same(clearing.stand_alone, cost[1 << np.arange(len(players))], slack):
        yield Finding(Sentence("The costs of buying alone differ from the recomputed ones."))
    yield from _shares_equal(clearing, {"shapley": shapley_by_definition(cost)}, ADDED)
    nucleolus = nucleolus_shares(cost, bounded=clearing.joining_pays)
    yield from _shares_equal(clearing, {"nucleolus": nucleolus}, SOLVED)
    masks = np.arange(1, len(cost) - 1)
    for rule in RULES:
        stated = clearing.stability[rule]
        if len(masks):
            excess = subset_sums(clearing.shares[rule])[masks] - cost[masks]
            most = float(excess.max())
            # a group within rounding of the tolerance may be counted either way
            surely = int((excess > OBJECTS * total + SOLVED * total).sum())
            perhaps = int((excess > OBJECTS * total - SOLVED * total).sum())
            named = sum(1 << players.index(m) for m in set(stated.worst_coalition) & set(players))
            told = (
                stated.objecting is not None
                and surely <= stated.objecting <= perhaps
                and isinstance(stated.worst_excess, float)
                and _same(stated.worst_excess, most, slack)
                and 0 < named < len(cost) - 1
                and set(stated.worst_coalition) <= set(players)
                and _same(float(excess[named - 1]), most, slack)
            )
        else:
            told = not stated.objecting and stated.worst_excess is None
        if not told:
            yield Finding(
                Sentence("Who would object under “{rule}” differs from what was recomputed.", {"rule": rule})
            )


def _second_pricing(clearing: Clearing, cost: Floats) -> Iterator[Finding]:
    """Some groups by the general program, within what that program calls feasible."""
    players, total = clearing.purchase.players, float(clearing.stand_alone.sum())
    for mask in np.random.default_rng(0).integers(1, len(cost) - 1, SPOT_CHECKS):
        members = tuple(m for b, m in enumerate(players) if int(mask) >> b & 1)
        again = group_payment(clearing.purchase, members).payment
        if not _same(again, float(cost[mask]), FEASIBLE * max(total, 1e-9)):
            yield Finding(Sentence("A group's cost differs when it is priced a second time."))


def _sampled(clearing: Clearing) -> Iterator[Finding]:
    """What can be redone without sampling again: the costs alone, and the groups with most to gain."""
    purchase = clearing.purchase
    players = purchase.players
    total, slack = float(clearing.stand_alone.sum()), _slack(clearing, SOLVED)
    yield Finding(
        Sentence("Shares by contribution are sampled: their sum and intervals were checked, not the sample."),
        wrong=False,
    )
    if clearing.proven:
        alone = [group_payment(purchase, (m,), plan=clearing.award).payment for m in players]
        if not _same(clearing.stand_alone, np.array(alone), slack):
            yield Finding(Sentence("The costs of buying alone differ from the recomputed ones."))
    low, high = clearing.share_intervals.get("shapley", (np.full(len(players), np.nan),) * 2)
    added = _slack(clearing, ADDED)
    if not np.all((low - added <= clearing.shares["shapley"]) & (clearing.shares["shapley"] <= high + added)):
        yield Finding(Sentence("A sampled share lies outside its interval."))
    for rule in RULES:
        stated = clearing.stability[rule]
        if not isinstance(stated.worst_excess, tuple) or stated.worst_excess[0] > stated.worst_excess[1]:
            yield Finding(
                Sentence("The interval of the worst excess under “{rule}” is none.", {"rule": rule})
            )
            continue
        group = stated.worst_coalition
        if set(group) <= set(players) and 0 < len(group) < len(players):
            paid = float(clearing.shares[rule][[players.index(m) for m in group]].sum())
            excess = paid - group_payment(purchase, group, plan=clearing.award).payment
            # what the group was found to pay is solved to this precision
            near = max(slack, 2 * PRECISION * total)
            told = not clearing.proven or (
                _same(excess, stated.worst_excess[0], near) and excess <= stated.worst_excess[1] + near
            )
        else:
            told = not group and stated.worst_excess[0] == float("-inf")
        if told and stated.objecting is None:
            # whatever group is found now, it cannot gain more than what was said to be the most
            soon = time.monotonic() + SEPARATION_SECONDS
            again = worst_group(purchase, clearing.shares[rule], precision=PRECISION * total, deadline=soon)
            told = again.low <= stated.worst_excess[1] + slack
        else:
            told = False
        if not told:
            yield Finding(
                Sentence("Who would object under “{rule}” differs from what was recomputed.", {"rule": rule})
            )
    core, point = clearing.least_core, clearing.stability["nucleolus"].worst_excess
    if core is None or core[0] > core[1]:
        yield Finding(Sentence("The bounds of the smallest complaint are missing or crossed."))
    elif isinstance(point, tuple) and core[0] > point[1] + slack:
        yield Finding(Sentence("The smallest complaint is stated larger than that of a sharing listed."))


def shapley_by_definition(cost: Floats) -> Floats:
    """Shapley value as the weighted mean of a player's marginal costs over all groups without it.

    Examples
    --------
    >>> shapley_by_definition(np.array([0.0, 6.0, 6.0, 8.0]))
    array([4., 4.])
    """
    count = len(cost).bit_length() - 1
    size = np.array([bin(mask).count("1") for mask in range(256)], dtype=np.int64)
    masks = np.arange(len(cost))
    members = sum(size[(masks >> shift) & 255] for shift in range(0, max(count, 1), 8))
    weight = np.array([factorial(t) * factorial(count - 1 - t) / factorial(count) for t in range(count)])
    value = np.empty(count)
    for player in range(count):
        without = masks[masks >> player & 1 == 0]
        value[player] = weight[members[without]] @ (cost[without | 1 << player] - cost[without])
    return value
