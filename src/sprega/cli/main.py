# SPDX-License-Identifier: EUPL-1.2
"""The command `sprega`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from sprega.cli import (
    backup,
    check,
    clear,
    doctor,
    example,
    ledger,
    ledger_key,
    office,
    person,
    practice,
    restore,
    serve,
    start,
    upgrade,
    verify,
    worker,
)
from sprega.cli.refusal import INTERRUPTED, REFUSED, Refusal
from sprega.cli.texts import argparse_in
from sprega.engines.model import EngineError, Sentence
from sprega.foundation.language import LANGUAGES, Language, spoken_here
from sprega.server.database.faults import DatabaseError

COMMANDS = (
    start,
    serve,
    practice,
    office,
    person,
    worker,
    doctor,
    backup,
    restore,
    upgrade,
    ledger,
    ledger_key,
    verify,
    clear,
    check,
    example,
)
BROKEN_PIPE = 141
TERMINATED = 143


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with these arguments (those of the process by default); return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    language = Language(_asked_language(given))
    signal.signal(signal.SIGTERM, _end)
    try:
        with argparse_in(language):
            options = _parser(language).parse_args(given)
        return options.run(options, language)
    except (Refusal, DatabaseError) as refusal:
        print(language.say(refusal.problem), language.say(refusal.mend), file=sys.stderr)
        return REFUSED
    except EngineError as error:
        print(language.say(error.sentence), file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        print(language.say(Sentence("Interrupted: nothing was written.")), file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE


def _parser(language: Language) -> argparse.ArgumentParser:
    say = language.say
    parser = argparse.ArgumentParser(
        prog="sprega",
        description=say(
            Sentence("What an industrial cluster runs on; and joint purchases, cleared from a workbook.")
        ),
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(required=True, metavar=say(Sentence("COMMAND")), dest="command")
    for command in COMMANDS:
        added = command.add(commands, language)
        added.add_argument(
            "--lang", choices=LANGUAGES, help=say(Sentence("language: English (en) or Bulgarian (bg)"))
        )
        added.set_defaults(run=command.run)
    return parser


def _asked_language(arguments: Sequence[str]) -> str:
    """The language on the command line, looked up before anything is said; else that of the terminal."""
    for position, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            wanted = argument.removeprefix("--lang=")
        elif argument == "--lang" and position + 1 < len(arguments):
            wanted = arguments[position + 1]
        else:
            continue
        if wanted in LANGUAGES:
            return wanted
    return spoken_here()


def _end(signum: int, frame: FrameType | None) -> None:
    """Leave as on Ctrl-C when the system asks for it, so that nothing half-written stays."""
    raise SystemExit(TERMINATED)
