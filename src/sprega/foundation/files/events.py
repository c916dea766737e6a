# SPDX-License-Identifier: EUPL-1.2
"""How this app's events are told."""

from django.utils.translation import gettext_lazy as _

from sprega.foundation.access.models import Visibility
from sprega.foundation.ledger.leaf import Json
from sprega.foundation.ledger.words import Names, Told


def seen_by(names: Names, value: Json) -> str:
    """Who may see it."""
    return str(Visibility(value).label) if value in Visibility.values else str(value)


AREA = _("Files")
EVENTS = {
    "files.attached": Told(
        _("A file of %(subject)s was kept: %(name)s. Seen by: %(visibility)s."), {"visibility": seen_by}
    ),
    "files.changed": Told(
        _("A file of %(subject)s was changed: %(name)s. Seen by: %(visibility)s, before: %(before)s."),
        {"visibility": seen_by, "before": seen_by},
    ),
    "files.deleted": Told(_("A file of %(subject)s was deleted: %(name)s.")),
    "files.expired": Told(_("A file of %(subject)s was deleted because its time was over: %(name)s.")),
}
