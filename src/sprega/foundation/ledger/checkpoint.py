# SPDX-License-Identifier: EUPL-1.2
"""Signed checkpoints: what the ledger's tree was at one size, in a text that any witness can keep.

The form is C2SP's `tlog-checkpoint` in a `signed-note` with Ed25519 keys, so that tools of other
transparency logs read it too:

    clusters.example/ics
    1042
    base64 of the root

    (em dash) clusters.example/ics base64 of key id and signature

A checkpoint at which the ledger changes its key has a fourth line, `next-key name+id+base64`, and is signed
by both keys: by the old one, which so hands over, and by the new one, which so shows that somebody holds it.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from sprega.engines.model import Sentence
from sprega.foundation.ledger.error import LedgerError
from sprega.foundation.ledger.tree import HASH_BYTES

ED25519 = b"\x01"
KEY_BYTES = 32
ID_BYTES = 4
SIGNATURE_BYTES = 64
MOST_SIGNATURES = 100
LARGEST_NOTE = 1 << 15
SECRET_PREFIX = "PRIVATE+KEY+"  # noqa: S105 - the form's own words
DASH = "\u2014 "
NEXT_KEY = "next-key "
SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True)
class PublicKey:
    """Whose signature a checkpoint bears: a name and 32 bytes of Ed25519.

    Its text, `name+id+key`, is what an office publishes and an auditor keeps.

    Examples
    --------
    >>> key = PublicKey.read("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    >>> key.name, key.id.hex()
    ('PeterNeumann', 'c74f20a3')
    """

    name: str
    key: bytes

    def __post_init__(self) -> None:
        _require_name(self.name)
        if len(self.key) != KEY_BYTES:
            raise ValueError(f"An Ed25519 key has {KEY_BYTES} bytes, not {len(self.key)}.")

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature names its key."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.key).digest()[:ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_base64(ED25519 + self.key)}"

    @classmethod
    def read(cls, text: str) -> PublicKey:
        """Read the text form, whose id must fit."""
        parts = text.strip().split("+", 2)
        if len(parts) == 3:
            key = _unbase64(parts[2])
            if key is not None and len(key) == KEY_BYTES + 1 and key[:1] == ED25519:
                found = cls(parts[0], key[1:])
                if found.id.hex() == parts[1]:
                    return found
        raise LedgerError(
            Sentence("This is no public key of a ledger. It looks like name+8 hexadecimal digits+base64.")
        )


@dataclass(frozen=True)
class PrivateKey:
    """A key that signs checkpoints. Its representation does not show it; its `secret` does."""

    name: str
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        _require_name(self.name)
        if len(self.seed) != KEY_BYTES:
            raise ValueError(f"An Ed25519 seed has {KEY_BYTES} bytes, not {len(self.seed)}.")

    @property
    def public(self) -> PublicKey:
        """The key that others verify with."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return PublicKey(
            self.name, Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        )

    @property
    def secret(self) -> str:
        """The text to keep where the server's other secrets lie, and nowhere else."""
        return f"{SECRET_PREFIX}{self.name}+{self.public.id.hex()}+{_base64(ED25519 + self.seed)}"

    @classmethod
    def read(cls, secret: str) -> PrivateKey:
        """Read the text of `secret`, whose id must fit."""
        parts = secret.strip().removeprefix(SECRET_PREFIX).split("+", 2)
        if secret.startswith(SECRET_PREFIX) and len(parts) == 3:
            seed = _unbase64(parts[2])
            if seed is not None and len(seed) == KEY_BYTES + 1 and seed[:1] == ED25519:
                found = cls(parts[0], seed[1:])
                if found.public.id.hex() == parts[1]:
                    return found
        raise LedgerError(Sentence("This is no private key of a ledger."))

    def sign(self, message: bytes) -> bytes:
        """64 bytes of Ed25519; the same message always has the same signature."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)


@dataclass(frozen=True)
class Checkpoint:
    """What the tree of a ledger was at one size.

    Attributes
    ----------
    origin : str
        The ledger's own name, unique in the world: the cluster's address and a path.
    size : int
        Leaves.
    root : bytes
        32 bytes.
    next_key : PublicKey, optional
        The key that signs all later checkpoints, where this one hands over.
    """

    origin: str
    size: int
    root: bytes
    next_key: PublicKey | None = None

    def __post_init__(self) -> None:
        if not self.origin or not self.origin.isprintable():
            raise LedgerError(Sentence("A ledger's name is one line of printable text."))
        if not 0 <= self.size < 1 << 63 or len(self.root) != HASH_BYTES:
            raise ValueError("A checkpoint has a size from 0 and a root of 32 bytes.")

    @property
    def text(self) -> str:
        """The lines that are signed."""
        handing_over = "" if self.next_key is None else f"{NEXT_KEY}{self.next_key}\n"
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n{handing_over}"


def new_key(name: str) -> PrivateKey:
    """Make a key for signing checkpoints.

    Parameters
    ----------
    name : str
        By custom the ledger's origin; without spaces and plus signs.

    Returns
    -------
    PrivateKey
        To replace a key, let a checkpoint hand over to the new one (`Checkpoint.next_key`).

    Examples
    --------
    >>> new_key("clusters.example/ics")
    PrivateKey(name='clusters.example/ics')
    """
    return PrivateKey(name, secrets.token_bytes(KEY_BYTES))


def sign(checkpoint: Checkpoint, *keys: PrivateKey) -> str:
    """Sign a checkpoint.

    Parameters
    ----------
    checkpoint : Checkpoint
        What to vouch for.
    *keys : PrivateKey
        One, or several while keys are being changed.

    Returns
    -------
    str
        The signed note, to be stored and published as it is.

    Examples
    --------
    >>> key = new_key("clusters.example/ics")
    >>> note = sign(Checkpoint("clusters.example/ics", 2, bytes(32)), key)
    >>> verify(note, [key.public]).size
    2
    """
    if not keys:
        raise ValueError("A checkpoint needs a key to be signed with.")
    text = checkpoint.text
    lines = (f"{DASH}{key.name} {_base64(key.public.id + key.sign(text.encode()))}\n" for key in keys)
    return f"{text}\n{''.join(lines)}"


def verify(note: str, keys: Iterable[PublicKey]) -> Checkpoint:
    """Read a signed checkpoint, if one of these keys signed it.

    Parameters
    ----------
    note : str
        The signed note, unchanged to the last line break.
    keys : iterable of PublicKey
        Those trusted: the present one and earlier ones. Signatures of other keys are passed over.

    Returns
    -------
    Checkpoint
        What was signed.

    Raises
    ------
    LedgerError
        It is no checkpoint, no trusted key signed it, or a signature of a trusted key is wrong.

    Notes
    -----
    C2SP `signed-note` and `tlog-checkpoint` (c2sp.org). Further lines under the root are part of what is
    signed; `next-key` is one, others are allowed and not interpreted.

    Examples
    --------
    >>> key, other = new_key("clusters.example/ics"), new_key("clusters.example/ics")
    >>> note = sign(Checkpoint("clusters.example/ics", 2, bytes(32)), key)
    >>> verify(note.replace("\\n2\\n", "\\n3\\n"), [other.public, key.public])
    Traceback (most recent call last):
    sprega.foundation.ledger.error.LedgerError: The signature of clusters.example/ics+... is wrong.
    """
    return read(open_note(note, keys))


def read(text: str) -> Checkpoint:
    """Read the signed text of a checkpoint, without looking at signatures: trust it only from `open_note`."""
    lines = text.split("\n")
    if len(lines) >= 4 and not lines[-1] and all(lines[:-1]) and SIZE.fullmatch(lines[1]):
        root = _unbase64(lines[2])
        if int(lines[1]) < 1 << 63 and root is not None and len(root) == HASH_BYTES:
            named = [line.removeprefix(NEXT_KEY) for line in lines[3:-1] if line.startswith(NEXT_KEY)]
            if len(named) > 1:
                raise LedgerError(Sentence("This checkpoint hands over to several keys."))
            return Checkpoint(lines[0], int(lines[1]), root, PublicKey.read(named[0]) if named else None)
    raise LedgerError(
        Sentence("This is no checkpoint: its first lines should be the ledger's name, a size and a root.")
    )


def open_note(note: str, keys: Iterable[PublicKey]) -> str:
    """Give the text of a signed note once a trusted key's signature on it is found good."""
    text, signatures = parse_note(note)
    trusted = {(key.name, key.id): key for key in keys}
    good = False
    for name, ident, signature in signatures:
        key = trusted.get((name, ident))
        if key is None:
            continue
        if not _signed(text.encode(), signature, key):
            raise LedgerError(Sentence("The signature of {key} is wrong.", {"key": f"{name}+{ident.hex()}"}))
        good = True
    if not good:
        raise LedgerError(
            Sentence(
                "No known key has signed this checkpoint; it names: {keys}.",
                {"keys": [f"{name}+{ident.hex()}" for name, ident, _ in signatures]},
            )
        )
    return text


