# SPDX-License-Identifier: EUPL-1.2
"""Full text for rooms: the column of a table that can be searched, and the search itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar
from unicodedata import normalize

from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models
from django.db.models import BooleanField, F, FloatField, Func, GeneratedField, QuerySet, Value

from sprega.foundation.search.question import Question, read

MOST_RANKED = 2000
"""Rows that one search weighs; those beyond them, in a table where more match, stay unseen."""
MOST = 200
"""Rows that one search hands out."""
FOUND = 2.0
"""The rank of what is found in a text; a name that is the very question, or begins with it, has more."""
BATCH = 1000
"""Words of which the database is asked in one text; of a text it reads 100,000 characters."""
WORD = re.compile(r"[^\W_]+")
Row = TypeVar("Row", bound=models.Model)


class Words(Func):
    """`search_vector` of a field, weighted by A (a title) to D."""

    template = "setweight(search_vector(%(expressions)s), '%(weight)s')"
    arity = 1
    output_field = SearchVectorField()

    def __init__(self, field: Any, weight: str = "B") -> None:
        if weight not in {"A", "B", "C", "D"}:
            raise ValueError(f"a weight is A, B, C or D, not {weight!r}")
        super().__init__(field, weight=weight)


class Together(Func):
    """Several vectors as one."""

    template = "%(expressions)s"
    arg_joiner = " || "
    output_field = SearchVectorField()


def searchable(*, titles: Sequence[str] = (), texts: Sequence[str] = ()) -> GeneratedField:
    """The column that PostgreSQL keeps of a row's words, by itself, whoever writes the row.

    Parameters
    ----------
    titles, texts : sequence of str
        Names of text fields that are never null; words of titles weigh more.

    Examples
    --------
    >>> searchable(texts=["text"]).db_persist
    True
    """
    parts = [*(Words(name, "A") for name in titles), *(Words(name) for name in texts)]
    if not parts:
        raise ValueError("name at least one field whose words are searched")
    expression = parts[0] if len(parts) == 1 else Together(*parts)
    return GeneratedField(expression=expression, output_field=SearchVectorField(), db_persist=True)


def found(rows: QuerySet[Row], asked: str | Question, *, words: str = "words") -> Iterator[tuple[Row, float]]:
    """The rows whose words match, the best first, each with its rank (from 2 to 3).

    Parameters
    ----------
    rows : QuerySet
        Those that the viewer may see; row-level security sees to that, `rows` may narrow them.
    asked : str or Question
        What was typed, or read already.
    words : str, optional
        The column made by `searchable`.
    """
    question = asked if isinstance(asked, Question) else read(asked)
    if not question.loose:
        return
    rows = rows.order_by()
    some = rows.alias(matches=_matches(F(words), question.loose)).filter(matches=True)
    weighed = rows.filter(pk__in=some.values("pk")[:MOST_RANKED]).defer(words)
    for row in weighed.annotate(rank=_rank(F(words), question.strict)).order_by("-rank", "pk")[:MOST]:
        yield row, FOUND + row.rank


def matching(texts: Sequence[str], question: Question) -> dict[int, float]:
    """Of texts that no table holds, the numbers of those that match, with their rank.

    Each different word goes to the database once: hundreds of texts say much the same.
    """
    if not question.loose or not texts:
        return {}
    told = [spoken(text) for text in texts]
    known = lexemes({word for words in told for word in words})
    vectors = [
        " ".join(f"{one}:{place}" for place, word in enumerate(words, 1) for one in known.get(word, ()))
        for words in told
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n - 1, ts_rank(words, %(strict)s::tsquery, 1)"
            " FROM unnest(%(texts)s::text[]::tsvector[]) WITH ORDINALITY AS t(words, n)"
            " WHERE words @@ %(loose)s::tsquery",
            {"texts": vectors, "strict": question.strict, "loose": question.loose},
        )
        return {number: FOUND + rank for number, rank in cursor.fetchall()}


def spoken(text: str) -> list[str]:
    """The words of a text as `lexemes` knows them."""
    return [key(word) for word in WORD.findall(text)]


def key(word: str) -> str:
    """A word as the database writes it: in lower case, its first 60 letters."""
    return normalize("NFC", word).lower()[:60]


def lexemes(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """How the database keeps each of several words."""
    known = sorted(words)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, lexeme, stem FROM unnest(%s::text[]) AS t(told) CROSS JOIN search_lexemes(told)",
            [[" ".join(known[start : start + BATCH]) for start in range(0, len(known), BATCH)]],
        )
        return {word: tuple(filter(None, found)) for word, *found in cursor.fetchall()}


def _query(told: str) -> Func:
    return Func(Value(told), template="%(expressions)s::tsquery", output_field=SearchVectorField())


def _matches(words: F, told: str) -> Func:
    return Func(
        words, _query(told), template="%(expressions)s", arg_joiner=" @@ ", output_field=BooleanField()
    )


def _rank(words: F, told: str) -> Func:
    # 1: a long text is not better for being long
    return Func(words, _query(told), Value(1), function="ts_rank", output_field=FloatField())
