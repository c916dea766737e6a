# SPDX-License-Identifier: EUPL-1.2
"""Render a Typst template with data. The data are only ever values: nothing in them is read as markup."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import typst

ROOT = Path(__file__).resolve().parents[2]
"""Templates import each other from here: `/foundation/documents/templates/house.typ`."""

STANDARDS = ("a-2b", "ua-1")
FONT_PACKAGES = ("fontpkg_fira_sans",)

UNKNOWN = "□"
"""Stands for a character that none of our fonts has (PDF/A allows no missing glyph)."""

COVERED = (
    (0x20, 0x24F),
    (0x370, 0x4FF),
    (0x2010, 0x2027),
    (0x202F, 0x203A),
    (0x20A0, 0x20C0),
    (0x2116, 0x2117),
    (0x2190, 0x2199),
    (0x2200, 0x227F),
    (0x25A0, 0x25FF),
)


def render(
    template: Path,
    data: dict[str, Any],
    *,
    standard: Sequence[str] = STANDARDS,
    root: Path = ROOT,
    timestamp: int | None = None,
) -> bytes:
    """Return the PDF of a template; it finds `data` in `sys.inputs.data` as JSON text."""
    return _compiler().compile(
        template,
        root=root,
        format="pdf",
        sys_inputs={"data": json.dumps(_printable_data(data), ensure_ascii=False)},
        pdf_standards=list(standard),
        timestamp=timestamp,
    )


def printable(text: str) -> str:
    """Text that our fonts can print: unknown characters become a square, invisible ones go."""
    if text.isascii() and text.isprintable():
        return text
    kept = []
    for character in unicodedata.normalize("NFC", text):
        if character == "\n":
            kept.append(character)
        elif unicodedata.category(character) not in {"Cc", "Cf", "Mn"}:
            known = any(low <= ord(character) <= high for low, high in COVERED)
            kept.append(character if known else UNKNOWN)
    return "".join(kept)


def font_folders() -> list[Path]:
    """Folders of the font packages that are installed; Typst brings the fallback fonts itself."""
    specs = (find_spec(name) for name in FONT_PACKAGES)
    return [Path(spec.origin).parent / "files" for spec in specs if spec and spec.origin]


@cache
def _compiler() -> typst.Compiler:
    import typst

    folders = [str(folder) for folder in font_folders()]
    return typst.Compiler(font_paths=folders, ignore_system_fonts=True)


def _printable_data(value: Any) -> Any:
    """The same data with every text printable, drawings (SVG) among them."""
    match value:
        case str():
            return printable(value)
        case dict():
            return {key: _printable_data(one) for key, one in value.items()}
        case list() | tuple():
            return [_printable_data(one) for one in value]
    return value
