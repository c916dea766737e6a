# SPDX-License-Identifier: EUPL-1.2
"""What the queue runs; procrastinate finds this module by its name."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils import timezone
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app

from sprega.foundation.jobs import actions

if TYPE_CHECKING:
    from procrastinate.jobs import Job


SOON = timedelta(seconds=5)
MOST = 100
"""Times that the queue begins one piece of work, should even its state be beyond keeping."""


class TryAgain(Exception):
    """Asks the queue to run this once more at a moment."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at)
        self.at = at


class AtItsMoment(BaseRetryStrategy):
    """Once more when the run says so; how often is the run's own matter, which counts each beginning."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """The moment that the run asks for; soon, where the database was away and its state unknown."""
        at = exception.at if isinstance(exception, TryAgain) else timezone.now() + SOON
        return RetryDecision(retry_at=at) if job.attempts < MOST else None


@app.task(name="sprega.run", retry=AtItsMoment())
def run(identifier: str) -> None:
    """Do the work of a run."""
    again_at = actions.perform(UUID(identifier))
    if again_at is not None:
        raise TryAgain(again_at)
