"""Names are found mistyped, in either alphabet, the best first."""

from sprega.foundation.search.names import BEGINS, EXACT, SIMILAR, WORDS_BEGIN, latin, ranks
from sprega.foundation.search.question import Question, Term

NAMES = [
    ("Assarel-Medet", "Асарел-Медет"),
    ("Aurubis Bulgaria", "Аурубис България"),
    ("Pirdop", "Пирдоп"),
    ("Pirin", ""),
]


def asked(text: str, **more: bool) -> dict[int, float]:
    return ranks(Question(text, (Term(text, **more),)), NAMES)


def test_letters_of_the_law() -> None:
    law = {
        "Средногорие": "srednogorie",
        "София": "sofia",
        "Щърково": "shtarkovo",
        "Мария Хайтова": "maria haytova",
        "България": "bulgaria",
        "жълъд, цех, юг, ябълка": "zhalad tseh yug yabalka",
        "Кольо": "kolyo",
    }
    for name, written in law.items():
        assert latin(name) == written


def test_the_best_first() -> None:
    assert asked("pirdop") == {2: EXACT}
    assert asked("Асарел-Медет") == {0: EXACT}
    assert asked("Assarel") == {0: BEGINS}
    assert asked("Bulgaria") == {1: WORDS_BEGIN}
    assert asked("pir") == {2: BEGINS, 3: BEGINS}


def test_mistyped() -> None:
    for typed in ("Asarell", "Асаррел", "Assarle", "Assarel Medett", "меедт"):
        found = asked(typed)
        assert list(found) == [0], typed
        assert SIMILAR <= found[0] <= 2 or found[0] == BEGINS, typed
    assert not asked("Dundee")
    assert not asked("")


def test_phrases_and_what_is_left_out() -> None:
    assert asked("Aurubis Bulgaria", phrase=True)
    assert not asked("Bulgaria Aurubis", phrase=True)
    assert not ranks(Question("", (Term("bulgaria"), Term("aurubis", minus=True))), NAMES)
