# SPDX-License-Identifier: EUPL-1.2
"""The sheets that hold figures: demand, bids in tiers, delivery, discounts, bundles."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from sprega.engines.award.model import Bid
from sprega.engines.model import Sentence
from sprega.formats.purchase_workbook.codes import Register, code_text
from sprega.formats.purchase_workbook.model import Findings, Row, Table
from sprega.formats.purchase_workbook.rows import RowReader

Bundle = tuple[tuple[int, ...], float]


@dataclass
class FirstSeen:
    """Where each key stands first, so that a second row with it is a fault that names both."""

    rows: dict[Hashable, int] = field(default_factory=dict)

    def repeated(self, reader: RowReader, column: str, key: Hashable, shown: str) -> bool:
        """Note a fault when the key was seen before."""
        first = self.rows.setdefault(key, reader.row.number)
        if first == reader.row.number:
            return False
        values: dict[str, object] = {"value": shown, "first": first, "row": reader.row.number}
        reader.fault(
            column,
            Sentence("{value} stands in row {first} and again in row {row}.", values),
            Sentence("Keep one of the two rows."),
        )
        return True


@dataclass(frozen=True)
class DemandRow:
    """A row of the sheet `Demand`."""

    site: int
    item: int
    quantity: float
    price: float


@dataclass(frozen=True)
class Demand:
    """The sheet `Demand`; `needed` items also count rows whose site or price is faulty."""

    rows: tuple[DemandRow, ...]
    needed: frozenset[int]


def read_demand(table: Table, sites: Register, items: Register, findings: Findings) -> Demand:
    """Read the sheet `Demand`."""
    seen = FirstSeen()
    demand = []
    needed = set()
    before = len(findings.faults)
    for row in table.rows:
        reader = RowReader(table, row, findings)
        site = reader.reference("site", sites)
        item = reader.reference("item", items)
        quantity = reader.number("quantity")
        price = float("nan") if reader.empty("current_price") else reader.number("current_price")
        if item is not None and quantity:
            needed.add(item)
        if site is None or item is None:
            continue
        if seen.repeated(reader, "item", (site, item), _both(row, "site", "item")):
            continue
        if quantity is not None and price is not None:
            demand.append(DemandRow(site, item, quantity, price))
    if table.present and not table.rows and "quantity" in table.columns:
        findings.fault(
            table.name,
            None,
            None,
            Sentence("The sheet {sheet} is empty.", {"sheet": table.name}),
            Sentence("Fill in a row for each site and item that is needed."),
        )
    elif "quantity" in table.columns and not needed and items.complete and len(findings.faults) == before:
        findings.fault(
            table.name,
            None,
            "quantity",
            Sentence("Nobody needs anything: no quantity is above zero."),
            Sentence("Fill in the quantities that are needed."),
        )
    return Demand(tuple(demand), frozenset(needed))


@dataclass(frozen=True)
class _Tier:
    start: float
    price: float | None
    capacity: float | None
    co2: float | None
    reader: RowReader


@dataclass(frozen=True)
class Bids:
    """The sheet `Bids`; `pairs` (supplier, item) also counts bids whose codes were misspelled."""

    bids: tuple[Bid, ...]
    pairs: frozenset[tuple[int, int]]


def read_bids(table: Table, suppliers: Register, items: Register, findings: Findings) -> Bids:
    """Read the sheet `Bids`: the tiers of a supplier's bid for an item, in order of quantity."""
    seen = FirstSeen()
    tiers: dict[tuple[int, int], list[_Tier]] = {}
    pairs: set[tuple[int | None, int | None]] = set()
    for row in table.rows:
        reader = RowReader(table, row, findings)
        supplier = reader.reference("supplier", suppliers)
        item = reader.reference("item", items)
        start = reader.number("from_quantity", 0.0)
        price = reader.number("unit_price")
        capacity = None if reader.empty("capacity") else reader.number("capacity")
        co2 = None if reader.empty("co2") else reader.number("co2")
        if supplier is None or item is None:
            pairs.add((_guess(row, "supplier", suppliers), _guess(row, "item", items)))
            continue
        pairs.add((supplier, item))
        if start is None:
            continue
        shown = f"{_both(row, 'supplier', 'item')} / {start:g}"
        if not seen.repeated(reader, "from_quantity", (supplier, item, start), shown):
            tiers.setdefault((supplier, item), []).append(_Tier(start, price, capacity, co2, reader))
    bids = tuple(_bid(supplier, item, rows) for (supplier, item), rows in tiers.items())
    return Bids(bids, frozenset((s, i) for s, i in pairs if s is not None and i is not None))


def _guess(row: Row, column: str, register: Register) -> int | None:
    cell = row.cells.get(column)
    return None if cell is None else register.guess(code_text(cell.value))


def _bid(supplier: int, item: int, tiers: list[_Tier]) -> Bid:
    tiers = sorted(tiers, key=lambda tier: tier.start)
    prices = []
    for before, tier in zip([None, *tiers[:-1]], tiers, strict=True):
        prices.append(tier.price if tier.price is not None else 0.0)
        if before and before.price is not None and tier.price is not None and tier.price > before.price:
            values: dict[str, object] = {
                "price": f"{tier.price:g}",
                "start": f"{tier.start:g}",
                "before": f"{before.price:g}",
            }
            tier.reader.warn(
                "unit_price",
                Sentence("From {start} on the price rises from {before} to {price}.", values),
                Sentence("Check it: a larger quantity is usually not dearer."),
            )
    return Bid(
        supplier,
        item,
        tuple(tier.start for tier in tiers),
        tuple(prices),
        _capacity(tiers),
        _co2(tiers),
    )


