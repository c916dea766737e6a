# SPDX-License-Identifier: EUPL-1.2
"""Events have one text each, which every JSON reader reads alike; commitments hide them and bind them."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sprega.foundation.ledger.error import LedgerError
from sprega.foundation.ledger.leaf import (
    DEEPEST,
    LARGEST_INTEGER,
    LARGEST_PAYLOAD,
    Event,
    canonical,
    commitment,
    instant,
    new_salt,
)

TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
WHOLE = st.integers(-LARGEST_INTEGER, LARGEST_INTEGER)
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=12,
)


def test_an_event_is_written_whole() -> None:
    at = datetime(2026, 11, 24, 12, 0, 0, 5, tzinfo=timezone(timedelta(hours=2)))
    event = Event(kind="buying.price_stated", at=at, person="17", facts={"price": "1085.78", "Име": "вар"})
    assert event.payload().decode() == (
        '{"at":"2026-11-24T10:00:00.000005Z","facts":{"price":"1085.78","Име":"вар"},'
        '"kind":"buying.price_stated","object":null,"organisation":null,"person":"17",'
        '"service":null,"subject":null}'
    )


def test_what_is_no_event() -> None:
    with pytest.raises(LedgerError, match="kind"):
        Event(kind="", at=datetime.now(UTC)).payload()
    with pytest.raises(LedgerError, match="zone"):
        Event(kind="a", at=datetime(2026, 11, 24)).payload()  # noqa: DTZ001


def test_moments_are_of_one_length() -> None:
    moments = [datetime(1, 1, 1, tzinfo=UTC), datetime.now(UTC), datetime.max.replace(tzinfo=UTC)]
    assert {len(instant(moment)) for moment in moments} == {27}


def test_the_published_example_of_sorting() -> None:
    """RFC 8785, section 3.2.3: keys are sorted by UTF-16 units, not by code points."""
    value = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    order = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert list(json.loads(canonical(value))) == order


def test_the_published_example_of_escaping() -> None:
    """RFC 8785, section 3.2.2.2."""
    written = canonical('\u20ac$\u000f\nA\'B"\\\\"/\x7f')
    assert written.decode() == '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/\x7f"'


@given(value=VALUES)
def test_a_value_has_one_text(value: object) -> None:
    text = canonical(value)
    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text


@given(value=st.dictionaries(TEXT, WHOLE, min_size=2))
def test_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    assert canonical(dict(reversed(value.items()))) == canonical(value)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1.5, "fraction"),
        (1.0, "fraction"),
        (math.nan, "fraction"),
        (math.inf, "fraction"),
        (LARGEST_INTEGER + 1, "too large for other programs"),
        (Decimal("1.10"), "Decimal"),
        (b"bytes", "bytes"),
        ({1}, "set"),
        ({1: "a"}, "key"),
        ("a\x00b", "zero character"),
        ({"a\x00b": 1}, "zero character"),
        ("\ud800", "Unicode"),
        ({"\ud800": 1}, "Unicode"),
        ("a" * LARGEST_PAYLOAD, "too large"),
    ],
)
def test_what_cannot_be_recorded(value: object, said: str) -> None:
    for holder in (value, [value], {"fact": value}):
        with pytest.raises(LedgerError, match=said):
            canonical(holder)


def test_nesting_ends() -> None:
    value: object = "a"
    for _ in range(DEEPEST):
        value = [value]
    canonical(value)
    with pytest.raises(LedgerError, match="deeply"):
        canonical([value])


def test_commitments_hide_and_bind() -> None:
    salts = {new_salt() for _ in range(100)}
    assert len(salts) == 100
    assert {len(salt) for salt in salts} == {32}
    assert len({commitment(salt, b'{"price":"10"}') for salt in salts}) == 100
    salt = salts.pop()
    assert commitment(salt, b'{"price":"10"}') != commitment(salt, b'{"price":"11"}')
    with pytest.raises(ValueError, match="32"):
        commitment(salt[:-1], salt[-1:] + b"{}")
