# SPDX-License-Identifier: EUPL-1.2
"""The purchase and the award inside `result.json`."""

from __future__ import annotations

import math
from typing import Any, cast

import numpy as np

from sprega.engines.award.model import (
    Award,
    AwardKind,
    Bid,
    Certificate,
    Item,
    Member,
    Purchase,
    Site,
    Supplier,
)
from sprega.engines.model import Sentence
from sprega.formats.json_place import Place, finite, numbers_of

Json = dict[str, Any]


def dump_purchase(purchase: Purchase) -> Json:
    """The whole purchase, by codes."""
    p = purchase
    return {
        "name": p.name,
        "currency": p.currency,
        "award": p.award,
        "buy_up": p.buy_up,
        "rule": p.rule,
        "max_suppliers": p.max_suppliers,
        "min_sources": p.min_sources,
        "min_source_share": p.min_source_share,
        "max_supplier_share": p.max_supplier_share,
        "co2_price": p.co2_price,
        "reserve": p.reserve,
        "members": [
            {"member": m.code, "name": m.name, "holding": m.holding, "kind": m.kind} for m in p.members
        ],
        "sites": [
            {
                "site": s.code,
                "member": p.members[s.member].code,
                "name": s.name,
                "lat": s.latitude,
                "lon": s.longitude,
            }
            for s in p.sites
        ],
        "lots": list(p.lots),
        "items": [
            {"item": i.code, "name": i.name, "lot": p.lots[i.lot], "unit": i.unit, "cpv": i.cpv}
            for i in p.items
        ],
        "demand": [
            {
                "site": p.sites[site].code,
                "item": p.items[item].code,
                "quantity": float(quantity),
                "current_price": finite(price),
            }
            for site, item, quantity, price in zip(
                p.demand_site, p.demand_item, p.demand_quantity, p.demand_price, strict=True
            )
        ],
        "suppliers": [_dump_supplier(p, s) for s in p.suppliers],
        "bids": [
            {
                "supplier": p.suppliers[b.supplier].code,
                "item": p.items[b.item].code,
                "tiers": [
                    {"from_quantity": start, "unit_price": price}
                    for start, price in zip(b.starts, b.prices, strict=True)
                ],
                "capacity": finite(b.capacity),
                "co2": b.co2,
            }
            for b in p.bids
        ],
        "delivery": [
            {
                "supplier": p.suppliers[k].code,
                "site": p.sites[s].code,
                "per_unit": float(p.per_unit[k, s]),
                "per_lane": float(p.per_lane[k, s]),
            }
            for k, s in np.argwhere((p.per_unit != 0) | (p.per_lane != 0))
        ],
    }


def _dump_supplier(purchase: Purchase, supplier: Supplier) -> Json:
    return {
        "supplier": supplier.code,
        "name": supplier.name,
        "min_order": supplier.min_order,
        "fixed": supplier.fixed,
        "discounts": [{"from_value": start, "fraction": share} for start, share in supplier.discounts],
        "bundles": [
            {"items": [purchase.items[i].code for i in together], "fraction": share}
            for together, share in supplier.bundles
        ],
    }


