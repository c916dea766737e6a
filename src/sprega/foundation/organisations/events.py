# SPDX-License-Identifier: EUPL-1.2
"""How this app's events are told."""

from django.utils.translation import gettext_lazy as _

from sprega.foundation.ledger.words import Told, day, person, role, until

WHO = {"person": person, "role": role, "from": day, "until": until}
AREA = _("Organisations and representatives")
EVENTS = {
    "organisations.founded": Told(_("The cluster was set up: %(subject)s.")),
    "organisations.listed": Told(_("%(subject)s was entered into the cluster's list.")),
    "organisations.representation_given": Told(
        _("%(person)s may act for %(subject)s, role: %(role)s, from %(from)s until %(until)s."), WHO
    ),
    "organisations.representation_ended": Told(
        _("%(person)s may no longer act for %(subject)s, role: %(role)s. End: %(until)s."), WHO
    ),
    "organisations.representation_proposed": Told(
        _("%(person)s was proposed for %(subject)s, role: %(role)s. The board has to confirm it."), WHO
    ),
    "organisations.representation_confirmed": Told(
        _("The board confirmed %(person)s for %(subject)s, role: %(role)s, until %(until)s."), WHO
    ),
    "organisations.representation_refused": Told(
        _("The board refused %(person)s for %(subject)s, role: %(role)s."), WHO
    ),
    "organisations.proposal_withdrawn": Told(
        _("The office withdrew its proposal of %(person)s for %(subject)s, role: %(role)s."), WHO
    ),
}
