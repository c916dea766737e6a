# SPDX-License-Identifier: EUPL-1.2
"""Search: 100,000 public texts and the names of 5,000 organisations, beside plainer ways to look for them.

python -m benchmarks.search

A practice cluster gets 100,000 public texts of some ten words and 5,000 organisations. A visitor's whole
answer (every source, as the page asks for it) is timed, and of it the full text and the names alone. The
peers: the same texts under PostgreSQL's own `simple` configuration, which knows no forms of words; the same
words behind a policy that asks who owns a row, which keeps PostgreSQL from using the index; for names
`ILIKE`, which forgives no mistake.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sprega.foundation.access.identity import Actor

TEXTS, NAMES = 100_000, 5_000
REPEATS = 15
GOODS = "вар,варовик,топки за мелници,взрив,дизел,гуми,реагенти,lime,explosives,tyres,reagents,grinding balls"
WHAT = "доставка на,покупката на,договор за,обща покупка:,цени на,need for,delivery of,joint purchase of"
PLACES = "Пирдоп,Златица,Панагюрище,Челопеч,Етрополе,Мирково,Стрелча,Koprivshtitsa,Anton,Chavdar"
FILL = """
    SET LOCAL sprega.service = 'publisher';
    INSERT INTO search_publictext (kind, key, title, title_bg, text, text_bg, url)
    SELECT 'bench', n, pick(what, n) || ' ' || pick(goods, n / 7) || ' ' || n, '',
           'Площадка ' || pick(places, n / 3) || ', партида ' || n %% 977 || ', ' || n %% 250 || ' t',
           '', '/' || n
      FROM generate_series(1, %(texts)s) n,
           (SELECT string_to_array(%(what)s, ',') what, string_to_array(%(goods)s, ',') goods,
                   string_to_array(%(places)s, ',') places) w;
    CREATE TABLE bench_plain AS SELECT id, title || ' ' || text AS told FROM search_publictext;
    ALTER TABLE bench_plain
        ADD words tsvector GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, told)) STORED;
    CREATE INDEX ON bench_plain USING gin (words);
    CREATE TABLE bench_owned AS SELECT id, organisation_id, words FROM search_publictext, (
        SELECT organisation_id FROM organisations_representation WHERE role = 'purchasing' LIMIT 1) AS r;
    CREATE INDEX ON bench_owned USING gin (words);
    ALTER TABLE bench_owned ENABLE ROW LEVEL SECURITY;
    ALTER TABLE bench_owned FORCE ROW LEVEL SECURITY;
    CREATE POLICY reading ON bench_owned FOR SELECT USING (organisation_id = (SELECT access_organisation()));
"""
MORE = """
    INSERT INTO organisations_organisation (slug, name, name_bg, standing, kind)
    SELECT 'b' || n, pick(places, n) || ' ' || pick(ends, n / 11) || ' ' || n, '', 'partner', 'company'
      FROM generate_series(1, %(names)s) n,
           (SELECT string_to_array(%(places)s, ',') places,
                   string_to_array('Метал,Mining,Енерго,Trans,Инвест,Chem,Строй', ',') ends) w
"""
PICK = """
    CREATE FUNCTION pg_temp.pick(words text[], n bigint) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN words[1 + n % cardinality(words)]
"""

TABLES = ("search_publictext", "bench_owned")
NOTICES = """
    INSERT INTO notices_notice (id, person_id, kind, text, arguments, url, created_at, for_digest)
    SELECT gen_random_uuid(), p.id, 'bench', pick(what, n) || ' ' || pick(goods, n / 7) || ' ' || n,
           '{}', '', now(), false
      FROM generate_series(1, 500) n, (SELECT id FROM accounts_person WHERE practice_role = 'purchasing') p,
           (SELECT string_to_array(%(what)s, ',') what, string_to_array(%(goods)s, ',') goods) w
