"""Long work runs as who asked for it or as a service, and tells its asker how it goes."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from sprega.foundation.access.identity import acting
from sprega.foundation.access.services import acting_as
from sprega.foundation.jobs import kinds
from sprega.foundation.jobs.actions import perform, start, try_again
from sprega.foundation.jobs.models import Run
from sprega.foundation.organisations.services import FOUNDING
from tests.people import People
from tests.rooms.notes.actions import write_note
from tests.rooms.notes.jobs import add_up_notes
from tests.rooms.notes.models import Note


@pytest.fixture
def work(monkeypatch):
    """Make a kind of work that exists for this test only."""
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    return lambda function, **options: kinds.job(name="test.work", title="Work", **options)(function)


def test_work_of_a_service_reads_what_its_asker_cannot(people: People) -> None:
    with acting(people.actor(people.copper)) as actor:
        write_note(actor=actor, text="ours", tonnes=3)
    with acting(people.actor(people.zinc)) as actor:
        write_note(actor=actor, text="theirs", tonnes=4)
        asked = start(add_up_notes, actor=actor)
        assert asked.state == Run.State.WAITING
    assert perform(asked.pk) is False
    with acting(people.actor(people.zinc)):
        asked.refresh_from_db()
        assert (asked.state, asked.result) == (Run.State.DONE, "/notes/")
        assert (asked.steps_done, asked.steps) == (1, 1)
    for other in (people.copper, people.office, people.outsider):
        with acting(people.actor(other)):
            assert not Run.objects.exists()


def test_done_work_is_not_done_again(people: People) -> None:
    with acting(people.actor(people.zinc)) as actor:
        asked = start(add_up_notes, actor=actor)
    perform(asked.pk)
    assert perform(asked.pk) is False
    with acting(people.actor(people.zinc)):
        assert Run.objects.get().attempts == 1


def test_work_without_a_service_sees_what_its_asker_sees(people: People, work) -> None:
    def count(*, actor, progress) -> str:
        with acting(actor):
            return f"/{Note.objects.count()}"

    kind = work(count)
    with acting(people.actor(people.copper)) as actor:
        write_note(actor=actor, text="ours")
    with acting(people.actor(people.zinc)) as actor:
        asked = start(kind, actor=actor)
    perform(asked.pk)
    with acting(people.actor(people.zinc)):
        assert Run.objects.get().result == "/0"


def test_whoever_no_longer_represents_gets_no_result(people: People, work) -> None:
    kind = work(lambda *, actor, progress: "/secret")
    with acting(people.actor(people.zinc)) as actor:
        asked = start(kind, actor=actor)
    with acting_as(FOUNDING, actor=actor):
        people.zinc.representations.update(ends_at=timezone.now())
    perform(asked.pk)
    with acting(people.actor(people.zinc, "")):
        asked = Run.objects.get()
        assert (asked.state, asked.result) == (Run.State.FAILED, "")


def test_work_that_fails_is_tried_again_and_then_shown_to_the_office(people: People, work) -> None:
    def fail(*, actor, progress) -> str:
        raise ArithmeticError("7 tonnes of the copper works")

    kind = work(fail, attempts=2)
    with acting(people.actor(people.copper)) as actor:
        asked = start(kind, actor=actor)
    assert perform(asked.pk) is True
    assert perform(asked.pk) is False
    with acting(people.actor(people.office)) as office:
        failed = Run.objects.get()
        assert "ArithmeticError" in failed.problem
        assert "tonnes" not in failed.problem
        assert try_again(failed.pk, actor=office).state == Run.State.WAITING


def test_a_refusal_is_not_tried_again(people: People, work) -> None:
    def refuse(*, actor, progress) -> str:
        raise PermissionDenied("Ask the office.")

    kind = work(refuse)
    with acting(people.actor(people.copper)) as actor:
        asked = start(kind, actor=actor)
    assert perform(asked.pk) is False
    with acting(people.actor(people.copper)):
        assert Run.objects.get().problem == "Ask the office."
