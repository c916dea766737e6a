"""Giving and ending representations: the office's, by action, page and database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from threading import Barrier

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from sprega.foundation.access.identity import Actor, acting
from sprega.foundation.ledger.models import Payload
from sprega.foundation.organisations.actions import end_representation, give_representation
from sprega.foundation.organisations.models import Organisation, Representation
from tests.people import People, populate

Role = Representation.Role
OTHERS = ["copper", "zinc", "desk", "board", "mayor", "supplier", "former", "outsider"]


def held(person) -> set[tuple[str, str]]:
    with acting(Actor(person.pk)):
        mine = Representation.objects.in_force().filter(person=person)
        return set(mine.values_list("organisation__slug", "role"))


def of(people: People, person, role: str) -> Representation:
    with acting(people.actor(people.office)):
        return Representation.objects.get(person=person, role=role)


def give(people: People, who: str = "office", **values) -> Representation:
    values = {
        "person": people.outsider,
        "organisation": people.organisation("zinc"),
        "role": Role.ENERGY,
    } | values
    return give_representation(actor=people.actor(getattr(people, who)), **values)


def test_the_office_gives_and_ends(people: People) -> None:
    given = give(people)
    assert give(people) == given, "twice is once"
    assert held(people.outsider) == {("zinc", "energy")}
    ended = end_representation(
        actor=people.actor(people.office), representation=given.pk, version=given.version
    )
    assert ended.version == 2
    assert held(people.outsider) == set()
    with acting(people.actor(people.zinc)):
        kinds = list(Payload.objects.order_by("commitment_id").values_list("kind", flat=True))
    assert kinds == ["organisations.representation_given", "organisations.representation_ended"]


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_does(people: People, who: str) -> None:
    with pytest.raises(PermissionDenied):
        give(people, who)
    target = of(people, people.zinc, Role.PURCHASING)
    with pytest.raises(PermissionDenied):
        end_representation(
            actor=people.actor(getattr(people, who)), representation=target.pk, version=target.version
        )
    assert held(people.outsider) == set()
    assert held(people.zinc) == {("zinc", "purchasing")}


@pytest.mark.parametrize("who", OTHERS)
def test_the_database_refuses_too(people: People, who: str) -> None:
    zinc = people.organisation("zinc")
    with acting(people.actor(getattr(people, who))):
        with pytest.raises(ProgrammingError), transaction.atomic():
            Representation.objects.create(person=people.outsider, organisation=zinc, role=Role.LEAD)
        assert Representation.objects.update(role=Role.BOARD) == 0


@pytest.mark.parametrize("role", [Role.OFFICE, Role.DESK, Role.BOARD])
def test_office_desk_and_board_are_the_clusters(people: People, role: str) -> None:
    with pytest.raises(ValidationError, match="choose the cluster"):
        give(people, role=role)
    zinc = people.organisation("zinc")
    with acting(people.actor(people.office)), pytest.raises(ProgrammingError), transaction.atomic():
        Representation.objects.create(person=people.outsider, organisation=zinc, role=role)
    if role == Role.OFFICE:
        give(people, role=role, organisation=people.organisation("cluster"))
        assert held(people.outsider) == {("cluster", role)}


def test_from_a_day_until_another(people: People) -> None:
    now = timezone.now()
    with pytest.raises(ValidationError):
        give(people, starts_at=now, ends_at=now)
    later = give(people, starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=2))
    assert held(people.outsider) == set()
    assert give(people, starts_at=now + timedelta(days=1, hours=1)) == later, (
        "what overlaps is not given twice"
    )
    end_representation(actor=people.actor(people.office), representation=later.pk, version=1)
    assert of(people, people.outsider, Role.ENERGY).ends_at == later.starts_at


def test_two_who_edit_one_row(people: People) -> None:
    target, office = of(people, people.zinc, Role.PURCHASING), people.actor(people.office)
    until = timezone.now() + timedelta(days=30)
    end_representation(actor=office, representation=target.pk, version=1, ends_at=until)
    with pytest.raises(ValidationError, match="Somebody changed"):
        end_representation(actor=office, representation=target.pk, version=1)
    assert held(people.zinc) == {("zinc", "purchasing")}
    end_representation(actor=office, representation=target.pk, version=2)
    with pytest.raises(ValidationError, match="already ended"):
        end_representation(actor=office, representation=target.pk, version=3)


def test_the_last_of_the_office_stays(people: People) -> None:
    target, office = of(people, people.office, Role.OFFICE), people.actor(people.office)
    with pytest.raises(ValidationError, match="Nobody would be left"):
        end_representation(actor=office, representation=target.pk, version=1)
    give(people, role=Role.OFFICE, organisation=people.organisation("cluster"))
    end_representation(actor=office, representation=target.pk, version=1)
    assert held(people.office) == set()


def test_two_of_the_office_who_end_each_other(transactional_db: None) -> None:
    """One of them stays, whoever was faster; the other reads why."""
    people = populate()
    give(people, role=Role.OFFICE, organisation=people.organisation("cluster"))
    first, second = people.actor(people.office), people.actor(people.outsider, "cluster")
    theirs = of(people, people.outsider, Role.OFFICE), of(people, people.office, Role.OFFICE)
    ready = Barrier(2)

    def end(actor: Actor, target: Representation) -> type[Exception] | None:
        ready.wait()
        try:
            end_representation(actor=actor, representation=target.pk, version=1)
        except (ValidationError, PermissionDenied) as refusal:
            return type(refusal)
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(2) as both:
        outcomes = list(both.map(end, (first, second), theirs))
    assert outcomes.count(None) == 1
    assert [bool(held(people.office)), bool(held(people.outsider))].count(True) == 1


def test_who_sees_whom_on_the_page(people: People, client: Client) -> None:
    for who, sees, not_sees in (
        ("office", ["zinc@example.org", "copper@example.org"], []),
        ("copper", ["copper_safety@example.org"], ["zinc@example.org"]),
        ("supplier", ["supplier@example.org"], ["zinc@example.org"]),
    ):
        client.force_login(getattr(people, who))
        page = client.get(reverse("organisations:people")).content.decode()
        assert all(address in page for address in sees), who
        assert not any(address in page for address in not_sees), who
    client.force_login(people.outsider)
    assert client.get(reverse("organisations:people")).status_code == 403
    client.force_login(people.office)
    answer = client.get(reverse("organisations:people") + "?export=xlsx")
    rows = openpyxl.load_workbook(BytesIO(answer.getvalue())).worksheets[0].iter_rows(values_only=True)
    assert any({"zinc@example.org", "Zinc Works"} <= set(row) for row in rows), "for whom each acts"


def test_giving_by_page(people: People, client: Client) -> None:
    address = reverse("organisations:give")
    told = {
        "email": "Outsider@example.org",
        "organisation": people.organisation("zinc").pk,
        "role": "energy",
        "last_day": (timezone.localdate() + timedelta(days=3)).isoformat(),
    }
    client.force_login(people.copper)
    assert client.post(address, told).status_code == 403
    assert held(people.outsider) == set()
    client.force_login(people.office)
    page = client.post(address, {**told, "email": "nobody@example.org"}).content.decode()
    assert "Nobody with this address" in page
    assert "nobody@example.org" in page
    past = (timezone.localdate() - timedelta(days=3)).isoformat()
    assert "must not come before" in client.post(address, {**told, "last_day": past}).content.decode()
    assert client.post(address, told).status_code == 302
    given = of(people, people.outsider, Role.ENERGY)
    assert timezone.localtime(given.ends_at).time().isoformat() == "00:00:00"
    assert timezone.localtime(given.ends_at).date() == timezone.localdate() + timedelta(days=4)


def test_ending_by_page(people: People, client: Client) -> None:
    target = of(people, people.zinc, Role.PURCHASING)
    address = reverse("organisations:end", args=[target.pk])
    client.force_login(people.mayor)
    assert client.get(address).status_code == 403
    assert client.post(address, {"version": 1}).status_code == 403
    client.force_login(people.office)
    assert "zinc@example.org" in client.get(address).content.decode()
    assert client.get(reverse("organisations:end", args=[10**9])).status_code == 404
    stale = client.post(address, {"version": 0, "last_day": "2099-01-01"}).content.decode()
    assert "Somebody changed" in stale
    assert "2099-01-01" in stale
    assert 'name="version" value="1"' in stale
    assert held(people.zinc) == {("zinc", "purchasing")}
    assert client.post(address, {"version": 1}).status_code == 302
    assert held(people.zinc) == set()
    assert "already ended" in client.get(address).content.decode()


def test_an_organisation_is_called_as_the_reader_speaks() -> None:
    named, plain = Organisation(name="Copper Works", name_bg="Медодобив"), Organisation(name="Town")
    with override("bg"):
        assert [str(named), str(plain)] == ["Медодобив", "Town"]
    with override("en"):
        assert str(named) == "Copper Works"
