# SPDX-License-Identifier: EUPL-1.2
"""`sprega serve`: run clusters on this machine until told to end."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sprega.cli.refusal import DONE, Refusal
from sprega.cli.texts import read_as
from sprega.engines.model import Sentence
from sprega.foundation.language import Language

if TYPE_CHECKING:
    from sprega.server.cluster import Cluster


def add(commands: argparse._SubParsersAction, language: Language) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    say = language.say
    words = say(Sentence("serve clusters: database, web and one worker for each; Ctrl-C ends all"))
    parser = commands.add_parser("serve", help=words, description=words, allow_abbrev=False)
    parser.add_argument(
        "names",
        nargs="*",
        metavar=say(Sentence("NAME")),
        help=say(Sentence("clusters to serve; all of this installation by default")),
    )
    parser.add_argument(
        "--port",
        type=read_as(port, PORT, language),
        metavar="N",
        help=say(Sentence("serve the one cluster here from now on")),
    )
    parser.add_argument(
        "--address",
        default="127.0.0.1",
        metavar="IP",
        help=say(Sentence("address to listen on; this machine alone (127.0.0.1) by default")),
    )
    parser.add_argument(
        "--no-worker",
        action="store_true",
        help=say(Sentence("start no worker: others do the long work (sprega worker)")),
    )
    return parser


PORT = Sentence("write a port from 1024 to 65535")


def port(text: str) -> int:
    """A port that an ordinary user may listen on."""
    value = int(text)
    if not 1024 <= value < 65_536:
        raise ValueError(text)
    return value


def run(options: argparse.Namespace, language: Language) -> int:
    """Serve until Ctrl-C or SIGTERM."""
    from sprega.server import installation
    from sprega.server.serving import serve

    if not options.names:
        installation.refuse_half_restored()
    chosen = (
        [installation.find(name) for name in dict.fromkeys(options.names)]
        if options.names
        else installation.clusters()
    )
    if not chosen:
        raise installation.no_cluster()
    if options.port is not None or installation.database_elsewhere():
        if len(chosen) != 1:
            raise Refusal(
                Sentence("Several clusters cannot share one port or one database."),
                Sentence("Name the one that you mean: sprega serve NAME"),
            )
        if options.port is not None:
            chosen = [replace(chosen[0], port=options.port)]
            chosen[0].write()
    serve(
        chosen,
        address=options.address,
        workers=not options.no_worker,
        language=language,
        ready=lambda: print_addresses(chosen, language),
        tell=lambda sentence: print(language.say(sentence), file=sys.stderr, flush=True),
    )
    return DONE


def print_addresses(clusters: Sequence[Cluster], language: Language) -> None:
    """Where the clusters are, and the accounts of the practice cluster."""
    for cluster in clusters:
        title = cluster.title.get(language.code) or next(iter(cluster.title.values()))
        where = f"https://{cluster.hosts[0]}" if cluster.hosts else f"http://127.0.0.1:{cluster.port}"
        print(f"{title}: {where}")
        print_accounts(cluster, language)
    print(language.say(Sentence("Ctrl-C ends all.")), flush=True)


def print_accounts(cluster: Cluster, language: Language) -> None:
    """The accounts of a practice cluster, one a line."""
    from sprega.server.practice import accounts

    for one in accounts(cluster):
        print(f"  {language.say(ROLES[one['role']]):<36} {one['email']:<30} {one['password']}")


ROLES = {
    "office": Sentence("cluster office"),
    "desk": Sentence("buying desk"),
    "board": Sentence("board member"),
    "head": Sentence("head of a member"),
    "purchasing": Sentence("purchasing manager"),
    "competitor": Sentence("purchasing manager of a competitor"),
    "mayor": Sentence("mayor"),
    "key_holder": Sentence("key holder"),
    "supplier": Sentence("supplier"),
    "outsider": Sentence("outsider"),
}
