# SPDX-License-Identifier: EUPL-1.2
"""A look into documents that are zip archives (Office, LibreOffice), with bounds on everything.

The directory is measured before it is read and the parts before they are unpacked, so that no upload can fill
memory or keep a processor busy; then each part is unpacked once, bit by bit, and must be what it says.
"""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from typing import IO, BinaryIO

from sprega.foundation.files import kinds
from sprega.foundation.files.incoming import folder
from sprega.foundation.files.kinds import Kind
from sprega.foundation.files.refusals import refused

MOST_UNPACKED = 200_000_000
MOST_PARTS = 5_000
MOST_RATIO = 200
"""How often larger than the upload it may unpack, from 10 MB on: office documents reach 30."""
SMALL = 10_000_000
MOST_EMBEDDED = 50
"""Documents within a document, each of which may unpack to no more than what counts as small."""
MOST_DIRECTORY = 1_000_000
END, END_SIZE, LONGEST_COMMENT = b"PK\x05\x06", 22, 65_535
END64 = b"PK\x06\x07"
PART = 64 * 1024

OFFICE = {
    "xl/workbook.xml": kinds.XLSX,
    "word/document.xml": kinds.DOCX,
    "ppt/presentation.xml": kinds.PPTX,
}
OPEN = {kind.content_type: kind for kind in (kinds.ODS, kinds.ODT, kinds.ODP)}
MACROS = ("vbaproject", "vbadata", "/macrosheets/", "/activex/")
MACROS_OF_OPEN = ("/basic/", "/scripts/")
EMBEDDED = (".xlsx", ".docx", ".pptx")
"""Documents that a chart or a slide carries along."""
FOREIGN = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"MZ", b"\x7fELF", b"\xd0\xcf\x11\xe0")


def look_into(stream: BinaryIO, *, within: bool = False) -> Kind:
    """The kind of a zip archive that is a document, or stands `within` one; anything else is refused."""
    size = stream.seek(0, 2)
    _measure_directory(stream, size)
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            _measure(parts, size, SMALL if within else MOST_UNPACKED)
            kind = _kind(archive, {part.filename for part in parts})
            _refuse_macros(archive, parts)
            for part in parts:
                _unpack(archive, part, within=within)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError) as error:
        raise refused("damaged") from error
    return kind


def _measure_directory(stream: BinaryIO, size: int) -> None:
    """Refuse a directory that it would be dear to read; zipfile reads all of it at once."""
    stream.seek(max(0, size - END_SIZE - LONGEST_COMMENT))
    tail = stream.read()
    end = tail.rfind(END, 0, len(tail) - END_SIZE + len(END))
    if end < 0:
        raise refused("damaged")
    # none of ours is so large as to need the 64-bit form, whose numbers would count instead of these
    if tail[max(0, end - 20) : end].startswith(END64):
        raise _bomb()
    members = int.from_bytes(tail[end + 10 : end + 12], "little")
    directory = int.from_bytes(tail[end + 12 : end + 16], "little")
    if members > MOST_PARTS or directory > MOST_DIRECTORY:
        raise _bomb()


def _measure(parts: list[zipfile.ZipInfo], size: int, most: int) -> None:
    unpacked = sum(part.file_size for part in parts)
    too_dense = unpacked > SMALL and unpacked > MOST_RATIO * size
    if len(parts) > MOST_PARTS or unpacked > most or too_dense:
        raise _bomb()
    if sum(part.filename.lower().endswith(EMBEDDED) for part in parts) > MOST_EMBEDDED:
        raise refused("inside")
    for part in parts:
        if part.header_offset < 0:
            raise refused("damaged")
        if part.flag_bits & 1:
            raise refused("protected")
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise refused("damaged")
        if part.filename.startswith("/") or "\\" in part.filename or ".." in part.filename.split("/"):
            raise refused("damaged")
    if len({part.filename for part in parts}) < len(parts):  # two readers would see two documents
        raise refused("damaged")


def _kind(archive: zipfile.ZipFile, names: set[str]) -> Kind:
    if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
        kind = OPEN.get(archive.read("mimetype").decode("ascii", "replace"))
        if kind:
            return kind
    if "[Content_Types].xml" in names:
        found = [kind for name, kind in OFFICE.items() if name in names]
        if len(found) == 1:
            return found[0]
    raise refused("archive")


def _refuse_macros(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    for part in parts:
        name = f"/{part.filename.lower()}"
        if any(word in name for word in MACROS) or name.startswith(MACROS_OF_OPEN):
            raise refused("macros")
        if part.filename == "[Content_Types].xml" and part.file_size < SMALL:
            said = archive.read(part).lower()
            if b"macroenabled" in said or b"vbaproject" in said:
                raise refused("macros")


def _unpack(archive: zipfile.ZipFile, part: zipfile.ZipInfo, *, within: bool) -> None:
    """Unpack a part to nowhere: it must be as long as it says, and no file of another kind."""
    with archive.open(part) as stream:
        first = stream.read(PART)
        if first.startswith(FOREIGN):
            if within or not part.filename.lower().endswith(EMBEDDED):
                raise refused("inside")
            _look_into_embedded(first, stream)
        while stream.read(PART):
            pass


def _look_into_embedded(first: bytes, stream: IO[bytes]) -> None:
    """A document within a document, to that depth and no further."""
    with tempfile.TemporaryFile(dir=folder()) as copy:
        copy.write(first)
        while part := stream.read(PART):
            copy.write(part)
        look_into(copy, within=True)


def _bomb() -> Exception:
    return refused("bomb", most=MOST_UNPACKED // 10**6, members=MOST_PARTS)
