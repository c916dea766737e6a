# SPDX-License-Identifier: EUPL-1.2
"""What somebody asks for: words, "exact phrases" and -words that must not occur."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

from django.db import connection

LONGEST = 200
"""Characters of a question; the rest is not read."""
TERM = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
PREFIX_FROM = 3
"""Letters from which a word also finds those that begin with it."""
FREQUENT = frozenset(
    re.findall(
        r"\w+",
        "а без бе би в във да до е за и или из как като към ли на над не но от по под при с са се си след"
        " със тази те това този че ще",
    )
)
"""Bulgarian words that say nothing of a text."""


@dataclass(frozen=True)
class Term:
    """A word or a phrase, as it was typed."""

    text: str
    phrase: bool = False
    minus: bool = False


@dataclass(frozen=True)
class Question:
    """A question as it is asked of the database.

    Attributes
    ----------
    text : str
        What was typed, bounded and without signs that cannot be seen.
    terms : tuple of Term
    loose, strict : str
        As `tsquery`: with words that only begin alike, and without; empty if there is nothing to find.
    lexemes, prefixes
        What is marked in a text that was found.
    """

    text: str
    terms: tuple[Term, ...] = ()
    loose: str = ""
    strict: str = ""
    lexemes: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()

    @property
    def names(self) -> str:
        """The words that must occur."""
        return " ".join(term.text for term in self.terms if not term.minus)

    def marks(self, lexemes: Iterable[str]) -> bool:
        """Whether a word with these lexemes is one of those asked for."""
        return any(one in self.lexemes or one.startswith(self.prefixes) for one in lexemes)


def tidy(text: str) -> str:
    """A question that can be asked: bounded, and without zero bytes and the like."""
    return " ".join(UNSEEN.sub(" ", text)[:LONGEST].split())


@lru_cache(maxsize=64)  # each source of a search asks for the same
def read(text: str) -> Question:
    """Read a question; whatever was typed is one, if only an empty one."""
    text = tidy(text)
    terms = tuple(
        Term(told.strip(), found["phrase"] is not None, bool(found["minus"]))
        for found in TERM.finditer(text)
        if (told := found["phrase"] if found["phrase"] is not None else found["word"]).strip()
    )
    loose: list[str] = []
    strict: list[str] = []
    lexemes: set[str] = set()
    prefixes: set[str] = set()
    for term, tokens in _tokens(terms):
        begins = not (term.phrase or term.minus)
        wide, narrow = _joined(tokens, begins=begins), _joined(tokens, begins=False)
        loose.append(f"!({wide})" if term.minus else f"({wide})")
        strict.append(f"!({narrow})" if term.minus else f"({narrow})")
        if not term.minus:
            lexemes |= {one for token in tokens for one in token.lexemes}
            prefixes |= set(tokens[-1].prefixes) if begins else set()
    if not lexemes:
        return Question(text, terms)
    return Question(
        text, terms, " & ".join(loose), " & ".join(strict), frozenset(lexemes), tuple(sorted(prefixes))
    )


@dataclass(frozen=True)
class _Token:
    """One word of a term: its place there, and by which lexemes it is found."""

    place: int
    lexemes: tuple[str, ...]
    prefixes: tuple[str, ...]


def _tokens(terms: tuple[Term, ...]) -> Iterable[tuple[Term, list[_Token]]]:
    """The terms that can be searched for; the database takes them apart as it does texts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n, place, word, latin, lexeme, stem"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS t(term, n) CROSS JOIN search_lexemes(term)"
            " ORDER BY n, place",
            [[term.text for term in terms]],
        )
        for number, rows in groupby(cursor.fetchall(), itemgetter(0)):
            term = terms[number - 1]
            tokens = [_token(*row[1:]) for row in rows if row[4] and (term.phrase or row[2] not in FREQUENT)]
            if tokens:
                yield term, tokens


def _token(place: int, word: str, latin: str, lexeme: str, stem: str | None) -> _Token:
    lexemes = [lexeme]
    if stem:
        # Latin letters also ask for a Bulgarian word, Cyrillic ones for it in either
        lexemes += [f"0{stem[1:]}"] if stem[0] == "1" else [stem, f"1{stem[1:]}"]
    prefixes = [word, f"0{latin}"] if stem else [word]
    return _Token(place, tuple(lexemes), tuple(prefixes) if len(word) >= PREFIX_FROM else ())


def _joined(tokens: list[_Token], *, begins: bool) -> str:
    """A term's words one after the other, at the distance at which they were typed."""
    told = ""
    for number, token in enumerate(tokens):
        last = number == len(tokens) - 1
        ways = [f"'{one}'" for one in token.lexemes]
        ways += [f"'{one}':*" for one in token.prefixes] if begins and last else []
        told += f" <{token.place - tokens[number - 1].place}> " if number else ""
        told += f"({' | '.join(ways)})"
    return told
