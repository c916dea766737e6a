# SPDX-License-Identifier: EUPL-1.2
"""`sprega start`: make a new, empty cluster."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sprega.cli.refusal import DONE, REFUSED, Refusal, reason, unwritable_file
from sprega.cli.serve import PORT, port
from sprega.cli.texts import read_as
from sprega.engines.model import Sentence
from sprega.foundation.language import Language

if TYPE_CHECKING:
    from sprega.server.cluster import Cluster
    from sprega.server.founding import Listed


def add(commands: argparse._SubParsersAction, language: Language) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    say = language.say
    words = say(Sentence("make a new, empty cluster with its database and its office's account"))
    parser = commands.add_parser("start", help=words, description=words, allow_abbrev=False)
    parser.add_argument(
        "name",
        nargs="?",
        metavar=say(Sentence("NAME")),
        help=say(Sentence("short name in small Latin letters, such as srednogorie")),
    )
    parser.add_argument(
        "--title-en", metavar=say(Sentence("TITLE")), help=say(Sentence("its name in English"))
    )
    parser.add_argument(
        "--title-bg", metavar=say(Sentence("TITLE")), help=say(Sentence("its name in Bulgarian"))
    )
    parser.add_argument(
        "--languages",
        metavar="en,bg",
        help=say(Sentence("languages that it offers, the first by default: en,bg or bg,en or one of them")),
    )
    parser.add_argument(
        "--port",
        type=read_as(port, PORT, language),
        metavar="N",
        help=say(Sentence("where it is served; the next free one from 8000")),
    )
    parser.add_argument(
        "--office",
        metavar=say(Sentence("EMAIL")),
        help=say(Sentence("e-mail address of the office's first account")),
    )
    parser.add_argument(
        "--password-file",
        type=Path,
        metavar=say(Sentence("FILE")),
        help=say(Sentence("its password in a file; without, a link is printed at which it is chosen")),
    )
    parser.add_argument(
        "--members",
        type=Path,
        metavar=say(Sentence("FILE.xlsx")),
        help=say(Sentence("members from a workbook such as --members-template writes")),
    )
    parser.add_argument(
        "--founding-text",
        action="store_true",
        help=say(Sentence("Industrial Cluster Srednogorie with the 22 members of its founding text")),
    )
    parser.add_argument(
        "--members-template",
        type=Path,
        metavar=say(Sentence("FILE.xlsx")),
        help=say(Sentence("write an empty workbook for members, and make no cluster")),
    )
    parser.add_argument(
        "--if-missing", action="store_true", help=say(Sentence("do nothing if the cluster exists already"))
    )
    return parser


def run(options: argparse.Namespace, language: Language) -> int:
    """Check everything first, then make the cluster or nothing."""
    from sprega.server import installation
    from sprega.server.cluster import Cluster

    if options.members_template:
        return _write_template(options.members_template, language)
    if options.name is None:
        raise Refusal(Sentence("The new cluster has no name."), Sentence("Write sprega start NAME."))
    installation.check_name(options.name)
    folder = installation.clusters_folder() / options.name
    if options.if_missing and folder.exists():
        return DONE
    listed = _members(options, language)
    if listed is None:
        return REFUSED
    languages = _languages(options.languages)
    cluster = Cluster(
        folder,
        options.name,
        _title(options, languages),
        options.port or installation.free_port(),
        languages=languages,
    )
    password = _password(options)
    link = _make(cluster, listed, options.office, password)
    _tell(cluster, listed, options.office, link, language)
    return DONE


def _make(cluster: Cluster, listed: Sequence[Listed], office: str | None, password: str | None) -> str | None:
    """Make the cluster; the link at which its office chooses a password, where it has none."""
    from sprega.server import installation
    from sprega.server.making import make

    def fill(unfinished: Cluster) -> str | None:
        from sprega.server import founding

        if office and password:
            founding.check_password(password, email=office)
        own = founding.found(name=cluster.name, title=cluster.title, organisations=listed)
        if office is None:
            return None
        return founding.open_office(
            cluster=own, email=office, password=password, language=cluster.languages[0]
        )

    installation.make_home()
    with installation.database_in_use() as server:
        return make(cluster, server, fill)


def _tell(
    cluster: Cluster, listed: Sequence[Listed], office: str | None, link: str | None, language: Language
) -> None:
    say = language.say
    members = sum(one.standing == "member" for one in listed)
    print(
        say(
            Sentence("The cluster {name} is made. Members: {count}", {"name": cluster.name, "count": members})
        )
    )
    outside = sorted({one.holding for one in listed if one.holding} - {one.slug for one in listed})
    if outside:
        print(say(Sentence("Holdings that are no members: {names}", {"names": "; ".join(outside)})))
    print_link(link, language)
    if office is None:
        print(
            say(Sentence("It has no office account yet: sprega office {name} EMAIL", {"name": cluster.name}))
        )
    print(say(Sentence("Serve it: sprega serve {name}", {"name": cluster.name})))


def print_link(link: str | None, language: Language) -> None:
    """Where the office chooses its password, if it has none."""
    if link:
        chosen = Sentence(
            "The office chooses its password here, once, within three days: {link}", {"link": link}
        )
        print(language.say(chosen))


def _members(options: argparse.Namespace, language: Language) -> Sequence[Listed] | None:
    """Who belongs to it; None once the faults of the workbook were told."""
    if options.founding_text:
        from sprega.server.founding_text import MEMBERS

        return MEMBERS
    if options.members is None:
        return []
    return _read_members(options.members, language)


def _read_members(path: Path, language: Language) -> Sequence[Listed] | None:
    from sprega.cli.terminal import print_faults
    from sprega.formats.members_workbook import read_members
    from sprega.server.founding import Listed

    try:
        reading = read_members(path)
    except OSError as error:
        raise Refusal(
            Sentence("{file} cannot be read ({reason}).", {"file": str(path), "reason": reason(error)}),
            Sentence("Check the name and whether you may read the file."),
        ) from error
    if reading.warnings:
        title = Sentence("Warnings: {count}", {"count": len(reading.warnings)})
        print_faults(reading.warnings, title, language)
    if reading.faults:
        count = {"count": len(reading.faults)}
        print_faults(reading.faults, Sentence("No cluster was made. Faults: {count}", count), language)
        return None
    return [Listed(one.slug, one.name, one.name_bg, one.kind, one.holding) for one in reading.members]


def _languages(text: str | None) -> tuple[str, ...]:
    from sprega.server.cluster import LANGUAGES

    chosen = tuple(dict.fromkeys(text.replace(" ", "").split(","))) if text else LANGUAGES
    if not chosen or set(chosen) - set(LANGUAGES):
        raise Refusal(
            Sentence("Sprega does not speak {languages}.", {"languages": text}),
            Sentence("Choose en, bg, en,bg or bg,en."),
        )
    return chosen


def _title(options: argparse.Namespace, languages: tuple[str, ...]) -> dict[str, str]:
    """The title in each language; one that is missing is taken from the other."""
    given = {"en": options.title_en, "bg": options.title_bg}
    if options.founding_text:
        from sprega.server.founding_text import TITLE

        given = {code: given[code] or TITLE[code] for code in TITLE}
    known = [title for title in given.values() if title]
    first = known[0] if known else options.name.capitalize()
    return {code: given[code] or first for code in languages}


def _password(options: argparse.Namespace) -> str | None:
    if options.password_file is None:
        return None
    if options.office is None:
        raise Refusal(
            Sentence("A password needs the account that it is for."), Sentence("Add --office EMAIL.")
        )
    try:
        lines = options.password_file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = reason(error) if isinstance(error, OSError) else str(error)
        raise Refusal(
            Sentence(
                "{file} cannot be read ({reason}).", {"file": str(options.password_file), "reason": why}
            ),
            Sentence("Name a file whose first line is the password."),
        ) from error
    return lines[0] if lines else ""


def _write_template(path: Path, language: Language) -> int:
    from sprega.formats.members_workbook import write_template

    if path.exists():
        raise Refusal(
            Sentence("{file} exists already.", {"file": str(path)}),
            Sentence("Choose another name for the file."),
        )
    try:
        write_template(path)
    except OSError as error:
        raise unwritable_file(path, error) from error
    print(language.say(Sentence("A workbook for members: {file}", {"file": str(path)})))
    return DONE
