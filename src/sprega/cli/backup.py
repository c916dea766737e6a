# SPDX-License-Identifier: EUPL-1.2
"""`sprega backup`: a cluster's database, files, settings and keys in one archive."""

from __future__ import annotations

import argparse
from pathlib import Path

from sprega.cli.arguments import add_cluster
from sprega.cli.refusal import DONE, Refusal, unwritable_file
from sprega.engines.model import Sentence
from sprega.foundation.language import Language


def add(commands: argparse._SubParsersAction, language: Language) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    say = language.say
    words = say(Sentence("write a cluster with its database, files and keys into one archive"))
    parser = commands.add_parser("backup", help=words, description=words, allow_abbrev=False)
    parser.add_argument(
        "file",
        type=Path,
        metavar=say(Sentence("FILE.tar")),
        help=say(Sentence("where to write it; %%D in the name becomes the date")),
    )
    add_cluster(parser, language)
    parser.add_argument("--force", action="store_true", help=say(Sentence("replace a file of this name")))
    return parser


def run(options: argparse.Namespace, language: Language) -> int:
    """Write the archive; the cluster may be served meanwhile."""
    from datetime import UTC, datetime

    from sprega.server import installation
    from sprega.server.backup import back_up

    cluster = installation.only(options.cluster)
    path = Path(str(options.file).replace("%D", datetime.now(UTC).date().isoformat()))
    if path.exists() and not options.force:
        raise Refusal(
            Sentence("{file} exists already.", {"file": str(path)}),
            Sentence("Choose another name for the file, or add --force to replace it."),
        )
    try:
        with installation.database_in_use() as server:
            manifest = back_up(cluster, server, path)
    except OSError as error:
        raise unwritable_file(path, error) from error
    told = {"file": str(path), "name": cluster.name, "count": manifest.events}
    print(language.say(Sentence("The backup of {name}: {file}. Events in the ledger: {count}", told)))
    print(language.say(Sentence("It holds all data and the keys: keep it as you keep keys.")))
    return DONE
