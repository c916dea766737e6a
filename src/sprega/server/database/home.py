# SPDX-License-Identifier: EUPL-1.2
"""Where an installation keeps its data."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """The installation's folder: SPREGA_HOME, else the system's for root, else the person's own."""
    if named := os.environ.get("SPREGA_HOME"):
        return Path(named).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/sprega")
    shared = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(shared) / "sprega"


def server_folder() -> Path:
    """Where the embedded server lives."""
    return home() / "postgres"
