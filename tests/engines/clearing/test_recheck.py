# SPDX-License-Identifier: EUPL-1.2
"""The recheck: right results pass, and no figure that a person acts on can be changed by a cent unnoticed."""

import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from tests.purchases import TERMS, random_purchase

from sprega.engines.award.model import Purchase
from sprega.engines.clearing import exact, sampled
from sprega.engines.clearing.check import recheck
from sprega.engines.clearing.solve import clear
from sprega.formats.result_json import UnreadableError, dump_result, load_result

PLAIN = ("tiers", "capacity", "delivery", "lanes", "lots")
CASES = {
    "uncoupled, whole lots": {"award": "whole-lot", "terms": PLAIN},
    "coupled, whole lots": {"award": "whole-lot", "terms": TERMS},
    "uncoupled, split": {"award": "split", "terms": PLAIN},
    "coupled, split": {"award": "split", "terms": TERMS},
}

INFORMATIVE = {"seed", "seconds"}
"""Keys of a result that nothing follows from; `docs/reference/result.md` says so."""

BELIEVED_WHEN_SAMPLED = {"share_intervals", "least_core"}
"""What only the sampling itself could give again."""


def dearer(purchase: Purchase, by: float) -> Purchase:
    """The same purchase with every amount of money multiplied, so that a cent becomes a small part of it."""
    return replace(
        purchase,
        bids=tuple(replace(bid, prices=tuple(by * price for price in bid.prices)) for bid in purchase.bids),
        suppliers=tuple(
            replace(
                one,
                fixed=by * one.fixed,
                min_order=by * one.min_order,
                discounts=tuple((by * start, part) for start, part in one.discounts),
            )
            for one in purchase.suppliers
        ),
        demand_price=by * purchase.demand_price,
        per_unit=by * purchase.per_unit,
        per_lane=by * purchase.per_lane,
        co2_price=by * purchase.co2_price,
    )


def document(purchase: Purchase) -> dict:
    return json.loads(json.dumps(dump_result(clear(purchase), software="sprega 0")))


