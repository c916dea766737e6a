# SPDX-License-Identifier: EUPL-1.2
"""Documents: PDF/A and PDF/UA, our own fonts, and nothing of the data read as markup."""

import io
import unicodedata
from pathlib import Path

import pypdf
import pytest

from sprega.foundation.documents import printable, render
from sprega.foundation.documents.render import COVERED

HOSTILE = [
    '#read("/etc/passwd")',
    "$x^2$",
    "*bold* _slanted_ `code`",
    "<label> @reference",
    "= Heading",
    "#panic()",
    '"); #eval("1+1',
    "\\#set page(fill: red)",
    "// comment /* more */",
    "a -- b --- c ~ d ... 'e'",
    "https://example.org",
    "{brace} [bracket]",
]


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "plain.typ"
    path.write_text(
        '#let d = json(bytes(sys.inputs.data))\n#set document(title: "Plain")\n'
        '#set text(font: ("Fira Sans", "Libertinus Serif", "New Computer Modern", "DejaVu Sans Mono"))\n'
        "#for line in d.lines [#line #parbreak()]"
    )
    return path


def text_of(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return "\n".join(page.extract_text() for page in pages)


def test_hostile_texts_print_as_they_are(template: Path) -> None:
    said = text_of(render(template, {"lines": HOSTILE}, root=template.parent))
    for line in HOSTILE:
        assert line.replace(" ", "") in said.replace(" ", "").replace("\n", ""), line


def test_standards_and_fonts(template: Path) -> None:
    pdf = render(template, {"lines": ["Ценова листа щъюѝ", "Price list"]}, root=template.parent)
    assert b"pdfaid:part" in pdf
    assert b"pdfuaid:part" in pdf
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    fonts = reader.pages[0]["/Resources"]["/Font"]
    for font in fonts.values():
        inside = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert any(key in inside for key in ("/FontFile2", "/FontFile3")), "a font is not embedded"
    assert "Ценова листа щъюѝ" in text_of(pdf)


def test_same_data_same_document(template: Path) -> None:
    one, two = (render(template, {"lines": ["a"]}, root=template.parent, timestamp=0) for _ in range(2))
    assert one == two


def test_unknown_characters_become_a_square_and_invisible_ones_go(template: Path) -> None:
    assert printable("名前 a\u202eb\u200b\x07") == "□□ ab"
    assert printable("и\u0306") == "й"
    render(template, {"lines": ["名前", "😀", "\u202e", "\x00"]}, root=template.parent)


def test_every_covered_character_can_be_printed(template: Path) -> None:
    lines = [
        "".join(
            f"{chr(code)} "
            for code in range(low, high + 1)
            if unicodedata.category(chr(code)) not in {"Cn", "Cc", "Cf"}
        )
        for low, high in COVERED
    ]
    render(template, {"lines": lines}, root=template.parent)


def test_a_template_cannot_read_outside_its_root(tmp_path: Path) -> None:
    import typst

    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    template = inside / "reads.typ"
    template.write_text('#read("../secret.txt")')
    with pytest.raises(typst.TypstError):
        render(template, {}, root=inside)
