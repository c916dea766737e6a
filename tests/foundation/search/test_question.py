"""What is typed becomes a question of the database: forms of words, letters, phrases, minus; no errors."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sprega.foundation.search.question import LONGEST, read
from sprega.foundation.search.text import matching

FORMS = """\
член членът члена членове членовете
покупка покупката покупки покупките
енергия енергията енергии енергиите
търг търга търгът търгове търговете
доставчик доставчика доставчикът доставчици доставчиците
проект проекта проектът проекти проектите
споразумение споразумението споразумения споразуменията
община общината общини общините
вода водата води водите
център центъра центърът центрове
случай случая случаи случаите
недостатък недостатъка недостатъци недостатъците
възможност възможността възможности възможностите
енергиен енергийна енергийни енергийният
purchase purchases purchasing purchased
""".splitlines()


def finds(asked: str, text: str) -> bool:
    return bool(matching([text], read(asked)))


@pytest.mark.parametrize("forms", FORMS, ids=lambda line: line.split()[0])
def test_every_form_of_a_word_finds_every_other(db: None, forms: str) -> None:
    words = forms.split()
    for one in words:
        assert set(matching(words, read(f'"{one}"'))) == set(range(len(words))), one


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("Srednogorie", "Клъстер „Средногорие“"),
        ("Средногорие", "Industrial Cluster Srednogorie"),
        ("Panagyurishte", "Община Панагюрище"),
        ("Панагюрище", "Panagyurishte municipality"),
        ("Zlatitsa", "В Златица"),
        ("Bulgaria", "в България"),
        ("българия", "Air Liquide Bulgaria"),
        ("ЧЛЕН", "всички членове на клъстера"),
        ("електро", "Електроенергия за високо напрежение"),
        ("lim", "Quick lime"),
        ("ПВЦ", "Тръба ПВЦ200-6"),
        ("PVC20", "Pipe PVC200"),
        ("ISO 50001", "certified to ISO-50001:2018"),
        ("ISO-50001", "certified to ISO 50001:2018"),
        ("12,5", "about 12.5 t"),
        ("Muller", "Müller GmbH"),
        ("Müller", "Muller GmbH"),
        ('"grinding balls"', "forged grinding ball, 60 mm"),
        ('"state of the art"', "state of the art"),
        ("the lime", "lime"),
        ("покупка на вар", "Вар: обща покупка"),
        ("lime -quick", "hydrated lime"),
        ("x‑ray", "the x‑ray room"),
    ],
)
def test_it_is_found(db: None, asked: str, text: str) -> None:
    assert finds(asked, text)


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("lime", "stone"),
        ('"balls grinding"', "grinding balls"),
        ("lime -quick", "quick lime"),
        ('lime -"quick lime"', "quick lime"),
        ('"lim"', "lime"),
        ("plane", "the plan"),  # though Latin letters may be meant in Bulgarian: plane finds план
        ("lime stone", "lime"),
        ("the", "the"),
        ("-lime", "stone"),
        ("на", "на клъстера"),
        ("", "lime"),
    ],
)
def test_it_is_not_found(db: None, asked: str, text: str) -> None:
    assert not finds(asked, text)


ODD = [
    *("\x00", '"', '""', "-", "--", '-"', "\\", "%s %(a)s {0}", "😀 😀", "на за от", "the of and"),
    *(
        "'; DROP TABLE x; --",
        "a & | ! <-> ( ) :*",
        "\u202e\ufeff",
        "a\u0301",
        "ß ſ İ ı",
        "1e999 -0 +5",
        "٣ ³ ½ ⅷ",
    ),
    *(sign * 300 for sign in "§и-"),
]


@pytest.mark.parametrize("asked", ODD)
def test_no_input_is_an_error(db: None, asked: str) -> None:
    assert len(read(asked).text) <= LONGEST
    matching(["lime", asked.replace("\x00", "")], read(asked))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_no_text_at_all_is_an_error(db: None, asked: str) -> None:
    matching([asked.replace("\x00", "") or "lime"], read(asked))


def test_many_texts_at_once(db: None) -> None:
    texts = [f"лимонит{number:05d}а " + "и" * 50 + f"{number}" for number in range(3000)]
    assert set(matching(texts, read("лимонит02999а"))) == {2999}
    assert len(matching(texts, read("лимонит"))) == 3000


def test_a_stored_text_may_be_anything(db: None) -> None:
    with connection.cursor() as cursor:
        for text in (*ODD[1:], "б" * 5000, "lime " * 40_000):
            cursor.execute("SELECT search_vector(%s)", [text])


def test_the_index_of_public_texts_is_used_in_spite_of_its_policy(db: None) -> None:
    """A policy that asks who owns a row would keep PostgreSQL from it."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT FROM search_publictext WHERE words @@ 'lime'::tsquery")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "public_text_words" in plan
