"""What a file is, its content says; bombs, programs, macros and look-alikes are refused in a sentence."""

from __future__ import annotations

import random
import struct
import tempfile
import time
import tracemalloc
import zipfile

import pytest
from django.core.exceptions import ValidationError

from sprega.foundation.files import kinds
from sprega.foundation.files.packed import MOST_PARTS
from sprega.foundation.files.refusals import WHY
from sprega.foundation.files.sniff import sniff
from tests.foundation.files.made import DOCX, JPEG, OLE, PDF, PPTX, TYPES, odf, packed, png, webp, xlsx

UBL = '<?xml version="1.0" encoding="UTF-8"?><Invoice xmlns="urn:oasis:names:ubl">Мед</Invoice>'
SVG = "http://www.w3.org/2000/svg"


def kind(content: bytes | str, name: str = "") -> str:
    with tempfile.TemporaryFile() as stream:  # as an upload is
        stream.write(content.encode() if isinstance(content, str) else content)
        found = sniff(stream, name)
        assert stream.tell() == 0
        return found.code


def why(content: bytes | str, name: str = "") -> str:
    with pytest.raises(ValidationError) as refusal:
        kind(content, name)
    assert refusal.value.messages[0] == str(WHY[refusal.value.code]) % (refusal.value.params or {})
    return refusal.value.code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (PDF, "pdf"),
        (png(), "png"),
        (JPEG, "jpg"),
        (webp(), "webp"),
        (xlsx(), "xlsx"),
        (packed(DOCX), "docx"),
        (packed(PPTX), "pptx"),
        (odf("spreadsheet"), "ods"),
        (odf("text"), "odt"),
        (odf("presentation"), "odp"),
        ("мед;тонове\n1;2\n", "txt"),
        ("\ufeffwith a mark of order", "txt"),
        ("PKO Bank; MZ Trade; BZh; 12 < 13", "txt"),
        (UBL, "xml"),
        (packed({**PPTX, "ppt/embeddings/chart.xlsx": xlsx()}), "pptx"),
    ],
)
def test_kinds_that_are_taken(content: bytes | str, code: str) -> None:
    assert kind(content) == code
    assert code in kinds.KINDS


def test_the_name_tells_a_table_from_a_text_and_nothing_else() -> None:
    assert kind("a;b", "prices.CSV") == "csv"
    assert kind(PDF, "prices.csv") == "pdf"
    assert why(b"MZ\x90\x00" + bytes(99), "offer.pdf") == "program"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (bytes(3000), "unknown"),
        (b"GIF89a\x01\x00\x01\x00\x00", "unknown"),
        (b"\x7fELF\x02\x01\x01\x00", "program"),
        ("#!/bin/sh\nrm -rf /", "program"),
        (b"\x1f\x8b\x08\x00\x00", "archive"),
        (packed({"a.txt": "a"}), "archive"),
        (b"PK\x05\x06" + bytes(18), "archive"),
        (OLE, "protected"),
        ("<html><script>alert(1)</script>", "page"),
        ("\ufeff \n<!DOCTYPE html>", "page"),
        (f'<svg xmlns="{SVG}" onload="alert(1)"/>', "page"),
        (f'<?xml version="1.0"?><svg xmlns="{SVG}"/>', "page"),
        (f'<?xml version="1.0"?><a><b:script xmlns:b="{SVG}"/></a>', "page"),
        ('<?xml version="1.0"?><html/>', "page"),
        ('<?xml version="1.0"?><?xml-stylesheet href="x.xsl"?><a/>', "page"),
        ('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha">]><a>&b;</a>', "doctype"),
        ('<?xml version="1.0"?><a>', "damaged"),
        ('<?xml version="1.0" encoding="UWF-8"?><a/>', "coding"),
        ('<?xml version="1.0" encoding="big5"?><a/>', "coding"),
        ("Цена".encode("cp1251"), "coding"),
        ("Цена".encode("utf-16"), "coding"),
        (PDF[:20], "damaged"),
        (png()[:-3], "damaged"),
        (png() + b"<script>", "damaged"),
        (webp() + b"xxxx", "damaged"),
        (packed(DOCX)[:-30], "damaged"),
        (xlsx()[:200], "damaged"),
        (packed({**DOCX, "word/vbaProject.bin": OLE}), "macros"),
        (packed({**DOCX, "[Content_Types].xml": TYPES.replace("<T", "<macroEnabled/><T")}), "macros"),
        (packed({**DOCX, "xl/macrosheets/sheet1.xml": "<m/>"}), "macros"),
        (odf("text", **{"Basic/Standard/Module1.xml": "<m/>"}), "macros"),
        (packed({**DOCX, "word/embeddings/oleObject1.bin": OLE}), "inside"),
        (packed({**DOCX, "word/media/image1.png": b"MZ" + bytes(99)}), "inside"),
        (packed({**DOCX, "more.zip": packed({"a": "a"})}), "inside"),
        (packed({**DOCX, "word/embeddings/a.docx": packed({"a": "a"})}), "archive"),
        (
            packed(
                {**PPTX, "ppt/embeddings/a.xlsx": packed({**DOCX, "word/embeddings/b.docx": packed(DOCX)})}
            ),
            "inside",
        ),
        (packed({**DOCX, "../../etc/passwd": "x"}), "damaged"),
        (packed({**DOCX, "/etc/passwd": "x"}), "damaged"),
        (packed({**DOCX, "xl/workbook.xml": "<x/>"}), "archive"),
        (packed(DOCX, zipfile.ZIP_LZMA), "damaged"),
        (b"<html>" + packed(DOCX), "page"),
        (b"GIF89a" + packed(DOCX), "unknown"),
    ],
)
def test_what_is_refused(content: bytes | str, code: str) -> None:
    assert why(content, "offer.pdf") == code


