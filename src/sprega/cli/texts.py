# SPDX-License-Identifier: EUPL-1.2
"""What argparse itself says, listed so that it is translated like every other sentence."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sprega.engines.model import Sentence
from sprega.foundation.language import Language

Read = TypeVar("Read")

ARGPARSE = (
    Sentence("usage: "),
    Sentence("options"),
    Sentence("positional arguments"),
    Sentence("show this help message and exit"),
    Sentence("%(prog)s: error: %(message)s\n"),
    Sentence("the following arguments are required: %s"),
    Sentence("unrecognized arguments: %s"),
    Sentence("invalid choice: %(value)r (choose from %(choices)s)"),
    Sentence("invalid %(type)s value: %(value)r"),
    Sentence("expected one argument"),
    Sentence("argument %(argument_name)s: %(message)s"),
    Sentence("ambiguous option: %(option)s could match %(matches)s"),
    Sentence("ignored explicit argument %r"),
)


@contextmanager
def argparse_in(language: Language) -> Iterator[None]:
    """Let argparse speak a language while this lasts (it looks its words up in `argparse._`)."""
    kept = vars(argparse)["_"]
    vars(argparse)["_"] = lambda text: language.say(Sentence(text)) if "{" not in text else text
    try:
        yield
    finally:
        vars(argparse)["_"] = kept


def read_as(read: Callable[[str], Read], right: Sentence, language: Language) -> Callable[[str], Read]:
    """The same reader of an argument, but what it refuses is answered with what would be right."""

    def reader(text: str) -> Read:
        try:
            return read(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r}: {language.say(right)}") from None

    return reader
