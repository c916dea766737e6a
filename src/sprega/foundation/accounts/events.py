# SPDX-License-Identifier: EUPL-1.2
"""How this app's events are told."""

from django.utils.translation import gettext_lazy as _

from sprega.foundation.ledger.words import Told, role

AREA = _("Invitations and accounts")
EVENTS = {
    "accounts.invited": Told(
        _("Somebody was invited to act for %(subject)s, role: %(role)s."), {"role": role}
    ),
    "accounts.invitation_withdrawn": Told(
        _("An invitation to act for %(subject)s was withdrawn, role: %(role)s."), {"role": role}
    ),
    "accounts.invitation_accepted": Told(
        _("An invitation to act for %(subject)s was accepted, role: %(role)s."), {"role": role}
    ),
    "accounts.profile_changed": Told(_("Name, language or theme of the own profile were changed.")),
    "accounts.links_withdrawn": Told(_("Links in letters were made useless: %(links)s.")),
}
