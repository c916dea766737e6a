# SPDX-License-Identifier: EUPL-1.2
"""The practice purchase: what it promises, and that nothing in it is real."""

from pathlib import Path

import numpy as np
import pytest

from sprega.formats.purchase_workbook import read_purchase, write_purchase
from sprega.rooms.buying.practice import practice_purchase

REAL = [
    "Assarel",
    "Aurubis",
    "Ellatzite",
    "Dundee",
    "Geotechmin",
    "Liquide",
    "Eurotest",
    "Energeo",
    "Opticoelectron",
    "Optix",
    "CMVT",
    "Rilski",
    "Anton",
    "Zlatitsa",
    "Mirkovo",
    "Panagyurishte",
    "Pirdop",
    "Strelcha",
    "Chavdar",
    "Chelopech",
    "Koprivshtitsa",
    "Etropole",
    "Srednogorie",
    "Асарел",
    "Аурубис",
    "Елаците",
    "Дънди",
    "Геотехмин",
    "Ликид",
    "Евротест",
    "Енергео",
    "Оптикоелектрон",
    "Оптикс",
    "Рилски",
    "Антон",
    "Златица",
    "Мирково",
    "Панагюрище",
    "Пирдоп",
    "Стрелча",
    "Чавдар",
    "Челопеч",
    "Копривщица",
    "Етрополе",
    "Средногорие",
]


@pytest.mark.parametrize("language", ["en", "bg"])
def test_size_and_kind(language: str) -> None:
    purchase = practice_purchase(language)
    assert len(purchase.players) == len(purchase.members) == 22
    assert len(purchase.lots) == 30
    assert len(purchase.suppliers) == 6
    assert max(len(bid.starts) for bid in purchase.bids) == 4
    assert purchase.award == "whole-lot"
    assert not purchase.couplings
    assert (purchase.per_lane > 0).all()
    assert {member.kind for member in purchase.members} == {"company", "university", "training"}
    assert not np.isnan(purchase.demand_price).any()
    assert all(len({bid.supplier for bid in purchase.bids if bid.item == item}) >= 3 for item in range(36))


@pytest.mark.parametrize("language", ["en", "bg"])
def test_nothing_in_it_is_real(language: str) -> None:
    purchase = practice_purchase(language)
    names = [member.name for member in purchase.members] + [supplier.name for supplier in purchase.suppliers]
    names += [member.holding for member in purchase.members]
    assert not [name for name in names for real in REAL if real.lower() in name.lower()]
    assert ("illustrative" if language == "en" else "примерни данни") in purchase.name


def test_same_figures_every_time_and_in_both_languages() -> None:
    one, two, other = practice_purchase(), practice_purchase(), practice_purchase("bg")
    assert one.bids == two.bids == other.bids
    for name in ("demand_quantity", "demand_price", "per_lane"):
        assert np.array_equal(getattr(one, name), getattr(two, name))
        assert np.array_equal(getattr(one, name), getattr(other, name))


def test_it_is_a_faultless_workbook(tmp_path: Path) -> None:
    write_purchase(practice_purchase(), tmp_path / "purchase.xlsx")
    reading = read_purchase(tmp_path / "purchase.xlsx")
    assert not reading.faults
    assert reading.purchase is not None
    assert reading.purchase.bids == practice_purchase().bids


def test_it_has_something_to_tell() -> None:
    """A few members gain little, one pays more than today, and the same price for all is not stable."""
    from sprega.engines.clearing.solve import clear

    clearing = clear(practice_purchase())
    share = clearing.shares[clearing.rule]
    assert clearing.mode == "exact"
    assert clearing.joining_pays
    assert clearing.stability["equal-price"].objecting
    assert clearing.rule == "nucleolus"
    assert not clearing.stability["nucleolus"].objecting
    against_today = (clearing.today - share) / clearing.today
    assert (against_today < 0).sum() == 1
    assert (against_today < 0.01).sum() >= 2
    assert (share <= clearing.stand_alone).all()
    saved = 1 - clearing.cost / clearing.stand_alone.sum()
    chosen = 1 - clearing.stand_alone.sum() / clearing.today.sum()
    assert 0.02 < saved < 0.1
    assert 0.02 < chosen < 0.1
