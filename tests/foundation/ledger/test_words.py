"""Every event that is recorded anywhere has its sentence, in both languages."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from sprega.foundation.access.identity import acting
from sprega.foundation.ledger import words
from sprega.foundation.ledger.actions import record
from sprega.foundation.ledger.models import Payload
from tests.people import People

SOURCE = Path(words.__file__).parents[2]
ROOMS = Path(__file__).parents[2] / "rooms"


def name_of(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def constants(node: ast.AST) -> set[str]:
    return {
        one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }


def recorded(path: Path) -> Iterator[str]:
    """The kinds that a module records; a function that takes its kind is followed to its callers."""
    tree = ast.parse(path.read_text("utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for call in [node for node in ast.walk(tree) if isinstance(node, ast.Call) and name_of(node) == "record"]:
        kind = next((one.value for one in call.keywords if one.arg == "kind"), None)
        if kind is None:
            continue
        if not isinstance(kind, ast.Name):
            assert constants(kind), f"say the kind in plain: {path}:{call.lineno}"
            yield from constants(kind)
            continue
        (within,) = [one for one in functions if call in ast.walk(one) and kind.id in names(one)]
        callers = [
            node for node in ast.walk(tree) if isinstance(node, ast.Call) and name_of(node) == within.name
        ]
        place = names(within).index(kind.id)
        assert callers
        for caller in callers:
            given = caller.args[place : place + 1] or [k.value for k in caller.keywords if k.arg == kind.id]
            assert given and constants(given[0]), f"say the kind in plain: {path}:{caller.lineno}"
            yield from constants(given[0])


def names(function: ast.FunctionDef) -> list[str]:
    return [one.arg for one in (*function.args.args, *function.args.kwonlyargs)]


def kinds(folder: Path) -> set[str]:
    return {kind for path in folder.rglob("*.py") for kind in recorded(path)}


def test_every_kind_has_a_sentence() -> None:
    assert len(kinds(SOURCE)) > 25, "the walk finds them"
    assert not (kinds(SOURCE) | kinds(ROOMS)) - set(words.events()), "say it in the app's events.py"


@pytest.mark.parametrize("kind", sorted(kinds(SOURCE)))
def test_in_both_languages(kind: str) -> None:
    told, area = words.events()[kind].sentence, words.areas()[kind.partition(".")[0]]
    with translation.override("en"):
        english, called = str(told), str(area)
    with translation.override("bg"):
        assert str(told) != english
        assert str(area) != called


def test_a_sentence_with_its_facts(people: People) -> None:
    copper = people.organisation("copper")
    with acting(people.actor(people.office)) as office:
        record(
            kind="organisations.representation_given",
            actor=office,
            subject=copper.pk,
            facts={
                "person": str(people.zinc.pk),
                "role": "energy",
                "from": "2026-11-24T22:30:00+00:00",
                "until": None,
            },
        )
        event = Payload.objects.get()
        assert words.sentence(event, words.Names()) == (
            "Zinc may act for Copper Works, role: energy, from 25 Nov 2026 until further notice."
        ), "the day is that of Sofia"


def test_what_an_older_event_does_not_say_is_left_open(people: People) -> None:
    with acting(people.actor(people.office)) as office:
        record(kind="organisations.representation_ended", actor=office, facts={"role": "no-such-role"})
        record(kind="gone.event", actor=office)
        gone, older = Payload.objects.all()
        assert words.sentence(older, words.Names()) == (
            "\u2013 may no longer act for \u2013, role: no-such-role. End: \u2013."
        )
        assert "gone.event" in words.sentence(gone, words.Names())