def follow(note: str, keys: Sequence[PublicKey]) -> tuple[Checkpoint, tuple[PublicKey, ...]]:
    """Verify a checkpoint, and say which keys are trusted after it.

    Parameters
    ----------
    note, keys
        As for `verify`.

    Returns
    -------
    tuple of Checkpoint and keys
        The same keys; or, where the checkpoint hands over, the next key instead of those that signed it.

    Raises
    ------
    LedgerError
        As for `verify`; or it hands over to a key that has not signed it too.

    Examples
    --------
    >>> old, new = new_key("clusters.example/ics"), new_key("clusters.example/ics")
    >>> note = sign(Checkpoint("clusters.example/ics", 2, bytes(32), new.public), old, new)
    >>> follow(note, [old.public])[1] == (new.public,)
    True
    """
    found = verify(note, keys)
    if found.next_key is None:
        return found, tuple(keys)
    try:
        verify(note, [found.next_key])
    except LedgerError as error:
        raise LedgerError(
            Sentence(
                "The key that follows has not signed this checkpoint itself, so perhaps nobody holds it."
            )
        ) from error
    signers = {(name, ident) for name, ident, _ in parse_note(note)[1]}
    staying = tuple(key for key in keys if (key.name, key.id) not in signers)
    return found, (*staying, found.next_key)


