# SPDX-License-Identifier: EUPL-1.2
"""`sprega restore`: a cluster from its backup."""

from __future__ import annotations

import argparse
from pathlib import Path

from sprega.cli.refusal import DONE
from sprega.engines.model import Sentence
from sprega.foundation.language import Language


def add(commands: argparse._SubParsersAction, language: Language) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    say = language.say
    words = say(Sentence("make a cluster from its backup"))
    parser = commands.add_parser("restore", help=words, description=words, allow_abbrev=False)
    parser.add_argument(
        "file", type=Path, metavar=say(Sentence("FILE.tar")), help=say(Sentence("what sprega backup wrote"))
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help=say(Sentence("replace the cluster of this name; what came after the backup is lost")),
    )
    return parser


def run(options: argparse.Namespace, language: Language) -> int:
    """Restore all or nothing."""
    from sprega.server import installation
    from sprega.server.backup import restore, unreadable

    installation.make_home()
    try:
        with installation.database_in_use() as server:
            cluster, manifest = restore(options.file, server, force=options.force)
    except OSError as error:
        raise unreadable(options.file, error) from error
    told = {"name": cluster.name, "at": manifest.at, "count": manifest.events, "root": manifest.root or "-"}
    print(
        language.say(
            Sentence("{name} is restored as of {at}. Events in the ledger: {count}, root {root}", told)
        )
    )
    print(language.say(Sentence("Serve it: sprega serve {name}", {"name": cluster.name})))
    return DONE
