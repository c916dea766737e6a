# SPDX-License-Identifier: EUPL-1.2
"""Handing one mail to the mail server, and what its answer means."""

from __future__ import annotations

import smtplib
from enum import Enum, auto
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from sprega.foundation.mail.write import one_line

if TYPE_CHECKING:
    from django.core.mail.backends.base import BaseEmailBackend

    from sprega.foundation.mail.models import Letter, Mail

LONGEST_PROBLEM = 300
# What the server says of us, not of the mail: every other mail would hear the same.
OF_THE_SERVER = (smtplib.SMTPAuthenticationError, smtplib.SMTPConnectError, smtplib.SMTPHeloError)


class Outcome(Enum):
    """What became of an attempt."""

    SENT = auto()
    REFUSED = auto()
    LATER = auto()
    SERVER_AWAY = auto()


def message_of(mail: Mail, letter: Letter) -> EmailMultiAlternatives:
    """The message: what comes back goes to an address that names this mail."""
    local, _at, domain = settings.POST.bounces.rpartition("@")
    message = EmailMultiAlternatives(
        letter.subject,
        letter.text,
        from_email=f"{local}+{mail.bounce_token}@{domain}",
        to=[mail.address],
        headers={
            "From": settings.DEFAULT_FROM_EMAIL,
            "Message-ID": mail.message_id,
            "Content-Language": mail.language,
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(letter.html, "text/html")
    return message


def hand_over(mail: Mail, letter: Letter, connection: BaseEmailBackend) -> tuple[Outcome, str]:
    """Hand a mail to the server; the outcome, and what it said when it did not take it."""
    try:
        connection.open()
        connection.send_messages([message_of(mail, letter)])
    except smtplib.SMTPRecipientsRefused as refusal:
        code, said = next(iter(refusal.recipients.values()))
        return _of_code(code), _problem(code, said)
    except OF_THE_SERVER as trouble:
        return Outcome.SERVER_AWAY, _problem(trouble.smtp_code, trouble.smtp_error)
    except smtplib.SMTPResponseException as answer:
        return _of_code(answer.smtp_code), _problem(answer.smtp_code, answer.smtp_error)
    except OSError as trouble:  # no connection, a broken one, TLS; SMTP's other errors are OSErrors too
        return Outcome.SERVER_AWAY, one_line(f"{type(trouble).__name__}: {trouble}")[:LONGEST_PROBLEM]
    except ValueError as error:  # an address or header that no message can bear
        return Outcome.REFUSED, one_line(str(error))[:LONGEST_PROBLEM]
    return Outcome.SENT, ""


def _of_code(code: int) -> Outcome:
    return Outcome.REFUSED if 500 <= code < 600 else Outcome.LATER


def _problem(code: int, said: bytes | str) -> str:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return one_line(f"{code} {words}")[:LONGEST_PROBLEM]
