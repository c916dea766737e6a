# SPDX-License-Identifier: EUPL-1.2
"""`sprega practice`: the practice cluster, whose members are fictional, and as whom to look around in it."""

from __future__ import annotations

import argparse

from sprega.cli.refusal import DONE
from sprega.cli.serve import print_accounts
from sprega.engines.model import Sentence
from sprega.foundation.language import Language


def add(commands: argparse._SubParsersAction, language: Language) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    say = language.say
    words = say(Sentence("make the practice cluster of fictional members, or print its accounts again"))
    parser = commands.add_parser("practice", help=words, description=words, allow_abbrev=False)
    parser.add_argument(
        "--again", action="store_true", help=say(Sentence("throw the practice cluster away and make it anew"))
    )
    parser.add_argument(
        "--if-missing", action="store_true", help=say(Sentence("do nothing if the cluster exists already"))
    )
    return parser


def run(options: argparse.Namespace, language: Language) -> int:
    """Make it if it is missing, and print its accounts."""
    from sprega.server import installation, practice
    from sprega.server.cluster import Cluster
    from sprega.server.making import make, remove

    say = language.say
    installation.make_home()
    cluster = Cluster(
        installation.clusters_folder() / practice.NAME,
        practice.NAME,
        practice.TITLE,
        practice.port(),
        practice=True,
    )
    if options.if_missing and cluster.folder.exists():
        return DONE
    if options.again or not cluster.folder.exists():
        with installation.database_in_use() as server:
            if cluster.folder.exists():
                remove(cluster, server)
            print(say(Sentence("Making the practice cluster...")), flush=True)
            make(cluster, server, practice.fill)
    print(say(Sentence("The practice cluster is ready: sprega serve {name}", {"name": cluster.name})))
    print_accounts(cluster, language)
    return DONE
