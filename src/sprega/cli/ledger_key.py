# SPDX-License-Identifier: EUPL-1.2
"""`sprega ledger-key`: let the ledger of a cluster be signed by a new key from now on."""

from __future__ import annotations

import argparse

from sprega.cli.arguments import add_cluster
from sprega.cli.refusal import DONE
from sprega.engines.model import Sentence
from sprega.foundation.language import Language


def add(commands: argparse._SubParsersAction, language: Language) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    say = language.say
    words = say(Sentence("sign the ledger of a cluster with a new key, to which the present one hands over"))
    parser = commands.add_parser("ledger-key", help=words, description=words, allow_abbrev=False)
    parser.add_argument(
        "--lost",
        action="store_true",
        help=say(Sentence("the present key is lost: begin with a new one that nothing vouches for")),
    )
    add_cluster(parser, language)
    return parser


def run(options: argparse.Namespace, language: Language) -> int:
    """Change the key, and print the new public one."""
    from sprega.server import installation

    cluster = installation.only(options.cluster)
    with installation.inside(cluster):
        from sprega.foundation.access.identity import NOBODY
        from sprega.foundation.ledger.actions import change_key

        new = change_key(actor=NOBODY, lost=options.lost)
    say = language.say
    print(say(Sentence("Key: {key}", {"key": str(new)})))
    if options.lost:
        print(
            say(
                Sentence(
                    "Nothing vouches for this key: publish it by telephone or on paper, with the latest "
                    "checkpoint."
                )
            )
        )
    else:
        print(say(Sentence("The earlier key has signed that this one follows. Publish both.")))
    print(say(Sentence("Make a backup: the private key lies among the cluster's secrets.")))
    return DONE
