# SPDX-License-Identifier: EUPL-1.2
"""What this app's letters are called in the outbox."""

from django.utils.translation import gettext_lazy as _

LETTERS = {"notices/notice": _("notice"), "notices/digest": _("notices of the day")}
