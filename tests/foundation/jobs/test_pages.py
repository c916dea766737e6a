"""The pages of long work: watched by who asked, tried again by the office, and nothing told to others."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sprega.foundation.access.identity import NOBODY, acting
from sprega.foundation.access.services import acting_as
from sprega.foundation.jobs.actions import WORKER, _begin, _end, _wait_again, perform, start
from sprega.foundation.jobs.models import Run
from sprega.foundation.jobs.queries import today
from sprega.foundation.jobs.words import how_long
from sprega.foundation.organisations.services import FOUNDING
from tests.foundation.api.programs import made, program
from tests.people import People
from tests.rooms.notes.jobs import add_up_notes


@pytest.fixture
def asked(people: People) -> Run:
    """Work that the zinc works' manager asked for."""
    with acting(people.actor(people.zinc)) as actor:
        return start(add_up_notes, actor=actor)


@pytest.fixture
def zinc(people: People) -> Client:
    return people.sign_in(Client(), people.zinc)


@pytest.fixture
def worker(db: None) -> None:
    """A worker gave a sign of life just now."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")


def fail(asked: Run) -> None:
    with acting_as(WORKER, actor=NOBODY):
        Run.objects.filter(pk=asked.pk).update(state=Run.State.FAILED, problem="It failed 3 times (OSError).")


def page(client: Client, name: str, asked: Run | None = None) -> str:
    answer = client.get(reverse(name, args=[asked.pk] if asked else []))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_button_starts_it_and_leads_to_where_it_is_watched(people: People, zinc: Client) -> None:
    twice = [zinc.post(reverse("notes:add-up")) for _click in range(2)]
    assert twice[0].url == twice[1].url
    with acting(people.actor(people.zinc)):
        assert twice[0].url == reverse("jobs:run", args=[Run.objects.get().pk])


def test_the_page_asks_for_its_part_until_the_work_is_over(
    people: People, zinc: Client, asked: Run, worker: None
) -> None:
    told = page(zinc, "jobs:run", asked)
    assert 'hx-trigger="every 2s"' in told
    part = told.partition('hx-get="')[2].partition('"')[0].replace("&amp;", "&")
    assert zinc.get(part).status_code == 204, "nothing has changed"
    _begin(asked.pk)
    with acting_as(WORKER, actor=people.actor(people.zinc)):
        Run.objects.filter(pk=asked.pk).update(steps=4, steps_done=1)
    told = zinc.get(part).content.decode()
    assert '<progress aria-label="Adding up the notes" value="1" max="4">' in told
    assert "<html" not in told
    perform(asked.pk)
    told = zinc.get(part).content.decode()
    assert "hx-trigger" not in told
    assert 'href="/notes/"' in told
    assert "No worker" not in told


def test_who_signed_out_meanwhile_is_led_to_sign_in(asked: Run) -> None:
    answer = Client().get(reverse("jobs:progress", args=[asked.pk]))
    assert (answer.status_code, answer.headers["HX-Refresh"], answer.content) == (403, "true", b"")


def test_attempts_can_be_seen(zinc: Client, asked: Run, worker: None) -> None:
    begun = _begin(asked.pk)
    _wait_again(begun)
    assert "Tried 1 of 3 times, again at" in page(zinc, "jobs:run", asked)
    assert "Tried 1 of 3 times, again at" in page(zinc, "jobs:list")
    _begin(asked.pk)  # its worker is killed now, and another takes the work over
    assert "Attempt 2 of 3." in page(zinc, "jobs:run", asked)
    _begin(asked.pk)
    assert "Attempt 3 of 3." in page(zinc, "jobs:run", asked)
    assert perform(asked.pk) is None
    assert "See the result" in page(zinc, "jobs:run", asked)


def test_that_no_worker_runs_is_said(people: People, zinc: Client, asked: Run) -> None:
    for name, which in (("jobs:list", None), ("jobs:run", asked)):
        assert "No worker is running at the moment" in page(zinc, name, which)
    with acting(people.actor(people.office)) as office:
        assert [task.title for task in today(office)] == ["No worker is running: long work and letters wait"]
    with acting(people.actor(people.zinc)) as actor:
        assert not list(today(actor))
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '2 min')")
    assert "No worker is running at the moment" in page(zinc, "jobs:list")


def test_waiting_work_is_cancelled_on_its_page(people: People, zinc: Client, asked: Run) -> None:
    stranger = people.sign_in(Client(), people.copper)
    assert stranger.post(reverse("jobs:cancel", args=[asked.pk])).status_code == 404
    assert "Cancel" in page(zinc, "jobs:run", asked)
    zinc.post(reverse("jobs:cancel", args=[asked.pk]))
    assert "You cancelled it" in page(zinc, "jobs:run", asked)


def test_the_office_tries_again_what_failed(people: People, zinc: Client, asked: Run, worker: None) -> None:
    office = people.sign_in(Client(), people.office)
    assert office.get(reverse("jobs:run", args=[asked.pk])).status_code == 404, "until it fails"
    fail(asked)
    told = page(office, "jobs:failed")
    assert "Adding up the notes" in told
    assert "Zinc Works" in told
    with acting(people.actor(people.office)) as actor:
        assert [task.title for task in today(actor)] == []  # it ended at no moment yet
    told = page(office, "jobs:run", asked)
    assert "Try again" in told
    assert "Tell the cluster office" not in told, "that is said to who asked"
    answer = office.post(reverse("jobs:again", args=[asked.pk]))
    assert answer.url == reverse("jobs:failed")
    assert "No work has failed" in page(office, "jobs:failed")
    assert "waiting for its turn" in page(zinc, "jobs:run", asked)


def test_failures_stand_on_today(people: People, zinc: Client, asked: Run, worker: None) -> None:
    _begin(asked.pk)
    _end(asked, failed="It failed 3 times (OSError). Tell the cluster office.")
    with acting(people.actor(people.zinc)) as actor:
        assert [task.title for task in today(actor)] == ["Adding up the notes failed: see what to do"]
    with acting(people.actor(people.office)) as actor:
        assert [task.title for task in today(actor)] == ["1 piece of long work of others failed"]
    assert "Adding up the notes failed" in page(zinc, "ui:today")


def test_trying_again_beside_the_same_open_work_says_so(people: People, zinc: Client, asked: Run) -> None:
    fail(asked)
    with acting(people.actor(people.zinc)) as actor:
        start(add_up_notes, actor=actor)
    answer = zinc.post(reverse("jobs:again", args=[asked.pk]), follow=True)
    assert "asked for again in the meantime" in answer.content.decode()
    with acting(people.actor(people.zinc)):
        assert Run.objects.get(pk=asked.pk).state == Run.State.FAILED


def test_others_find_nothing(people: People, asked: Run) -> None:
    for person in (people.copper, people.office, people.outsider, people.supplier):
        client = people.sign_in(Client(), person)
        for name in ("jobs:run", "jobs:progress"):
            assert client.get(reverse(name, args=[asked.pk])).status_code == 404
        assert client.post(reverse("jobs:again", args=[asked.pk])).status_code == 404
        assert "Adding up the notes" not in page(client, "jobs:list")
    assert people.sign_in(Client(), people.copper).get(reverse("jobs:failed")).status_code == 403
    with acting(people.actor(people.zinc)):
        assert Run.objects.get().state == Run.State.WAITING


def refuse(asked: Run) -> None:
    with acting_as(WORKER, actor=NOBODY):
        Run.objects.filter(pk=asked.pk).update(state=Run.State.REFUSED, problem="41 t of lime are too many.")


def test_a_reason_that_quotes_a_figure_waits_for_the_second_factor(people: People, asked: Run) -> None:
    refuse(asked)
    client = Client()
    client.force_login(people.zinc)
    address = reverse("jobs:run", args=[asked.pk])
    assert client.get(address).url.startswith(reverse("accounts:second-factor"))
    assert client.get(reverse("jobs:progress", args=[asked.pk])).headers["HX-Refresh"] == "true"
    assert "41 t" not in page(client, "jobs:list")
    _token, sent = made(people, people.zinc, second_factor=False)
    assert program(sent).get(f"/api/v1/runs/{asked.pk}").status_code == 403
    assert "41 t" in people.sign_in(client, people.zinc).get(address).content.decode()


def test_whoever_left_an_organisation_reads_its_figures_in_no_reason(
    people: People, zinc: Client, asked: Run
) -> None:
    refuse(asked)
    with acting_as(FOUNDING, actor=NOBODY):
        people.zinc.representations.update(ends_at=timezone.now())
    zinc.post(reverse("accounts:switch-organisation"), {"organisation": ""})
    for address in (reverse("jobs:run", args=[asked.pk]), reverse("personal:mine")):
        told = zinc.get(address).content.decode()
        assert "You no longer act for the organisation that asked for this." in told
        assert "41 t" not in told


def test_times_are_said_as_people_say_them() -> None:

    assert [how_long(timedelta(seconds=one)) for one in (7, 200, 7500)] == ["7 s", "3 min 20 s", "2 h 5 min"]
