# SPDX-License-Identifier: EUPL-1.2
"""Read the workbook of a joint purchase: a purchase, or every fault at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from sprega.engines.award.model import Purchase
from sprega.formats.purchase_workbook.cells import read_tables
from sprega.formats.purchase_workbook.judge import Offered, judge_bids, judge_group
from sprega.formats.purchase_workbook.model import SHEETS, Fault, Findings, Reading, Table
from sprega.formats.purchase_workbook.offers import (
    read_bids,
    read_bundles,
    read_delivery,
    read_demand,
    read_discounts,
)
from sprega.formats.purchase_workbook.people import read_items, read_members, read_sites, read_suppliers
from sprega.formats.purchase_workbook.settings import read_settings


def read_purchase(path: str | Path) -> Reading:
    """Read a workbook.

    Parameters
    ----------
    path : str or Path
        An XLSX workbook in the form of `docs/reference/workbook.md`, from anybody.

    Returns
    -------
    Reading
        The purchase, or None and every fault found; and the warnings.

    Examples
    --------
    >>> reading = read_purchase("nowhere.xlsx")
    >>> str(reading.faults[0].mend)
    'Check its name, its folder and whether you may read it.'
    """
    findings = Findings()
    tables = read_tables(Path(path), findings)
    purchase = None if tables is None else _purchase(tables, Path(path).stem, findings)
    faults = _in_order(findings.faults)
    return Reading(None if faults else purchase, faults, _in_order(findings.warnings))


def _purchase(tables: dict[str, Table], name: str, findings: Findings) -> Purchase | None:
    settings = read_settings(tables["Purchase"], name, findings)
    members = read_members(tables["Members"], findings)
    sites = read_sites(tables["Sites"], members.register, findings)
    items = read_items(tables["Items"], findings)
    demand = read_demand(tables["Demand"], sites.register, items.register, findings)
    suppliers = read_suppliers(tables["Suppliers"], findings)
    bids = read_bids(tables["Bids"], suppliers.register, items.register, findings)
    delivery = read_delivery(tables["Delivery"], suppliers.register, sites.register, findings)
    discounts = read_discounts(tables["Discounts"], suppliers.register, findings)
    bundles = read_bundles(tables["Bundles"], suppliers.register, items.register, findings)
    if all(tables[sheet].columns >= set(SHEETS[sheet].needed) for sheet in ("Items", "Bids", "Suppliers")):
        judge_bids(Offered(settings.award, items, suppliers, demand.needed, bids.pairs), findings)
    if findings.faults:
        return None
    per_unit, per_lane = np.zeros((2, len(suppliers.suppliers), len(sites.sites)))
    for at, (unit, lane) in delivery.items():
        per_unit[at], per_lane[at] = unit, lane
    purchase = Purchase(
        members=members.members,
        sites=sites.sites,
        items=items.items,
        lots=items.lots,
        suppliers=tuple(
            replace(supplier, discounts=discounts.get(s, ()), bundles=bundles.get(s, ()))
            for s, supplier in enumerate(suppliers.suppliers)
        ),
        bids=bids.bids,
        demand_site=np.array([row.site for row in demand.rows], dtype=np.int64),
        demand_item=np.array([row.item for row in demand.rows], dtype=np.int64),
        demand_quantity=np.array([row.quantity for row in demand.rows], dtype=np.float64),
        demand_price=np.array([row.price for row in demand.rows], dtype=np.float64),
        per_unit=per_unit,
        per_lane=per_lane,
        name=settings.name,
        currency=settings.currency,
        award=settings.award,
        buy_up=settings.buy_up,
        rule=settings.rule,
        max_suppliers=settings.max_suppliers,
        min_sources=settings.min_sources,
        min_source_share=settings.min_source_share,
        max_supplier_share=settings.max_supplier_share,
        co2_price=settings.co2_price,
        reserve=settings.reserve,
    )
    judge_group(purchase, findings)
    return purchase


def _in_order(found: list[Fault]) -> tuple[Fault, ...]:
    """In the order of the contract's sheets and rows."""
    order = {name: place for place, name in enumerate(SHEETS)}
    return tuple(sorted(found, key=lambda fault: (order.get(fault.sheet or "", -1), fault.row or 0)))
