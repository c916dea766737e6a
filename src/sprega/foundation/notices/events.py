# SPDX-License-Identifier: EUPL-1.2
"""How this app's events are told."""

from django.utils.translation import gettext_lazy as _

from sprega.foundation.ledger.leaf import Json
from sprega.foundation.ledger.words import Names, Told
from sprega.foundation.notices.models import NoticeChoice


def by_mail(names: Names, value: Json) -> str:
    """How notices come by mail."""
    return str(NoticeChoice.ByMail(value).label) if value in NoticeChoice.ByMail.values else str(value)


AREA = _("Notices")
EVENTS = {
    "notices.notified": Told(_("A notice was sent.")),
    "notices.chosen": Told(_("How notices come by mail was chosen: %(by_mail)s."), {"by_mail": by_mail}),
}
