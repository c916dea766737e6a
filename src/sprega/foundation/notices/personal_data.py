# SPDX-License-Identifier: EUPL-1.2
"""What this app keeps about a person: notices to them, and how they want them by mail."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sprega.foundation.notices.actions import forget_old_notices
from sprega.foundation.notices.models import Notice, NoticeChoice
from sprega.foundation.organisations.models import Representation
from sprega.foundation.retention import NOTICES
from sprega.foundation.room import Basis, PersonalData


def collect(person: int) -> list[dict[str, object]]:
    """Those that the person may still read: what concerns an organisation left since is that one's matter."""
    still = Representation.objects.in_force().filter(person=person, organisation=OuterRef("organisation"))
    mine = Notice.objects.filter(Q(organisation=None) | Exists(still), person=person)
    return [{_("Notice"): str(one), _("When"): one.created_at, _("Read"): one.read_at} for one in mine]


def erase(person: int) -> int:
    """Delete all, also those that the person may no longer read."""
    return Notice.objects.filter(person=person).delete()[0]


def choice(person: int) -> list[dict[str, object]]:
    """How notices come by mail."""
    chosen = NoticeChoice.objects.filter(person=person)
    return [{_("Notices by mail"): one.get_by_mail_display()} for one in chosen]


def erase_choice(person: int) -> int:
    """Forget it."""
    return NoticeChoice.objects.filter(person=person).delete()[0]


PERSONAL_DATA = (
    PersonalData(
        name="notices",
        label=gettext_lazy("Notices to you"),
        purpose=gettext_lazy("So that you learn what others do that concerns you."),
        basis=Basis.INTEREST,
        kept_for=format_lazy(gettext_lazy("{days} days after they were written"), days=NOTICES.days),
        tables=("notices_notice",),
        collect=collect,
        erase=erase,
        stays=format_lazy(
            gettext_lazy("Notices to others that name you, for their {days} days."), days=NOTICES.days
        ),
        forget=forget_old_notices,
    ),
    PersonalData(
        name="choices",
        label=gettext_lazy("Your choice of notices by mail"),
        purpose=gettext_lazy("So that they come as you wish."),
        basis=Basis.INTEREST,
        kept_for=gettext_lazy("until you erase your account"),
        tables=("notices_noticechoice",),
        collect=choice,
        erase=erase_choice,
    ),
)
