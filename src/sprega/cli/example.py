# SPDX-License-Identifier: EUPL-1.2
"""`sprega example`: the practice purchase as a workbook to start from."""

from __future__ import annotations

import argparse
import os
import tempfile
import zipfile
from pathlib import Path

from sprega.cli.refusal import DONE, Refusal, unwritable_file
from sprega.engines.model import Sentence
from sprega.foundation.language import Language

WORKBOOK = "purchase.xlsx"
DATED = "docProps/core.xml"


def add(commands: argparse._SubParsersAction, language: Language) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    say = language.say
    words = say(Sentence("write the practice purchase as a workbook to start from"))
    parser = commands.add_parser("example", help=words, description=words, allow_abbrev=False)
    parser.add_argument(
        "folder", type=Path, metavar=say(Sentence("DIR")), help=say(Sentence("folder for purchase.xlsx"))
    )
    parser.add_argument(
        "--force", action="store_true", help=say(Sentence("replace a purchase.xlsx that was changed"))
    )
    return parser


def run(options: argparse.Namespace, language: Language) -> int:
    """Write the workbook, but never over one that somebody changed."""
    from sprega.formats.purchase_workbook import write_purchase
    from sprega.rooms.buying.practice import practice_purchase

    target = options.folder / WORKBOOK
    try:
        options.folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".purchase-", suffix=".xlsx", dir=options.folder)
        os.close(handle)
        new = Path(name)
        try:
            write_purchase(practice_purchase(language.code), new)
            if target.exists() and not options.force and not _same(new, target):
                raise Refusal(
                    Sentence("{file} exists and differs from the practice purchase.", {"file": str(target)}),
                    Sentence("Name another folder, or add --force to replace it."),
                )
            new.chmod(0o644)
            new.replace(target)
        finally:
            new.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable_file(target, error) from error
    print(language.say(Sentence("The practice purchase: {file}", {"file": str(target)})))
    return DONE


def _same(one: Path, other: Path) -> bool:
    """Whether two workbooks hold the same, whenever they were written."""
    try:
        parts = []
        for path in (one, other):
            with zipfile.ZipFile(path) as archive:
                parts.append(
                    {part.filename: part.CRC for part in archive.infolist() if part.filename != DATED}
                )
    except zipfile.BadZipFile:
        return False
    return parts[0] == parts[1]
