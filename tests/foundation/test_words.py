"""The foundation speaks Bulgarian: every sentence of its apps and of the server."""

import io
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

import sprega

KEYWORDS = dict.fromkeys(("gettext", "_", "gettext_lazy", "lazy", "pgettext")) | {"ngettext": (1, 2)}
FOLDERS = sorted(
    path.parents[3] for path in Path(sprega.__file__).parent.glob("**/locale/bg/LC_MESSAGES/django.po")
)


@cache
def sentences(folder: Path) -> frozenset[str]:
    """Every sentence of an app's code and templates."""
    found: set[str] = set()
    for path in folder.rglob("*"):
        if path.suffix == ".py" and "migrations" not in path.parts:
            source = path.read_text("utf-8")
        elif path.suffix in (".html", ".txt"):
            text = templatize(path.read_text("utf-8"), origin=str(path))
            source = "\n".join(line.strip() for line in text.splitlines())
        else:
            continue
        for _line, message, _comments, _context in extract("python", io.BytesIO(source.encode()), KEYWORDS):
            found.add(message if isinstance(message, str) else message[0])
    return frozenset(found)


def catalogue(folder: Path) -> dict[str, Message]:
    """The Bulgarian of an app by its English."""
    with (folder / "locale/bg/LC_MESSAGES/django.po").open("rb") as stream:
        return {one.id if isinstance(one.id, str) else one.id[0]: one for one in read_po(stream) if one.id}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_sentence_is_translated(folder: Path) -> None:
    known, said = catalogue(folder), sentences(folder)
    assert not said - known.keys()
    others = {
        key for key, one in known.items() if re.search("(Django|allauth)'s own", str(one.auto_comments))
    }
    assert not known.keys() - said - others
    for key, one in known.items():
        assert not one.fuzzy, key
        for text in (one.string,) if isinstance(one.string, str) else one.string:
            assert text, key
            assert "!" not in text, key
            if isinstance(one.id, str):
                assert sorted(re.findall(r"%\(\w+\)s", key)) == sorted(re.findall(r"%\(\w+\)s", text)), key


def test_the_same_english_is_the_same_bulgarian() -> None:
    """Django lays the catalogues of all apps over each other: of two translations one would never be seen."""
    found = defaultdict(set)
    for folder in FOLDERS:
        for key, one in catalogue(folder).items():
            found[key].add(one.string)
    assert len(found) > 1000
    assert not {key: words for key, words in found.items() if len(words) > 1}
