# SPDX-License-Identifier: EUPL-1.2
"""What every engine shares: a sentence that can be translated, and the one exception an engine raises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sentence:
    """A sentence for a person: English text with named places, and what stands in them.

    The text is the key of the translation catalogue, so it is always a literal.

    Examples
    --------
    >>> str(Sentence("Lot {lot} has no bid.", {"lot": "P01"}))
    'Lot P01 has no bid.'
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text.format(**self.values)


class EngineError(ValueError):
    """Input that an engine refuses; the sentence says what to do."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
