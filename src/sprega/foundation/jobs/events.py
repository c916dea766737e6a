# SPDX-License-Identifier: EUPL-1.2
"""How this app's events are told."""

from django.utils.translation import gettext_lazy as _

from sprega.foundation.jobs.kinds import kind_of
from sprega.foundation.ledger.leaf import Json
from sprega.foundation.ledger.words import Names, Told


def work(names: Names, value: Json) -> str:
    """What the work is called."""
    kind = kind_of(str(value))
    return str(value) if kind is None else str(kind.title)


AREA = _("Long work")
EVENTS = {
    "jobs.started": Told(_("Long work was asked for: %(kind)s."), {"kind": work}),
    "jobs.tried_again": Told(_("Long work that had failed is tried once more: %(kind)s."), {"kind": work}),
    "jobs.cancelled": Told(_("Long work was cancelled before it began.")),
}
