# SPDX-License-Identifier: EUPL-1.2
"""What the queue runs; procrastinate finds this module by its name."""

from __future__ import annotations

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from sprega.foundation.jobs import actions
from sprega.foundation.ledger.actions import place_commitments


class TryAgain(Exception):
    """Asks the queue to run this once more, later."""


RETRIES = RetryStrategy(max_attempts=20, exponential_wait=3, retry_exceptions={TryAgain})


@app.task(name="sprega.run", retry=RETRIES)
def run(identifier: str) -> None:
    """Do the work of a run."""
    if actions.perform(UUID(identifier)):
        raise TryAgain


@app.periodic(cron="* * * * *")
@app.task(name="sprega.place_commitments", queueing_lock="place_commitments")
def place(timestamp: int) -> None:
    """Let the ledger's tree grow by what was committed since."""
    place_commitments()


@app.periodic(cron="*/2 * * * *")
@app.task(name="sprega.resume", queueing_lock="resume", pass_context=True)
async def resume(context, timestamp: int) -> None:
    """Give the work of workers that were killed to others."""
    manager = context.app.job_manager
    for stalled in await manager.get_stalled_jobs():
        await manager.retry_job(stalled)
