# SPDX-License-Identifier: EUPL-1.2
"""The service identities by which somebody who is not signed in yet may do one thing."""

from sprega.foundation.access.services import Service, register

ACCEPT_INVITATION = register(
    Service(
        "accept-invitation",
        "gives the one representation that an invitation promises, to whoever holds its link, or proposes it",
        reads=("accounts_invitation", "organisations_representation", "organisations_proposal"),
        writes=("accounts_invitation", "organisations_representation", "organisations_proposal"),
    )
)
LINKS = register(
    Service(
        "one-purpose-link",
        "keeps what a link in a letter is for, until when, and whether it was used",
        reads=("accounts_link",),
        writes=("accounts_link",),
    )
)
