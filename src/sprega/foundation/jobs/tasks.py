# SPDX-License-Identifier: EUPL-1.2
"""What the queue runs; procrastinate finds this module by its name."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app

from sprega.foundation.jobs import actions
from sprega.foundation.ledger.actions import place_commitments

if TYPE_CHECKING:
    from procrastinate.jobs import Job


class TryAgain(Exception):
    """Asks the queue to run this once more at a moment."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at)
        self.at = at


class AtItsMoment(BaseRetryStrategy):
    """Once more when the run says so; how often is the run's own matter."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """The moment, for a run that asks for one."""
        return RetryDecision(retry_at=exception.at) if isinstance(exception, TryAgain) else None


@app.task(name="sprega.run", retry=AtItsMoment())
def run(identifier: str) -> None:
    """Do the work of a run."""
    again_at = actions.perform(UUID(identifier))
    if again_at is not None:
        raise TryAgain(again_at)


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
