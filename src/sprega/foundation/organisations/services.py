# SPDX-License-Identifier: EUPL-1.2
"""The service identities that set up who may act for whom."""

from django.utils.translation import gettext_lazy as _

from sprega.foundation.access.services import Service, register

TABLES = ("organisations_organisation", "organisations_representation")
FOUNDING = register(
    Service("founding", _("makes a new cluster: its organisations and its office's account"), TABLES, TABLES)
)
