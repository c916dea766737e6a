# SPDX-License-Identifier: EUPL-1.2
"""`sprega ledger`: write the ledger of a cluster into a file for an auditor."""

from __future__ import annotations

import argparse
from pathlib import Path

from sprega.cli.refusal import DONE, Refusal, reason
from sprega.engines.model import Sentence
from sprega.foundation.language import Language


def add(commands: argparse._SubParsersAction, language: Language) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    say = language.say
    words = say(Sentence("write the ledger of a cluster into a file, to be verified by sprega verify"))
    parser = commands.add_parser("ledger", help=words, description=words, allow_abbrev=False)
    parser.add_argument(
        "file", type=Path, metavar=say(Sentence("FILE")), help=say(Sentence("where to write it"))
    )
    parser.add_argument(
        "--cluster",
        metavar=say(Sentence("NAME")),
        help=say(Sentence("which cluster, where there are several")),
    )
    return parser


def run(options: argparse.Namespace, language: Language) -> int:
    """Write the ledger."""
    from sprega.server import installation
    from sprega.server.whole_file import whole_file

    cluster = installation.only(options.cluster)
    with installation.database_in_use() as server:
        installation.enter(cluster, installation.addresses(cluster, server))
        from django.db import connections

        from sprega.server.ledger_file import write_ledger

        try:
            with whole_file(options.file) as file:
                events = write_ledger(file)
        except OSError as error:
            raise unwritable_file(options.file, error) from error
        finally:
            connections.close_all()
    told = Sentence("The ledger: {file}. Events: {count}", {"file": str(options.file), "count": events})
    print(language.say(told))
    return DONE


def unwritable_file(path: Path, error: OSError) -> Refusal:
    """The system refused to write a file that the person named."""
    return Refusal(
        Sentence("{file} cannot be written ({reason}).", {"file": str(path), "reason": reason(error)}),
        Sentence("Name a folder in which you may write."),
    )
