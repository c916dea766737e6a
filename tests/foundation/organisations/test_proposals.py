"""Roles that look at what is confidential: proposed by the office, confirmed by a board member."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sprega.foundation.access.identity import NOBODY, Actor, acting
from sprega.foundation.access.services import acting_as
from sprega.foundation.accounts import actions as accounts
from sprega.foundation.ledger.models import Payload
from sprega.foundation.notices.models import Notice
from sprega.foundation.organisations import proposals
from sprega.foundation.organisations.actions import end_representation, give_representation
from sprega.foundation.organisations.models import Proposal, Representation
from sprega.foundation.organisations.services import FOUNDING
from tests.foundation.accounts.test_invitations import STRONG, invited
from tests.people import People

Role, Outcome = Representation.Role, Proposal.Outcome
GUARDED = sorted(Representation.TWO_PAIRS_OF_EYES)
STRANGERS = ["copper", "zinc", "mayor", "supplier", "former", "outsider"]


def roles(person) -> set[tuple[str, str]]:
    with acting(Actor(person.pk)):
        mine = Representation.objects.in_force().filter(person=person)
        return set(mine.values_list("organisation__slug", "role"))


def propose(people: People, who: str = "office", person: str = "outsider", role: str = Role.DESK, **more):
    return proposals.propose_representation(
        actor=people.actor(getattr(people, who)),
        person=getattr(people, person),
        organisation=people.organisation("cluster"),
        role=role,
        **more,
    )


def found(people: People, person, slug: str, role: str) -> None:
    """Given when the cluster was made."""
    with acting_as(FOUNDING, actor=NOBODY):
        Representation.objects.create(person=person, organisation=people.organisation(slug), role=role)


@pytest.mark.parametrize("role", GUARDED)
def test_the_office_proposes_and_the_board_confirms(people: People, role: str) -> None:
    proposal = propose(people, role=role)
    assert propose(people, role=role) == proposal, "twice is once"
    assert roles(people.outsider) == set(), "not in force before"
    with acting(people.actor(people.board)):
        assert "Outsider is proposed" in str(Notice.objects.get(person=people.board))
    proposals.confirm(actor=people.actor(people.board), proposal=proposal.pk)
    assert roles(people.outsider) == {("cluster", role)}
    with acting(people.actor(people.office)):
        kinds = list(Payload.objects.order_by("commitment_id").values_list("kind", flat=True))
    assert [kind for kind in kinds if kind.startswith("organisations.")] == [
        "organisations.representation_proposed",
        "organisations.representation_confirmed",
    ]
    with pytest.raises(ValidationError, match="already decided"):
        proposals.refuse(actor=people.actor(people.board), proposal=proposal.pk)


@pytest.mark.parametrize("role", GUARDED)
@pytest.mark.parametrize("person", ["office", "outsider"])
def test_the_office_alone_gives_none_of_them(people: People, role: str, person: str) -> None:
    office, somebody = people.actor(people.office), getattr(people, person)
    cluster, before = people.organisation("cluster"), roles(somebody)
    with pytest.raises(ValidationError, match="has to confirm"):
        give_representation(actor=office, person=somebody, organisation=cluster, role=role)
    proposal = propose(people, person=person, role=role)
    with pytest.raises(PermissionDenied):
        proposals.confirm(actor=office, proposal=proposal.pk)
    with acting(office):
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Representation.objects.create(person=somebody, organisation=cluster, role=role)
        with pytest.raises(DatabaseError, match="another given"), transaction.atomic():
            Representation.objects.filter(person=people.office).update(role=role)
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Proposal.objects.update(
                outcome=Outcome.CONFIRMED, decided_by=people.office, decided_at=timezone.now()
            )
    assert roles(somebody) == before


def test_the_second_pair_of_eyes_is_anothers(people: People) -> None:
    found(people, people.office, "cluster", Role.BOARD)
    both, cluster = people.actor(people.office), people.organisation("cluster")
    proposal = propose(people)
    with pytest.raises(PermissionDenied, match="Another board member"):
        proposals.confirm(actor=both, proposal=proposal.pk)
    with acting(both), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Representation.objects.create(person=people.outsider, organisation=cluster, role=Role.DESK)
    of_the_board = propose(people, person="board", role=Role.KEY_HOLDER)
    with pytest.raises(PermissionDenied, match="Another board member"):
        proposals.confirm(actor=people.actor(people.board), proposal=of_the_board.pk)
    with acting(people.actor(people.board)), pytest.raises(DatabaseError), transaction.atomic():
        Representation.objects.create(person=people.board, organisation=cluster, role=Role.KEY_HOLDER)
    assert roles(people.outsider) == set()
    assert roles(people.board) == {("cluster", "board")}


def test_the_board_alone_gives_nothing_either(people: People) -> None:
    board, cluster = people.actor(people.board), people.organisation("cluster")
    for person, role in (
        (people.outsider, Role.DESK),
        (people.outsider, Role.OFFICE),
        (people.zinc, Role.DESK),
    ):
        with acting(board), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Representation.objects.create(person=person, organisation=cluster, role=role)
    proposal = propose(people)
    with acting(board), pytest.raises(DatabaseError, match="as it was made"), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(
            person=people.zinc,
            outcome=Outcome.CONFIRMED,
            decided_by=people.board,
            decided_at=timezone.now(),
        )
    assert (roles(people.outsider), roles(people.zinc)) == (set(), {("zinc", "purchasing")})


@pytest.mark.parametrize("who", STRANGERS)
def test_strangers_propose_decide_and_see_nothing(people: People, who: str) -> None:
    proposal = propose(people, person="desk", role=Role.KEY_HOLDER)
    stranger = people.actor(getattr(people, who))
    with pytest.raises(PermissionDenied):
        propose(people, who)
    for act in (proposals.confirm, proposals.refuse, proposals.withdraw):
        with pytest.raises(PermissionDenied):
            act(actor=stranger, proposal=proposal.pk)
    with acting(stranger):
        assert not Proposal.objects.exists()
    with acting(people.actor(people.office)):
        assert Proposal.objects.get().outcome == Outcome.OPEN


def test_what_ended_is_not_opened_again(people: People) -> None:
    until = timezone.now() + timedelta(days=3)
    given = proposals.confirm(actor=people.actor(people.board), proposal=propose(people, ends_at=until).pk)
    office = people.actor(people.office)
    with pytest.raises(ValidationError, match="not prolonged"):
        end_representation(
            actor=office, representation=given.pk, version=1, ends_at=until + timedelta(days=1)
        )
    end_representation(actor=office, representation=given.pk, version=1)
    with acting(office), pytest.raises(DatabaseError, match="not prolonged"), transaction.atomic():
        Representation.objects.filter(pk=given.pk).update(ends_at=None)
    assert roles(people.outsider) == set()


def test_an_invitation_to_the_desk_waits_for_the_board_too(people: People) -> None:
    _invitation, token = invited(people, by="office", slug="cluster", role=Role.DESK)
    _invitation, person = accounts.accept_invitation(token=token, name="Neda", password=STRONG)
    assert roles(person) == set()
    with acting(people.actor(people.board)):
        proposal = Proposal.objects.get(person=person)
        assert (proposal.role, proposal.proposed_by) == ("desk", people.office)
    proposals.confirm(actor=people.actor(people.board), proposal=proposal.pk)
    assert roles(person) == {("cluster", "desk")}


@pytest.mark.parametrize("who", ["office", "desk"])
def test_the_office_lets_none_of_its_own_speak_for_a_member(people: People, who: str) -> None:
    office, ours, copper = people.actor(people.office), getattr(people, who), people.organisation("copper")
    before = roles(ours)
    with pytest.raises(ValidationError, match="Only the head"):
        give_representation(actor=office, person=ours, organisation=copper, role=Role.PURCHASING)
    with pytest.raises(ValidationError, match="Only the head"):
        accounts.invite(actor=office, organisation=copper, role=Role.PURCHASING, email=ours.email)
    with acting(office), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Representation.objects.create(person=ours, organisation=copper, role=Role.PURCHASING)
    with acting(office), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Representation.objects.create(
            person=ours, organisation=copper, role=Role.PURCHASING, accepted_by=people.copper
        )
    assert roles(ours) == before


def test_the_head_may_invite_somebody_of_the_office(people: People) -> None:
    _invitation, token = invited(people, email="office@example.org")
    accounts.accept_invitation(token=token, person=people.office)
    assert roles(people.office) == {("cluster", "office"), ("copper", "energy")}


def test_nor_does_it_take_in_who_speaks_for_a_member(people: People) -> None:
    office, cluster = people.actor(people.office), people.organisation("cluster")
    with pytest.raises(ValidationError, match="whose head has not invited them"):
        give_representation(actor=office, person=people.zinc, organisation=cluster, role=Role.OFFICE)
    with pytest.raises(ValidationError, match="whose head has not invited them"):
        propose(people, person="zinc")
    with acting(office), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Representation.objects.create(person=people.zinc, organisation=cluster, role=Role.OFFICE)
    assert roles(people.zinc) == {("zinc", "purchasing")}


def test_who_came_to_the_office_meanwhile_needs_the_head(people: People) -> None:
    _invitation, token = invited(people, by="office", email="outsider@example.org")
    found(people, people.outsider, "cluster", Role.OFFICE)
    with pytest.raises(accounts.InvitationClosed, match="needs-the-head"):
        accounts.accept_invitation(token=token, person=people.outsider)
    assert roles(people.outsider) == {("cluster", "office")}
    page = people.sign_in(Client(), people.outsider).get(reverse("accounts:accept-invitation", args=[token]))
    assert page.status_code == 200


def test_it_waits_on_today_for_whoever_may_decide(people: People) -> None:
    proposal = propose(people, role=Role.KEY_HOLDER)
    address = reverse("organisations:decide", args=[proposal.pk])
    for who, waits in (("board", True), ("office", False), ("copper", False)):
        client = people.sign_in(Client(), getattr(people, who))
        assert (address in client.get(reverse("ui:today")).content.decode()) is waits, who
    proposals.refuse(actor=people.actor(people.board), proposal=proposal.pk)
    client = people.sign_in(Client(), people.board)
    assert address not in client.get(reverse("ui:today")).content.decode()
