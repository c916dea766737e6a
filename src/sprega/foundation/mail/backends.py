# SPDX-License-Identifier: EUPL-1.2
"""What stands where a mail server has not been named yet."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class NotSet(BaseEmailBackend):
    """Refuses: a letter must wait in the outbox rather than be lost."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise ConnectionError("No mail server: set SPREGA_SMTP_URL.")
