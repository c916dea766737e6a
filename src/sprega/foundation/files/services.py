# SPDX-License-Identifier: EUPL-1.2
"""The service identity of files."""

from django.utils.translation import gettext_lazy as _

from sprega.foundation.access.services import Service, register

STOREKEEPER = register(
    Service(
        "storekeeper",
        _(
            "adds up what an organisation stores, says to the buying desk whose a file is, and deletes files"
            " whose time is over and bytes that belong to none"
        ),
        reads=("files_file",),
        writes=("files_file",),
    )
)
