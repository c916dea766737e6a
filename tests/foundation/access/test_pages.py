"""Figures and who sees them: the rule, the desk's looks, and what a head agrees to."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from sprega.foundation.access.actions import give_waiver, look_at
from sprega.foundation.access.identity import NOBODY, acting
from sprega.foundation.access.models import DisclosureRule, Waiver
from sprega.foundation.access.rule import DISCLOSURE, set_rule, told_rule
from sprega.foundation.access.services import acting_as
from sprega.foundation.ledger.models import Payload
from sprega.foundation.notices.models import Notice
from tests.people import People
from tests.rooms.notes.actions import TOTAL, show_total, write_note

RULE = {"threshold": 4, "statistics_threshold": 6, "colluding": 2, "percent": "", "version": 1}


def signed_in(people: People, who: str) -> Client:
    return people.sign_in(Client(), getattr(people, who))


def page(people: People, who: str, name: str, *args: object) -> str:
    return signed_in(people, who).get(reverse(name, args=args)).content.decode()


def kept_rule() -> DisclosureRule:
    with acting_as(DISCLOSURE, actor=NOBODY):
        return DisclosureRule.objects.get()


def waived(people: People) -> list[Waiver]:
    with acting(people.actor(people.copper)):
        return list(Waiver.objects.all())


def test_a_look_is_told_and_listed_with_its_event(people: People) -> None:
    with acting(people.actor(people.desk)) as desk:
        look = look_at(actor=desk, organisation=people.organisation("copper"), reason="checks lime")
    with acting(people.actor(people.copper)):
        notice = Notice.objects.get(kind="access.desk_looked")
    assert str(notice) == "The buying desk looked at your figures, because: checks lime"
    shown = page(people, "copper_safety", "access:looks")
    assert "checks lime" in shown
    assert reverse("ledger:event", args=[look.event_id]) in shown
    for who in ("zinc", "office", "mayor", "supplier"):
        assert "checks lime" not in page(people, who, "access:looks")
    with acting(people.actor(people.copper_safety)):
        assert not Notice.objects.exists(), "those who buy and the head are told"


def test_where_there_is_no_head_everybody_is_told(people: People) -> None:
    people.copper.representations.exists()
    with acting(people.actor(people.desk)) as desk:
        look_at(actor=desk, organisation=people.organisation("zinc"), reason="checks lime")
    with acting(people.actor(people.zinc)):
        assert Notice.objects.count() == 1


def test_a_head_agrees_and_withdraws(people: People) -> None:
    head = signed_in(people, "copper")
    address = reverse("access:waive")
    assert "Tonnes in all notes \u2013 What all members noted" in head.get(address).content.decode()
    refused = head.post(address, {"total": TOTAL})
    assert "Tick the box if you agree" in refused.content.decode()
    assert waived(people) == []
    assert head.post(address, {"total": "made-up", "agreed": "on"}).status_code == 200
    assert waived(people) == []
    assert head.post(address, {"total": TOTAL, "agreed": "on"}).status_code == 302
    (waiver,) = waived(people)
    assert "Tonnes in all notes" in waiver.words
    for who in ("copper", "copper_safety"):
        assert "Tonnes in all notes" in page(people, who, "access:waivers")
    assert "Withdraw" not in page(people, "copper_safety", "access:waivers")
    assert "Tonnes in all notes" not in head.get(address).content.decode(), "agreed to once"
    withdraw = reverse("access:withdraw", args=[waiver.pk])
    for who, status in (
        ("copper_safety", 403),
        ("zinc", 403),
        ("mayor", 404),
        ("supplier", 404),
        ("office", 403),
    ):
        assert signed_in(people, who).post(withdraw).status_code == status
    assert waived(people)[0].withdrawn_at is None
    assert head.post(withdraw).status_code == 302
    assert waived(people)[0].withdrawn_at is not None
    assert "ended on" in page(people, "copper", "access:waivers")


@pytest.mark.parametrize("who", ["copper_safety", "zinc", "office", "board", "former", "outsider"])
def test_nobody_else_agrees(people: People, who: str) -> None:
    client = signed_in(people, who)
    assert client.get(reverse("access:waive")).status_code == 403
    assert client.post(reverse("access:waive"), {"total": TOTAL, "agreed": "on"}).status_code == 403
    with acting_as(DISCLOSURE, actor=NOBODY):
        assert not Waiver.objects.exists()


def test_the_office_reads_no_words_of_it(people: People) -> None:
    give_waiver(actor=people.actor(people.copper), subject=TOTAL, words="in confidence")
    for who, sees in (("copper", 1), ("desk", 1), ("office", 0), ("board", 0), ("zinc", 0)):
        with acting(people.actor(getattr(people, who))):
            assert Waiver.objects.count() == sees, who


def test_everybody_inside_reads_the_rule_and_the_totals(people: People) -> None:
    for who, amount in (("copper", 50), ("zinc", 30), ("mayor", 20)):
        with acting(people.actor(getattr(people, who))) as actor:
            write_note(actor=actor, text="x", tonnes=amount)
    set_rule(actor=people.actor(people.office), percent=10)
    show_total(actor=people.actor(people.zinc))
    for who in ("copper", "zinc", "office", "board", "desk"):
        shown = page(people, who, "access:totals")
        assert "At least 3 independent holdings" in shown
        assert "Tonnes in all notes" in shown
        assert "100 t" in shown.replace("\u00a0", " ")
        assert "percentage that is kept secret" in shown
    for who in ("supplier", "former", "outsider"):
        assert signed_in(people, who).get(reverse("access:totals")).status_code == 403
    with pytest.raises(PermissionDenied):
        told_rule(viewer=people.actor(people.supplier))


def test_the_office_changes_the_rule_and_is_never_shown_the_percentage(people: People) -> None:
    set_rule(actor=people.actor(people.office), percent=17.25)
    office = signed_in(people, "office")
    assert (
        "17"
        not in office.get(reverse("access:rule")).content.decode().partition("<main")[2].partition("<form")[2]
    )
    assert office.post(reverse("access:rule"), RULE | {"version": 2}).status_code == 302
    rule = kept_rule()
    assert (rule.threshold, rule.statistics_threshold, rule.colluding, rule.percent) == (4, 6, 2, 17.25)
    assert office.post(reverse("access:rule"), RULE | {"version": 3, "percent": "20,5"}).status_code == 302
    assert kept_rule().percent == 20.5
    assert "At least 4 independent holdings" in page(people, "zinc", "access:totals")
    with acting(people.actor(people.office)):
        assert Payload.objects.filter(kind="access.rule_on_totals_set").count() == 3


def test_the_second_of_two_editors_is_told_and_loses_nothing(people: People) -> None:
    office = signed_in(people, "office")
    version = told_rule(viewer=people.actor(people.office)).version
    set_rule(actor=people.actor(people.office), percent=10, threshold=5)
    answer = office.post(reverse("access:rule"), RULE | {"version": version}).content.decode()
    assert "Somebody changed the rule" in answer
    assert "As it stands now" in answer
    assert 'value="4"' in answer, "what was typed"
    assert kept_rule().threshold == 5
    assert office.post(reverse("access:rule"), RULE | {"version": version + 1}).status_code == 302
    with pytest.raises(ValidationError, match="Somebody changed"):
        set_rule(actor=people.actor(people.office), percent=10, version=version)


def test_a_rule_that_is_none(people: People) -> None:
    version = told_rule(viewer=people.actor(people.office)).version
    office = signed_in(people, "office")
    for wrong in ({"threshold": 2}, {"percent": "3"}, {"colluding": 4}, {"statistics_threshold": ""}):
        assert office.post(reverse("access:rule"), RULE | {"version": version} | wrong).status_code == 200
    assert kept_rule().version == version


@pytest.mark.parametrize("who", ["copper", "zinc", "board", "desk", "supplier", "former", "outsider"])
def test_nobody_else_changes_the_rule(people: People, who: str) -> None:
    set_rule(actor=people.actor(people.office), percent=10)
    client = signed_in(people, who)
    assert client.get(reverse("access:rule")).status_code == 403
    assert client.post(reverse("access:rule"), RULE | {"version": 2}).status_code == 403
    with pytest.raises(PermissionDenied):
        set_rule(actor=people.actor(getattr(people, who)), percent=50)
    with acting(people.actor(getattr(people, who))):
        assert DisclosureRule.objects.update(percent=50) == 0
    assert (kept_rule().percent, kept_rule().version) == (10, 2)
