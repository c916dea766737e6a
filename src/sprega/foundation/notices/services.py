# SPDX-License-Identifier: EUPL-1.2
"""The service identities of notices."""

from django.utils.translation import gettext_lazy as _

from sprega.foundation.access.services import Service, register

NOTIFIER = register(
    Service(
        "notifier",
        _("writes notices to persons, and puts those of a day into one mail"),
        reads=("notices_notice", "notices_noticechoice"),
        writes=("notices_notice",),
    )
)
FORGET = register(
    Service(
        "forget-notices",
        _("deletes notices once their time is over"),
        reads=("notices_notice",),
        writes=("notices_notice",),
    )
)
