"""Somebody about whom something is kept in every place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone
from django.utils.translation import gettext_lazy

from sprega.foundation.access.actions import give_waiver, look_at
from sprega.foundation.access.identity import NOBODY, Actor, acting, actor_of
from sprega.foundation.access.services import acting_as
from sprega.foundation.accounts.actions import accept_invitation, invite
from sprega.foundation.accounts.links import make_link
from sprega.foundation.accounts.models import Person
from sprega.foundation.api.models import Token
from sprega.foundation.jobs.actions import start
from sprega.foundation.mail.models import Letter
from sprega.foundation.mail.services import POSTMAN
from sprega.foundation.notices.actions import choose, notify
from sprega.foundation.organisations.models import Representation
from sprega.foundation.organisations.proposals import propose_representation
from sprega.foundation.organisations.services import FOUNDING
from sprega.foundation.personal.actions import make_export
from tests.people import PASSWORD, People
from tests.rooms.notes.actions import write_note
from tests.rooms.notes.jobs import add_up_notes

NAME, ADDRESS = "Zanimira Kanarska", "zanimira.kanarska@example.org"


@dataclass(frozen=True)
class Somebody:
    """The person, and a browser in which they are signed in."""

    person: Person
    client: Client
    organisation: int

    @property
    def actor(self) -> Actor:
        """Acting for the zinc works."""
        return actor_of(self.person.pk, self.organisation)


def come_in(people: People) -> Somebody:
    """Be invited, accept, sign in, and leave traces wherever a person can."""
    office, head = people.actor(people.office), people.actor(people.zinc)
    invite(actor=head, organisation=people.organisation("zinc"), role="lead", email=ADDRESS)
    with acting_as(POSTMAN, actor=office):
        letter = Letter.objects.get(mail__address=ADDRESS)
    token = letter.text.partition("/accounts/invitation/")[2].partition("/")[0]
    client = Client()
    accept_invitation(token=token, name=NAME, password=PASSWORD)
    person = Person.objects.get(email=ADDRESS)
    with acting(office):
        propose_representation(
            actor=office, person=person, organisation=people.organisation("cluster"), role="board"
        )
        notify(actor=office, person=person, kind="test.told", text=gettext_lazy("Sign in first."))
    with acting_as(FOUNDING, actor=NOBODY):
        Representation.objects.create(
            person=person, organisation=people.organisation("cluster"), role="desk", starts_at=timezone.now()
        )
    people.sign_in(client, person)
    UserSession.objects.create(
        user=person, session_key=client.session.session_key, ip="192.0.2.7", user_agent=NAME
    )
    SocialAccount.objects.create(user=person, provider="ministry", uid=ADDRESS, extra_data={"name": NAME})
    zinc = actor_of(person.pk, people.organisation("zinc").pk)
    desk = actor_of(person.pk, people.organisation("cluster").pk)
    with acting(desk):
        look_at(actor=desk, organisation=people.organisation("copper"), reason="to check the request")
    with acting(zinc):
        give_waiver(actor=zinc, subject="lime", words="our part may be seen")
        invite(actor=zinc, organisation=people.organisation("zinc"), role="energy", email="new@example.org")
        make_link(
            actor=zinc,
            purpose="test",
            subject="1",
            person=person,
            expires_at=timezone.now() + timedelta(days=1),
        )
        choose(actor=zinc, by_mail="at_once")
        notify(actor=zinc, person=person, kind="test.told", text=gettext_lazy("Sign in first."))
        start(add_up_notes, actor=zinc)
        write_note(actor=zinc, text="lime is short")
        Token.objects.bulk_create(
            [
                Token(
                    person=person,
                    organisation=people.organisation("zinc"),
                    name=NAME,
                    secret_hash="0" * 64,
                    expires_at=timezone.now() + timedelta(days=1),
                )
            ]
        )
    make_export(actor=zinc, progress=lambda done, steps: None)
    return Somebody(person, client, people.organisation("zinc").pk)
