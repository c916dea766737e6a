# SPDX-License-Identifier: EUPL-1.2
"""The practice purchase: 22 fictional members, 30 lots, 6 bidders, the same in every run."""

from __future__ import annotations

from typing import Literal

import numpy as np

from sprega.engines.award.model import WHOLE_LOT, Bid, Item, Member, Purchase, Site, Supplier
from sprega.rooms.buying.practice_goods import (
    GOODS,
    MEMBERS,
    MIX,
    NAME,
    SUPPLIERS,
    UNEVEN,
    UNITS,
    GoodsRow,
    MemberRow,
    SupplierRow,
)

SEED = 2026
TIERS = 4
FAR = 40.0
"""What a run costs more for each degree of distance."""
WITH_MILLS = {"lime": "mill", "water": "mill"}
"""Fields whose goods whoever runs mills needs as well."""


def practice_purchase(language: Literal["en", "bg"] = "en") -> Purchase:
    """Build the practice purchase, its names in English or Bulgarian."""
    bulgarian = language == "bg"
    rng = np.random.default_rng(SEED)
    lots = tuple(dict.fromkeys(row.lot for row in GOODS))
    sites = _sites(bulgarian, rng)
    rows = _demand(sites, rng)
    quantity = np.array([amount for _, _, amount, _ in rows])
    item = np.array([number for _, number, _, _ in rows], dtype=np.int64)
    pooled = np.bincount(item, weights=quantity, minlength=len(GOODS))
    return Purchase(
        name=NAME[bulgarian],
        currency="EUR",
        award=WHOLE_LOT,
        members=tuple(
            Member(row.code, _name(row, bulgarian), row.holding or row.code, row.kind) for row in MEMBERS
        ),
        sites=sites,
        items=tuple(
            Item(row.code, _name(row, bulgarian), lots.index(row.lot), _unit(row, bulgarian), row.cpv)
            for row in GOODS
        ),
        lots=lots,
        suppliers=tuple(Supplier(row.code, _name(row, bulgarian)) for row in SUPPLIERS),
        bids=_bids(pooled, rng),
        demand_site=np.array([site for site, _, _, _ in rows], dtype=np.int64),
        demand_item=item,
        demand_quantity=quantity,
        demand_price=np.array([price for _, _, _, price in rows]),
        per_unit=np.zeros((len(SUPPLIERS), len(sites))),
        per_lane=_lanes(sites),
    )


def practice_organisations() -> tuple[tuple[MemberRow, ...], tuple[SupplierRow, ...]]:
    """Who takes part: members with their kinds and holdings, and suppliers, named in both languages."""
    return MEMBERS, SUPPLIERS


def _name(row: MemberRow | GoodsRow | SupplierRow, bulgarian: bool) -> str:
    return row.bulgarian if bulgarian else row.english


def _unit(row: GoodsRow, bulgarian: bool) -> str:
    return UNITS[row.unit] if bulgarian else row.unit


def _sites(bulgarian: bool, rng: np.random.Generator) -> tuple[Site, ...]:
    """Every member's delivery points, around a town that is on no map."""
    sites = []
    for number, member in enumerate(MEMBERS):
        for count, names in enumerate(member.sites, start=1):
            north, east = np.round(rng.normal(0, 0.22, 2), 3)
            code = f"{member.code}-{count}"
            sites.append(Site(code, number, names[bulgarian], float(43.1 + north), float(26.4 + east)))
    return tuple(sites)


def _demand(sites: tuple[Site, ...], rng: np.random.Generator) -> list[tuple[int, int, float, float]]:
    """Who needs what and what it pays today: (site, item, quantity, price)."""
    rows = []
    for site_number, site in enumerate(sites):
        member = MEMBERS[site.member]
        for item_number, goods in enumerate(GOODS):
            need = member.needs.get(goods.field, member.needs.get(WITH_MILLS.get(goods.field, ""), 0.0))
            need *= MIX.get(goods.code, {}).get(member.code, 1.0)
            part = _part(site.code, len(member.sites), goods.field)
            luck = rng.uniform(0.8, 1.2)
            haggling = rng.normal(0, 0.012)
            amount = _round(need * part * luck * goods.volume)
            if amount > 0:
                price = goods.price * (member.today + haggling)
                rows.append((site_number, item_number, amount, float(f"{price:.4g}")))
    return rows


def _part(site: str, sites: int, field: str) -> float:
    """Part of a member's need at one of its sites: mill goods go where the mill is."""
    if sites == 1:
        return 1.0
    second = site.endswith("-2")
    if field in {"mill", "lime", "water", "lab"}:
        return 1.0 if second else 0.0
    if field in {"blast", "haul", "fuel"}:
        return 0.0 if second else 1.0
    return 0.35 if second else 0.65


def _round(amount: float) -> float:
    """Two leading digits, as people state a year's need."""
    return float(f"{amount:.2g}") if amount >= 1 else 0.0


def _bids(pooled: np.ndarray, rng: np.random.Generator) -> tuple[Bid, ...]:
    """Up to four tiers from each supplier for what it sells."""
    bids = []
    for supplier_number, supplier in enumerate(SUPPLIERS):
        for item_number, goods in enumerate(GOODS):
            luck = rng.normal(0, 0.008)
            reach = rng.uniform(0.85, 1.15)
            tiers = int(rng.integers(2, TIERS + 1))
            level = supplier.level.get(goods.field)
            if level is None:
                continue
            first = goods.price * (level + luck + UNEVEN.get((supplier.code, goods.code), 0.0))
            start = np.array([0.0, *(pooled[item_number] * reach * np.array([0.12, 0.35, 0.7]))])[:tiers]
            steps = np.array([0.0, 0.4, 0.75, 1.0])[:tiers]
            digits = 3 if goods.price < 10 else 2
            bids.append(
                Bid(
                    supplier_number,
                    item_number,
                    starts=tuple(float(f"{value:.2g}") for value in start),
                    prices=tuple(
                        round(float(first * (1 - supplier.rebate * step)), digits) for step in steps
                    ),
                )
            )
    return tuple(bids)


def _lanes(sites: tuple[Site, ...]) -> np.ndarray:
    """Cost of a run by how far the supplier's store is from the site."""
    angle = np.linspace(0, 2 * np.pi, len(SUPPLIERS), endpoint=False)
    stores = np.column_stack([43.1 + 0.6 * np.sin(angle), 26.4 + 0.6 * np.cos(angle)])
    place = np.array([(site.latitude, site.longitude) for site in sites], dtype=float)
    distance = np.linalg.norm(stores[:, None, :] - place[None, :, :], axis=2)
    near = np.array([supplier.lane for supplier in SUPPLIERS])
    return np.round(near[:, None] + FAR * distance, 0)
