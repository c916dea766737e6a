# SPDX-License-Identifier: EUPL-1.2
"""What the queue runs; procrastinate finds this module by its name."""

from __future__ import annotations

from procrastinate.contrib.django import app

from sprega.foundation.personal import (
    actions,
    jobs,  # noqa: F401 - a worker learns of this app's long work here
)
from sprega.foundation.personal.declarations import declarations


@app.periodic(cron="20 1 * * *")
@app.task(name="sprega.forget_all", queueing_lock="forget_all")
def forget_all(timestamp: int) -> None:
    """Ask each night for what is past its time, kind by kind: one that fails holds up no other."""
    for declaration in declarations():
        if declaration.forget is not None:
            forget.defer(name=declaration.name)


@app.task(name="sprega.forget")
def forget(name: str) -> None:
    """Delete what is past its time of one kind."""
    actions.forget(name)
