# SPDX-License-Identifier: EUPL-1.2
"""Everything that the product says, it says in Bulgarian too."""

import ast
import gettext
import re
import string
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import sprega
from sprega.foundation.language.catalogue import LOCALE, translations

SOURCE = Path(sprega.__file__).parent
CATALOGUE = LOCALE / "bg" / "LC_MESSAGES" / "sprega.po"


def sentences() -> dict[str, str]:
    """Every sentence of the source with the file that says it."""
    found = extract_from_dir(str(SOURCE), [("**.py", "python")], {}, {"Sentence": (1,)})
    return {message: file for file, _, message, _, _ in found}


def places(text: str) -> list[str]:
    """The places of a sentence, argparse's kind among them."""
    if "%(" in text or "%s" in text or "%r" in text:
        return sorted(part for part in text.replace(")", " ").split() if part.startswith("%"))
    return sorted(f"{name}:{spec}" for _, name, spec, _ in string.Formatter().parse(text) if name is not None)


def test_every_sentence_has_a_bulgarian_translation() -> None:
    known = translations("bg")
    missing = {text: file for text, file in sentences().items() if text not in known}
    assert not missing


def test_places_are_the_same_in_both_languages() -> None:
    differ = {
        english: other for english, other in translations("bg").items() if places(english) != places(other)
    }
    assert not differ


def test_catalogue_has_nothing_fuzzy_or_left_over() -> None:
    with CATALOGUE.open("rb") as stream:
        catalogue = read_po(stream)
    assert not catalogue.fuzzy, "a fuzzy header keeps `pybabel compile` from compiling"
    assert not [message.id for message in catalogue if message.fuzzy]
    assert not [message.id for message in catalogue if message.id and not message.string]


def test_compiled_catalogue_says_the_same(tmp_path: Path) -> None:
    with CATALOGUE.open("rb") as stream:
        catalogue = read_po(stream)
    with (tmp_path / "sprega.mo").open("wb") as stream:
        write_mo(stream, catalogue)
    with (tmp_path / "sprega.mo").open("rb") as stream:
        compiled = gettext.GNUTranslations(stream)
    assert all(compiled.gettext(english) == other for english, other in translations("bg").items())


def test_bulgarian_is_written_as_agreed() -> None:
    for english, bulgarian in translations("bg").items():
        assert "!" not in bulgarian.replace("!r", ""), english
        assert not bulgarian.startswith(" "), english
        assert english.endswith(".") == bulgarian.endswith("."), english
        if english[-1:] == " ":
            assert bulgarian[-1:] == " "


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_sentences_are_literals(path: Path) -> None:
    """A sentence put together at run time could not be translated."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Sentence":
            if path.name == "texts.py" and isinstance(node.args[0], ast.Name):
                continue  # what argparse says, listed there
            if path.name == "result_json.py" and not isinstance(node.args[0], ast.Constant):
                continue  # a sentence read back from a result, said in English once before
            assert node.args and isinstance(node.args[0], ast.Constant), f"{path}:{node.lineno}"


def test_no_percent_sign_looks_like_a_format() -> None:
    """`{share} % of` reads as the format `% o` to gettext's tools, which then refuse to compile."""
    assert not [text for text in sentences() if re.search(r"% [diouxXeEfFgGcrs]", text)]
