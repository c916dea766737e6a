# SPDX-License-Identifier: EUPL-1.2
"""Finding names, also mistyped ones, in Cyrillic or Latin letters."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

from sprega.foundation.search.question import Question

# The law on transliteration of 2009; letters of other Cyrillic alphabets as they are usually written.
LATIN = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфхъьѝыэ", "abvgdeziyklmnoprstufhayiye", strict=True))
    | {"ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sht", "ю": "yu", "я": "ya", "ё": "yo"}
)
FINAL_IA = re.compile(r"ия\b")
NOT_A_WORD = re.compile(r"[^\w\n]+|_+")
ACCENT = re.compile("[\u0300-\u036f]")
EXACT, BEGINS, WORDS_BEGIN, SIMILAR = 4.0, 3.5, 3.2, 1.0
MOST_WORDS = 8
"""Words of a question that are compared with names."""
CLOSE = 0.74
"""Similarity from which a word may be a mistyped one: one edit in four letters, two in eight."""
SUGGESTED = 0.6
"""Similarity from which a name is suggested where nothing was found."""


def latin(text: str) -> str:
    """A name in lower-case Latin letters, words apart by one space.

    >>> latin("Средногорие — София"), latin("Асарел-Медет АД")
    ('srednogorie sofia', 'asarel medet ad')
    """
    lower = FINAL_IA.sub("ia", normalize("NFC", text).casefold()).replace("българ", "bulgar")
    plain = ACCENT.sub("", normalize("NFKD", lower.translate(LATIN)))
    return "\n".join(line.strip() for line in NOT_A_WORD.sub(" ", plain).split("\n"))


def ranks(question: Question, named: Sequence[Sequence[str]], *, close: float = CLOSE) -> dict[int, float]:
    """Of things with one or several names each, the numbers of those that may be meant, with their rank.

    A name that is the question ranks above one that begins with it, then above one whose words do, then above
    one that is only similar (from 1 to 2).
    """
    asked = latin(question.names)
    if not asked:
        return {}
    book = _book(tuple(map(tuple, named)))
    unwanted = [latin(term.text) for term in question.terms if term.minus]
    phrases = [latin(term.text) for term in question.terms if term.phrase and not term.minus]
    found = _similar(asked.split()[:MOST_WORDS], book, close)
    for number, names in enumerate(book.forms):
        if asked in names:
            found[number] = EXACT
        elif any(name.startswith(asked) for name in names):
            found[number] = BEGINS
    return {
        number: rank
        for number, rank in found.items()
        if not any(_says(book.forms[number], one) for one in unwanted)
        and all(_says(book.forms[number], one) for one in phrases)
    }


@dataclass(frozen=True)
class _Book:
    """Names in Latin letters, and where each of their words stands."""

    forms: list[list[str]]
    where: dict[str, set[int]]


@lru_cache(maxsize=4)  # names change seldom, and each question asks for the same
def _book(named: tuple[tuple[str, ...], ...]) -> _Book:
    lines = [name.replace("\n", " ") for names in named for name in names]
    written = iter(latin("\n".join(lines)).split("\n"))  # in one go: for thousands that is much quicker
    forms = [[next(written) for _name in names] for names in named]
    where: dict[str, set[int]] = defaultdict(set)
    for number, names in enumerate(forms):
        for word in " ".join(names).split():
            where[word].add(number)
    return _Book(forms, dict(where))


def _similar(asked: list[str], book: _Book, close: float) -> dict[int, float]:
    """Those that have, for each word asked for, one that begins with it or is similar."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    scores: list[dict[int, float]] = []
    for one in asked:
        likeness = dict.fromkeys((word for word in book.where if word.startswith(one)), 1.0)
        if len(one) > 3:
            alike = process.extract(
                one, book.where.keys(), scorer=OSA.normalized_similarity, score_cutoff=close, limit=None
            )
            likeness = {word: score for word, score, _word in alike} | likeness
        of_name: dict[int, float] = {}
        for word, score in likeness.items():
            for number in book.where[word]:
                of_name[number] = max(score, of_name.get(number, 0.0))
        scores.append(of_name)
    everywhere = set.intersection(*map(set, scores))
    means = {number: sum(one[number] for one in scores) / len(scores) for number in everywhere}
    return {number: WORDS_BEGIN if mean == 1.0 else SIMILAR + mean for number, mean in means.items()}


def _says(names: list[str], phrase: str) -> bool:
    """Whether one of the names holds the words in this order."""
    return any(f" {phrase} " in f" {name} " for name in names)
