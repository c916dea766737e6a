# SPDX-License-Identifier: EUPL-1.2
"""The service identity of persons' own data."""

from django.utils.translation import gettext_lazy as _

from sprega.foundation.access.services import Service, register

ERASED = (
    "accounts_invitation",
    "accounts_link",
    "jobs_run",
    "mail_letter",
    "mail_mail",
    "notices_notice",
    "organisations_proposal",
    "personal_export",
)
"""Tables from which it deletes rows."""
PERSONAL_DATA = register(
    Service(
        "personal-data",
        _(
            "hands persons what is kept about them, erases it when they ask, "
            "and deletes what is past its time"
        ),
        reads=("access_waiver", *ERASED),
        writes=("organisations_representation", *ERASED),
    )
)