def numbers(value: object, path: tuple = ()) -> Iterator[tuple]:
    """The places of all numbers in a document."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from numbers(inner, (*path, key))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path


def unnoticed(result: dict) -> list[tuple]:
    """Places of a result, but for the purchase in it, where a change of one cent or one piece passes."""
    passed = []
    for path in [path for path in numbers(result) if path[0] not in {"purchase", *INFORMATIVE}]:
        inner = result
        for key in path[:-1]:
            inner = inner[key]
        value = inner[path[-1]]
        unit = 1 if isinstance(value, int) else 0.01
        for changed in (value + unit, value - unit):
            inner[path[-1]] = changed
            try:
                noticed = not recheck(load_result(result)).good
            except UnreadableError:
                noticed = True
            if not noticed:
                passed.append((*path, changed - value))
        inner[path[-1]] = value
    return passed


@pytest.fixture(params=CASES)
def purchase(request: pytest.FixtureRequest) -> Purchase:
    return random_purchase(4, members=3, items=2, suppliers=2, density=0.8, **CASES[request.param])


def test_a_changed_cent_is_found(purchase: Purchase) -> None:
    result = document(dearer(purchase, 3000))
    found = recheck(load_result(result))
    assert found.good, [str(finding.sentence) for finding in found.findings]
    passed = unnoticed(result)
    # other multipliers may prove the same bound, and it is the bound that was checked
    assert {path[:2] for path in passed} <= {("award", "certificate")}


@pytest.fixture
def as_if_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact, "COUPLED_PLAYERS", 0)
    monkeypatch.setattr(sampled, "EVALUATIONS", 12)
    monkeypatch.setattr(sampled, "_fewest", lambda count: min(4, 2**count - 1))


@pytest.mark.usefixtures("as_if_large")
def test_a_changed_cent_is_found_where_sampled() -> None:
    purchase = random_purchase(1, members=3, items=2, suppliers=2, density=0.8, terms=("tiers", "fixed"))
    result = document(purchase)
    assert result["mode"] == "sampled"
    assert recheck(load_result(result)).good
    passed = [
        path
        for path in unnoticed(result)
        if path[0] not in BELIEVED_WHEN_SAMPLED and path[:2] != ("award", "certificate")
    ]
    # a larger upper end says less, and is not wrong
    assert all(path[0] == "stability" and path[2:4] == ("worst_excess", 1) and path[4] > 0 for path in passed)


@pytest.mark.usefixtures("as_if_large")
@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("share_intervals",), {}),
        (("least_core",), None),
        (("least_core",), [1e9, 2e9]),
        (("least_core",), [2.0, 1.0]),
        (("stability", "shapley", "worst_coalition"), []),
        (("stability", "shapley", "worst_coalition"), ["M0", "M1", "M2", "M3"]),
        (("stability", "shapley", "worst_excess"), [-1e9, -1e8]),
        (("stability", "shapley", "worst_excess"), 1.0),
        (("stability", "shapley", "objecting"), 0),
        (("mode",), "exact"),
    ],
)
def test_what_cannot_be_where_sampled(place: tuple, value: object) -> None:
    purchase = random_purchase(
        1, members=4, items=2, suppliers=2, density=0.8, terms=("tiers", "fixed", "discounts")
    )
    result = document(purchase)
    inner = result
    for key in place[:-1]:
        inner = inner[key]
    assert inner[place[-1]] != value
    inner[place[-1]] = value
    assert not recheck(load_result(result)).good


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("proven",), False),
        (("award", "proven"), False),
        (("joining_pays",), False),
        (("rule",), "nucleolus"),
        (("mode",), "sampled"),
        (("stability", "equal-price", "worst_coalition"), ["M1"]),
        (("stability", "equal-price", "worst_coalition"), []),
        (("stability", "equal-price", "worst_coalition"), ["M0", "M1", "M2"]),
        (("stability", "equal-price", "worst_excess"), None),
        (("stability", "equal-price", "worst_excess"), [-1.0, 1.0]),
        (("stability", "equal-price", "objecting"), None),
        (("today", "M0"), None),
        (("award", "bound"), None),
    ],
)
def test_what_cannot_be(place: tuple, value: object) -> None:
    purchase = random_purchase(1, members=3, items=2, terms=("tiers", "lots"), rule="equal-price")
    result = document(purchase)
    assert result["joining_pays"]
    inner = result
    for key in place[:-1]:
        inner = inner[key]
    assert inner[place[-1]] != value
    inner[place[-1]] = value
    found = recheck(load_result(result))
    if place == (
        "proven",
    ):  # a result that claims less is not wrong, but what could not be rechecked is said
        assert found.good
        assert "time limit" in str(found.findings[0].sentence)
    else:
        assert not found.good


def test_an_amount_shifted_in_a_circle_is_found() -> None:
    """Rows and columns of the price list add up as before; it is only farther from the same price for all."""
    for seed in range(20):
        result = document(random_purchase(seed, members=3, items=3, density=1.0, terms=("tiers",)))
        entries = {(e["supplier"], e["member"]): e for e in result["price_list"]["invoices"]}
        sellers = sorted({supplier for supplier, _ in entries})
        circle = [(k, m) for k in sellers[:2] for m in ("M0", "M1")]
        if len(sellers) > 1 and all(place in entries for place in circle):
            break
    assert recheck(load_result(result)).good
    for place, change in zip(circle, (500, -500, -500, 500), strict=True):
        entries[place]["amount"] += change
    found = recheck(load_result(result))
    assert "The price list is not as near to the same price for all as it can be." in [
        str(finding.sentence) for finding in found.findings
    ]


def test_shares_of_a_pair_shifted_are_found() -> None:
    """What one pays more another pays less, so that all sums hold."""
    result = document(dearer(random_purchase(3, members=3, items=2, terms=PLAIN, rule="equal-price"), 3000))
    for rule in ("shapley", "nucleolus", "proportional"):
        spoilt = json.loads(json.dumps(result))
        spoilt["shares"][rule]["M0"] += 0.01
        spoilt["shares"][rule]["M1"] -= 0.01
        found = recheck(load_result(spoilt))
        assert not found.good, rule
        assert any(rule in str(finding.sentence) for finding in found.findings)


def test_purchases_of_every_kind_pass() -> None:
    for seed in range(16):
        award = ("whole-lot", "split")[seed % 2]
        terms = TERMS if seed % 4 < 2 else PLAIN
        by = (1, 1e-3, 1e5)[seed % 3]
        purchase = dearer(random_purchase(seed, members=1 + seed % 5, award=award, terms=terms), by)
        found = recheck(load_result(document(purchase)))
        assert found.good, (seed, [str(finding.sentence) for finding in found.findings])
        assert np.isfinite(found.certified_bound)
