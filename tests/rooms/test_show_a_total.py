"""The tiny room's total and its indicator, and the page that says how a room does it."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

from sprega.foundation.access.identity import NOBODY, acting
from sprega.foundation.access.rule import set_rule
from tests.people import People
from tests.rooms.notes.actions import show_total, write_note
from tests.rooms.notes.room import ROOM

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "show-a-total.md"


def test_the_page_quotes_the_tiny_room() -> None:
    blocks = re.findall(r"^ *```py\n(.*?)^ *```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert len(blocks) == 5
    room = [path.read_text(encoding="utf-8") for path in (ROOT / "tests/rooms/notes").glob("*.py")]
    for block in blocks:
        quoted = dedent(block).strip()
        assert any(quoted in dedent_all(text, block) for text in room), quoted


def dedent_all(text: str, block: str) -> str:
    """The text with the block's own depth taken off, as the page shows it."""
    first = next(line for line in block.splitlines() if line.strip())
    depth = len(first) - len(first.lstrip()) - 3  # the list of the page indents by three
    return "\n".join(line.removeprefix(" " * max(depth, 0)) for line in text.splitlines())


def test_the_indicator_is_what_the_rule_lets_pass(people: People) -> None:
    set_rule(actor=people.actor(people.office), percent=10)
    (indicator,) = ROOM.indicators
    copper, zinc, mayor = (people.actor(person) for person in (people.copper, people.zinc, people.mayor))
    assert indicator.value(zinc) is None, "nothing was ever judged"
    for actor, tonnes in ((copper, 50), (zinc, 49)):
        with acting(actor):
            write_note(actor=actor, text="a note", tonnes=tonnes)
    assert show_total(actor=zinc).state == "withheld"
    assert indicator.value(zinc) is None, "two would tell each other's"
    with acting(mayor):
        write_note(actor=mayor, text="a note", tonnes=20)
    show_total(actor=zinc)
    assert (indicator.value(zinc), indicator.unit) == (119, "t")
    for outside in (people.actor(people.supplier), people.actor(people.outsider), NOBODY):
        assert indicator.value(outside) is None