def _capacity(tiers: list[_Tier]) -> float:
    first, *others = tiers
    for tier in others:
        if tier.capacity is not None and tier.capacity != first.capacity:
            tier.reader.fault(
                "capacity",
                Sentence(
                    "The capacity {value} differs from that of the bid's first tier in row {row}.",
                    {"value": f"{tier.capacity:g}", "row": first.reader.row.number},
                ),
                Sentence(
                    "Write the capacity for all tiers together in row {row} only.",
                    {"row": first.reader.row.number},
                ),
            )
    return float("inf") if first.capacity is None else first.capacity


def _co2(tiers: list[_Tier]) -> float:
    stated = [tier for tier in tiers if tier.co2 is not None]
    for tier in stated[1:]:
        if tier.co2 != stated[0].co2:
            tier.reader.fault(
                "co2",
                Sentence(
                    "The CO2 of {value} kg per unit differs from {first} kg in row {row} of the same bid.",
                    {
                        "value": f"{tier.co2:g}",
                        "first": f"{stated[0].co2:g}",
                        "row": stated[0].reader.row.number,
                    },
                ),
                Sentence("Write one figure for the whole bid, on its first tier's row."),
            )
    return (stated[0].co2 or 0.0) if stated else 0.0


def read_delivery(
    table: Table, suppliers: Register, sites: Register, findings: Findings
) -> dict[tuple[int, int], tuple[float, float]]:
    """Read the sheet `Delivery`: (per_unit, per_lane) of each (supplier, site)."""
    seen = FirstSeen()
    costs = {}
    for row in table.rows:
        reader = RowReader(table, row, findings)
        supplier = reader.reference("supplier", suppliers)
        site = reader.reference("site", sites)
        per_unit = reader.number("per_unit", 0.0)
        per_lane = reader.number("per_lane", 0.0)
        if supplier is None or site is None:
            continue
        if not seen.repeated(reader, "site", (supplier, site), _both(row, "supplier", "site")):
            costs[supplier, site] = (per_unit or 0.0, per_lane or 0.0)
    return costs


def read_discounts(
    table: Table, suppliers: Register, findings: Findings
) -> dict[int, tuple[tuple[float, float], ...]]:
    """Read the sheet `Discounts`: (from value, fraction) of each supplier, by rising value."""
    seen = FirstSeen()
    discounts: dict[int, list[tuple[float, float]]] = {}
    for row in table.rows:
        reader = RowReader(table, row, findings)
        supplier = reader.reference("supplier", suppliers)
        start = reader.number("from_value")
        share = reader.percent("percent")
        if supplier is None or start is None:
            continue
        shown = f"{_shown(row, 'supplier')} / {start:g}"
        if not seen.repeated(reader, "from_value", (supplier, start), shown) and share is not None:
            discounts.setdefault(supplier, []).append((start, share))
    return {supplier: tuple(sorted(steps)) for supplier, steps in discounts.items()}


def read_bundles(
    table: Table, suppliers: Register, items: Register, findings: Findings
) -> dict[int, tuple[Bundle, ...]]:
    """Read the sheet `Bundles`: (items, fraction) of each supplier, in the order of the sheet."""
    seen = FirstSeen()
    bundles: dict[int, list[Bundle]] = {}
    for row in table.rows:
        reader = RowReader(table, row, findings)
        supplier = reader.reference("supplier", suppliers)
        together = _bundle_items(reader, items)
        share = reader.percent("percent")
        if supplier is None or together is None:
            continue
        shown = _both(row, "supplier", "items")
        if seen.repeated(reader, "items", (supplier, frozenset(together)), shown):
            continue
        if share is not None:
            bundles.setdefault(supplier, []).append((together, share))
    return {supplier: tuple(rows) for supplier, rows in bundles.items()}


def _bundle_items(reader: RowReader, items: Register) -> tuple[int, ...] | None:
    cell = reader.cell("items")
    value = cell.value if cell is not None else None
    if isinstance(value, float) and not value.is_integer():
        reader.fault(
            "items",
            Sentence("{value} became a number, and which items were meant is lost.", {"value": str(value)}),
            Sentence("Give the cell the format Text and type the codes again, with commas between them."),
        )
        return None
    if value is not None and not isinstance(value, str):
        code = reader.code("items")
        number = None if code is None else reader.look_up("items", code, items)
        return None if number is None else (number,)
    codes = [code for part in (value or "").split(",") if (code := code_text(part))]
    if not codes:
        if cell is not None or (reader.empty("items") and "items" in reader.table.columns):
            reader.fault(
                "items",
                Sentence("The bundle has no items."),
                Sentence("Write the codes of its items with commas between them, such as A1, B2."),
            )
        return None
    numbers: list[int] = []
    complete = True
    for code in codes:
        if ";" in code and code not in items.number:
            reader.fault(
                "items",
                Sentence('"{value}" is parted by a semicolon.', {"value": code[:60]}),
                Sentence("Put commas between the items' codes."),
            )
            complete = False
            continue
        number = reader.look_up("items", code, items)
        if number is None:
            complete = False
        elif number in numbers:
            reader.fault(
                "items",
                Sentence("The item {value} stands twice in the bundle.", {"value": code}),
                Sentence("Name it once."),
            )
            complete = False
        else:
            numbers.append(number)
    return tuple(numbers) if complete else None


def _shown(row: Row, column: str) -> str:
    cell = row.cells.get(column)
    return "" if cell is None else cell.shown


def _both(row: Row, first: str, second: str) -> str:
    return f"{_shown(row, first)} / {_shown(row, second)}"
