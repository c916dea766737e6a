# SPDX-License-Identifier: EUPL-1.2
"""`result.json`: what is dumped fits the schema and loads back; anything else is refused by a sentence."""

from __future__ import annotations

import copy
import dataclasses
import json
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sprega.engines.award.model import Change, Infeasibility
from sprega.engines.model import Sentence
from sprega.formats.result_json import (
    UnreadableError,
    dump_result,
    infeasible_summary,
    load_result,
    read_result,
    summary,
)

SCHEMA = json.loads(files("sprega.formats").joinpath("result.schema.json").read_text("utf-8"))


@pytest.fixture
def document(clearing):
    return json.loads(json.dumps(dump_result(clearing, software="sprega 0"), allow_nan=False))


def sampled(clearing):
    return dataclasses.replace(
        clearing,
        mode="sampled",
        coalition_cost=None,
        least_core=(-3.0, 2.0),
        nucleolus_is_nearest=True,
        proven=False,
        share_intervals={"shapley": (np.array([1.0, 2, 3]), np.array([2.0, 3, 4]))},
        stability={
            rule: dataclasses.replace(found, objecting=None, worst_excess=(-1.0, 2.0))
            for rule, found in clearing.stability.items()
        },
        award=dataclasses.replace(clearing.award, bound=float("-inf"), certificate=None),
    )


def undocumented(value, schema, path="result"):
    """Keys of a document that the schema does not describe."""
    for branch in schema.get("anyOf", []):
        if (branch.get("type") == "object" and isinstance(value, dict)) or (
            branch.get("type") == "array" and isinstance(value, list)
        ):
            schema = branch
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in schema.get("properties", {}):
                yield from undocumented(inner, schema["properties"][key], f"{path}.{key}")
            elif "additionalProperties" in schema:
                yield from undocumented(inner, schema["additionalProperties"], f"{path}.{key}")
            elif not path.endswith(".values"):
                yield f"{path}.{key}"
    elif isinstance(value, list):
        for inner in value:
            yield from undocumented(inner, schema["items"], f"{path}[]")


@pytest.mark.parametrize("mode", ["exact", "sampled"])
def test_fits_the_schema(clearing, mode):
    jsonschema = pytest.importorskip("jsonschema")
    document = dump_result(clearing if mode == "exact" else sampled(clearing), software="sprega 0")
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(document, allow_nan=False)))
    assert not list(undocumented(document, SCHEMA))


@pytest.mark.parametrize("mode", ["exact", "sampled"])
def test_round_trip(clearing, mode):
    document = dump_result(clearing if mode == "exact" else sampled(clearing), software="sprega 0")
    again = load_result(json.loads(json.dumps(document)))
    assert dump_result(again, software="sprega 0") == document
    assert again.purchase.bids == clearing.purchase.bids
    assert again.purchase.suppliers == clearing.purchase.suppliers
    np.testing.assert_array_equal(again.purchase.demand_price, clearing.purchase.demand_price)
    np.testing.assert_array_equal(again.award.delivered, clearing.award.delivered)
    np.testing.assert_array_equal(again.price_list.amount, clearing.price_list.amount)
    assert str(again.notes[0]) == "All 7 groups were solved."


def test_file(document, tmp_path):
    path = tmp_path / "result.json"
    path.write_text(json.dumps(document), "utf-8")
    assert read_result(path).rule == "equal-price"
    for content in (
        "",
        "{",
        "[" * 100_000,
        '{"schema": NaN}',
        "[]",
        "\udcff".encode("utf-8", "surrogatepass"),
    ):
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(UnreadableError) as caught:
            read_result(path)
        assert str(caught.value.sentence)
    with pytest.raises(UnreadableError):
        read_result(tmp_path / "none.json")


def places(value, path=()):
    """Every place of a document, deep ones too."""
    yield path
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, key))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_anything_malformed_is_refused_by_a_sentence_or_read(document, data):
    spoilt = copy.deepcopy(document)
    path = data.draw(st.sampled_from(list(places(spoilt))[1:]))
    inner = spoilt
    for key in path[:-1]:
        inner = inner[key]
    other = st.sampled_from([None, True, -1, 10**30, 1e400, "x", "", [], {}, [1], {"a": 1}, "{a.b}", "{:>9}"])
    if data.draw(st.booleans()):
        inner[path[-1]] = data.draw(other)
    else:
        del inner[path[-1]]
    try:
        load_result(spoilt)
    except UnreadableError as error:
        assert "result" in str(error.sentence)


def test_a_format_of_a_stranger_is_refused(document):
    document["notes"] = [{"text": "{count:>999999999}", "values": {"count": 1}}]
    with pytest.raises(UnreadableError, match="notes"):
        load_result(document)


def test_summary(clearing):
    found = summary(clearing)
    assert found["award"] == [
        {"lot": "P0", "supplier": "V0", "value": 410.0},
        {"lot": "bulk", "supplier": "V1", "value": 2458.0},
    ]
    fixed = clearing.award.fixed.sum()
    assert sum(entry["value"] for entry in found["award"]) + fixed == pytest.approx(found["cost"])
    assert set(found) >= {
        "award", "cost", "objective", "bound", "certified_bound", "gap", "stand_alone", "shares", "rule",
        "stability", "joining_pays", "price_list", "mode", "seconds", "share_intervals", "proven", "schema",
    }  # fmt: skip
    assert set(found["stand_alone"]) == {"M0", "M1", "M2"}
    assert set(found["shares"]) == {"equal-price", "shapley", "nucleolus", "proportional"}
    assert found["price_list"]["V0"] == {"M0": 280.1, "M1": 134.9, "M2": 25.0}
    assert found["stability"]["equal-price"] == {
        "objecting": 0,
        "worst_excess": -2.5,
        "worst_coalition": ["M0", "M2"],
    }
    assert found["today"] == {"M0": 2100.0, "M1": None, "M2": 240.0}
    assert found["saving"] == {
        "today": None,
        "alone": 3090.0,
        "together": 2898.0,
        "better_choice": None,
        "buying_together": 192.0,
    }
    json.dumps(found, allow_nan=False)
    json.dumps(summary(sampled(clearing)), allow_nan=False)


def test_infeasible_summary_in_the_reader_s_language():
    change = Change("Bids", "capacity", 80.0, 100.0, "t", "A", "I0")
    allow = Change("Purchase", "buy_up", "no", "yes")
    causes = [
        Infeasibility(
            "bulk", "lot", Sentence("Too little."), Sentence("Add {x}.", {"x": 3}), change, "capacity", allow
        ),
        Infeasibility("salt", "lot", Sentence("No bid."), Sentence("Ask."), cause="no_bid"),
    ]
    told = infeasible_summary(causes, say=lambda sentence: str(sentence).upper())["infeasible"]
    assert told[0] == {
        "where": "bulk",
        "kind": "lot",
        "cause": "capacity",
        "reason": "TOO LITTLE.",
        "mend": "ADD 3.",
        "change": {
            "sheet": "Bids",
            "supplier": "A",
            "item": "I0",
            "field": "capacity",
            "from": 80.0,
            "to": 100.0,
            "unit": "t",
        },
        "instead": {
            "sheet": "Purchase",
            "supplier": None,
            "item": None,
            "field": "buy_up",
            "from": "no",
            "to": "yes",
            "unit": "",
        },
        "alternative": False,
        "smallest": True,
    }
    assert (told[1]["cause"], told[1]["change"], told[1]["instead"]) == ("no_bid", None, None)
    json.dumps(told, allow_nan=False)
