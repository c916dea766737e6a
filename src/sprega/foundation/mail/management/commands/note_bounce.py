# SPDX-License-Identifier: EUPL-1.2
"""`note_bounce < MESSAGE`: what a mail server calls with each mail to the bounce addresses."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from sprega.foundation.mail.actions import note_bounce
from sprega.foundation.mail.bounces import LARGEST


class Command(BaseCommand):
    """Reads one message; it succeeds for any, or the server would send a bounce of the bounce."""

    help = "Note a mail that came back: its message is read from standard input."

    def handle(self, *args: Any, **options: Any) -> None:
        mail = note_bounce(sys.stdin.buffer.read(LARGEST))
        self.stdout.write(f"noted: {mail.pk}" if mail else "no report of a mail of this cluster")
