# SPDX-License-Identifier: EUPL-1.2
"""What the queue runs; procrastinate finds this module by its name."""

from __future__ import annotations

from procrastinate.contrib.django import app

from sprega.foundation.notices import actions


@app.periodic(cron="0 4 * * *")  # UTC: six in the morning in Sofia, seven in summer
@app.task(name="sprega.send_digests", queueing_lock="send_digests")
def send_digests(timestamp: int) -> None:
    """Send the notices of the day."""
    actions.send_digests()
