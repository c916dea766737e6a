# SPDX-License-Identifier: EUPL-1.2
"""A small purchase as a workbook, and the command as a function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sprega.cli.main import main
from sprega.engines.award.model import Bid, Item, Member, Purchase, Site, Supplier
from sprega.formats.purchase_workbook import write_purchase

Command = Callable[..., int]


def small_purchase(**changes: object) -> Purchase:
    """Three members, two lots, two suppliers; codes that no file system likes."""
    purchase = Purchase(
        name="Small",
        currency="EUR",
        award="whole-lot",
        members=(
            Member("а/б", "Рудник „Горски“", "H1", "company"),
            Member("A:B", "Works", "H2", "company"),
            Member("con", "College", "H3", "university"),
        ),
        sites=(Site("S1", 0, "a"), Site("S2", 1, "b"), Site("S3", 2, "c")),
        items=(Item("lime", "Lime", 0, "t"), Item("boots", "Boots", 1, "pair")),
        lots=("lime", "boots"),
        suppliers=(Supplier("K", "Kiln"), Supplier("T", "Trader")),
        bids=(
            Bid(0, 0, (0.0, 100.0), (10.0, 8.0)),
            Bid(1, 0, (0.0,), (9.5,)),
            Bid(1, 1, (0.0, 30.0), (50.0, 45.0)),
        ),
        demand_site=np.array([0, 1, 2, 2]),
        demand_item=np.array([0, 0, 0, 1]),
        demand_quantity=np.array([75.0, 40.0, 10.0, 20.0]),
        demand_price=np.array([11.0, 12.0, 9.0, 55.0]),
        per_unit=np.zeros((2, 3)),
        per_lane=np.zeros((2, 3)),
    )
    return replace(purchase, **changes)


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "purchase.xlsx"
    write_purchase(small_purchase(), path)
    return path


@pytest.fixture
def sprega(monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run the command here; the terminal speaks English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: object) -> int:
        try:
            return main([str(argument) for argument in arguments])
        except SystemExit as end:
            return int(end.code or 0)

    return run
