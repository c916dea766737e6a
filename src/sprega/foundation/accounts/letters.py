# SPDX-License-Identifier: EUPL-1.2
"""What this app's letters are called in the outbox."""

from django.utils.translation import gettext_lazy as _

LETTERS = {
    "accounts/invitation": _("invitation"),
    "account/email/email_confirmation": _("confirming an e-mail address"),
    "account/email/password_reset_key": _("choosing a new password"),
}
