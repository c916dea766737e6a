# SPDX-License-Identifier: EUPL-1.2
"""What is known of persons."""

from __future__ import annotations

from allauth.account.models import EmailAddress

from sprega.foundation.accounts.models import Person


def addresses(person: int) -> list[str]:
    """The e-mail addresses of a person, in lower case: the one to sign in with, and others they gave."""
    signs_in = Person.objects.filter(pk=person).values_list("email", flat=True)
    others = EmailAddress.objects.filter(user=person).values_list("email", flat=True)
    return sorted({address.lower() for address in (*signs_in, *others)})
