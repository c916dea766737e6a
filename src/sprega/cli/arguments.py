# SPDX-License-Identifier: EUPL-1.2
"""Arguments that several commands take."""

from __future__ import annotations

import argparse

from sprega.engines.model import Sentence
from sprega.foundation.language import Language


def add_cluster(parser: argparse.ArgumentParser, language: Language) -> None:
    """Which cluster is meant, for a command whose first argument is something else."""
    parser.add_argument(
        "--cluster",
        metavar=language.say(Sentence("NAME")),
        help=language.say(Sentence("which cluster, where there are several")),
    )


def add_person(parser: argparse.ArgumentParser, language: Language) -> None:
    """Which person of which cluster is meant."""
    say = language.say
    parser.add_argument(
        "name", metavar=say(Sentence("NAME")), help=say(Sentence("short name of the cluster"))
    )
    parser.add_argument(
        "email", metavar=say(Sentence("EMAIL")), help=say(Sentence("e-mail address of the person"))
    )
