# SPDX-License-Identifier: EUPL-1.2
"""What the ledger refuses, as a sentence for a person."""

from __future__ import annotations

from sprega.engines.model import Sentence


class LedgerError(ValueError):
    """Something that cannot stand in a ledger, or cannot be read as one; the sentence says what to do."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