"""
Row = tuple[str, float, float, str]


def rows() -> Iterator[Row]:
    """What was asked, our milliseconds, a peer's (or not a number), and the peer."""
    with tempfile.TemporaryDirectory(prefix="sprega-bench-") as top:
        Path(top).chmod(0o755)
        os.environ["SPREGA_HOME"] = str(Path(top) / "home")
        from sprega.server import installation

        sprega = str(Path(sys.executable).with_name("sprega"))
        subprocess.run([sprega, "practice"], check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own
        with installation.database_in_use() as server:
            addresses = installation.addresses(installation.find("practice"), server)
            fill(addresses.owner)
            installation.enter(installation.find("practice"), addresses)
            yield from measured()


def fill(url: str) -> None:
    """Put the texts and names in, as the owner of the tables."""
    import psycopg

    lists = {"texts": TEXTS, "names": NAMES, "what": WHAT, "goods": GOODS, "places": PLACES}
    with psycopg.connect(url, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute(PICK)
        connection.execute(FILL.replace("pick(", "pg_temp.pick("), lists)
        connection.execute("SET LOCAL sprega.service = 'founding'")
        connection.execute(MORE.replace("pick(", "pg_temp.pick("), lists)
        connection.execute("SET LOCAL sprega.service = 'notifier'")
        connection.execute(NOTICES.replace("pick(", "pg_temp.pick("), lists)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE")


def measured() -> Iterator[Row]:
    """Each question, in the role of the web."""
    from sprega.foundation.access.identity import NOBODY, acting
    from sprega.foundation.organisations.models import Organisation
    from sprega.foundation.search.answer import answer
    from sprega.foundation.search.models import PublicText
    from sprega.foundation.search.names import ranks
    from sprega.foundation.search.question import read
    from sprega.foundation.search.text import found

    for what, asked, simple in (
        ("a rare word", "Стрелча 976", "Стрелча & 976"),
        ("a frequent word", "покупка", "покупката"),
        ("a word of all texts", "площадка", "площадка"),
    ):
        ours = best(lambda asked=asked: list(found(PublicText.objects.filter(kind="bench"), asked)))
        yield f"{what} in {TEXTS:,} texts", ours, best(lambda simple=simple: plain(simple)), "simple"
    rare = read("Стрелча 976").loose
    with acting(buyer()):
        public, owned = (best(lambda table=table: count(table, rare)) for table in TABLES)
    yield "the rare word by its index alone", public, owned, "behind a policy"
    for what, asked in (("as it is", "Пирдоп Метал"), ("mistyped", "Pirdob Metall")):

        def named(asked: str = asked) -> object:
            return ranks(read(asked), list(Organisation.objects.values_list("name", "name_bg")))

        yield f"a name of {NAMES:,}, {what}", best(named), best(like), "ILIKE"
    for what, asked in (
        ("a name", "Пирдоп"),
        ("mistyped", "Pirdob Metall"),
        ("nothing found", "Zanzibarite"),
    ):
        took = best(lambda asked=asked: answer(viewer=NOBODY, asked=asked))
        yield f"a whole answer, {what}", took, math.nan, ""
    with acting(buyer()) as member:
        took = best(lambda: answer(viewer=member, asked="покупка Пирдоп"))
    yield "a member's whole answer, with 500 notices", took, math.nan, ""


def buyer() -> Actor:
    """A purchasing manager, who owns the rows behind the policy."""
    from sprega.foundation.access.identity import actor_of
    from sprega.foundation.accounts.models import Person
    from sprega.foundation.organisations.models import Organisation

    person = Person.objects.get(practice_role="purchasing")
    return actor_of(person.pk, Organisation.objects.get(slug="m01").pk)


def best(ask: Callable[[], object]) -> float:
    """The median of several, in milliseconds."""
    ask()
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        ask()
        times.append(1000 * (time.perf_counter() - began))
    return median(times)


def plain(asked: str) -> object:
    """The peer: the best 200 by PostgreSQL's `simple`."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT told FROM bench_plain, to_tsquery('simple', %s) q WHERE words @@ q"
            " ORDER BY ts_rank(words, q) DESC LIMIT 200",
            [asked],
        )
        return cursor.fetchall()


def count(table: str, query: str) -> object:
    """Rows of a table that match."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE words @@ %s::tsquery", [query])  # noqa: S608
        return cursor.fetchone()


def like() -> object:
    """The peer for names: all of them read for a part."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM organisations_organisation WHERE name ILIKE '%Пирдоп Метал%'")
        return cursor.fetchall()


if __name__ == "__main__":
    for row in rows():
        print(*row)
