# SPDX-License-Identifier: EUPL-1.2
"""The release package: without a message from libcoveocds, and without anything of a member."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest

from sprega.formats.ocds import release_package, safe_total

STANDARD = (
    Path(__file__).parents[2] / ".." / "shared" / "data" / "ocds" / "standard-1__1__5-schema.zip"
).resolve()
PUBLISHED = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC)
FACTS = {
    "file_type", "version_used", "schema_url", "extensions", "releases_aggregates", "records_aggregates",
    "unique_ocids_count", "count", "version_display_choices", "version_used_display", "json_data",
}  # fmt: skip


def messages(package):
    """Everything that libcoveocds says beyond plain facts."""
    from libcoveocds.api import ocds_json_output
    from libcoveocds.config import LibCoveOCDSConfig

    config = LibCoveOCDSConfig()
    config.config |= {"context": "api", "standard_zip": STANDARD.as_uri()}
    found = ocds_json_output(json_data=copy.deepcopy(package), lib_cove_ocds_config=config)
    return {key: value for key, value in found.items() if value and key not in FACTS}


@pytest.mark.published
@pytest.mark.skipif(not STANDARD.exists(), reason="needs ../shared/data/ocds/standard-1__1__5-schema.zip")
@pytest.mark.parametrize("language", ["en", "bg"])
def test_libcoveocds_has_no_message(clearing, language):
    pytest.importorskip("libcoveocds")
    package = release_package(clearing, published=PUBLISHED, language=language)
    assert messages(package) == {}
    package["releases"][0]["tender"]["unknown"] = 1
    assert messages(package) != {}, "the check itself must be awake"


@pytest.mark.published
@pytest.mark.skipif(not STANDARD.exists(), reason="needs ../shared/data/ocds/standard-1__1__5-schema.zip")
@pytest.mark.parametrize("currency", ["ZWG", "JPY", "BGN"])
def test_rare_currencies_and_empty_words(clearing, currency):
    pytest.importorskip("libcoveocds")
    purchase = dataclasses.replace(
        clearing.purchase,
        currency=currency,
        items=tuple(dataclasses.replace(item, unit="", cpv="") for item in clearing.purchase.items),
    )
    assert (
        messages(release_package(dataclasses.replace(clearing, purchase=purchase), published=PUBLISHED)) == {}
    )


def test_identifiers_are_the_same_each_time(clearing):
    one, other = (release_package(clearing, published=PUBLISHED) for _ in range(2))
    assert one == other
    quantity = clearing.purchase.demand_quantity * 2
    more = dataclasses.replace(clearing.purchase, demand_quantity=quantity)
    third = release_package(dataclasses.replace(clearing, purchase=more), published=PUBLISHED)
    assert third["releases"][0]["ocid"] == one["releases"][0]["ocid"], "no quantity goes into a public digest"


def test_nothing_of_a_member_is_in_it(clearing):
    text = json.dumps(release_package(clearing, published=PUBLISHED))
    for member in clearing.purchase.members:
        assert member.name not in text and f'"{member.code}"' not in text
    for site in clearing.purchase.sites:
        assert site.name not in text
    numbers = set(_numbers(json.loads(text)))
    own = {*clearing.purchase.demand_quantity.tolist(), *clearing.purchase.demand_price.tolist()}
    own |= {float(x) for share in clearing.shares.values() for x in share} | set(
        clearing.stand_alone.tolist()
    )
    assert not numbers & own


def _numbers(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _numbers(part)
    elif isinstance(value, int | float):
        yield float(value)


def test_totals_of_few_are_left_out(clearing):
    release = release_package(clearing, published=PUBLISHED)["releases"][0]
    assert [item.get("quantity") for item in release["tender"]["items"]] == [160.0, None, None]
    assert [award.get("value") for award in release["awards"]] == [{"amount": 410.0, "currency": "EUR"}, None]


@pytest.mark.parametrize(
    ("parts", "holdings", "safe"),
    [
        ([5, 4, 3], "ABC", True),
        ([5, 4, 0.4], "ABC", False),
        ([5, 4, 3], "ABB", False),
        ([5, 4, 0], "ABC", False),
        ([0, 0, 0], "ABC", False),
        ([1, 1, 1, 1], "ABCC", True),
    ],
)
def test_when_a_total_is_shown(parts, holdings, safe):
    assert safe_total(np.array(parts, dtype=float), list(holdings)) is safe


def test_a_time_without_a_zone_is_refused(clearing):
    with pytest.raises(ValueError, match="time zone"):
        release_package(clearing, published=PUBLISHED.replace(tzinfo=None))
