# SPDX-License-Identifier: EUPL-1.2
"""The cluster's keys for checkpoints: public ones in the database, private ones among its secrets."""

from __future__ import annotations

from typing import NoReturn

from django.conf import settings

from sprega.engines.model import Sentence
from sprega.foundation.ledger.checkpoint import PrivateKey, PublicKey, new_key
from sprega.foundation.ledger.error import LedgerError
from sprega.foundation.ledger.models import Checkpoint, Key

FIRST = "ledger_key"
"""Name of the first private key among the cluster's secrets; later ones bear their id too."""


def origin() -> str:
    """The ledger's name, in its checkpoints and keys."""
    return f"sprega/{settings.CLUSTER.name}"


def signing_key() -> PrivateKey:
    """The private key that signs at present, made at the ledger's first use."""
    kept = Key.objects.order_by("-since").first()
    if kept is None:
        first = PrivateKey.read(settings.CLUSTER.secret(FIRST, lambda: new_key(origin()).secret))
        Key.objects.get_or_create(since=0, defaults={"text": str(first.public)})
        return first
    public = PublicKey.read(kept.text)
    name = FIRST if kept.since == 0 else secret_name(public)
    private = PrivateKey.read(settings.CLUSTER.secret(name, lambda: _missing(public)))
    if private.public != public:  # another machine's
        _missing(public)
    return private


def public_keys() -> list[PublicKey]:
    """The ledger's public keys, the first one first."""
    known = [PublicKey.read(text) for text in Key.objects.order_by("since").values_list("text", flat=True)]
    return known or [signing_key().public]


def handovers() -> list[str]:
    """The signed notes by which a key handed over to the next, the first one first."""
    sizes = Key.objects.filter(handed_over=True).values("since")
    return list(Checkpoint.objects.filter(size__in=sizes).order_by("size").values_list("note", flat=True))


def secret_name(public: PublicKey) -> str:
    """Under which name a later private key is kept."""
    return f"{FIRST}_{public.id.hex()}"


def _missing(public: PublicKey) -> NoReturn:
    raise LedgerError(
        Sentence(
            "The private key of the ledger, {key}, is not among this machine's secrets. Copy the cluster's "
            "secrets.json here, or see what to do about a lost key.",
            {"key": str(public)},
        )
    )
