# SPDX-License-Identifier: EUPL-1.2
"""What kind a file is, by its content alone; whatever is not plainly one of ours is refused."""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO
from xml.parsers import expat

from sprega.foundation.files import kinds
from sprega.foundation.files.kinds import Kind
from sprega.foundation.files.packed import look_into
from sprega.foundation.files.refusals import refused

HEAD, TAIL, PART = 1024, 2048, 64 * 1024
XML_PART = 1024 * 1024
"""Larger, for the parser begins a long token anew with each part."""
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
IHDR = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
IEND = b"\x00\x00\x00\x00IEND\xaeB`\x82"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa")
ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
MARKUP = re.compile(
    rb"<(!doctype\s+html|html|head|body|script|iframe|svg|style|title|table|div|img|a|br|p|h1|!--)[\s>/-]",
    re.I,
)
"""How a browser would know a page: what begins so is one, whatever its name."""
CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
RUNS = ("http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg", "http://www.w3.org/1999/XSL/Transform")
"""Namespaces whose elements a browser draws or runs."""


def sniff(stream: BinaryIO, name: str = "") -> Kind:
    """The kind of a file; its name only tells a table from a text. The stream stands at its start again.

    Raises
    ------
    ValidationError
        With the reason, for whoever uploads it, and what to do.
    """
    stream.seek(0)
    head = stream.read(HEAD)
    try:
        return _by_signature(stream, head) or _by_text(stream, head, name)
    finally:
        stream.seek(0)


def _by_signature(stream: BinaryIO, head: bytes) -> Kind | None:
    """The kind that the first bytes name, once the last ones agree."""
    if not head:
        raise refused("empty")
    if head.startswith((b"%PDF-1.", b"%PDF-2.")):
        return _whole(kinds.PDF, b"%%EOF" in _tail(stream))
    if head.startswith(IHDR):
        return _whole(kinds.PNG, _tail(stream).endswith(IEND))
    if head.startswith(b"\xff\xd8\xff"):
        return kinds.JPEG  # telephones append a film to it
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        said = 8 + int.from_bytes(head[4:8], "little")
        return _whole(kinds.WEBP, stream.seek(0, 2) in (said, said + said % 2))
    if head.startswith(ZIP):
        return look_into(stream)
    if head.startswith(OLE):
        raise refused("protected")
    if head.startswith(b"#!"):
        raise refused("program")
    return None


def _whole(kind: Kind, ends_well: bool) -> Kind:
    if not ends_well:
        raise refused("damaged")
    return kind


def _tail(stream: BinaryIO) -> bytes:
    stream.seek(max(0, stream.seek(0, 2) - TAIL))
    return stream.read(TAIL)


def _by_text(stream: BinaryIO, head: bytes, name: str) -> Kind:
    """Text, a table or XML: readable from end to end."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refused("coding")
    begins = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if MARKUP.match(begins):
        raise refused("page")
    if begins.startswith(b"<?xml"):
        return _xml(stream)
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    stream.seek(0)
    while True:
        part = stream.read(PART)
        try:
            text = decoder.decode(part, final=not part)
        except UnicodeDecodeError as error:
            raise refused(_no_text(head)) from error
        if CONTROLS.search(text):
            raise refused(_no_text(head))
        if not part:
            break
    return kinds.CSV if name.lower().endswith(".csv") else kinds.TXT


def _no_text(head: bytes) -> str:
    """Why it is no text; one in another coding has letters, and no control characters among them."""
    if head.startswith(PROGRAMS):
        return "program"
    if head.startswith(ARCHIVES):
        return "archive"
    return "unknown" if CONTROLS.search(head.decode("latin-1")) else "coding"


def _xml(stream: BinaryIO) -> Kind:
    """XML that only carries data: no document type, nothing that a browser draws or runs."""
    parser = expat.ParserCreate(namespace_separator=" ")

    def doctype(*_said: object) -> None:
        raise refused("doctype")

    def element(name: str, _attributes: object) -> None:
        space, _, local = name.rpartition(" ")
        if space in RUNS or (not space and local.lower() in ("html", "svg")):
            raise refused("page")

    def instruction(target: str, _data: str) -> None:
        if target.lower() == "xml-stylesheet":
            raise refused("page")

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = element
    parser.ProcessingInstructionHandler = instruction
    stream.seek(0)
    try:
        while part := stream.read(XML_PART):
            parser.Parse(part, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise refused("damaged") from error
    except (LookupError, ValueError) as error:  # an encoding that is none, or has signs of several bytes
        raise refused("coding") from error
    return kinds.XML
