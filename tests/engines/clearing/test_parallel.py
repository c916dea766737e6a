# SPDX-License-Identifier: EUPL-1.2
"""Groups priced one by one, on this machine's cores or on a Dask cluster: the same result."""

import numpy as np
import pytest
from tests.purchases import random_purchase

from sprega.engines.clearing import exact, group_prices, sampled
from sprega.engines.clearing.solve import clear


@pytest.fixture(scope="module")
def purchase():
    terms = ("tiers", "discounts", "fixed", "min_order", "delivery")
    return random_purchase(6, award="split", members=5, items=2, terms=terms)


def priced(purchase, patch, **options):
    patch.setattr(exact, "COUPLED_PLAYERS", 2)
    patch.setattr(sampled, "EVALUATIONS", 24)
    return clear(purchase, seed=3, **options)


@pytest.fixture(scope="module")
def one_by_one(purchase):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            group_prices.Groups,
            "_side_by_side",
            lambda self, masks: [
                group_prices._price(self.purchase, self.award, mask, None) for mask in masks
            ],
        )
        return priced(purchase, patch)


def same(found, expected):
    assert found.mode == expected.mode == "sampled"
    for rule, shares in expected.shares.items():
        np.testing.assert_array_equal(found.shares[rule], shares)
    np.testing.assert_array_equal(found.share_intervals["shapley"], expected.share_intervals["shapley"])
    assert found.least_core == expected.least_core
    assert found.stability == expected.stability
    np.testing.assert_array_equal(found.price_list.amount, expected.price_list.amount)


def test_on_this_machines_cores(purchase, one_by_one, monkeypatch):
    same(priced(purchase, monkeypatch), one_by_one)


def test_on_a_dask_cluster(purchase, one_by_one, monkeypatch):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        asked = []
        client = distributed.Client

        def counted(address):
            asked.append(address)
            return client(address)

        monkeypatch.setattr(distributed, "Client", counted)
        same(priced(purchase, monkeypatch, dask=cluster.scheduler_address), one_by_one)
        assert asked
        assert set(asked) == {cluster.scheduler_address}
