"""The interface speaks Bulgarian: every sentence of its code and templates."""

from __future__ import annotations

import io
import re
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from sprega.foundation import access, ui

KEYWORDS = dict.fromkeys(("gettext", "_", "gettext_lazy", "lazy", "pgettext")) | {"ngettext": (1, 2)}
FOLDER = Path(ui.__file__).parent
VISIBILITY = Path(access.__file__).parent / "models.py"


def sentences() -> set[str]:
    found: set[str] = set()
    for path in FOLDER.rglob("*"):
        if path.suffix == ".py":
            source = path.read_bytes()
        elif path.suffix == ".html":
            text = templatize(path.read_text("utf-8"), origin=str(path))
            source = "\n".join(line.strip() for line in text.splitlines()).encode()
        else:
            continue
        for _line, message, _comments, _context in extract("python", io.BytesIO(source), KEYWORDS):
            found.add(message if isinstance(message, str) else message[0])
    return found


def test_every_sentence_is_translated() -> None:
    with (FOLDER / "locale/bg/LC_MESSAGES/django.po").open("rb") as stream:
        known = {one.id if isinstance(one.id, str) else one.id[0]: one for one in read_po(stream) if one.id}
    said = sentences()
    assert not said - known.keys()
    ours = {key for key, one in known.items() if "Django's own" not in one.auto_comments}
    assert not [key for key in ours - said if key not in VISIBILITY.read_text("utf-8")]
    for key, one in known.items():
        for text in (one.string,) if isinstance(one.string, str) else one.string:
            assert text, key
            assert "!" not in text, key
            assert sorted(re.findall(r"%\(\w+\)s", key)) == sorted(re.findall(r"%\(\w+\)s", text)), key
