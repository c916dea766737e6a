# SPDX-License-Identifier: EUPL-1.2
"""What the people of the practice cluster have already done with the foundation: files, a look."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.db import transaction

from sprega.foundation.access.actions import look_at
from sprega.foundation.access.identity import Actor, acting, actor_of
from sprega.foundation.access.models import Visibility
from sprega.foundation.accounts.models import Person
from sprega.foundation.files.actions import attach
from sprega.foundation.files.models import File
from sprega.foundation.organisations.models import Organisation, Representation
from sprega.foundation.organisations.proposals import propose_representation

Who = Person.PracticeRole
RULES = """Before each meeting / Преди всяка среща

We do not speak of: future needs, prices, suppliers' terms, capacity, customers, bids.
Не говорим за: бъдещи нужди, цени, условия на доставчици, капацитет, клиенти, оферти.

If somebody does: say that it does not belong here, have it written into the minutes, leave if it goes on.
Ако някой го направи: кажете, че не е за тук, поискайте да се запише в протокола, излезте, ако продължи.
"""
AGENDA = """Workshop on lime, 12 March, 10:00, town hall of Mednograd
Среща за варта, 12 март, 10:00, в общината на Медноград

1. Delivery points and unloading / Места на доставка и разтоварване
2. Certificates that we ask for / Удостоверения, които искаме
3. Next steps / Следващи стъпки
"""
CONTRACTS = """Goods;present contract ends;notice
lime;31.12.2027;3 months
grinding balls;30.06.2027;6 months
"""


def fill_foundation() -> None:
    """Do it all, each in the name of whom it concerns; once, however often a job is tried again."""
    office, head, desk = (_actor(role) for role in (Who.OFFICE, Who.HEAD, Who.DESK))
    member = Organisation.objects.get(pk=head.organisation_id)
    with transaction.atomic():
        if _done(office):
            return
        _keep(
            office,
            "Rules for meetings - Правила за срещи.txt",
            RULES,
            Visibility.CLUSTER,
            "What competitors do not speak of / За какво конкурентите не говорят",
        )
        _keep(
            office, "Agenda - Дневен ред.txt", AGENDA, Visibility.CLUSTER, "Workshop on lime / Среща за варта"
        )
        _keep(
            head,
            "Contracts - Договори.csv",
            CONTRACTS,
            Visibility.DESK,
            "When our contracts end / Кога свършват договорите ни",
        )
        look_at(
            actor=desk, organisation=member, reason="When do the contracts end? / Кога свършват договорите?"
        )
        propose_representation(
            actor=office,
            person=Person.objects.get(practice_role=Who.MAYOR),
            organisation=Organisation.objects.get(standing=Organisation.Standing.CLUSTER),
            role=Representation.Role.KEY_HOLDER,
        )


def _actor(role: str) -> Actor:
    """Somebody of the practice cluster, acting for the organisation that they act for."""
    person = Person.objects.get(practice_role=role)
    with acting(Actor(person.pk)):
        own = person.representations.in_force().first()
    if own is None:
        raise LookupError(role)
    return actor_of(person.pk, own.organisation_id)


def _done(office: Actor) -> bool:
    """Whether the office's files are there: all was done in one transaction."""
    with acting(office):
        return File.objects.filter(organisation_id=office.organisation_id).exists()


def _keep(actor: Actor, name: str, text: str, visibility: str, description: str) -> None:
    upload = ContentFile(text.encode(), name)
    attach(actor=actor, upload=upload, visibility=visibility, description=description)
