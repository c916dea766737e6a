# SPDX-License-Identifier: EUPL-1.2
"""Recheck a cleared purchase: the award priced again, the bound proved again, every sum and every group.

Nothing of the result is believed but what it says was delivered and the multipliers of its certificate.
The bound is recomputed by NumPy alone (`award.certificate`); Shapley shares by the definition's sum instead
of the engine's fold; some groups by the general program beside the compiled kernels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import factorial

import numpy as np

from sprega.engines.award.certificate import lower_bound
from sprega.engines.award.evaluate import evaluate, violations
from sprega.engines.award.model import Award, Floats
from sprega.engines.award.solve import group_payment
from sprega.engines.clearing.exact import cost_game, is_exact, nucleolus_shares
from sprega.engines.clearing.minor_units import largest_remainder, round_half_up
from sprega.engines.clearing.model import APPLICABLE, JOINING_PAYS, OBJECTS, RULES, Clearing
from sprega.engines.clearing.price_list import equal_price_invoice
from sprega.engines.clearing.sharing import equal_price_shares, proportional_shares
from sprega.engines.model import Sentence

CLOSE = 1e-7
"""Relative difference of figures that counts as equal."""

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
    """
    award = clearing.award
    if award.certificate is None:
        certified = float("-inf")
    else:
        certified = lower_bound(clearing.purchase, award.certificate)
    findings = [*_award(clearing, certified), *_sums(clearing)]
    if not any(finding.wrong for finding in findings):
        findings += _game(clearing)
    good = not any(finding.wrong for finding in findings)
    return Recheck(good, tuple(findings), certified, award.bound)


def _close(a: float, b: float, scale: float) -> bool:
    return abs(a - b) <= CLOSE * max(abs(scale), 1e-9)


def _award(clearing: Clearing, certified: float) -> Iterator[Finding]:
    """The deliveries keep every term and rule, and cost what the result says."""
    purchase, award = clearing.purchase, clearing.award
    priced = evaluate(purchase, award.delivered, proper=False)
    for key in violations(purchase, priced):
        yield Finding(Sentence("The award breaks this term or rule: {key}.", {"key": key}))
    if not np.isfinite(priced.payment):
        return
    for name, stated, found in (
        (Sentence("cost"), award.payment, priced.payment),
        (Sentence("objective"), award.objective, priced.objective),
        (Sentence("CO2"), award.co2, priced.co2),
    ):
        if not _close(stated, found, found):
            values = {"name": name, "stated": stated, "found": found}
            yield Finding(Sentence("The {name} is stated as {stated}, recomputed as {found}.", values))
    yield from _payments(award, priced)
    limit = award.objective + CLOSE * abs(award.objective)
    if not _close(award.certified_bound, certified, award.objective):
        values = {"stated": award.certified_bound, "found": certified}
        yield Finding(Sentence("The certified bound is stated as {stated}, recomputed as {found}.", values))
    if certified > limit or award.bound > limit:
        yield Finding(Sentence("A bound is above the award that it is to bound."))


def _payments(award: Award, priced: Award) -> Iterator[Finding]:
    names = ("tier_payment", "goods", "unit_delivery", "lane_delivery", "fixed", "top_up")
    for name in names:
        stated, found = getattr(award, name), getattr(priced, name)
        if stated.shape != found.shape or np.any(np.abs(stated - found) > CLOSE * max(priced.payment, 1e-9)):
            yield Finding(Sentence("The payments “{name}” differ from the recomputed ones.", {"name": name}))


def _sums(clearing: Clearing) -> Iterator[Finding]:
    """Shares add up to the cost; the price list to shares and suppliers' totals, exact to the minor unit."""
    purchase, cost = clearing.purchase, clearing.cost
    for rule in RULES:
        share = clearing.shares[rule]
        if len(share) != len(purchase.players) or not _close(float(share.sum()), cost, cost):
            yield Finding(
                Sentence("The shares of the rule “{rule}” do not add up to the cost.", {"rule": rule})
            )
    listed = clearing.price_list
    owed = clearing.award
    totals = owed.goods.sum(1) + owed.unit_delivery.sum(1) + owed.lane_delivery.sum((1, 2)) + owed.fixed
    exact = [round_half_up(float(total), listed.digits) for total in totals + owed.top_up]
    # a total on the very edge of a minor unit may be rounded either way by floating point
    if np.any(np.abs(listed.supplier_total - totals * 10.0**listed.digits) > 0.501):
        yield Finding(Sentence("A supplier's total is not its exact sum, rounded half up."))
    if np.any(listed.amount.sum(axis=1) != listed.supplier_total):
        yield Finding(Sentence("The price list does not add up to the suppliers' totals."))
    paid = listed.amount.sum(axis=0)
    for note in listed.notes:
        paid[note.payer] += note.amount
        paid[note.payee] -= note.amount
    if np.any(paid != listed.share):
        yield Finding(Sentence("Price list and balancing notes do not add up to the members' shares."))
    total = int(listed.supplier_total.sum())
    rounded = largest_remainder(clearing.shares[clearing.rule], total, listed.digits)
    if np.any(np.abs(listed.share[list(purchase.players)] - rounded) > 1) or int(listed.share.sum()) != total:
        yield Finding(Sentence("The members' rounded shares do not follow from the rule applied."))
    if sum(exact) != total and abs(sum(exact) - total) > len(exact):
        yield Finding(Sentence("The suppliers' totals do not add up to the cost."))
    if np.any((listed.amount > 0) & (equal_price_invoice(purchase, owed) <= 0) & ~_buys(clearing)):
        yield Finding(Sentence("A supplier invoices a member that buys nothing from it."))
    if np.any(listed.amount < 0):
        yield Finding(Sentence("The price list holds an amount below zero."))


