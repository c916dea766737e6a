# SPDX-License-Identifier: EUPL-1.2
"""Keeping the index of public texts, in the transaction that makes something public or takes it back."""

from __future__ import annotations

from sprega.foundation.access.identity import Actor
from sprega.foundation.access.services import acting_as
from sprega.foundation.search.models import PublicText
from sprega.foundation.search.services import PUBLISHER


def publish(
    *,
    actor: Actor,
    kind: str,
    key: object,
    title: str,
    url: str,
    title_bg: str = "",
    text: str = "",
    text_bg: str = "",
) -> None:
    """Let everybody find something, or find it as it now reads; all of it must be public.

    Parameters
    ----------
    kind : str
        The table it comes from: `notes.note`.
    key : object
        Its key there.
    title, text : str
        Its words, in English or whatever they were written in.
    title_bg, text_bg : str, optional
        The same in Bulgarian, where there are two.
    url : str
        Where it leads, a path of ours.
    """
    with acting_as(PUBLISHER, actor=actor):
        PublicText.objects.update_or_create(
            kind=kind,
            key=str(key),
            defaults={"title": title, "title_bg": title_bg, "text": text, "text_bg": text_bg, "url": url},
        )


def withdraw(*, actor: Actor, kind: str, key: object) -> None:
    """Let nobody find it any more through the index of public texts."""
    with acting_as(PUBLISHER, actor=actor):
        PublicText.objects.filter(kind=kind, key=str(key)).delete()
