# SPDX-License-Identifier: EUPL-1.2
"""How this app's events are told."""

from django.utils.translation import gettext_lazy as _

from sprega.foundation.ledger.words import Told

AREA = _("Letters")
EVENTS = {
    "mail.queued": Told(_("A letter was written and waits in the outbox.")),
    "mail.failed": Told(_("A letter could not be delivered.")),
    "mail.bounced": Told(_("A letter came back.")),
    "mail.tried_again": Told(_("A letter is tried once more.")),
}
