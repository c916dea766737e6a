# SPDX-License-Identifier: EUPL-1.2
"""A worker of one cluster: `python -m sprega.server.worker`; any number may run, on any machine."""

from __future__ import annotations

import asyncio

AT_ONCE = 2
"""Pieces of work that one worker does side by side."""
PATIENCE = 10.0
"""Seconds that work may go on after the worker was told to end; then another worker takes it up."""


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

    async def work() -> None:
        async with queue.open_async():
            await queue.run_worker_async(concurrency=AT_ONCE, shutdown_graceful_timeout=PATIENCE)

    asyncio.run(work())


if __name__ == "__main__":
    main()
