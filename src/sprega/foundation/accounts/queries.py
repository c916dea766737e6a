# SPDX-License-Identifier: EUPL-1.2
"""What is known of persons."""

from __future__ import annotations

from allauth.account.models import EmailAddress

from sprega.foundation.accounts.models import Person


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
