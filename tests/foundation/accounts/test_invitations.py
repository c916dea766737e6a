"""Invitations: who may invite whom, and what a link is good for."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import ProgrammingError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sprega.foundation.access.identity import NOBODY, Actor, acting
from sprega.foundation.access.services import acting_as
from sprega.foundation.accounts import actions
from sprega.foundation.accounts.models import Invitation, Person
from sprega.foundation.accounts.services import ACCEPT_INVITATION
from sprega.foundation.ledger.models import Payload
from sprega.foundation.organisations.actions import end_representation
from sprega.foundation.organisations.models import Representation
from sprega.foundation.organisations.services import FOUNDING
from tests.foundation.accounts.letters import letters
from tests.people import People

Role = Representation.Role
STRONG = "a quiet river under the mill"


def invited(people: People, by="copper", slug="copper", role=Role.ENERGY, email="new@example.org"):
    """An invitation and the token of its letter."""
    invitation = actions.invite(
        actor=people.actor(getattr(people, by)),
        organisation=people.organisation(slug),
        role=role,
        email=email,
    )
    return invitation, re.search(r"/accounts/invitation/([\w-]+)/", letters()[-1].text)[1]


def count() -> int:
    with acting_as(ACCEPT_INVITATION, actor=NOBODY):
        return Invitation.objects.count()


def change(invitation: Invitation, **values) -> None:
    with acting_as(ACCEPT_INVITATION, actor=NOBODY):
        Invitation.objects.filter(pk=invitation.pk).update(**values)


def held(person: Person) -> set[tuple[str, str]]:
    with acting(Actor(person.pk)):
        mine = Representation.objects.in_force().filter(person=person)
        return set(mine.values_list("organisation__slug", "role"))


def test_a_head_invites_a_colleague(people: People) -> None:
    invitation, token = invited(people)
    assert (letters()[-1].to, letters()[-1].secret) == ("new@example.org", True)
    assert token not in str(invitation.__dict__)
    with acting(people.actor(people.copper)):
        kinds = set(Payload.objects.values_list("kind", flat=True))
    assert kinds == {"accounts.invited", "mail.queued"}


@pytest.mark.parametrize("who", ["copper_safety", "zinc", "board", "desk", "supplier", "former", "outsider"])
def test_others_do_not_invite_for_an_organisation(people: People, who: str) -> None:
    with pytest.raises(PermissionDenied):
        actions.invite(
            actor=people.actor(getattr(people, who)),
            organisation=people.organisation("copper"),
            role=Role.ENERGY,
            email="new@example.org",
        )
    assert count() == 0
    assert not letters()


@pytest.mark.parametrize("role", sorted(Representation.OF_THE_CLUSTER))
def test_a_head_gives_no_role_of_the_cluster(people: People, role: str) -> None:
    with pytest.raises(PermissionDenied):
        actions.invite(
            actor=people.actor(people.copper),
            organisation=people.organisation("copper"),
            role=role,
            email="new@example.org",
        )
    assert count() == 0


@pytest.mark.parametrize(
    ("who", "slug", "role"),
    [
        ("copper", "zinc", Role.ENERGY),
        ("copper", "copper", Role.OFFICE),
        ("copper", "copper", Role.BOARD),
        ("copper", "cluster", Role.OFFICE),
        ("copper_safety", "copper", Role.ENERGY),
        ("supplier", "copper", Role.ENERGY),
        ("outsider", "copper", Role.ENERGY),
        ("office", "copper", Role.OFFICE),
        ("office", "copper", Role.DESK),
    ],
)
def test_the_database_refuses_too(people: People, who: str, slug: str, role: str) -> None:
    person = getattr(people, who)
    organisation = people.organisation(slug)
    with acting(people.actor(person)), pytest.raises(ProgrammingError), transaction.atomic():
        Invitation.objects.create(
            organisation=organisation,
            role=role,
            email="x@example.org",
            invited_by=person,
            token_hash="0" * 64,
            expires_at=timezone.now() + timedelta(days=1),
        )


def test_only_the_office_and_the_head_see_invitations(
    people: People,
) -> None:
    invited(people)
    for who, sees in (("office", 1), ("copper", 1), ("copper_safety", 0), ("zinc", 0), ("mayor", 0)):
        with acting(people.actor(getattr(people, who))):
            assert Invitation.objects.count() == sees, who


def test_somebody_new_accepts_and_is_signed_in(people: People, client: Client) -> None:
    _invitation, token = invited(people)
    address = reverse("accounts:accept-invitation", args=[token])
    assert "Copper Works" in client.get(address).content.decode()
    told = {"name": "Neda New", "password": STRONG, "language": "bg"}
    answer = client.post(address, told)
    assert answer.status_code == 302, answer.content.decode()
    person = Person.objects.get(email="new@example.org")
    assert (person.name, person.language) == ("Neda New", "bg")
    assert person.emailaddress_set.get().verified
    assert held(person) == {("copper", "energy")}
    assert "Вече представлявате" in client.get(answer.url).content.decode(), "in the language chosen just now"
    assert "Copper Works" in client.get(reverse("accounts:account")).content.decode()
    # a second click of the same form, in another session
    assert Client().post(address, told).status_code == 302
    assert held(person) == {("copper", "energy")}
    # the used link tells a third what to do
    answer = Client().get(address)
    assert answer.status_code == 410
    assert "accepted already" in answer.content.decode()


def test_an_old_link_is_no_way_around_signing_in(people: People, client: Client) -> None:
    """With the password too: signing in counts attempts and asks for the second factor."""
    _invitation, token = invited(people)
    told = {"name": "Neda New", "password": STRONG, "language": "bg"}
    _kept, person = actions.accept_invitation(token=token, **told)
    Person.objects.filter(pk=person.pk).update(joined_at=timezone.now() - actions.SAME_CLICK)
    answer = client.post(reverse("accounts:accept-invitation", args=[token]), told)
    assert answer.status_code == 410
    assert "_auth_user_id" not in client.session


def test_what_is_typed_stays_on_a_bad_form(people: People, client: Client) -> None:
    _invitation, token = invited(people)
    address = reverse("accounts:accept-invitation", args=[token])
    answer = client.post(address, {"name": "Neda New", "password": "short", "language": "bg"})
    assert answer.status_code == 200
    assert "Neda New" in answer.content.decode()
    assert not Person.objects.filter(email="new@example.org").exists()


def test_an_existing_person_accepts_after_signing_in(people: People, client: Client) -> None:
    _invitation, token = invited(people, email=people.outsider.email)
    address = reverse("accounts:accept-invitation", args=[token])
    answer = client.get(address)
    assert reverse("account_login") in answer.content.decode()
    assert client.post(address, {"name": "X", "password": STRONG, "language": "en"}).status_code != 302
    assert held(people.outsider) == set()
    client.force_login(people.outsider)
    assert client.post(address).status_code == 302
    assert client.post(address).status_code == 302, "twice is once"
    assert held(people.outsider) == {("copper", "energy")}


def test_a_person_with_another_address_gets_nothing(people: People, client: Client) -> None:
    _invitation, token = invited(people, role=Role.LEAD)
    client.force_login(people.zinc)
    answer = client.post(reverse("accounts:accept-invitation", args=[token]))
    assert "another address" in answer.content.decode()
    assert held(people.zinc) == {("zinc", "purchasing")}


@pytest.mark.parametrize(
    ("how", "says"), [("expired", "older than 14 days"), ("withdrawn", "withdrawn"), ("unknown", "not know")]
)
def test_a_link_that_no_longer_works_says_what_to_do(
    people: People, client: Client, how: str, says: str
) -> None:
    invitation, token = invited(people)
    if how == "expired":
        change(invitation, expires_at=timezone.now())
    elif how == "withdrawn":
        actions.withdraw_invitation(actor=people.actor(people.copper), invitation=invitation.pk)
    else:
        token = token[::-1]
    address = reverse("accounts:accept-invitation", args=[token])
    for answer in (
        client.get(address),
        client.post(address, {"name": "N", "password": STRONG, "language": "en"}),
    ):
        assert answer.status_code in (404, 410)
        assert says in answer.content.decode()
    assert not Person.objects.filter(email="new@example.org").exists()


def test_whoever_lost_the_right_to_invite_leaves_no_door_open(people: People, client: Client) -> None:
    _invitation, token = invited(people)
    with acting_as(FOUNDING, actor=NOBODY):
        Representation.objects.filter(person=people.copper, role=Role.LEAD).update(ends_at=timezone.now())
    with pytest.raises(actions.InvitationClosed) as closed:
        actions.accept_invitation(token=token, name="N", password=STRONG)
    assert closed.value.why == actions.Closed.INVITER_LEFT


def test_a_newer_letter_takes_the_place_of_an_older(
    people: People,
) -> None:
    old, first = invited(people)
    again, _same = invited(people)
    assert again.pk == old.pk, "a double click"
    assert len(letters()) == 1
    change(old, created_at=timezone.now() - timedelta(hours=1))
    new, second = invited(people)
    assert new.pk != old.pk
    with pytest.raises(actions.InvitationClosed):
        actions.find_invitation(token=first)
    assert actions.find_invitation(token=second) == new


def test_who_holds_the_role_is_not_invited_to_it(people: People) -> None:
    with pytest.raises(ValidationError):
        actions.invite(
            actor=people.actor(people.copper),
            organisation=people.organisation("copper"),
            role=Role.SAFETY,
            email=people.copper_safety.email,
        )


def test_accepting_gives_nothing_but_what_was_promised(
    people: People,
) -> None:
    invited(people)
    give = Representation.objects.create
    for slug, role in (("zinc", Role.ENERGY), ("copper", Role.LEAD), ("cluster", Role.OFFICE)):
        organisation = people.organisation(slug)
        with (
            acting_as(ACCEPT_INVITATION, actor=Actor(people.outsider.pk)),
            pytest.raises(ProgrammingError),
            transaction.atomic(),
        ):
            give(person=people.outsider, organisation=organisation, role=role)
    assert held(people.outsider) == set()


def test_withdrawing_is_the_heads_and_the_offices(people: People) -> None:
    invitation, token = invited(people)
    for who in ("zinc", "copper_safety", "mayor", "outsider"):
        with pytest.raises((PermissionDenied, Invitation.DoesNotExist)):
            actions.withdraw_invitation(actor=people.actor(getattr(people, who)), invitation=invitation.pk)
    assert actions.find_invitation(token=token).waiting
    actions.withdraw_invitation(actor=people.actor(people.office), invitation=invitation.pk)
    with pytest.raises(actions.InvitationClosed):
        actions.find_invitation(token=token)


def test_pages_of_inviting(people: People, client: Client) -> None:
    client.force_login(people.copper)
    told = {"email": "new@example.org", "role": "energy", "language": "bg"}
    answer = client.post(reverse("accounts:invite"), told)
    assert answer.status_code == 302, answer.content.decode()
    assert "Покана" in letters()[0].subject
    assert " г. Ако" in letters()[0].text, "a Bulgarian date brings its own full stop"
    listed = client.get(reverse("accounts:invitations")).content.decode()
    assert "new@example.org" in listed
    # a head chooses neither another organisation nor a role of the cluster
    told = {"email": "x@example.org", "role": "office", "language": "en"}
    assert client.post(reverse("accounts:invite"), told).status_code == 200
    told |= {"role": "energy", "organisation": people.organisation("zinc").pk}
    client.post(reverse("accounts:invite"), told)
    with acting_as(ACCEPT_INVITATION, actor=NOBODY):
        assert set(Invitation.objects.values_list("organisation__slug", flat=True)) == {"copper"}
        invitation = Invitation.objects.get(email="new@example.org")
    withdraw = reverse("accounts:withdraw-invitation", args=[invitation.pk])
    outsider = Client()
    outsider.force_login(people.mayor)
    assert outsider.post(withdraw).status_code == 404
    assert client.get(withdraw).status_code == 200
    assert client.post(withdraw).status_code == 302
    with acting_as(ACCEPT_INVITATION, actor=NOBODY):
        assert not Invitation.objects.get(pk=invitation.pk).waiting


def test_members_without_anybody_wait_on_the_offices_today(people: People, client: Client) -> None:
    people.sign_in(client, people.office)
    told = "1 member has no representative yet"
    assert told not in client.get(reverse("ui:today")).content.decode()
    with acting(people.actor(people.office)):
        end = Representation.objects.get(person=people.mayor)
    end_representation(actor=people.actor(people.office), representation=end.pk, version=end.version)
    assert told in client.get(reverse("ui:today")).content.decode()
    invited(people, by="office", slug="town", role=Role.LEAD)
    assert told not in client.get(reverse("ui:today")).content.decode()
