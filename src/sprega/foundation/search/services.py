# SPDX-License-Identifier: EUPL-1.2
"""The service identity that keeps the index of public texts."""

from django.utils.translation import gettext_lazy as _

from sprega.foundation.access.services import Service, register

PUBLISHER = register(
    Service(
        "publisher",
        _("keeps the words of what is public, so that everybody finds it quickly"),
        reads=("search_publictext",),
        writes=("search_publictext",),
    )
)
