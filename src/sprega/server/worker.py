# SPDX-License-Identifier: EUPL-1.2
"""A worker of one cluster: `python -m sprega.server.worker`; any number may run, on any machine."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from procrastinate import App
    from procrastinate.jobs import Job

AT_ONCE = 2
"""Pieces of work that one worker does side by side."""
PATIENCE = 10.0
"""Seconds that work may go on after the worker was told to end; then another worker takes it up."""
HEARTBEAT, GONE = 5.0, 30.0
"""Seconds between two signs of life, and without one after which a worker's work is given to others."""
GLANCE = 5.0
"""Seconds between two looks for such work."""


def main() -> None:
    """Work until told to end."""
    from sprega.server.children import end_with_parent

    end_with_parent()
    import django

    django.setup()
    from procrastinate.contrib.django import app

    # An app beside Django's own, with the same tasks: what work itself asks for goes into the queue within
    # the work's transaction, as on the web.
    queue = app.with_connector(app.connector.get_worker_connector())

    asyncio.run(work(queue))


async def work(queue: App) -> None:
    """Do what waits, and take up what killed workers left, until told to end."""
    async with queue.open_async():
        heir = asyncio.create_task(inherit(queue))
        try:
            await queue.run_worker_async(
                concurrency=AT_ONCE,
                shutdown_graceful_timeout=PATIENCE,
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=GONE,
            )
        finally:
            heir.cancel()


async def inherit(queue: App) -> None:
    """Let what killed workers were doing be done again; while the database is away, look again later."""
    from procrastinate.exceptions import ConnectorException

    while True:
        with suppress(ConnectorException):
            for job in await queue.job_manager.get_stalled_jobs(seconds_since_heartbeat=GONE):
                await _give_on(queue, job)
        await asyncio.sleep(GLANCE)


async def _give_on(queue: App, job: Job) -> None:
    from procrastinate.exceptions import UniqueViolation
    from procrastinate.jobs import Status

    try:
        await queue.job_manager.retry_job(job)
    except UniqueViolation:  # the same work waits already, and stands for this
        await queue.job_manager.finish_job(job, Status.FAILED, delete_job=True)


if __name__ == "__main__":
    main()
