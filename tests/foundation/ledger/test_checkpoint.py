# SPDX-License-Identifier: EUPL-1.2
"""Checkpoints: read by other tools, signed by several keys, and no byte of them can be changed."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sprega.foundation.ledger.checkpoint import (
    Checkpoint,
    PrivateKey,
    PublicKey,
    new_key,
    open_note,
    parse_note,
    read,
    sign,
    verify,
)
from sprega.foundation.ledger.error import LedgerError

ORIGIN = "clusters.example/ics"
KEY = PrivateKey(ORIGIN, bytes(range(32)))
POINT = Checkpoint(ORIGIN, 1042, bytes(range(1, 33)))
# The example of Go's sumdb/note, the first implementation of signed notes.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SAYING = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
SIGNED = (
    "\n\u2014 PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_the_published_note() -> None:
    key = PublicKey.read(PETER)
    assert open_note(SAYING + SIGNED, [key]) == SAYING
    assert str(key) == PETER
    with pytest.raises(LedgerError, match="wrong"):
        open_note(SAYING.replace("answer", "Answer") + SIGNED, [key])


def test_the_form() -> None:
    lines = sign(POINT, KEY).split("\n")
    assert lines[:4] == [ORIGIN, "1042", base64.b64encode(POINT.root).decode(), ""]
    assert lines[4].startswith(f"\u2014 {ORIGIN} ")
    assert len(base64.b64decode(lines[4].rpartition(" ")[2])) == 4 + 64
    assert lines[5:] == [""]


def test_keys_can_be_changed() -> None:
    old, new = new_key(ORIGIN), new_key(ORIGIN)
    for trusted in ([old.public], [new.public], [new.public, old.public]):
        assert verify(sign(POINT, old, new), trusted) == POINT
    with pytest.raises(LedgerError, match=r"No known key .*clusters\.example/ics\+"):
        verify(sign(POINT, old), [new.public])


def test_one_wrong_signature_spoils_a_note() -> None:
    """Also beside a right one: somebody's key does not do what it should."""
    first, second = new_key("first"), new_key("second")
    other = sign(Checkpoint(ORIGIN, 1, bytes(32)), second).partition("\n\n")[2]
    note = sign(POINT, first) + other
    assert verify(note, [first.public]) == POINT
    with pytest.raises(LedgerError, match=r"second\+"):
        verify(note, [first.public, second.public])


@given(data=st.data())
def test_any_changed_byte_is_noticed(data: st.DataObject) -> None:
    note = sign(POINT, KEY).encode()
    at = data.draw(st.integers(0, len(note) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != note[at]))
    try:
        changed = (note[:at] + bytes([other]) + note[at + 1 :]).decode()
    except UnicodeDecodeError:
        return
    with pytest.raises(LedgerError):
        verify(changed, [KEY.public])


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n\n",
        sign(POINT, KEY)[:-1],
        sign(POINT, KEY) + "\n",
        sign(POINT, KEY).replace("\n", "\r\n"),
        sign(POINT, KEY).replace("\u2014 ", "- "),
        sign(POINT, KEY).replace("\n\n", "\n"),
        "a\ud800\n" + sign(POINT, KEY),
        "a\n\n" + "\u2014 k AAAAAAA=\n" * 101,
        "a" * 100_000 + "\n\n\u2014 k AAAAAAA=\n",
    ],
)
def test_what_is_no_signed_note(note: str) -> None:
    with pytest.raises(LedgerError, match="no signed note"):
        verify(note, [KEY.public])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n",
        "a\n1\n",
        "a\n01\nAAAA\n",
        f"a\n01\n{base64.b64encode(bytes(32)).decode()}\n",
        f"a\n-1\n{base64.b64encode(bytes(32)).decode()}\n",
        f"a\n9999999999999999999\n{base64.b64encode(bytes(32)).decode()}\n",
        f"a\n\u0661\n{base64.b64encode(bytes(32)).decode()}\n",
        f"\n1\n{base64.b64encode(bytes(32)).decode()}\n",
        f"a\n1\n{base64.b64encode(bytes(31)).decode()}\n",
        f"a\n1\n{base64.b64encode(bytes(32)).decode()}",
        f"a\n1\n{base64.b64encode(bytes(32)).decode()}\n\n",
    ],
)
def test_what_is_no_checkpoint(text: str) -> None:
    with pytest.raises(LedgerError, match="no checkpoint"):
        read(text)


def test_further_lines_are_signed_too() -> None:
    text = POINT.text + "a witness's line\n"
    assert read(text) == POINT


def test_keys_as_text() -> None:
    key = new_key("клъстер.example/дневник")
    assert PrivateKey.read(key.secret) == key
    assert PublicKey.read(str(key.public)) == key.public
    assert key.secret.startswith("PRIVATE+KEY+")
    assert key.seed.hex() not in repr(key)
    assert base64.b64encode(key.seed).decode()[:20] not in repr(key)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a+b",
        "a+b+c",
        PETER.replace("c74f20a3", "c74f20a4"),
        PETER.replace("ARpc", "Arpc"),
        PETER[:-4],
        PETER.replace("Peter", "Peter "),
        "+c74f20a3+" + PETER.rpartition("+")[2],
        "\ud800" + PETER,
    ],
)
def test_what_is_no_key(text: str) -> None:
    with pytest.raises(LedgerError):
        PublicKey.read(text)
    with pytest.raises(LedgerError):
        PrivateKey.read(f"PRIVATE+KEY+{text}")
    with pytest.raises(LedgerError):
        PrivateKey.read(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u00a0b"])
def test_names_of_keys(name: str) -> None:
    with pytest.raises(LedgerError, match="name"):
        new_key(name)


def test_what_cannot_be_signed() -> None:
    for origin in ("", "a\nb"):
        with pytest.raises(LedgerError, match="name"):
            Checkpoint(origin, 0, bytes(32))
    for size, root in ((-1, bytes(32)), (1 << 63, bytes(32)), (1, bytes(31))):
        with pytest.raises(ValueError, match="root of 32 bytes"):
            Checkpoint(ORIGIN, size, root)
    with pytest.raises(ValueError, match="key"):
        sign(POINT)


def test_parsing_gives_every_signature() -> None:
    _, signatures = parse_note(sign(POINT, KEY, new_key("second")))
    assert [name for name, _, _ in signatures] == [ORIGIN, "second"]
