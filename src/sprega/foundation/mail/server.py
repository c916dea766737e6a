# SPDX-License-Identifier: EUPL-1.2
"""Which mail server takes the letters, from one address: `smtp://user:password@mail.example.org:587`."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from sprega.engines.model import EngineError, Sentence

SMTP = "django.core.mail.backends.smtp.EmailBackend"
KEPT = "django.core.mail.backends.dummy.EmailBackend"
"""Nothing leaves: the outbox is the end (practice cluster)."""
NOT_SET = "sprega.foundation.mail.backends.NotSet"

PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
"""STARTTLS; TLS from the start; unencrypted, for a server on the same machine."""


@dataclass(frozen=True)
class MailServer:
    """What Django's settings EMAIL_* say, the sender, and the address to which mails come back."""

    backend: str
    sender: str
    bounces: str
    host: str = "localhost"
    port: int = 25
    user: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = False
    tls: bool = False


def mail_server(
    url: str, *, sender: str = "", bounces: str = "", hosts: tuple[str, ...] = (), practice: bool = False
) -> MailServer:
    """The server of an address; without one letters wait, and in the practice cluster none ever leaves.

    Examples
    --------
    >>> server = mail_server("smtp://office%40ics.bg:secret@mail.ics.bg", hosts=("sprega.ics.bg",))
    >>> server.user, server.host, server.port, server.starttls, server.sender, server.bounces
    ('office@ics.bg', 'mail.ics.bg', 587, True, 'noreply@sprega.ics.bg', 'bounces@sprega.ics.bg')
    >>> mail_server("", practice=True).backend
    'django.core.mail.backends.dummy.EmailBackend'
    """
    sender = sender or f"noreply@{hosts[0] if hosts else 'localhost.localdomain'}"
    bounces = bounces or f"bounces@{sender.rpartition('@')[2].rstrip('>')}"
    if practice or not url:
        return MailServer(KEPT if practice else NOT_SET, sender, bounces)
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        port = 0
    if not port or not parts.hostname:
        reason = "write smtp://user:password@mail.example.org:587, or smtps:// with port 465"
        raise EngineError(
            Sentence("{file} cannot be read ({reason}).", {"file": "SPREGA_SMTP_URL", "reason": reason})
        )
    return MailServer(
        SMTP,
        sender,
        bounces,
        parts.hostname,
        port,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        starttls=parts.scheme == "smtp",
        tls=parts.scheme == "smtps",
    )
