# SPDX-License-Identifier: EUPL-1.2
"""`sprega upgrade`: bring the databases to what this version needs, after a backup."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from sprega.cli.refusal import DONE
from sprega.engines.model import Sentence
from sprega.foundation.language import Language


def add(commands: argparse._SubParsersAction, language: Language) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    say = language.say
    words = say(Sentence("back up each cluster whose database is due, then bring it to this version"))
    parser = commands.add_parser("upgrade", help=words, description=words, allow_abbrev=False)
    parser.add_argument(
        "names",
        nargs="*",
        metavar=say(Sentence("NAME")),
        help=say(Sentence("which clusters; all by default")),
    )
    parser.add_argument(
        "--no-backup", action="store_true", help=say(Sentence("make no backup: one was made just now"))
    )
    return parser


def run(options: argparse.Namespace, language: Language) -> int:
    """Upgrade what is due; an interrupted upgrade goes on from where it was."""
    from sprega.server import installation
    from sprega.server.backup import back_up
    from sprega.server.database.home import home
    from sprega.server.serving import alone, due, prepare

    say = language.say
    chosen = [installation.find(name) for name in options.names] or installation.clusters()
    if not chosen:
        raise installation.no_cluster()
    with installation.database_in_use() as server:
        for cluster in chosen:
            with alone(cluster):
                waiting = due(cluster, server, language)
                if waiting and not options.no_backup:
                    at = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
                    path = home() / "backups" / f"{cluster.name}-{at}.tar"
                    path.parent.mkdir(mode=0o700, exist_ok=True)
                    back_up(cluster, server, path)
                    print(say(Sentence("Backed up first: {file}", {"file": str(path)})))
                if waiting:
                    prepare([cluster], server, language)
                told = {"name": cluster.name, "count": len(waiting)}
                print(say(Sentence("{name} is up to date. Migrations that ran: {count}", told)), flush=True)
    return DONE
