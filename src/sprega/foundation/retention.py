# SPDX-License-Identifier: EUPL-1.2
"""How long things are kept about persons: each period is named here, and nowhere else."""

from datetime import timedelta

LETTERS = timedelta(days=180)
"""What a mail says, after it was written."""
ENVELOPES = timedelta(days=730)
"""To whom a mail went and what became of it."""
NOTICES = timedelta(days=180)
"""After they were written."""
RUNS = timedelta(days=90)
"""Long work, after it ended."""
INVITATIONS = timedelta(days=90)
"""After they expired, were withdrawn or accepted."""
LINKS = timedelta(days=90)
"""One-purpose links of letters, after they expired."""
EXPORTS = timedelta(days=7)
"""A person's own data made ready to download."""
MADE_FILES = timedelta(days=7)
"""Documents that long work made for a person."""
