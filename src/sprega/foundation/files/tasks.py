# SPDX-License-Identifier: EUPL-1.2
"""What the queue runs; procrastinate finds this module by its name."""

from __future__ import annotations

from procrastinate.contrib.django import app

from sprega.foundation.files import actions


@app.periodic(cron="25 * * * *")
@app.task(name="sprega.tidy_files", queueing_lock="tidy_files")
def tidy_files(timestamp: int) -> None:
    """Delete files whose time is over, and bytes that belong to none."""
    actions.forget_expired()
    actions.sweep()