def test_a_page_behind_a_pdf_stays_a_pdf() -> None:
    assert kind(PDF[:9] + b"<html><script>alert(1)</script>" + PDF[9:], "page.html") == "pdf"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = packed({**DOCX, "word/media/zeros": bytes(50_000_000)})
    assert len(bomb) < 100_000
    many = packed({**DOCX, **{f"word/{one}": bytes(30_000_000) for one in range(7)}})
    tracemalloc.start()
    began = time.process_time()
    assert (why(bomb), why(many)) == ("bomb", "bomb")
    assert time.process_time() - began < 0.5
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_a_million_parts_are_not_even_read() -> None:
    parts = packed({**DOCX, **{f"word/{one}": "" for one in range(MOST_PARTS)}})
    assert why(parts) == "bomb"
    entry = struct.pack(
        "<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 3, 20, 0, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0
    )
    directory = (entry + b"a") * 400_000
    lying = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 3, 3, len(directory), 30, 0)
    large = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 30, 1)
    tracemalloc.start()
    assert why(b"PK\x03\x04" + bytes(26) + directory + lying) == "bomb"
    assert why(b"PK\x03\x04" + bytes(26) + locator + large) == "bomb"
    assert tracemalloc.get_traced_memory()[1] < 45_000_000  # the test's own copy and no more
    tracemalloc.stop()


def test_a_long_token_of_xml_does_not_keep_the_processor_busy() -> None:
    began = time.process_time()
    assert why('<?xml version="1.0"?><a b="' + "c" * 25_000_000) == "damaged"
    assert time.process_time() - began < 3


def test_bombs_within_documents_add_up() -> None:
    inner = packed({**DOCX, "word/media/zeros": bytes(11_000_000)})
    assert why(packed({**PPTX, "ppt/embeddings/a.docx": inner})) == "bomb"
    small = packed(DOCX)
    assert why(packed({**PPTX, **{f"ppt/embeddings/{one}.docx": small for one in range(51)}})) == "inside"


def test_a_part_that_is_not_what_it_says_is_damaged() -> None:
    good = packed({**DOCX, "word/long.txt": "copper " * 5000}, zipfile.ZIP_STORED)
    assert why(good.replace(b"copper copper", b"copper silver", 1)) == "damaged"


def test_a_protected_part_is_told() -> None:
    good = bytearray(packed(DOCX))
    central = good.index(b"PK\x01\x02")
    good[central + 8] |= 1
    assert why(bytes(good)) == "protected"


def test_damage_is_told_in_a_sentence_or_does_no_harm() -> None:
    chance = random.Random(7)  # noqa: S311 - a test's
    good = [xlsx(), packed(PPTX), odf("text"), png(), PDF, UBL.encode()]
    told = set()
    for _ in range(1500):
        content = bytearray(chance.choice(good))
        for _ in range(chance.randint(1, 12)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        cut = chance.choice([len(content), chance.randrange(1, len(content))])
        try:
            assert kind(bytes(content[:cut]))
        except ValidationError as refusal:
            told.add(refusal.code)
    assert "damaged" in told
    assert told <= WHY.keys()
