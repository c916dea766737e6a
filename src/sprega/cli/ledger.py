# SPDX-License-Identifier: EUPL-1.2
"""`sprega ledger`: write the ledger of a cluster into a file for an auditor."""

from __future__ import annotations

import argparse
from pathlib import Path

from sprega.cli.arguments import add_cluster
from sprega.cli.refusal import DONE, unwritable_file
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
    add_cluster(parser, language)
    return parser


def run(options: argparse.Namespace, language: Language) -> int:
    """Write the ledger."""
    from sprega.server import installation
    from sprega.server.whole_file import whole_file

    cluster = installation.only(options.cluster)
    with installation.inside(cluster):
        from sprega.server.ledger_file import write_ledger

        try:
            with whole_file(options.file) as file:
                events = write_ledger(file)
        except OSError as error:
            raise unwritable_file(options.file, error) from error
    told = Sentence("The ledger: {file}. Events: {count}", {"file": str(options.file), "count": events})
    print(language.say(told))
    return DONE
