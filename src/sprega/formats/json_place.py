# SPDX-License-Identifier: EUPL-1.2
"""Read a JSON document from anybody: each value with its place, so that a refusal can name it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sprega.engines.model import Sentence


class UnreadableError(ValueError):
    """A document that is not what it should be; the sentence names the place."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


@dataclass(frozen=True)
class Place:
    """A value of a document and the path that leads to it."""

    value: Any
    path: str = "result"

    def refuse(self, sentence: Sentence) -> UnreadableError:
        """The error that says what should stand here; the sentence's `{place}` becomes the path."""
        return UnreadableError(replace(sentence, values={"place": self.path, **sentence.values}))

    def __getitem__(self, key: str) -> Place:
        if not isinstance(self.value, dict):
            raise self.refuse(Sentence("In the result, {place} should be an object."))
        if key not in self.value:
            raise Place(None, f"{self.path}.{key}").refuse(Sentence("In the result, {place} is missing."))
        return Place(self.value[key], f"{self.path}.{key}")

    @property
    def empty(self) -> bool:
        """Whether null stands here."""
        return self.value is None

    def entries(self) -> Iterator[Place]:
        """The entries of a list."""
        if not isinstance(self.value, list):
            raise self.refuse(Sentence("In the result, {place} should be a list."))
        for at, value in enumerate(self.value):
            yield Place(value, f"{self.path}[{at}]")

    def members(self) -> Iterator[tuple[str, Place]]:
        """The keys and values of an object."""
        if not isinstance(self.value, dict):
            raise self.refuse(Sentence("In the result, {place} should be an object."))
        for key, value in self.value.items():
            yield str(key), Place(value, f"{self.path}.{key}")

    def text(self) -> str:
        """A text."""
        if not isinstance(self.value, str):
            raise self.refuse(Sentence("In the result, {place} should be a text."))
        return self.value

    def flag(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            raise self.refuse(Sentence("In the result, {place} should be true or false."))
        return self.value

    def number(self, absent: float | None = None) -> float:
        """A finite number; null means `absent` where that is given."""
        if self.value is None and absent is not None:
            return absent
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self.refuse(Sentence("In the result, {place} should be a number."))
        if isinstance(self.value, int) and abs(self.value) > 1 << 62:
            raise self.refuse(Sentence("In the result, {place} should be a smaller number."))
        if not math.isfinite(self.value):
            raise self.refuse(Sentence("In the result, {place} should be a finite number."))
        return float(self.value)

    def whole(self) -> int:
        """A whole number that fits 64 bits."""
        if isinstance(self.value, bool) or not isinstance(self.value, int) or abs(self.value) > 1 << 62:
            raise self.refuse(Sentence("In the result, {place} should be a whole number."))
        return int(self.value)

    def one_of(self, choices: tuple[str, ...]) -> str:
        """One of a few words."""
        text = self.text()
        if text not in choices:
            raise self.refuse(
                Sentence("In the result, {place} should be {choices}.", {"choices": ", ".join(choices)})
            )
        return text

    def number_of(self, known: dict[str, int]) -> int:
        """The number of a known code."""
        code = self.text()
        if code not in known:
            raise self.refuse(Sentence("In the result, {place} should be a code that the purchase lists."))
        return known[code]

    def pair(self) -> tuple[float, float]:
        """A low and a high number; null means without bound."""
        ends = list(self.entries())
        if len(ends) != 2:
            raise self.refuse(Sentence("In the result, {place} should be two numbers."))
        return ends[0].number(float("-inf")), ends[1].number(float("inf"))


def finite(value: float) -> float | None:
    """A float as JSON may hold it: null instead of nan and infinity.

    Examples
    --------
    >>> finite(1.5), finite(float("nan"))
    (1.5, None)
    """
    number = float(value)
    return number if math.isfinite(number) else None


def numbers_of(codes: Iterator[str] | list[str], place: Place) -> dict[str, int]:
    """The codes of a list in order; each may stand once."""
    known: dict[str, int] = {}
    for code in codes:
        if code in known:
            raise place.refuse(Sentence("In the result, {place} should be a list of different codes."))
        known[code] = len(known)
    return known
