# SPDX-License-Identifier: EUPL-1.2
"""How this app's events are told."""

from django.utils.translation import gettext_lazy as _

from sprega.foundation.ledger.words import Told

AREA = _("Keys for programs")
EVENTS = {
    "api.token_made": Told(_("A key was made with which a program acts for %(subject)s.")),
    "api.token_ended": Told(_("A key with which a program acted for %(subject)s was ended.")),
}