def load_purchase(place: Place) -> Purchase:
    """The purchase again; raises UnreadableError naming the place."""
    members = tuple(
        Member(m["member"].text(), m["name"].text(), m["holding"].text(), m["kind"].text())
        for m in place["members"].entries()
    )
    member_numbers = numbers_of([m.code for m in members], place["members"])
    sites = tuple(
        Site(
            s["site"].text(),
            s["member"].number_of(member_numbers),
            s["name"].text(),
            None if s["lat"].empty else s["lat"].number(),
            None if s["lon"].empty else s["lon"].number(),
        )
        for s in place["sites"].entries()
    )
    site_numbers = numbers_of([s.code for s in sites], place["sites"])
    lots = tuple(lot.text() for lot in place["lots"].entries())
    lot_numbers = numbers_of(list(lots), place["lots"])
    items = tuple(
        Item(
            i["item"].text(),
            i["name"].text(),
            i["lot"].number_of(lot_numbers),
            i["unit"].text(),
            i["cpv"].text(),
        )
        for i in place["items"].entries()
    )
    item_numbers = numbers_of([i.code for i in items], place["items"])
    suppliers = tuple(_load_supplier(s, item_numbers) for s in place["suppliers"].entries())
    supplier_numbers = numbers_of([s.code for s in suppliers], place["suppliers"])
    demand = list(place["demand"].entries())
    per_unit, per_lane = np.zeros((2, len(suppliers), len(sites)))
    for lane in place["delivery"].entries():
        at = lane["supplier"].number_of(supplier_numbers), lane["site"].number_of(site_numbers)
        per_unit[at], per_lane[at] = lane["per_unit"].number(), lane["per_lane"].number()
    return Purchase(
        name=place["name"].text(),
        currency=place["currency"].text(),
        award=cast(AwardKind, place["award"].one_of(("whole-lot", "split"))),
        members=members,
        sites=sites,
        items=items,
        lots=lots,
        suppliers=suppliers,
        bids=tuple(_load_bid(b, supplier_numbers, item_numbers) for b in place["bids"].entries()),
        demand_site=np.array([d["site"].number_of(site_numbers) for d in demand], dtype=np.int64),
        demand_item=np.array([d["item"].number_of(item_numbers) for d in demand], dtype=np.int64),
        demand_quantity=np.array([d["quantity"].number() for d in demand], dtype=np.float64),
        demand_price=np.array([d["current_price"].number(math.nan) for d in demand], dtype=np.float64),
        per_unit=per_unit,
        per_lane=per_lane,
        buy_up=place["buy_up"].flag(),
        rule=place["rule"].text(),
        max_suppliers=None if place["max_suppliers"].empty else place["max_suppliers"].whole(),
        min_sources=None if place["min_sources"].empty else place["min_sources"].whole(),
        min_source_share=place["min_source_share"].number(),
        max_supplier_share=_optional(place["max_supplier_share"]),
        co2_price=place["co2_price"].number(),
        reserve=_optional(place["reserve"]),
    )


def _optional(place: Place) -> float | None:
    return None if place.empty else place.number()


def _load_supplier(place: Place, items: dict[str, int]) -> Supplier:
    return Supplier(
        place["supplier"].text(),
        place["name"].text(),
        place["min_order"].number(),
        place["fixed"].number(),
        tuple((d["from_value"].number(), d["fraction"].number()) for d in place["discounts"].entries()),
        tuple(
            (tuple(i.number_of(items) for i in b["items"].entries()), b["fraction"].number())
            for b in place["bundles"].entries()
        ),
    )


def _load_bid(place: Place, suppliers: dict[str, int], items: dict[str, int]) -> Bid:
    tiers = [
        (tier["from_quantity"].number(), tier["unit_price"].number()) for tier in place["tiers"].entries()
    ]
    if not tiers:
        raise place["tiers"].refuse(Sentence("In the result, {place} should be a list with a price."))
    return Bid(
        place["supplier"].number_of(suppliers),
        place["item"].number_of(items),
        tuple(start for start, _ in tiers),
        tuple(price for _, price in tiers),
        place["capacity"].number(math.inf),
        place["co2"].number(),
    )


