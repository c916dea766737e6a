# SPDX-License-Identifier: EUPL-1.2
"""How this app's events are told."""

from django.utils.translation import gettext_lazy as _

from sprega.foundation.ledger.words import Told

AREA = _("The event log itself")
EVENTS = {
    "ledger.key_changed": Told(
        _("The event log is signed by a new key, which the earlier one confirmed: %(key)s")
    ),
    "ledger.key_lost": Told(_("The key of the event log was lost. It is signed by a new one: %(key)s")),
    "ledger.erased": Told(_("Events of a person were erased from the log: %(events)s.")),
}
