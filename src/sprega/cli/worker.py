# SPDX-License-Identifier: EUPL-1.2
"""`sprega worker`: one more worker for a cluster, on this machine or another."""

from __future__ import annotations

import argparse
import sys

from sprega.cli.refusal import DONE
from sprega.engines.model import Sentence
from sprega.foundation.language import Language


def add(commands: argparse._SubParsersAction, language: Language) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    say = language.say
    words = say(Sentence("do the long work of a cluster, beside the worker of sprega serve or instead of it"))
    parser = commands.add_parser("worker", help=words, description=words, allow_abbrev=False)
    parser.add_argument(
        "name", metavar=say(Sentence("NAME")), help=say(Sentence("short name of the cluster"))
    )
    return parser


def run(options: argparse.Namespace, language: Language) -> int:
    """Work until Ctrl-C or SIGTERM."""
    from sprega.server import installation
    from sprega.server.serving import work

    cluster = installation.find(options.name)
    work(
        cluster,
        language=language,
        tell=lambda sentence: print(language.say(sentence), file=sys.stderr, flush=True),
    )
    return DONE
