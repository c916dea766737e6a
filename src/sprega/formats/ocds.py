# SPDX-License-Identifier: EUPL-1.2
"""The outcome of a joint purchase as an OCDS 1.1 release package, for the public.

It carries no member's own figures. A total is given only where at least three independent holdings
stand behind it and the third and further ones are not small beside the largest. No total over several
awards is given, so that none that was left out could be had by subtraction.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from typing import Any

import numpy as np

from sprega.engines.award.model import Purchase
from sprega.engines.clearing.model import Clearing
from sprega.formats.result_summary import award_values, delivers

Json = dict[str, Any]

PREFIX = "ocds-sprega"
"""Six characters follow `ocds-`, as the standard asks; an office that publishes registers its own."""

FEWEST_HOLDINGS = 3
DOMINANCE = 0.1
"""A total is unsafe when all but the two largest are below this part of the largest (p % rule)."""

CPV = re.compile(r"[0-9]{8}(-[0-9])?")

# Currencies of Babel's list that the closed codelist of OCDS 1.1.5 does not know.
UNKNOWN_CURRENCIES = (
    *("ARL", "ARM", "BAN", "BGM", "BGO", "BOL", "BRZ", "CLE", "CNH", "CNX", "KRH", "KRO"),
    *("MAF", "MCF", "MDC", "MKN", "MVP", "SLE", "VED", "VNN", "XCG", "YUR", "ZWG"),
)


def release_package(
    clearing: Clearing,
    *,
    published: dt.datetime,
    language: str = "en",
    buyer: str | None = None,
    prefix: str = PREFIX,
) -> Json:
    """The award as a release package.

    Parameters
    ----------
    clearing : Clearing
    published : datetime
        When it is published, with its time zone.
    language : str
        Two-letter code of the language of names.
    buyer : str, optional
        Who buys for the members; the purchase's name where it is not said.
    prefix : str
        The publisher's registered OCID prefix.

    Returns
    -------
    dict
        Ready for `json.dumps`; the same purchase gives the same identifiers. They follow from what
        is public (name, items, suppliers), so a purchase that is repeated needs another name.

    Notes
    -----
    Open Contracting Data Standard 1.1.5, without extensions.
    """
    if published.tzinfo is None:
        raise ValueError("`published` needs a time zone.")
    purchase = clearing.purchase
    when = published.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    process = f"{prefix}-{_fingerprint(purchase)}"
    bidders = sorted({bid.supplier for bid in purchase.bids})
    won = delivers(purchase, clearing.award)
    awards = [_award(clearing, int(lot), int(k), process) for lot, k in np.argwhere(won)]
    desk = {"id": f"{process}-desk", "name": buyer or purchase.name}
    winners = set(np.flatnonzero(won.any(axis=0)).tolist())
    parties = [{**desk, "roles": ["buyer", "procuringEntity"]}]
    for k in sorted({*bidders, *winners}):
        roles = ["tenderer"] * (k in bidders) + ["supplier"] * (k in winners)
        parties.append({**_supplier(purchase, k), "roles": roles})
    release: Json = {
        "ocid": process,
        "id": f"{process}-award",
        "date": when,
        "tag": ["tender", "award"],
        "initiationType": "tender",
        "language": language,
        "parties": parties,
        "buyer": desk,
        "tender": {
            "id": f"{process}-tender",
            "title": purchase.name,
            "status": "complete",
            "procuringEntity": desk,
            "mainProcurementCategory": "goods",
            "items": [_item(purchase, i, quantity=True) for i in _needed(purchase)],
        },
        "awards": awards,
    }
    if bidders:
        release["tender"]["numberOfTenderers"] = len(bidders)
        release["tender"]["tenderers"] = [_supplier(purchase, k) for k in bidders]
    return {
        "uri": f"urn:{process}:package",
        "version": "1.1",
        "publishedDate": when,
        "publisher": {"name": desk["name"]},
        "releases": [_filled(release)],
    }


def safe_total(parts: np.ndarray[Any, np.dtype[np.float64]], holdings: list[str]) -> bool:
    """Whether a total over members may be shown: three holdings, and none that dominates.

    Parameters
    ----------
    parts : (members,) floats
        What each member contributes, not negative.
    holdings : list of str
        The holding of each member; those of one holding count as one.

    Examples
    --------
    >>> safe_total(np.array([5.0, 4.0, 3.0]), ["A", "B", "C"])
    True
    >>> safe_total(np.array([5.0, 4.0, 3.0]), ["A", "B", "B"])
    False
    """
    by_holding: dict[str, float] = {}
    for part, holding in zip(parts.tolist(), holdings, strict=True):
        if part > 0:
            by_holding[holding] = by_holding.get(holding, 0.0) + part
    largest = sorted(by_holding.values(), reverse=True)
    return len(largest) >= FEWEST_HOLDINGS and sum(largest[2:]) >= DOMINANCE * largest[0]


def _fingerprint(purchase: Purchase) -> str:
    """From public words alone: a digest of quantities or prices could be tried out."""
    words = [
        purchase.name,
        purchase.currency,
        [[item.code, item.name, item.unit] for item in purchase.items],
        [[supplier.code, supplier.name] for supplier in purchase.suppliers],
    ]
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()[:12]


def _needed(purchase: Purchase) -> list[int]:
    return [int(i) for i in np.flatnonzero(purchase.item_demand > 0)]


def _supplier(purchase: Purchase, k: int) -> Json:
    return {"id": purchase.suppliers[k].code, "name": purchase.suppliers[k].name}


def _item(purchase: Purchase, i: int, *, quantity: bool) -> Json:
    item = purchase.items[i]
    found: Json = {"id": item.code, "description": item.name, "unit": {"name": item.unit}}
    if CPV.fullmatch(item.cpv):
        found["classification"] = {"scheme": "CPV", "id": item.cpv}
    holdings = [member.holding for member in purchase.members]
    if quantity and safe_total(purchase.member_demand[:, i], holdings):
        found["quantity"] = float(purchase.item_demand[i])
    return found


def _award(clearing: Clearing, lot: int, k: int, process: str) -> Json:
    """What one supplier delivers of one lot; its value only where every item in it may be shown."""
    purchase, award = clearing.purchase, clearing.award
    holdings = [member.holding for member in purchase.members]
    items = []
    safe = True
    for i in _needed(purchase):
        if purchase.items[i].lot != lot:
            continue
        rows = purchase.demand_item == i
        received = np.zeros(len(purchase.members))
        np.add.at(received, purchase.demand_member[rows], award.delivered[k, rows])
        if received.sum() > 0:
            items.append(_item(purchase, i, quantity=False))
            safe = safe and safe_total(received, holdings)
    found: Json = {
        "id": f"{process}-award-{lot + 1}-{k + 1}",
        "title": purchase.lots[lot],
        "status": "active" if clearing.proven else "pending",
        "suppliers": [_supplier(purchase, k)],
        "items": items,
    }
    if safe and purchase.currency not in UNKNOWN_CURRENCIES:
        value = round(float(award_values(purchase, award)[lot, k]), clearing.price_list.digits)
        found["value"] = {"amount": value, "currency": purchase.currency}
    return found


def _filled(value: Any) -> Any:
    """Without empty texts, lists and objects, which the standard calls a fault."""
    if isinstance(value, dict):
        inner = {key: _filled(part) for key, part in value.items()}
        return {key: part for key, part in inner.items() if part not in ("", [], {})}
    if isinstance(value, list):
        return [_filled(part) for part in value]
    return value
