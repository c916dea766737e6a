# SPDX-License-Identifier: EUPL-1.2
"""The web server of one cluster: `python -m sprega.server.web ADDRESS PORT`, started by `sprega serve`."""

from __future__ import annotations

import os
import sys

ALIVE = "/health/alive"
"""Where whoever started this process asks whether it still answers; nothing else is looked at."""
THREADS = 2
PROCESSES = "SPREGA_WEB_PROCESSES"
"""How many processes serve, one by default: a core for Python, what is left of others for the database."""


def main() -> None:
    """Serve until told to end."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from sprega.server.children import end_with_parent

    end_with_parent()
    Granian(
        "sprega.server.wsgi:application",
        address=sys.argv[1],
        port=int(sys.argv[2]),
        interface=Interfaces.WSGI,
        workers=int(os.environ.get(PROCESSES, "1")),
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=10,
    ).serve()


if __name__ == "__main__":
    main()
