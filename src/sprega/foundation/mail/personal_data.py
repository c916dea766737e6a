# SPDX-License-Identifier: EUPL-1.2
"""What this app keeps about a person: mails to them."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sprega.foundation.accounts.queries import addresses, given_addresses
from sprega.foundation.mail.actions import forget_old_mails
from sprega.foundation.mail.models import Letter, Mail
from sprega.foundation.mail.queries import purpose
from sprega.foundation.retention import ENVELOPES, LETTERS
from sprega.foundation.room import Basis, PersonalData

CONFIRMATION = "account/email/email_confirmation"
"""The letter that asks whether an address is theirs who gave it."""


def collect(person: int) -> list[dict[str, object]]:
    """All mails; one whose link opens something is read in the mailbox only."""
    mails = list(_to(person))
    letters = Letter.objects.in_bulk([mail.pk for mail in mails])
    return [
        {
            _("To"): mail.address,
            _("What for"): purpose(mail.kind),
            _("State"): mail.get_state_display(),
            _("Written"): mail.queued_at,
            _("Letter"): _said(letters.get(mail.pk)),
        }
        for mail in mails
    ]


def erase(person: int) -> int:
    """Delete letters and envelopes; what still waits is not sent."""
    return _to(person).delete()[0]


def _to(person: int) -> QuerySet[Mail]:
    asked = Q(lower__in=given_addresses(person), kind=CONFIRMATION)
    to_them = Q(person=person) | Q(lower__in=addresses(person)) | asked
    return Mail.objects.annotate(lower=Lower("address")).filter(to_them)


def _said(letter: Letter | None) -> str:
    if letter is None or letter.secret:
        return ""
    return f"{letter.subject}\n\n{letter.text}"


PERSONAL_DATA = (
    PersonalData(
        name="mails",
        label=gettext_lazy("Mails to you"),
        purpose=gettext_lazy("So that mails leave, and the office sees which did not arrive."),
        basis=Basis.INTEREST,
        kept_for=format_lazy(
            gettext_lazy("letters {letters} days, to whom they went {envelopes} days"),
            letters=LETTERS.days,
            envelopes=ENVELOPES.days,
        ),
        tables=("mail_mail", "mail_letter"),
        collect=collect,
        erase=erase,
        stays=format_lazy(
            gettext_lazy(
                "Letters that others received and that name you, such as invitations by you, "
                "for their {days} days."
            ),
            days=LETTERS.days,
        ),
        forget=forget_old_mails,
    ),
)
