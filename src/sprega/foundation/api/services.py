# SPDX-License-Identifier: EUPL-1.2
"""The service identity that knows a program by its token, before anybody is known."""

from django.utils.translation import gettext_lazy as _

from sprega.foundation.access.services import Service, register

TOKENS = register(
    Service(
        "api-token",
        _("finds the key that a program sends, and notes when it was last used"),
        reads=("api_token",),
        writes=("api_token",),
    )
)
