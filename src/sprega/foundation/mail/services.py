# SPDX-License-Identifier: EUPL-1.2
"""The service identities of the outbox."""

from django.utils.translation import gettext_lazy as _

from sprega.foundation.access.services import Service, register

TABLES = ("mail_mail", "mail_letter")
POSTMAN = register(
    Service(
        "postman", _("writes mails into the outbox, delivers them and notes what came back"), TABLES, TABLES
    )
)
FORGET = register(
    Service("forget-mails", _("deletes letters and envelopes once their time is over"), TABLES, TABLES)
)
