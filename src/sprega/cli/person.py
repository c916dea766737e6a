# SPDX-License-Identifier: EUPL-1.2
"""`sprega person`: hand out or erase what is kept about somebody who cannot sign in."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from sprega.cli.arguments import add_person
from sprega.cli.refusal import DONE, Refusal, unwritable_file
from sprega.engines.model import Sentence
from sprega.foundation.language import Language

if TYPE_CHECKING:
    from sprega.foundation.accounts.models import Person


def add(commands: argparse._SubParsersAction, language: Language) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    say = language.say
    words = say(Sentence("hand out or erase what is kept about a person who cannot sign in"))
    parser = commands.add_parser("person", help=words, description=words, allow_abbrev=False)
    add_person(parser, language)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--file",
        type=Path,
        metavar=say(Sentence("FILE.zip")),
        help=say(Sentence("write everything that is kept about the person into this file")),
    )
    what.add_argument(
        "--erase", action="store_true", help=say(Sentence("erase it for ever, as the person could"))
    )
    return parser


def run(options: argparse.Namespace, language: Language) -> int:
    """Do what the person could do on their own page."""
    from sprega.server import installation

    cluster = installation.find(options.name)
    with installation.inside(cluster):
        from django.utils import translation

        with translation.override(language.code):
            person = _find(options.email)
            said = _erase(person) if options.erase else _hand_out(person, options.file)
    print(language.say(said))
    return DONE


def _find(email: str) -> Person:
    from sprega.foundation.accounts.models import Person

    person = Person.objects.filter(email__iexact=email.strip(), erased_at=None).first()
    if person is None:
        raise Refusal(
            Sentence("Nobody signs in with {email}.", {"email": email}),
            Sentence("Take the address as it stands on the office's page of people."),
        )
    return person


def _hand_out(person: Person, path: Path) -> Sentence:
    from sprega.foundation.personal.actions import hand_out
    from sprega.server.whole_file import whole_file

    content = hand_out(person.pk)
    try:
        with whole_file(path) as stream:
            stream.write(content)
    except OSError as error:
        raise unwritable_file(path, error) from error
    return Sentence("Everything that is kept about {email}: {path}", {"email": person.email, "path": path})


def _erase(person: Person) -> Sentence:
    from django.core.exceptions import ValidationError

    from sprega.foundation.access.identity import Actor
    from sprega.foundation.personal.actions import erase_account

    email = person.email
    try:
        rows = erase_account(actor=Actor(person.pk), confirmed=email)
    except ValidationError as error:
        raise Refusal(
            Sentence("Nothing was erased yet. {first}", {"first": " ".join(error.messages)}),
            Sentence("sprega practice --again makes everybody there anew.")
            if person.practice_role
            else Sentence("Then run this command again."),
        ) from error
    return Sentence("What was kept about {email} is erased: {rows} rows.", {"email": email, "rows": rows})
