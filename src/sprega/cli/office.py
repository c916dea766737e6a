# SPDX-License-Identifier: EUPL-1.2
"""`sprega office`: give somebody the cluster office or a seat on its first board, where no page can do it."""

from __future__ import annotations

import argparse

from sprega.cli.arguments import add_person
from sprega.cli.refusal import DONE
from sprega.cli.start import print_link
from sprega.engines.model import Sentence
from sprega.foundation.language import Language


def add(commands: argparse._SubParsersAction, language: Language) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    say = language.say
    words = say(Sentence("open the office of a cluster to a person, and print where the password is chosen"))
    parser = commands.add_parser("office", help=words, description=words, allow_abbrev=False)
    add_person(parser, language)
    parser.add_argument(
        "--board",
        action="store_true",
        help=say(
            Sentence("a seat on the board instead: the first members of a board have nobody to confirm them")
        ),
    )
    return parser


def run(options: argparse.Namespace, language: Language) -> int:
    """Open the office."""
    from sprega.server import installation

    cluster = installation.find(options.name)
    with installation.inside(cluster):
        from django.db import transaction

        from sprega.foundation.organisations.models import Organisation
        from sprega.server import founding

        with transaction.atomic():
            own = Organisation.objects.get(standing=Organisation.Standing.CLUSTER)
            link = founding.open_office(
                cluster=own,
                email=options.email,
                password=None,
                language=cluster.languages[0],
                role="board" if options.board else "office",
            )
    print_link(link, language)
    return DONE
