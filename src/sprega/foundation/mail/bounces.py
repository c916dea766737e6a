# SPDX-License-Identifier: EUPL-1.2
"""Reports of mail servers that a mail could not be delivered (RFC 3464); anybody may have written them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser

from sprega.foundation.mail.write import one_line

LARGEST = 1 << 20
LONGEST_PROBLEM = 300
TOKEN = re.compile(r"\+([0-9a-f]{24})@")
ADDRESSED = ("To", "Delivered-To", "X-Original-To", "Envelope-To")


@dataclass(frozen=True)
class Report:
    """Which mail it is about, by its token or its Message-ID, whether for good, and why."""

    token: str
    message_id: str
    failed: bool
    problem: str


def read_report(message: bytes) -> Report | None:
    """Read a delivery report; None for any other mail.

    Examples
    --------
    >>> read_report(b"Subject: Out of office\\n\\nI am back on Monday.") is None
    True
    """
    # the old policy: it leaves malformed headers as they are instead of failing on them
    mail = BytesParser(policy=policy.compat32).parsebytes(message[:LARGEST])
    if mail.get_content_type() != "multipart/report":
        return None
    status = next(
        (part for part in mail.walk() if part.get_content_type() == "message/delivery-status"), None
    )
    if status is None or not status.is_multipart():
        return None
    recipients = [block for block in status.get_payload() if block.get("Action")]
    if not recipients:
        return None
    failed = [one for one in recipients if str(one["Action"]).strip().lower() == "failed"]
    told = (failed or recipients)[0]
    why = str(told.get("Diagnostic-Code", "")).partition(";")[2]
    return Report(_token(mail), _message_id(mail), bool(failed), _one(f"{told.get('Status', '')} {why}"))


def _token(mail: Message) -> str:
    for name in ADDRESSED:
        for value in mail.get_all(name, []):
            if found := TOKEN.search(str(value)):
                return found[1]
    return ""


def _message_id(mail: Message) -> str:
    """The Message-ID of the mail that the report gives back, whole or its headers only."""
    for part in mail.walk():
        match part.get_content_type():
            case "message/rfc822" if part.is_multipart():
                return _one(str(part.get_payload(0).get("Message-ID", "")))
            case "text/rfc822-headers":
                text = part.get_payload(decode=True) or b""
                return _one(str(BytesParser().parsebytes(text, headersonly=True).get("Message-ID", "")))
    return ""


def _one(text: str) -> str:
    return one_line(text)[:LONGEST_PROBLEM]
