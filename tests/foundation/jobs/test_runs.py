"""Long work runs as who asked for it or as a service, and tells its asker how it goes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone, translation

from sprega.foundation.access.identity import NOBODY, acting
from sprega.foundation.access.services import acting_as
from sprega.foundation.jobs import actions, kinds
from sprega.foundation.jobs.actions import (
    MOST_LOST,
    WORKER,
    cancel,
    forget_old_runs,
    perform,
    start,
    try_again,
)
from sprega.foundation.jobs.models import Run
from sprega.foundation.ledger.models import Payload
from sprega.foundation.notices.models import Notice
from sprega.foundation.organisations.services import FOUNDING
from tests.people import People, populate
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
    assert perform(asked.pk) is None
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
    assert perform(asked.pk) is None
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
        assert (asked.state, asked.result) == (Run.State.REFUSED, "")


def test_work_that_fails_is_tried_again_and_then_shown_to_the_office(people: People, work) -> None:
    def fail(*, actor, progress) -> str:
        raise ArithmeticError("7 tonnes of the copper works")

    kind = work(fail, attempts=2)
    with acting(people.actor(people.copper)) as actor:
        asked = start(kind, actor=actor)
    assert perform(asked.pk) > timezone.now()
    assert perform(asked.pk) is None
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
    assert perform(asked.pk) is None
    with acting(people.actor(people.copper)):
        kept = Run.objects.get()
        assert (kept.state, kept.problem) == (Run.State.REFUSED, "Ask the office.")
    with acting(people.actor(people.office)):
        assert not Run.objects.exists(), "a reason may quote a figure: it is its asker's alone"


def test_a_double_click_starts_once(people: People) -> None:
    with acting(people.actor(people.zinc)) as actor:
        first, second = start(add_up_notes, actor=actor), start(add_up_notes, actor=actor)
        assert first == second
        assert Run.objects.count() == 1
        assert Payload.objects.filter(kind="jobs.started").count() == 1
    with acting(people.actor(people.copper)) as actor:
        assert start(add_up_notes, actor=actor) != first, "another's is another's"
    perform(first.pk)
    with acting(people.actor(people.zinc)) as actor:
        assert start(add_up_notes, actor=actor) != first, "what is over may be asked for again"
    for _twice in range(2):
        with acting(NOBODY) as actor:
            assert start(add_up_notes, actor=actor).person is None


def test_two_clicks_at_the_same_moment_start_once(transactional_db: None) -> None:
    zinc = (people := populate()).actor(people.zinc)
    together = Barrier(2)

    def click(_number: int) -> str:
        try:
            together.wait(timeout=10)
            with acting(zinc):
                return str(start(add_up_notes, actor=zinc).pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as clicks:
        assert len(set(clicks.map(click, range(2)))) == 1
    with acting(zinc), connection.cursor() as cursor:
        assert Run.objects.count() == 1
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'sprega.run'")
        assert cursor.fetchone() == (1,)


def test_what_waits_can_be_cancelled_by_its_asker_alone(people: People) -> None:
    with acting(people.actor(people.zinc)) as actor:
        asked = start(add_up_notes, actor=actor)
    for other in (people.copper, people.office):
        assert cancel(asked.pk, actor=people.actor(other)) is False
    assert cancel(asked.pk, actor=people.actor(people.zinc)) is True
    assert cancel(asked.pk, actor=people.actor(people.zinc)) is False
    assert perform(asked.pk) is None
    with acting(people.actor(people.zinc)):
        kept = Run.objects.get()
        assert (kept.state, kept.attempts) == (Run.State.CANCELLED, 0)
        assert not Notice.objects.exists()


def test_what_runs_is_not_cancelled(people: People, work) -> None:
    asker = people.actor(people.zinc)
    kind = work(lambda *, actor, progress: str(cancel(asked.pk, actor=asker)))
    with acting(asker):
        asked = start(kind, actor=asker)
    perform(asked.pk)
    with acting(asker):
        assert (Run.objects.get().state, Run.objects.get().result) == (Run.State.DONE, "False")


def test_its_asker_is_told_when_it_ends(people: People, work) -> None:
    kind = work(lambda *, actor, progress: "/notes/")
    with acting(people.actor(people.zinc)) as actor:
        asked = start(kind, actor=actor)
    perform(asked.pk)
    perform(asked.pk)
    with acting(people.actor(people.zinc)):
        told = Notice.objects.get()
        assert (str(told), told.url, told.organisation.slug) == ("Work: done.", "/notes/", "zinc")
        with translation.override("bg"):
            assert str(told) == "Work: готово."


def test_the_end_and_its_notice_are_kept_together(people: People, work, monkeypatch) -> None:
    def killed(**told) -> None:
        raise KeyboardInterrupt

    kind = work(lambda *, actor, progress: "/notes/")
    with acting(people.actor(people.zinc)) as actor:
        asked = start(kind, actor=actor)
    with monkeypatch.context() as patched:
        patched.setattr(actions, "notify", killed)
        with pytest.raises(KeyboardInterrupt):
            perform(asked.pk)
    with acting(people.actor(people.zinc)):
        assert Run.objects.get().state == Run.State.RUNNING
    perform(asked.pk)  # as another worker does that takes it over
    with acting(people.actor(people.zinc)):
        assert (Run.objects.get().state, Run.objects.get().attempts) == (Run.State.DONE, 2)
        assert Notice.objects.count() == 1


def test_work_that_kills_every_worker_ends_as_failed(people: People, work) -> None:
    def killed(*, actor, progress) -> str:
        raise KeyboardInterrupt

    kind = work(killed, attempts=1)
    with acting(people.actor(people.zinc)) as actor:
        asked = start(kind, actor=actor)
    for _worker in range(1 + MOST_LOST):
        with pytest.raises(KeyboardInterrupt):
            perform(asked.pk)
    assert perform(asked.pk) is None
    with acting(people.actor(people.office)):
        assert Run.objects.get().state == Run.State.FAILED


def test_old_work_is_forgotten_and_open_work_is_not(people: People) -> None:
    with acting(people.actor(people.zinc)) as actor:
        old, recent = start(add_up_notes, actor=actor), start(add_up_notes, actor=actor, other=1)
    for one in (old, recent):
        perform(one.pk)
    with acting_as(WORKER, actor=NOBODY):
        Run.objects.filter(pk=old.pk).update(ended_at=timezone.now() - timedelta(days=91))
    with acting(people.actor(people.zinc)) as actor:
        waiting = start(add_up_notes, actor=actor, third=1)
    assert forget_old_runs() == 1
    with acting(people.actor(people.zinc)):
        assert set(Run.objects.all()) == {recent, waiting}
