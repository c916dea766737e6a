# SPDX-License-Identifier: EUPL-1.2
"""What the queue runs; procrastinate finds this module by its name."""

from __future__ import annotations

from procrastinate.contrib.django import app

from sprega.foundation.ledger.actions import place_commitments


@app.periodic(cron="* * * * *")
@app.task(name="sprega.place_commitments", queueing_lock="place_commitments")
def place(timestamp: int) -> None:
    """Let the ledger's tree grow by what was committed since."""
    place_commitments()
