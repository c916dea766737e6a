# SPDX-License-Identifier: EUPL-1.2
"""A letter's words: from templates and plain texts, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.template import engines
from django.utils import translation
from django.utils.functional import Promise

if TYPE_CHECKING:
    Text = str | Promise

NO_LINE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
LONGEST_SUBJECT = 200


@dataclass(frozen=True)
class Words:
    """Subject, text that is complete on its own, and the same for readers that show HTML."""

    subject: str
    text: str
    html: str


def write(template: str, context: Mapping[str, Text], language: str) -> Words:
    """Write a letter: `mail/TEMPLATE.txt` begins with its subject and an empty line.

    `mail/TEMPLATE.html` stands for readers that show HTML; without it the text is shown in the house's frame.
    """
    with translation.override(language):
        words = {"cluster": cluster_title(), "home": cluster_address("/"), **_plain(context)}
        subject, _blank, text = _render([f"mail/{template}.txt"], words, escape=False).partition("\n\n")
        return words_of(subject, text, language, html=f"mail/{template}.html", context=words)


def words_of(
    subject: str, text: str, language: str, *, html: str = "", context: Mapping[str, str] | None = None
) -> Words:
    """A letter whose text somebody else has written."""
    with translation.override(language):
        subject, text = one_line(subject)[:LONGEST_SUBJECT], f"{text.strip()}\n"
        frame = {"cluster": cluster_title(), "home": cluster_address("/"), **(context or {})}
        frame |= {"subject": subject, "text": text, "language": language}
        return Words(subject, text, _render(list(filter(None, [html, "mail/letter.html"])), frame))


def one_line(text: str) -> str:
    """Text for a header: what ends a line there would begin another header."""
    return " ".join(NO_LINE.sub(" ", text).split())


def known_language(language: str) -> str:
    """The language, if the cluster speaks it, else its own."""
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def cluster_title() -> str:
    """The cluster's name in the language now spoken."""
    titles = settings.CLUSTER.title
    return titles.get(translation.get_language() or "") or next(iter(titles.values()))


def cluster_address(path: str) -> str:
    """The whole address of a page; never taken from a request, which could name any host."""
    hosts = settings.CLUSTER.hosts
    return f"https://{hosts[0]}{path}" if hosts else f"http://127.0.0.1:{settings.CLUSTER.port}{path}"


def _plain(context: Mapping[str, Text]) -> dict[str, str]:
    """Words and addresses only: no row, no figure and no markup finds its way into a letter unseen."""
    for name, value in context.items():
        # a SafeString, which would not be escaped, is no plain str
        if type(value) is not str and not isinstance(value, Promise):
            raise TypeError(f"A letter takes texts only; {name} is {type(value).__name__}.")
    return {name: str(value) for name, value in context.items()}


def _render(templates: list[str], context: Mapping[str, str], *, escape: bool = True) -> str:
    from django.template import Context

    engine = engines["django"].engine
    return engine.select_template(templates).render(Context(dict(context), autoescape=escape))
