# SPDX-License-Identifier: EUPL-1.2
"""What of a text is shown, with the words that were asked for marked."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from sprega.foundation.search.question import Question
from sprega.foundation.search.text import WORD, key, lexemes, spoken

READ = 1000
"""Characters of an excerpt that are looked through."""
SHOWN, BEFORE = 220, 60
"""Characters of an excerpt that are shown, and of those before the first marked word."""


def asked_for(texts: Iterable[str], question: Question) -> frozenset[str]:
    """The words of the texts that the question asks for."""
    known = lexemes({word for text in texts for word in spoken(text[:READ])})
    return frozenset(word for word, kept in known.items() if question.marks(kept))


def excerpt(text: str, words: frozenset[str]) -> str:
    """A text cut to what surrounds the first word asked for."""
    text = " ".join(text[:READ].split())
    first = next((found.start() for found in WORD.finditer(text) if key(found[0]) in words), 0)
    start = text.rfind(" ", 0, max(first - BEFORE, 0)) + 1 if first > BEFORE else 0
    end = start + SHOWN
    if end < len(text):
        end = max(text.rfind(" ", start, end), start + SHOWN // 2)
    return f"{'… ' * (start > 0)}{text[start:end]}{' …' * (end < len(text))}"


def marked(text: str, words: frozenset[str]) -> SafeString:
    """The text, escaped, with the words asked for marked.

    >>> marked("Lime & <lime>", frozenset({"lime"}))
    '<mark>Lime</mark> &amp; &lt;<mark>lime</mark>&gt;'
    """
    told, end = [], 0
    for found in WORD.finditer(text):
        told.append(escape(text[end : found.start()]))
        told.append(f"<mark>{escape(found[0])}</mark>" if key(found[0]) in words else escape(found[0]))
        end = found.end()
    return mark_safe("".join([*told, escape(text[end:])]))  # noqa: S308 - each piece is escaped
