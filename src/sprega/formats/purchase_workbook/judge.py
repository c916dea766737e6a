# SPDX-License-Identifier: EUPL-1.2
"""What only the whole purchase shows: lots that nobody can serve, and what a buying desk should know."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sprega.engines.award.model import WHOLE_LOT, AwardKind, Purchase
from sprega.engines.model import Sentence
from sprega.formats.purchase_workbook.model import Findings
from sprega.formats.purchase_workbook.people import Items, Suppliers

FEWEST_HOLDINGS = 3
MOST_NAMED = 10


@dataclass(frozen=True)
class Offered:
    """Who bids on what is needed; it can be told even where single figures are faulty."""

    award: AwardKind
    items: Items
    suppliers: Suppliers
    needed: frozenset[int]
    pairs: frozenset[tuple[int, int]]


def judge_bids(offered: Offered, findings: Findings) -> None:
    """Note every lot (`split`: item) that no supplier can serve alone (`split`: at all)."""
    bidders: dict[int, set[int]] = {item: set() for item in sorted(offered.needed)}
    for supplier, item in offered.pairs:
        if item in bidders:
            bidders[item].add(supplier)
    if offered.award != WHOLE_LOT:
        for item, who in bidders.items():
            if not who:
                _no_bid(offered, item, findings)
        return
    lots: dict[int, dict[int, set[int]]] = {}
    for item, who in bidders.items():
        lots.setdefault(offered.items.items[item].lot, {})[item] = who
    for lot, of_lot in lots.items():
        if not set.intersection(*of_lot.values()):
            _no_single_bidder(offered, lot, of_lot, findings)


def _no_bid(offered: Offered, item: int, findings: Findings) -> None:
    code = offered.items.items[item].code
    findings.fault(
        "Items",
        offered.items.register.row[code],
        "item",
        Sentence("No supplier bids on the item {item}, which is needed.", {"item": code}),
        Sentence("Add a bid on {item} to the sheet Bids, or take out its demand.", {"item": code}),
    )


def _no_single_bidder(offered: Offered, lot: int, bidders: dict[int, set[int]], findings: Findings) -> None:
    codes = {item: offered.items.items[item].code for item in bidders}
    row = offered.items.register.row[codes[min(codes)]]
    values: dict[str, object] = {"lot": offered.items.lots[lot]}
    anybody = sorted(set.union(*bidders.values()))
    if not anybody:
        findings.fault(
            "Items",
            row,
            "lot",
            Sentence("No supplier bids on the lot {lot}.", values),
            Sentence("Add bids on its items to the sheet Bids, or take out their demand."),
        )
        return
    nearest = max(anybody, key=lambda supplier: sum(supplier in who for who in bidders.values()))
    misses = [codes[item] for item, who in bidders.items() if nearest not in who]
    values["supplier"] = offered.suppliers.suppliers[nearest].code
    values["items"] = ", ".join(misses[:MOST_NAMED]) + (", ..." if len(misses) > MOST_NAMED else "")
    findings.fault(
        "Items",
        row,
        "lot",
        Sentence("No supplier bids on every needed item of the lot {lot}.", values),
        Sentence(
            "{supplier} comes nearest and lacks a bid on {items}. Add it, divide the lot, or write split "
            "as the value of award.",
            values,
        ),
    )


def judge_group(purchase: Purchase, findings: Findings) -> None:
    """Warn of companies and municipalities together, and of lots that too few independent holdings need."""
    kinds = {purchase.members[m].kind for m in purchase.players}
    if {"company", "municipality"} <= kinds:
        findings.warn(
            "Members",
            None,
            "kind",
            Sentence("Companies and municipalities stand in one purchase."),
            Sentence("Let municipalities buy apart: public procurement asks for its own procedure."),
        )
    holdings = np.array([member.holding for member in purchase.members])
    for lot, needed in purchase.lot_items():
        buyers = purchase.member_demand[:, needed].sum(axis=1) > 0
        count = len(set(holdings[buyers].tolist()))
        if count < FEWEST_HOLDINGS:
            values: dict[str, object] = {"lot": purchase.lots[lot], "count": count}
            findings.warn(
                "Items",
                None,
                "lot",
                Sentence("Independent holdings that need the lot {lot}: only {count}.", values),
                Sentence("A total over fewer than three gives members away: ask each for a written waiver."),
            )
