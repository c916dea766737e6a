# SPDX-License-Identifier: EUPL-1.2
"""Codes of members, sites, items and suppliers: how they are read, and which one was probably meant."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field

from sprega.engines.model import Sentence

LONGEST_CODE = 64
MOST_GUESSED = 200
"""Unknown codes of a sheet that are guessed, each once; guessing more would only take time."""

# Comparing every pair of a long list would take minutes; beyond this only exact look-alikes are found.
MOST_COMPARED = 2000

# Cyrillic letters that look like a Latin one, as on a keyboard that was left in the other layout.
LOOK_ALIKES = str.maketrans("АВЕЅЗІЈКМНОРСТУХаеорсухѕіјк", "ABES3IJKMHOPCTYXaeopcyxsijk")


def tidy(text: str) -> str:
    """Text as people see it: one kind of space, none at the ends, no invisible marks, composed letters.

    Examples
    --------
    >>> tidy("  P\\u200b01\\u00a0 ")
    'P01'
    """
    seen = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFC", " ".join(seen.split()))


def code_text(value: object) -> str | None:
    """A cell's value as a code; None when it cannot be one (a date, a logical value, a fraction).

    Examples
    --------
    >>> code_text(101.0), code_text(" A-7 "), code_text(1.5)
    ('101', 'A-7', None)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else None
    return tidy(value) if isinstance(value, str) else None


def likeness(code: str) -> str:
    """What stays of a code when case, leading zeros and the two alphabets are not told apart.

    Examples
    --------
    >>> likeness("Р01") == likeness("p01") == "p01"
    True
    """
    return code.translate(LOOK_ALIKES).casefold().lstrip("0")


def meant(code: str, known: Collection[str]) -> str | None:
    """The known code that an unknown one was probably meant to be.

    Examples
    --------
    >>> meant("P0l", ["P01", "Q7"]), meant("Z", ["P01", "Q7"])
    ('P01', None)
    """
    for same in (_latin, str.casefold, likeness):
        for choice in known:
            if same(choice) == same(code):
                return choice
    near = difflib.get_close_matches(code, known, n=1) if len(known) <= MOST_COMPARED else []
    return near[0] if near else None


def _latin(code: str) -> str:
    return code.translate(LOOK_ALIKES)


def suggestion(code: str, choice: str | None, sheet: str) -> Sentence:
    """What to write instead of an unknown code, whose sheet may have one that was probably meant.

    Examples
    --------
    >>> str(suggestion("p01", "P01", "Items"))
    'Write P01: capital and small letters differ.'
    """
    values: dict[str, object] = {"value": code, "sheet": sheet, "code": choice}
    if choice is None:
        return Sentence("Use a code of the sheet {sheet}, or add {value} there.", values)
    if _latin(choice) == _latin(code):
        return Sentence("Write {code}: Cyrillic and Latin letters that look alike are mixed up here.", values)
    if choice.casefold() == code.casefold():
        return Sentence("Write {code}: capital and small letters differ.", values)
    if likeness(choice) == likeness(code):
        return Sentence("Write {code}, letter by letter as in the sheet {sheet}.", values)
    return Sentence("Did you mean {code}? Otherwise add {value} to the sheet {sheet}.", values)


@dataclass
class Register:
    """The codes of one sheet: their numbers in order, and the rows where they stand.

    `complete` is False when the sheet or its column is missing: then no code can be called unknown.
    """

    sheet: str
    complete: bool = True
    number: dict[str, int] = field(default_factory=dict)
    row: dict[str, int] = field(default_factory=dict)
    guessed: dict[str, str | None] = field(default_factory=dict)

    def meant(self, code: str) -> str | None:
        """The code that was probably meant by one that is not known."""
        if code not in self.guessed:
            self.guessed[code] = meant(code, self.number) if len(self.guessed) < MOST_GUESSED else None
        return self.guessed[code]

    def guess(self, code: str | None) -> int | None:
        """The number of a code, or of the one that was probably meant."""
        if code is None:
            return None
        near = code if code in self.number else self.meant(code)
        return None if near is None else self.number[near]

    def add(self, code: str, row: int) -> bool:
        """Enter a code; False when it stands in an earlier row."""
        if code in self.number:
            return False
        self.number[code] = len(self.number)
        self.row[code] = row
        return True
