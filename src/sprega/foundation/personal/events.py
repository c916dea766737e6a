# SPDX-License-Identifier: EUPL-1.2
"""How this app's events are told."""

from django.utils.translation import gettext_lazy as _

from sprega.foundation.ledger.words import Told

AREA = _("Personal data")
EVENTS = {
    "personal.export_made": Told(_("A person's own data was made ready to download.")),
    "personal.export_downloaded": Told(_("A person's own data was downloaded.")),
    "personal.erased": Told(_("A person's data was erased.")),
    "personal.forgotten": Told(_("What had been kept long enough was deleted, as is promised: %(rows)s.")),
}
