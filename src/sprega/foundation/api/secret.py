# SPDX-License-Identifier: EUPL-1.2
"""What a program sends: `sprega_`, the token's number, and a random secret of 256 bits.

The prefix lets scanners of leaked secrets find one. The number finds the row, so that the secret itself is
compared in constant time and never searched for.
"""

from __future__ import annotations

import re
import secrets
from hashlib import sha256
from hmac import compare_digest
from uuid import UUID

PREFIX = "sprega_"
FORM = re.compile(PREFIX + r"([0-9a-f]{32})_([A-Za-z0-9_-]{43})")


def new_secret() -> str:
    """A random secret of 256 bits."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """What is kept of it. It is random throughout, so no slow hash is needed."""
    return sha256(secret.encode()).hexdigest()


def written(number: UUID, secret: str) -> str:
    """The token as its person copies it.

    >>> written(UUID(int=7), "x" * 43)
    'sprega_00000000000000000000000000000007_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'
    """
    return f"{PREFIX}{number.hex}_{secret}"


def parts(text: str) -> tuple[UUID, str] | None:
    """Number and secret of a token, or none if this is not one."""
    found = FORM.fullmatch(text)
    return (UUID(hex=found[1]), found[2]) if found else None


def fits(secret: str, kept: str) -> bool:
    """Whether the secret is the one whose hash is kept, in a time that tells nothing."""
    return compare_digest(hash_of(secret), kept)
