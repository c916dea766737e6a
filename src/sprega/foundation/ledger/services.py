# SPDX-License-Identifier: EUPL-1.2
"""The ledger's service identities."""

from django.utils.translation import gettext_lazy as _

from sprega.foundation.access.services import Service, register

EXPORT = register(
    Service("export-ledger", _("writes the ledger into a file for an auditor"), reads=("ledger_payload",))
)
ERASE = register(
    Service(
        "erase-events",
        _("erases what the ledger holds of a person; the commitments stay"),
        reads=("ledger_payload",),
        writes=("ledger_payload",),
    )
)
