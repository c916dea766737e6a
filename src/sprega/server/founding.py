# SPDX-License-Identifier: EUPL-1.2
"""Putting the first rows into an empty cluster: its own organisation, its members, its office's account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sprega.cli.refusal import Refusal
from sprega.engines.model import Sentence

if TYPE_CHECKING:
    from sprega.foundation.accounts.models import Person
    from sprega.foundation.organisations.models import Organisation


@dataclass(frozen=True)
class Listed:
    """An organisation of a list, before it is in a database.

    `holding` is the slug of another one, or the name of a holding that is no member.
    """

    slug: str
    name: str
    name_bg: str = ""
    kind: str = "company"
    holding: str = ""
    standing: str = "member"


def found(*, name: str, title: Mapping[str, str], organisations: Sequence[Listed]) -> Organisation:
    """Make the cluster's own organisation and those of the list, all or nothing; returns the cluster's."""
    from sprega.foundation.access.identity import NOBODY
    from sprega.foundation.access.services import acting_as
    from sprega.foundation.ledger.actions import record
    from sprega.foundation.organisations.models import Organisation
    from sprega.foundation.organisations.services import FOUNDING

    with acting_as(FOUNDING, actor=NOBODY) as identity:
        if Organisation.objects.filter(standing=Organisation.Standing.CLUSTER).exists():
            raise Refusal(
                Sentence("The database holds a cluster already."),
                Sentence(
                    "Name an empty database, or take up that cluster from its backup: sprega restore FILE"
                ),
            )
        cluster = Organisation.objects.create(
            slug=name,
            name=next(iter(title.values())),
            name_bg=title.get("bg", ""),
            standing=Organisation.Standing.CLUSTER,
            kind=Organisation.Kind.OTHER,
        )
        record(kind="organisations.founded", actor=identity, subject=cluster.pk, about=cluster.pk)
        made = {listed.slug: _made(listed) for listed in organisations}
        holdings: dict[str, Organisation] = {}
        for listed in organisations:
            if listed.holding:
                holding = made.get(listed.holding) or holdings.get(listed.holding)
                if holding is None:
                    holding = holdings[listed.holding] = _made(
                        Listed(_free_slug(listed.holding, made), listed.holding, standing="partner")
                    )
                made[listed.slug].holding = holding
                made[listed.slug].save(update_fields=["holding"])
        for one in made.values():
            facts = {"standing": str(one.standing)}
            record(kind="organisations.listed", actor=identity, subject=one.pk, about=one.pk, facts=facts)
    return cluster


def give(*, person: Person, organisation: Organisation, role: str) -> None:
    """Let somebody act for an organisation, when there is no office yet that could say so."""
    from sprega.foundation.access.identity import NOBODY
    from sprega.foundation.access.services import acting_as
    from sprega.foundation.ledger.actions import record
    from sprega.foundation.organisations.models import Representation
    from sprega.foundation.organisations.services import FOUNDING

    with acting_as(FOUNDING, actor=NOBODY) as identity:
        given = Representation.objects.create(person=person, organisation=organisation, role=role)
        record(
            kind="organisations.representation_given",
            actor=identity,
            subject=organisation.pk,
            about=given.pk,
            facts={
                "person": str(person.pk),
                "role": role,
                "from": given.starts_at.isoformat(),
                "until": None,
            },
        )


def open_office(
    *, cluster: Organisation, email: str, password: str | None, language: str, role: str = "office"
) -> str | None:
    """Let somebody act as the office, or on the board, with a new account if need be.

    Without a password the address of the page at which one is chosen is returned: whoever runs the command
    holds the database anyway, so it also helps an office that has lost its password.
    """
    from sprega.foundation.access.identity import Actor, acting
    from sprega.foundation.accounts.mails import cluster_address
    from sprega.foundation.accounts.models import Person
    from sprega.foundation.organisations.models import Representation

    check_address(email)
    office = Person.objects.filter(email__iexact=email).first()
    if office is None:
        office = Person.objects.create_user(email, password, name="", language=language)
    held = Representation.objects.in_force().filter(person=office, organisation=cluster, role=role)
    with acting(Actor(office.pk)):
        already = held.exists()
    if not already:
        give(person=office, organisation=cluster, role=role)
    return None if password else cluster_address(choosing_password(office))


def choosing_password(person: Person) -> str:
    """Where a person chooses a password; good once, and for three days."""
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str
    from django.urls import reverse

    return reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)},
    )


def check_address(email: str) -> None:
    """Refuse what is no e-mail address."""
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    try:
        validate_email(email)
    except ValidationError as error:
        raise Refusal(
            Sentence("{email} is no e-mail address.", {"email": email}),
            Sentence("Write one such as office@example.org."),
        ) from error


def check_password(password: str, *, email: str) -> None:
    """Refuse a password that the sign-in pages would refuse too."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from sprega.foundation.accounts.models import Person

    try:
        validate_password(password, Person(email=email))
    except ValidationError as error:
        raise Refusal(
            Sentence("This password cannot be used: {reasons}", {"reasons": " ".join(error.messages)}),
            Sentence("Choose another one."),
        ) from error


def _made(listed: Listed) -> Organisation:
    from sprega.foundation.organisations.models import Organisation

    return Organisation.objects.create(
        slug=listed.slug,
        name=listed.name,
        name_bg=listed.name_bg,
        kind=listed.kind,
        standing=listed.standing,
    )


def _free_slug(name: str, taken: Mapping[str, object]) -> str:
    from sprega.formats.members_workbook import slug_of

    slug = f"{slug_of(name)[:40]}-holding"
    return slug if slug not in taken else f"{slug}-2"
