"""Who takes part in a group, and until when: an event each, and never undone."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from sprega.foundation.access.groups import join_group, leave_group, make_group
from sprega.foundation.access.identity import acting
from sprega.foundation.access.models import Group, GroupMember
from sprega.foundation.ledger.models import Payload
from tests.people import People


def group(people: People) -> Group:
    return make_group(actor=people.actor(people.office), name="Lime 2027")


def test_joining_and_leaving_are_events_of_the_organisation(people: People) -> None:
    office, zinc = people.actor(people.office), people.organisation("zinc")
    lime = group(people)
    joined = join_group(actor=office, group=lime, organisation=zinc)
    assert join_group(actor=office, group=lime, organisation=zinc) == joined, "twice is once"
    left = leave_group(actor=office, member=joined.pk)
    assert left.ends_at <= timezone.now()
    with pytest.raises(ValidationError, match="no longer takes part"):
        leave_group(actor=office, member=joined.pk)
    assert join_group(actor=office, group=lime, organisation=zinc) != joined
    with acting(people.actor(people.zinc)):
        kinds = list(Payload.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["access.group_joined", "access.group_left", "access.group_joined"]


def test_until_a_day(people: People) -> None:
    office, zinc, now = people.actor(people.office), people.organisation("zinc"), timezone.now()
    lime = group(people)
    with pytest.raises(ValidationError):
        join_group(actor=office, group=lime, organisation=zinc, ends_at=now)
    joined = join_group(actor=office, group=lime, organisation=zinc, ends_at=now + timedelta(days=1))
    assert (
        leave_group(actor=office, member=joined.pk, ends_at=now + timedelta(days=2)).ends_at > joined.ends_at
    )
    with pytest.raises(ValidationError):
        leave_group(actor=office, member=joined.pk, ends_at=now)
    with pytest.raises(ValidationError, match="name"):
        make_group(actor=office, name=" ")


@pytest.mark.parametrize("who", ["copper", "zinc", "board", "supplier", "former", "outsider"])
def test_others_change_no_group(people: People, who: str) -> None:
    office, stranger = people.actor(people.office), people.actor(getattr(people, who))
    lime = group(people)
    joined = join_group(actor=office, group=lime, organisation=people.organisation("copper"))
    with pytest.raises(PermissionDenied):
        make_group(actor=stranger, name="ours")
    with pytest.raises(PermissionDenied):
        join_group(actor=stranger, group=lime, organisation=people.organisation("zinc"))
    with pytest.raises(PermissionDenied):
        leave_group(actor=stranger, member=joined.pk)
    with acting(office):
        assert list(GroupMember.objects.values_list("organisation__slug", "ends_at")) == [("copper", None)]
        assert Group.objects.count() == 1


def test_what_was_is_not_undone(people: People) -> None:
    office = people.actor(people.office)
    lime = group(people)
    joined = join_group(actor=office, group=lime, organisation=people.organisation("copper"))
    leave_group(actor=office, member=joined.pk)
    with acting(office):
        for change in ({"ends_at": None}, {"organisation": people.organisation("zinc")}):
            with pytest.raises(DatabaseError, match="another begun"), transaction.atomic():
                GroupMember.objects.update(**change)
        assert GroupMember.objects.all().delete()[0] == 0
        assert GroupMember.objects.get().ends_at is not None
