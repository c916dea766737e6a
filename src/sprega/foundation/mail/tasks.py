# SPDX-License-Identifier: EUPL-1.2
"""What the queue runs; procrastinate finds this module by its name."""

from __future__ import annotations

from procrastinate.contrib.django import app

from sprega.foundation.mail import actions


@app.periodic(cron="* * * * *")
@app.task(name="sprega.deliver_mails", queueing_lock="deliver_mails")
def deliver_mails(timestamp: int) -> None:
    """Deliver what is due; each commit of a mail asks for it too, so that none waits a minute."""
    actions.deliver()
