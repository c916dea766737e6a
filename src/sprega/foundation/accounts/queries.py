# SPDX-License-Identifier: EUPL-1.2
"""What is known of persons, and who is still missing."""

from __future__ import annotations

from collections.abc import Iterator

from allauth.account.models import EmailAddress
from django.conf import settings
from django.urls import reverse
from django.utils.translation import ngettext

from sprega.foundation.access.identity import Actor
from sprega.foundation.accounts.models import Invitation, Person
from sprega.foundation.organisations.models import Organisation, Representation
from sprega.foundation.room import Task


def today(actor: Actor) -> Iterator[Task]:
    """What waits for the office of real members: those that nobody represents, nor is invited to."""
    if settings.CLUSTER.practice or not actor.has(Representation.Role.OFFICE):
        return
    represented = Representation.objects.in_force().values("organisation")
    invited = Invitation.objects.waiting().values("organisation")
    members = Organisation.objects.filter(standing=Organisation.Standing.MEMBER)
    missing = members.exclude(pk__in=represented).exclude(pk__in=invited).count()
    if missing:
        told = ngettext(
            "%(count)d member has no representative yet: invite its head",
            "%(count)d members have no representative yet: invite their heads",
            missing,
        )
        yield Task(told % {"count": missing}, reverse("accounts:invite"))


def addresses(person: int) -> list[str]:
    """The e-mail addresses of a person, in lower case: the one to sign in with, and others they proved.

    One that they only gave may be somebody else's: what was sent there is not theirs to read.
    """
    signs_in = Person.objects.filter(pk=person).values_list("email", flat=True)
    proved = EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True)
    return sorted({address.lower() for address in (*signs_in, *proved)})


def given_addresses(person: int) -> list[str]:
    """Those that a person gave and has not proved."""
    given = EmailAddress.objects.filter(user=person, verified=False).values_list("email", flat=True)
    return sorted({address.lower() for address in given})
