"""The people of the tests: a cluster's office and desk, competing members, a supplier, an outsider."""

from __future__ import annotations

from dataclasses import dataclass
from time import time

from allauth.account.internal.userkit import user_id_to_str
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.test import Client

from sprega.foundation.access.identity import Actor, actor_of
from sprega.foundation.access.middleware import CHOSEN
from sprega.foundation.access.services import acting_as
from sprega.foundation.accounts.models import Person
from sprega.foundation.organisations.models import Organisation, Representation
from sprega.foundation.organisations.services import FOUNDING

Kind, Role, Standing = Organisation.Kind, Representation.Role, Organisation.Standing
PASSWORD = "correct horse battery staple"  # noqa: S105 - of invented people
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - of their authenticator apps


@dataclass(frozen=True)
class People:
    """Persons by what they are, and the organisations they act for."""

    office: Person
    desk: Person
    board: Person
    copper: Person
    copper_safety: Person
    zinc: Person
    sister: Person
    mayor: Person
    supplier: Person
    former: Person
    outsider: Person

    def organisation(self, slug: str) -> Organisation:
        """An organisation by its short name."""
        return Organisation.objects.get(slug=slug)

    def actor(self, person: Person, slug: str | None = None) -> Actor:
        """The person acting for an organisation: the first that it may act for, or that one."""
        if slug is None:
            slug = WHERE[person.email.partition("@")[0]]
        organisation = self.organisation(slug).pk if slug else None
        return actor_of(person.pk, organisation)

    def sign_in(self, client: Client, person: Person, slug: str | None = None) -> Client:
        """A session that has shown a second factor, acting for the first organisation or that one."""
        Authenticator.objects.get_or_create(
            user=person, type=Authenticator.Type.TOTP, defaults={"data": {"secret": encrypt(SECRET)}}
        )
        client.force_login(person)
        session = client.session
        session["account_authentication_methods"] = [{"method": "mfa", "at": time()}]
        session["account_authentication_methods_user"] = user_id_to_str(person)
        if slug is not None:
            session[CHOSEN] = self.organisation(slug).pk
        session.save()
        return client


WHERE = {
    "office": "cluster",
    "desk": "cluster",
    "board": "cluster",
    "copper": "copper",
    "copper_safety": "copper",
    "zinc": "zinc",
    "sister": "sister",
    "mayor": "town",
    "supplier": "supplier",
    "former": "",
    "outsider": "",
}


def populate() -> People:
    """Put them into an empty cluster."""
    person = {
        name: Person.objects.create_user(f"{name}@example.org", PASSWORD, name=name.replace("_", " ").title())
        for name in WHERE
    }
    with acting_as(FOUNDING, actor=Actor()):
        add = Organisation.objects.create
        cluster = add(slug="cluster", name="Test cluster", standing=Standing.CLUSTER, kind=Kind.OTHER)
        holding = add(slug="holding", name="Ore Holding", standing=Standing.PARTNER)
        copper = add(slug="copper", name="Copper Works", standing=Standing.MEMBER, holding=holding)
        sister = add(slug="sister", name="Sister Mine", standing=Standing.MEMBER, holding=holding)
        zinc = add(slug="zinc", name="Zinc Works", standing=Standing.MEMBER)
        town = add(slug="town", name="Town", standing=Standing.MEMBER, kind=Kind.MUNICIPALITY)
        supplier = add(slug="supplier", name="Ball Maker", standing=Standing.SUPPLIER)
        give = Representation.objects.create
        for name, organisation, role in (
            ("office", cluster, Role.OFFICE),
            ("desk", cluster, Role.DESK),
            ("board", cluster, Role.BOARD),
            ("copper", copper, Role.LEAD),
            ("copper", copper, Role.PURCHASING),
            ("copper_safety", copper, Role.SAFETY),
            ("zinc", zinc, Role.PURCHASING),
            ("sister", sister, Role.PURCHASING),
            ("mayor", town, Role.LEAD),
            ("supplier", supplier, Role.LEAD),
        ):
            give(person=person[name], organisation=organisation, role=role)
        ended = give(person=person["former"], organisation=copper, role=Role.PURCHASING)
        ended.ends_at = ended.starts_at
        ended.save()
    return People(**person)