def _buys(clearing: Clearing) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    purchase = clearing.purchase
    bought = np.zeros((len(purchase.suppliers), len(purchase.members)))
    np.add.at(bought.T, purchase.demand_member, clearing.award.delivered.T)
    return bought > 0


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
    yield from _shares_equal(clearing, named)
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


def _shares_equal(clearing: Clearing, named: dict[str, Floats]) -> Iterator[Finding]:
    for rule, found in named.items():
        if np.any(np.abs(clearing.shares[rule] - found) > CLOSE * max(clearing.cost, 1e-9)):
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
    total = float(clearing.stand_alone.sum())
    if not proven or (
        clearing.coalition_cost is not None
        and np.any(np.abs(clearing.coalition_cost - cost) > CLOSE * max(total, 1e-9))
    ):
        yield Finding(Sentence("The groups' costs differ from the recomputed ones."))
    for mask in (
        np.random.default_rng(0).integers(1, max(2, len(cost) - 1), SPOT_CHECKS) if len(cost) > 2 else ()
    ):
        members = tuple(m for b, m in enumerate(players) if int(mask) >> b & 1)
        if clearing.proven and not _close(group_payment(purchase, members).payment, float(cost[mask]), total):
            yield Finding(Sentence("A group's cost differs when it is priced a second time."))
    alone = cost[1 << np.arange(len(players))]
    if np.any(np.abs(alone - clearing.stand_alone) > CLOSE * max(total, 1e-9)):
        yield Finding(Sentence("The costs of buying alone differ from the recomputed ones."))
    shapley = shapley_by_definition(cost)
    nucleolus = nucleolus_shares(cost, bounded=clearing.joining_pays)
    yield from _shares_equal(clearing, {"shapley": shapley, "nucleolus": nucleolus})
    masks = np.arange(1, len(cost) - 1)
    for rule in RULES:
        stated = clearing.stability[rule]
        if not len(masks):
            continue
        excess = _sums_of_groups(clearing.shares[rule])[masks] - cost[masks]
        # a group within rounding of the tolerance may be counted either way
        surely = int((excess > (OBJECTS + CLOSE) * total).sum())
        perhaps = int((excess > (OBJECTS - CLOSE) * total).sum())
        worst = stated.worst_excess
        told = stated.objecting is not None and surely <= stated.objecting <= perhaps
        if (
            not told
            or isinstance(worst, tuple)
            or worst is None
            or not _close(worst, float(excess.max()), total)
        ):
            yield Finding(
                Sentence("Who would object under “{rule}” differs from what was recomputed.", {"rule": rule})
            )


def _sampled(clearing: Clearing) -> Iterator[Finding]:
    """What can be redone without sampling again: the costs alone, and the worst groups named."""
    purchase = clearing.purchase
    players = purchase.players
    total = float(clearing.stand_alone.sum())
    yield Finding(
        Sentence("Shares by contribution are sampled: their sum and intervals were checked, not the sample."),
        wrong=False,
    )
    if clearing.proven:
        for position, member in enumerate(players):
            alone = group_payment(purchase, (member,)).payment
            if not _close(alone, float(clearing.stand_alone[position]), total):
                yield Finding(Sentence("The costs of buying alone differ from the recomputed ones."))
                break
    low, high = clearing.share_intervals["shapley"]
    if np.any(clearing.shares["shapley"] < low - CLOSE * total) or np.any(
        clearing.shares["shapley"] > high + CLOSE * total
    ):
        yield Finding(Sentence("A sampled share lies outside its interval."))
    for rule in RULES:
        stated = clearing.stability[rule]
        if not isinstance(stated.worst_excess, tuple) or stated.worst_excess[0] > stated.worst_excess[1]:
            yield Finding(
                Sentence("The interval of the worst excess under “{rule}” is none.", {"rule": rule})
            )
            continue
        group = [players.index(m) for m in stated.worst_coalition]
        excess = (
            float(clearing.shares[rule][group].sum())
            - group_payment(purchase, stated.worst_coalition).payment
        )
        if clearing.proven and not _close(excess, stated.worst_excess[0], 10 * total):
            yield Finding(
                Sentence("Who would object under “{rule}” differs from what was recomputed.", {"rule": rule})
            )
    if clearing.least_core is None or clearing.least_core[0] > clearing.least_core[1]:
        yield Finding(Sentence("The bounds of the smallest complaint are missing or crossed."))


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


def _sums_of_groups(shares: Floats) -> Floats:
    total = np.zeros(1)
    for share in shares:
        total = np.concatenate([total, total + share])
    return total
