# SPDX-License-Identifier: EUPL-1.2
"""Whether a worker is alive: each gives a sign of life every five seconds."""

from __future__ import annotations

from django.db import connection

HEARTBEAT = 60
"""Seconds after which a worker without a sign of life counts as gone."""


def since_heartbeat() -> float | None:
    """Seconds since a worker gave a sign of life; None if there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers")
        (seconds,) = cursor.fetchone()
    return None if seconds is None else float(seconds)


def worker_is_alive() -> bool:
    """Whether long work moves at all."""
    seconds = since_heartbeat()
    return seconds is not None and seconds < HEARTBEAT
