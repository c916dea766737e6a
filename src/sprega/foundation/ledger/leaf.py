# SPDX-License-Identifier: EUPL-1.2
"""A leaf of the ledger: an event as canonical bytes, and the salted commitment that stands in the tree.

The commitment tells nothing of the event: 32 random bytes are hashed with it, so not even a price that
could be guessed can be tried out. Erasing an event's payload and salt leaves a leaf that nobody can open.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, TypeAlias

from sprega.engines.model import Sentence
from sprega.foundation.ledger.error import LedgerError

Json: TypeAlias = bool | int | str | list["Json"] | tuple["Json", ...] | Mapping[str, "Json"] | None

SALT_BYTES = 32
LARGEST_PAYLOAD = 1 << 16
"""Bytes of an event. A ledger records that something happened; documents lie elsewhere, by their hash."""
DEEPEST = 16
LARGEST_INTEGER = (1 << 53) - 1
"""What every reader of JSON reads exactly (RFC 7493)."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """What happened.

    Attributes
    ----------
    kind : str
        Room and verb, such as `buying.demand_stated`.
    at : datetime
        When, with a zone; kept in UTC to the microsecond.
    person, organisation, service : str or None
        Who did it: a person acting for an organisation, or a service identity. Identifiers, not names.
    subject : str or None
        The organisation whose data it is about.
    object : str or None
        What it was done to.
    facts : mapping
        Anything else: text, whole numbers, true, false, null, lists and mappings of these. Amounts are
        written as text ("1085.78"), never as floats.

    Examples
    --------
    >>> at = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    >>> Event(kind="buying.demand_read", at=at, person="17", subject="4").payload().decode()
    '{"at":"2026-11-24T10:00:00.000000Z","facts":{},"kind":"buying.demand_read",...,"subject":"4"}'
    """

    kind: str
    at: datetime
    person: str | None = None
    organisation: str | None = None
    service: str | None = None
    subject: str | None = None
    object: str | None = None
    facts: Mapping[str, Json] = field(default_factory=dict)

    def payload(self) -> bytes:
        """The event as canonical JSON, which is what gets committed to: store these very bytes."""
        if not self.kind:
            raise LedgerError(Sentence("An event needs its kind."))
        return canonical(
            {
                "kind": self.kind,
                "at": instant(self.at),
                "person": self.person,
                "organisation": self.organisation,
                "service": self.service,
                "subject": self.subject,
                "object": self.object,
                "facts": self.facts,
            }
        )


def instant(at: datetime) -> str:
    """A moment in UTC to the microsecond, always of the same length.

    Examples
    --------
    >>> instant(datetime.fromisoformat("2026-11-24T12:00:00+02:00"))
    '2026-11-24T10:00:00.000000Z'
    """
    if at.tzinfo is None:
        raise LedgerError(Sentence("An event's time needs a zone; store it in UTC."))
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def canonical(value: Json, largest: int = LARGEST_PAYLOAD) -> bytes:
    """Write a value as the one JSON text that it has.

    Parameters
    ----------
    value : JSON value
        Null, true, false, whole numbers to 2**53 - 1, text, lists, mappings with text keys.
    largest : int
        Bytes at most.

    Returns
    -------
    bytes
        UTF-8, keys sorted by UTF-16 units, no whitespace, nothing escaped that need not be.

    Raises
    ------
    LedgerError
        The value has no canonical text that everybody reads alike.

    Notes
    -----
    RFC 8785 (Rundgren, Jordan, Erdtman 2020) without its numbers with a fraction: programs differ in how
    they print a float, 1.10 and 1.1 are one float but two amounts on an invoice, and NaN is no JSON. So
    figures are whole numbers (cents) or text.

    Examples
    --------
    >>> canonical({"price": "1085.78", "items": [1, True, None]}).decode()
    '{"items":[1,true,null],"price":"1085.78"}'
    >>> canonical({"price": 1085.78})
    Traceback (most recent call last):
    sprega.foundation.ledger.error.LedgerError: An event holds a number with a fraction. ...
    """
    try:
        text = _DUMP(_ordered(value, DEEPEST)).encode()
    except UnicodeEncodeError as error:
        raise LedgerError(
            Sentence("An event holds text that is no valid Unicode. Clean it before it is recorded.")
        ) from error
    if len(text) > largest:
        raise LedgerError(
            Sentence(
                "An event of {size} bytes is too large: at most {largest}. Record a hash instead of the "
                "document.",
                {"size": len(text), "largest": largest},
            )
        )
    return text


def new_salt() -> bytes:
    """32 random bytes: for one event only, kept beside its payload, erased with it."""
    return secrets.token_bytes(SALT_BYTES)


def commitment(salt: bytes, payload: bytes) -> bytes:
    """The commitment to an event: SHA-256(salt || payload).

    Parameters
    ----------
    salt : bytes
        Of `new_salt`; its fixed length keeps salt and payload apart.
    payload : bytes
        Of `Event.payload`.

    Returns
    -------
    bytes
        32 bytes, the leaf of the tree.

    Examples
    --------
    >>> commitment(bytes(32), b"{}").hex()[:16]
    'fb1634c4e6cd4b1f'
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"A salt has {SALT_BYTES} bytes, not {len(salt)}.")
    return sha256(salt + payload).digest()


def _ordered(value: Any, depth: int) -> Any:
    """The value with its keys in order, once everything in it is known to be allowed."""
    if isinstance(value, str):
        if "\x00" in value:
            raise LedgerError(
                Sentence("An event holds text with a zero character, which no database can keep.")
            )
        return value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise LedgerError(
                Sentence("An event holds a whole number too large for other programs. Write it as text.")
            )
        return int(value)
    if isinstance(value, float):
        raise LedgerError(
            Sentence(
                "An event holds a number with a fraction. Programs print such numbers differently: "
                "write it as text, or in whole cents."
            )
        )
    if not depth:
        raise LedgerError(Sentence("An event is nested too deeply. Make its facts flatter."))
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise LedgerError(Sentence("An event has a key that is no text."))
        keys = sorted(value) if "".join(value).isascii() else sorted(value, key=_utf16)
        return {_ordered(key, depth): _ordered(value[key], depth - 1) for key in keys}
    if isinstance(value, list | tuple):
        return [_ordered(entry, depth - 1) for entry in value]
    raise LedgerError(
        Sentence(
            "An event holds a value of the type {type}. Write it as text, a whole number, a list or "
            "a mapping.",
            {"type": type(value).__name__},
        )
    )


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be")


_DUMP = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
