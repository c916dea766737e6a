# SPDX-License-Identifier: EUPL-1.2
"""The service identities by which somebody who is not signed in yet may do one thing."""

from django.utils.translation import gettext_lazy as _

from sprega.foundation.access.services import Service, register

ACCEPT_INVITATION = register(
    Service(
        "accept-invitation",
        _("gives or proposes what an invitation promises, once, to whoever holds its link"),
        reads=("accounts_invitation", "organisations_representation", "organisations_proposal"),
        writes=("accounts_invitation", "organisations_representation", "organisations_proposal"),
    )
)
LINKS = register(
    Service(
        "one-purpose-link",
        _("keeps what a link in a letter is for, until when, and whether it was used"),
        reads=("accounts_link",),
        writes=("accounts_link",),
    )
)