def dump_award(purchase: Purchase, award: Award) -> Json:
    """Who delivers what, every payment, and the multipliers that prove the bound."""
    suppliers, items = purchase.suppliers, purchase.items
    certificate = award.certificate
    return {
        "delivered": [
            {
                "supplier": suppliers[k].code,
                "row": int(row),
                "quantity": float(award.delivered[k, row]),
                "unit_delivery": float(award.unit_delivery[k, row]),
            }
            for k, row in np.argwhere((award.delivered != 0) | (award.unit_delivery != 0))
        ],
        "goods": [
            {
                "supplier": suppliers[k].code,
                "item": items[i].code,
                "tier_payment": float(award.tier_payment[k, i]),
                "goods": float(award.goods[k, i]),
            }
            for k, i in np.argwhere((award.tier_payment != 0) | (award.goods != 0))
        ],
        "lanes": [
            {
                "supplier": suppliers[k].code,
                "site": purchase.sites[s].code,
                "lot": purchase.lots[lot],
                "payment": float(award.lane_delivery[k, s, lot]),
            }
            for k, s, lot in np.argwhere(award.lane_delivery != 0)
        ],
        "fixed": {suppliers[k].code: float(award.fixed[k]) for k in np.flatnonzero(award.fixed)},
        "top_up": {suppliers[k].code: float(award.top_up[k]) for k in np.flatnonzero(award.top_up)},
        "payment": float(award.payment),
        "co2": float(award.co2),
        "objective": float(award.objective),
        "bound": finite(award.bound),
        "certified_bound": finite(award.certified_bound),
        "proven": bool(award.proven),
        "certificate": None
        if certificate is None
        else {
            "demand": [finite(price) for price in certificate.demand],
            "terms": {name: [finite(x) for x in values] for name, values in certificate.terms.items()},
        },
    }


def load_award(place: Place, purchase: Purchase) -> Award:
    """The award again; raises UnreadableError naming the place."""
    suppliers = {s.code: number for number, s in enumerate(purchase.suppliers)}
    items = {i.code: number for number, i in enumerate(purchase.items)}
    sites = {s.code: number for number, s in enumerate(purchase.sites)}
    lots = {code: number for number, code in enumerate(purchase.lots)}
    rows = len(purchase.demand_quantity)
    delivered, unit_delivery = np.zeros((2, len(suppliers), rows))
    for entry in place["delivered"].entries():
        row = entry["row"].whole()
        if not 0 <= row < rows:
            raise entry["row"].refuse(
                Sentence("In the result, {place} should be the number of a demand row.")
            )
        k = entry["supplier"].number_of(suppliers)
        delivered[k, row], unit_delivery[k, row] = entry["quantity"].number(), entry["unit_delivery"].number()
    tier_payment, goods = np.zeros((2, len(suppliers), len(items)))
    for entry in place["goods"].entries():
        at = entry["supplier"].number_of(suppliers), entry["item"].number_of(items)
        tier_payment[at], goods[at] = entry["tier_payment"].number(), entry["goods"].number()
    lanes = np.zeros((len(suppliers), len(sites), len(lots)))
    for entry in place["lanes"].entries():
        lane = (
            entry["supplier"].number_of(suppliers),
            entry["site"].number_of(sites),
            entry["lot"].number_of(lots),
        )
        lanes[lane] = entry["payment"].number()
    once = {}
    for name in ("fixed", "top_up"):
        once[name] = np.zeros(len(suppliers))
        for code, amount in place[name].members():
            once[name][Place(code, amount.path).number_of(suppliers)] = amount.number()
    return Award(
        delivered=delivered,
        tier_payment=tier_payment,
        goods=goods,
        unit_delivery=unit_delivery,
        lane_delivery=lanes,
        fixed=once["fixed"],
        top_up=once["top_up"],
        payment=place["payment"].number(),
        co2=place["co2"].number(),
        objective=place["objective"].number(),
        bound=place["bound"].number(-math.inf),
        certified_bound=place["certified_bound"].number(-math.inf),
        proven=place["proven"].flag(),
        certificate=None if place["certificate"].empty else _load_certificate(place["certificate"], rows),
    )


def _load_certificate(place: Place, rows: int) -> Certificate:
    demand = np.array([price.number(math.nan) for price in place["demand"].entries()], dtype=np.float64)
    if len(demand) != rows:
        raise place["demand"].refuse(
            Sentence("In the result, {place} should be a list with a number for each demand row.")
        )
    return Certificate(
        demand,
        {name: [x.number(math.nan) for x in values.entries()] for name, values in place["terms"].members()},
    )
