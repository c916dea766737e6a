# SPDX-License-Identifier: EUPL-1.2
"""What `sprega clear --json` prints: the answers alone, by codes, without the purchase itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from sprega.engines.award.model import REACHES, Award, Change, Floats, Infeasibility, Purchase
from sprega.engines.clearing.model import Clearing
from sprega.engines.model import Sentence
from sprega.formats.json_place import finite

Json = dict[str, Any]
SUMMARY_SCHEMA = "sprega.summary/1"


def award_values(purchase: Purchase, award: Award) -> Floats:
    """Goods after discounts plus delivery of each lot, by supplier, shape (lots, suppliers).

    With the suppliers' `fixed` these add up to the payment.
    """
    values: Floats = award.lane_delivery.sum(axis=1).T.copy()
    np.add.at(values, purchase.item_lot, award.goods.T)
    np.add.at(values, purchase.item_lot[purchase.demand_item], award.unit_delivery.T)
    return values


def delivers(purchase: Purchase, award: Award) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether a supplier delivers anything of a lot, shape (lots, suppliers)."""
    found = award_values(purchase, award) > REACHES * award.payment
    # What a solver leaves behind is no delivery.
    meant = award.delivered > REACHES * purchase.demand_quantity
    np.logical_or.at(found, purchase.item_lot[purchase.demand_item], meant.T)
    return found


def summary(clearing: Clearing) -> Json:
    """The object that `--json` prints.

    Parameters
    ----------
    clearing : Clearing

    Returns
    -------
    dict
        Ready for `json.dumps`. Amounts are in the currency, by codes of members and suppliers;
        those of `price_list` are exact to the minor unit.
    """
    purchase, award = clearing.purchase, clearing.award
    codes = [purchase.members[m].code for m in purchase.players]
    values = award_values(purchase, award)
    today = [finite(paid) for paid in clearing.today]
    return {
        "schema": SUMMARY_SCHEMA,
        "name": purchase.name,
        "currency": purchase.currency,
        "award": [
            {
                "lot": purchase.lots[lot],
                "supplier": purchase.suppliers[k].code,
                "value": float(values[lot, k]),
            }
            for lot, k in np.argwhere(delivers(purchase, award))
        ],
        "cost": float(award.payment),
        "objective": float(award.objective),
        "bound": finite(award.bound),
        "certified_bound": finite(award.certified_bound),
        "gap": finite(award.gap),
        "proven": bool(clearing.proven and award.proven),
        "stand_alone": dict(zip(codes, (finite(x) for x in clearing.stand_alone), strict=True)),
        "shares": {
            rule: dict(zip(codes, (finite(x) for x in share), strict=True))
            for rule, share in clearing.shares.items()
        },
        "share_intervals": {
            rule: {code: [finite(low[at]), finite(high[at])] for at, code in enumerate(codes)}
            for rule, (low, high) in clearing.share_intervals.items()
        },
        "rule": clearing.rule,
        "stability": {
            rule: {
                "objecting": None if found.objecting is None else int(found.objecting),
                "worst_excess": [finite(x) for x in found.worst_excess]
                if isinstance(found.worst_excess, tuple)
                else None
                if found.worst_excess is None
                else finite(found.worst_excess),
                "worst_coalition": [purchase.members[m].code for m in found.worst_coalition],
            }
            for rule, found in clearing.stability.items()
        },
        "joining_pays": bool(clearing.joining_pays),
        "today": dict(zip(codes, today, strict=True)),
        "saving": saving(clearing),
        "price_list": _price_list(clearing),
        "balancing_notes": [
            {
                "payer": purchase.members[note.payer].code,
                "payee": purchase.members[note.payee].code,
                "amount": note.amount / 10**clearing.price_list.digits,
            }
            for note in clearing.price_list.notes
        ],
        "mode": clearing.mode,
        "seed": int(clearing.seed),
        "seconds": float(clearing.seconds),
    }


def saving(clearing: Clearing) -> Json:
    """The saving of all together in its two parts; null where a price of today is not stated."""
    today = float(clearing.today.sum())
    alone, together = float(clearing.stand_alone.sum()), float(clearing.cost)
    return {
        "today": finite(today),
        "alone": finite(alone),
        "together": together,
        "better_choice": finite(today - alone),
        "buying_together": finite(alone - together),
    }


def _price_list(clearing: Clearing) -> Json:
    purchase, prices = clearing.purchase, clearing.price_list
    listed: dict[str, dict[str, float]] = {}
    for k, m in np.argwhere(prices.amount != 0):
        row = listed.setdefault(purchase.suppliers[k].code, {})
        row[purchase.members[m].code] = int(prices.amount[k, m]) / 10**prices.digits
    return listed


def infeasible_summary(causes: Iterable[Infeasibility], *, say: Callable[[Sentence], str] = str) -> Json:
    """The object that `--json` prints when no award exists.

    Parameters
    ----------
    causes : iterable of Infeasibility
    say : callable
        Turns a sentence into text of the reader's language.

    Returns
    -------
    dict
        `infeasible`: where, kind, cause, reason, mend, and as cells of the workbook `change` and what would
        do `instead` of it; whether it is one `alternative` of several, and the `smallest`.

    Examples
    --------
    >>> change = Change("Purchase", "reserve", 90.0, 102.5, "EUR")
    >>> cause = Infeasibility("reserve", "rule", Sentence("Too dear."), Sentence("Raise it."), change)
    >>> told = infeasible_summary([cause])["infeasible"][0]["change"]
    >>> told["field"], told["from"], told["to"], told["unit"]
    ('reserve', 90.0, 102.5, 'EUR')
    """
    return {
        "infeasible": [
            {
                "where": cause.where,
                "kind": cause.kind,
                "cause": cause.cause,
                "reason": say(cause.reason),
                "mend": say(cause.mend),
                "change": _cell(cause.change),
                "instead": _cell(cause.instead),
                "alternative": cause.alternative,
                "smallest": cause.smallest,
            }
            for cause in causes
        ]
    }


def _cell(change: Change | None) -> Json | None:
    if change is None:
        return None
    before, after = (
        figure if isinstance(figure, str | int) else finite(figure)
        for figure in (change.before, change.after)
    )
    return {
        "sheet": change.sheet,
        "supplier": change.supplier,
        "item": change.item,
        "field": change.field,
        "from": before,
        "to": after,
        "unit": change.unit,
    }
