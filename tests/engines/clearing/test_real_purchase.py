# SPDX-License-Identifier: EUPL-1.2
"""A real purchase of 20 countries, both ways of award, with the figures published beside it."""

from dataclasses import replace
from pathlib import Path

import pytest

from sprega.engines.award.evaluate import violations
from sprega.engines.clearing.solve import clear
from sprega.formats.purchase_workbook import read_purchase

WORKBOOK = Path(__file__).resolve().parents[3] / "../shared/data/purchases/scms_2014.xlsx"

pytestmark = [
    pytest.mark.published,
    pytest.mark.skipif(not WORKBOOK.exists(), reason=f"{WORKBOOK} is not at hand"),
]


@pytest.fixture(scope="module")
def purchase():
    return read_purchase(WORKBOOK).purchase


def adds_up(found):
    assert violations(found.purchase, found.award) == []
    assert found.proven
    assert len(found.stand_alone) == 20
    for shares in found.shares.values():
        assert shares.sum() == pytest.approx(found.cost, rel=1e-9)
    assert found.today.sum() == pytest.approx(243_543_227, abs=1)


def test_one_supplier_for_each_item_costs_money(purchase):
    found = clear(replace(purchase, award="whole-lot"))
    adds_up(found)
    assert found.mode == "exact"
    assert found.cost == pytest.approx(234_663_701, abs=1)
    assert found.stand_alone.sum() == pytest.approx(232_859_466, abs=1)
    assert not found.joining_pays


def test_dividing_by_place_saves_a_little(purchase):
    found = clear(replace(purchase, award="split"))
    adds_up(found)
    assert found.cost == pytest.approx(232_822_085, abs=1)
    assert found.joining_pays
    assert found.cost <= found.stand_alone.sum()
