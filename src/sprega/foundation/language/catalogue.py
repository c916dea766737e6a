# SPDX-License-Identifier: EUPL-1.2
"""The translation catalogues: compiled where they are fresh, else read from their source."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

LOCALE = Path(__file__).resolve().parents[2] / "locale"
DOMAIN = "sprega"


@cache
def translations(code: str) -> dict[str, str]:
    """Every sentence of a language by its English text; English needs none."""
    if code == "en":
        return {}
    folder = LOCALE / code / "LC_MESSAGES"
    source, compiled = folder / f"{DOMAIN}.po", folder / f"{DOMAIN}.mo"
    if compiled.exists() and (not source.exists() or compiled.stat().st_mtime >= source.stat().st_mtime):
        return _compiled(compiled)
    return _source(source)


def _compiled(path: Path) -> dict[str, str]:
    with path.open("rb") as stream:
        catalogue = vars(gettext.GNUTranslations(stream))["_catalog"]
    return {key: text for key, text in catalogue.items() if isinstance(key, str) and key and text}


def _source(path: Path) -> dict[str, str]:
    from babel.messages.pofile import read_po

    with path.open("rb") as stream:
        catalogue = read_po(stream)
    return {
        message.id: message.string
        for message in catalogue
        if isinstance(message.id, str) and message.id and message.string and not message.fuzzy
    }
