"""A total over members leaves by one door only: judged, recorded, frozen."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import ProgrammingError, transaction
from django.utils import timezone

from sprega.engines.model import EngineError
from sprega.foundation.access.actions import give_waiver, withdraw_waiver
from sprega.foundation.access.door import Part, audit, release_total
from sprega.foundation.access.identity import NOBODY, acting
from sprega.foundation.access.models import DisclosureRule, Figure, Release, Visibility, Waiver
from sprega.foundation.access.queries import shown, waivers
from sprega.foundation.access.rule import DISCLOSURE, set_rule
from sprega.foundation.access.services import Service, acting_as
from sprega.foundation.ledger.models import Payload
from sprega.foundation.organisations.models import Organisation
from sprega.foundation.organisations.services import FOUNDING
from tests.people import People
from tests.rooms.notes.actions import TOTAL, change_note, show_total, write_note
from tests.rooms.notes.models import Note
from tests.rooms.notes.room import SUM_NOTES

WHO = {"copper": "copper", "sister": "sister", "zinc": "zinc", "town": "mayor", "supplier": "supplier"}


@pytest.fixture(autouse=True)
def rule(people: People) -> None:
    set_rule(actor=people.actor(people.office), percent=10)


def write(people: People, **tonnes: float) -> None:
    for slug, amount in tonnes.items():
        actor = people.actor(getattr(people, WHO[slug]))
        with acting(actor):
            write_note(actor=actor, text=f"of {slug}", tonnes=amount)


def total(people: People, **amounts: float) -> Figure:
    """Judge a made-up total of these amounts."""
    parts = [Part(people.organisation(slug).pk, amount, "lime") for slug, amount in amounts.items()]
    figure = release_total(
        actor=people.actor(people.zinc),
        service=SUM_NOTES,
        subject="lime",
        contributions=lambda: parts,
        unit="t",
    )
    assert figure is not None
    return figure


def test_three_independent_members_make_a_total(people: People) -> None:
    write(people, copper=50, zinc=30, town=20)
    figure = show_total(actor=people.actor(people.zinc))
    assert (figure.state, figure.value) == ("shown", 100)
    for person in (people.copper, people.office, people.mayor):
        assert shown(subject=TOTAL, viewer=people.actor(person)).value == 100
    for person in (people.supplier, people.outsider, people.former):
        assert shown(subject=TOTAL, viewer=people.actor(person)) is None
    assert shown(subject=TOTAL, viewer=NOBODY) is None


def test_companies_of_one_holding_count_once(people: People) -> None:
    write(people, copper=50, sister=30, zinc=20)
    figure = show_total(actor=people.actor(people.zinc))
    assert (figure.state, figure.low, figure.high) == ("withheld", None, None)
    assert "withheld" in figure.reason


def test_nobody_may_come_near_to_another(people: People) -> None:
    assert total(people, copper=50, zinc=49, town=1).state == "withheld"
    assert total(people, copper=50, zinc=30, town=20).state == "shown"


def test_who_leaves_cannot_be_found_by_subtraction(people: People) -> None:
    assert total(people, copper=50, zinc=30, town=20, supplier=40).value == 140
    later = total(people, copper=50, zinc=30, town=20)
    assert (later.state, later.value) == ("frozen", 140)
    assert total(people, copper=50, zinc=30, town=20, supplier=41).value == 140
    with acting_as(DISCLOSURE, actor=NOBODY):
        assert Release.objects.count() == 1


def test_a_total_of_the_same_amounts_elsewhere_is_the_same_attack(people: People) -> None:
    total(people, copper=50, zinc=30, town=20, supplier=40)
    parts = [
        Part(people.organisation(slug).pk, amount, "lime")
        for slug, amount in {"copper": 50, "zinc": 30, "town": 20}.items()
    ]
    other = release_total(
        actor=people.actor(people.zinc),
        service=SUM_NOTES,
        subject="another page",
        contributions=lambda: parts,
        unit="t",
    )
    assert other.state == "withheld"


def test_a_holding_that_is_sold_apart_still_remembers(people: People) -> None:
    assert total(people, copper=50, sister=30, zinc=60, town=40).value == 180
    with acting_as(FOUNDING, actor=NOBODY):
        Organisation.objects.filter(slug="sister").update(holding=None)
    assert total(people, copper=50, sister=30, zinc=60, town=40).value == 180
    # the sister knows what the copper works had then
    assert total(people, copper=50, sister=30, zinc=60, town=41).state == "frozen"


def test_what_was_shown_is_never_changed(people: People) -> None:
    total(people, copper=50, zinc=30, town=20)
    with acting_as(DISCLOSURE, actor=NOBODY):
        assert Release.objects.update(low=1) == 0
        assert Release.objects.all()._raw_delete("default") == 0
        assert Figure.objects.all()._raw_delete("default") == 0


@pytest.mark.parametrize("who", ["copper", "zinc", "office", "desk", "board", "supplier", "outsider"])
def test_nobody_reads_what_stands_behind_it(people: People, who: str) -> None:
    total(people, copper=50, zinc=30, town=20)
    with acting(people.actor(getattr(people, who))) as actor:
        assert not Release.objects.exists()
        assert not DisclosureRule.objects.exists()
        assert DisclosureRule.objects.update(percent=1) == 0
        assert Figure.objects.update(low=1) == 0
        with pytest.raises(ProgrammingError), transaction.atomic():
            Release.objects.create(subject="x", service="x", parts=[], low=0, high=0)
        seen = [bytes(text) for text in Payload.objects.values_list("text", flat=True)]
    assert not any(b"50" in text.partition(b'"facts"')[2] for text in seen)
    assert actor.service == ""


def test_only_registered_services_ask(people: People) -> None:
    with pytest.raises(ValueError):
        release_total(
            actor=people.actor(people.zinc), service=Service("made-up", ""), subject="x", contributions=list
        )


def test_contributions_are_read_as_the_service_and_in_its_name(people: People) -> None:
    write(people, copper=50, zinc=30, town=20)
    show_total(actor=people.actor(people.zinc))
    with acting(people.actor(people.zinc)):
        event = Payload.objects.get(kind="access.total_judged")
        assert b"sum-notes" in bytes(event.text)
        assert (event.service, event.person_id) == ("disclosure", people.zinc.pk)
        assert set(Note.objects.values_list("organisation__slug", flat=True)) == {"zinc"}


def test_the_form_of_a_total_is_fixed_beforehand(people: People) -> None:
    total(people, copper=50, zinc=30, town=20)
    with pytest.raises(ValueError, match="form"):
        release_total(
            actor=people.actor(people.zinc),
            service=SUM_NOTES,
            subject="lime",
            contributions=list,
            unit="t",
            form=Figure.Form.BAND,
        )


def test_a_band(people: People) -> None:
    parts = [
        Part(people.organisation(slug).pk, x, "diesel")
        for slug, x in [("copper", 50), ("zinc", 30), ("town", 40)]
    ]
    figure = release_total(
        actor=people.actor(people.zinc),
        service=SUM_NOTES,
        subject="diesel",
        contributions=lambda: parts,
        form=Figure.Form.BAND,
        visibility=Visibility.PUBLIC,
    )
    assert (figure.low, figure.high, figure.value) == (100, 200, None)
    assert shown(subject="diesel", viewer=NOBODY) == figure


def test_all_who_would_be_given_away_must_waive(people: People) -> None:
    amounts = {"copper": 50, "zinc": 49, "town": 1}
    lead, mayor = people.actor(people.copper), people.actor(people.mayor)
    give_waiver(actor=mayor, subject="lime", words="We agree.")
    assert total(people, **amounts).state == "withheld", "the town is not the one"
    with acting_as(FOUNDING, actor=NOBODY):
        people.organisation("zinc").representations.create(person=people.zinc, role="lead")
    mine = give_waiver(actor=lead, subject="lime", words="We agree.")
    assert give_waiver(actor=lead, subject="lime", words="Again.") == mine, "twice is once"
    assert total(people, **amounts).state == "withheld", "one of two agreed"
    theirs = give_waiver(actor=people.actor(people.zinc), subject="lime", words="We too.")
    withdraw_waiver(actor=people.actor(people.zinc), waiver=theirs.pk)
    assert total(people, **amounts).state == "withheld", "taken back"
    give_waiver(actor=people.actor(people.zinc), subject="lime", words="We too, after all.")
    assert total(people, **amounts).value == 100
    withdraw_waiver(actor=lead, waiver=mine.pk)
    assert total(people, **amounts).value == 100, "what was shown stays known"
    with acting(lead):
        assert waivers(viewer=lead).count() == 1
        assert set(
            Payload.objects.filter(kind__startswith="access.waiver").values_list("kind", flat=True)
        ) == {
            "access.waiver_given",
            "access.waiver_withdrawn",
        }


def test_waivers_are_the_heads(people: People) -> None:
    for who in ("zinc", "office", "copper_safety", "former", "outsider"):
        with pytest.raises(PermissionDenied):
            give_waiver(actor=people.actor(getattr(people, who)), subject="lime", words="x")
    mine = give_waiver(actor=people.actor(people.copper), subject="lime", words="We agree.")
    with pytest.raises(Waiver.DoesNotExist):
        withdraw_waiver(actor=people.actor(people.mayor), waiver=mine.pk)
    with pytest.raises(ValidationError):
        give_waiver(actor=people.actor(people.copper), subject="lime", words=" ")
    with pytest.raises(ValidationError):
        give_waiver(actor=people.actor(people.copper), subject="x", words="x", ends_at=timezone.now())


def test_the_rule_is_the_offices_and_secret(people: People) -> None:
    with pytest.raises(PermissionDenied):
        set_rule(actor=people.actor(people.copper), percent=20)
    with pytest.raises(EngineError):
        set_rule(actor=people.actor(people.office), percent=0)
    with acting_as(DISCLOSURE, actor=NOBODY):
        assert DisclosureRule.objects.get().percent == 10


def test_the_desk_audits_and_nobody_else(people: People) -> None:
    total(people, copper=50, zinc=30, town=20)
    assert audit(actor=people.actor(people.desk)) == ()
    with pytest.raises(PermissionDenied):
        audit(actor=people.actor(people.office))


def test_two_who_edit_one_note(people: People) -> None:
    write(people, copper=50)
    actor = people.actor(people.copper)
    with acting(actor):
        note = Note.objects.get()
    change_note(actor=actor, note=note.pk, version=1, text="first", tonnes=1)
    with pytest.raises(ValidationError, match="Somebody changed"):
        change_note(actor=actor, note=note.pk, version=1, text="second", tonnes=2)
    with pytest.raises(Note.DoesNotExist):
        change_note(actor=people.actor(people.zinc), note=note.pk, version=2, text="forged", tonnes=2)