def parse_note(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """Take a signed note apart: its text, and name, key id and signature of each line below."""
    malformed = LedgerError(
        Sentence("This is no signed note: text, an empty line, then one line for each signature.")
    )
    if len(note) > LARGEST_NOTE or any(map(_is_foreign, note)):
        raise malformed
    body, parting, below = note.rpartition("\n\n")
    lines = below.split("\n")
    if not parting or not body or lines.pop() != "" or not 0 < len(lines) <= MOST_SIGNATURES:
        raise malformed
    signatures = []
    for line in lines:
        name, _, coded = line.removeprefix(DASH).partition(" ")
        blob = _unbase64(coded)
        if not line.startswith(DASH) or not _is_name(name) or blob is None or len(blob) <= ID_BYTES:
            raise malformed
        signatures.append((name, blob[:ID_BYTES], blob[ID_BYTES:]))
    return f"{body}\n", signatures


def _signed(message: bytes, signature: bytes, key: PublicKey) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if len(signature) != SIGNATURE_BYTES:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key.key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _is_foreign(letter: str) -> bool:
    """Control characters and halves of UTF-16 pairs, which no note holds."""
    return (letter < " " and letter != "\n") or "\ud800" <= letter <= "\udfff"


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and name.isprintable() and not any(map(str.isspace, name))


def _require_name(name: str) -> None:
    if not _is_name(name):
        raise LedgerError(
            Sentence("A key's name is text without spaces and plus signs, such as clusters.example/ics.")
        )


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _unbase64(text: str) -> bytes | None:
    """What a text stands for, if it is the one base64 text of it."""
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return value if _base64(value) == text else None
