"""What the door does not take: settings, units and amounts that no rule could judge; and all or nothing."""

from __future__ import annotations

from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections, transaction

from sprega.foundation.access import door
from sprega.foundation.access.door import Part, release_total
from sprega.foundation.access.identity import NOBODY, Actor, acting
from sprega.foundation.access.models import Figure, Release, Visibility
from sprega.foundation.access.queries import shown
from sprega.foundation.access.rule import DISCLOSURE, set_rule
from sprega.foundation.access.services import acting_as
from sprega.foundation.ledger.models import Payload
from tests.people import People, populate
from tests.rooms.notes.room import SUM_NOTES

AMOUNTS = {"copper": 50, "zinc": 30, "town": 20}


def ask(people: People, subject: str = "lime", amounts: Any = AMOUNTS, **options: Any) -> Figure | None:
    """Judge a total of lime, as the zinc works."""
    item, unit = options.pop("item", "lime"), options.pop("part_unit", "")
    parts = [Part(people.organisation(slug).pk, x, item, unit=unit) for slug, x in amounts.items()]
    return release_total(
        actor=options.pop("actor", None) or people.actor(people.zinc),
        service=SUM_NOTES,
        subject=subject,
        contributions=lambda: parts,
        **{"unit": "t", **options},
    )


def kept() -> tuple[int, int]:
    with acting_as(DISCLOSURE, actor=NOBODY):
        return Release.objects.count(), Figure.objects.count()


@pytest.fixture(autouse=True)
def rule(request: pytest.FixtureRequest) -> None:
    if "people" in request.fixturenames:
        people = request.getfixturevalue("people")
        set_rule(actor=people.actor(people.office), percent=10)


@pytest.mark.parametrize(
    "options",
    [
        {"subject": ""},
        {"subject": "x" * 201},
        {"visibility": Visibility.ORGANISATION},
        {"visibility": Visibility.GROUP},
        {"form": "Value"},
        {"smallest": 0},
        {"smallest": float("nan")},
        {"smallest": float("inf")},
    ],
)
def test_settings_that_no_total_can_have(people: People, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="total"):
        ask(people, **options)
    assert kept() == (0, 0)


@pytest.mark.parametrize(
    "amount", [float("nan"), float("inf"), Decimal("NaN"), 1e16, -1e300, Decimal("1e400")]
)
def test_an_amount_that_no_sum_can_hold(people: People, amount: Any) -> None:
    with pytest.raises(ValidationError) as refusal:
        ask(people, amounts={**AMOUNTS, "copper": amount})
    assert "lime" in str(refusal.value)
    assert "copper" not in str(refusal.value).lower(), "it does not say whose"
    assert kept() == (0, 0)


def test_an_item_has_one_unit(people: People) -> None:
    """Else 100 t of four and 60,000 kg of three would pass for other amounts, and give the fourth away."""
    four = {**AMOUNTS, "supplier": 40}
    assert ask(people, amounts=four).value == 140
    in_kilograms = {slug: 1000 * x for slug, x in AMOUNTS.items()}
    with pytest.raises(ValueError, match="in t in one total and in kg in another"):
        ask(people, "in kilograms", in_kilograms, unit="kg")
    assert kept() == (1, 1)
    # in the one unit it is judged, and the attack is seen
    other = ask(people, "in tonnes", unit="kg", part_unit="t")
    assert other.state == "withheld"


def test_withheld_looks_the_same_for_every_cause(people: People) -> None:
    """Nobody, one, two of one holding, a dominant one, and a difference from what was shown."""
    causes: dict[str, dict[str, float]] = {
        "nobody": {},
        "zeros": {"copper": 0, "zinc": 0, "town": 0},
        "one": {"copper": 50},
        "one holding": {"copper": 50, "sister": 30, "zinc": 20},
        "dominant": {"copper": 50, "zinc": 49, "town": 1},
    }
    figures = [ask(people, cause, amounts, item=cause) for cause, amounts in causes.items()]
    assert ask(people, "shown", {**AMOUNTS, "supplier": 40}).state == "shown"
    figures.append(ask(people, "difference"))
    told = {
        (figure.state, figure.low, figure.high, figure.value, figure.shown_at, figure.reason)
        for figure in figures
    }
    assert len(told) == 1
    assert figures[0].state == "withheld"
    with acting(people.actor(people.zinc)):
        events = Payload.objects.filter(kind="access.total_judged")
        facts = {bytes(event.text).partition(b'"facts":')[2].partition(b',"kind"')[0] for event in events}
    assert len(facts) == 2, "one for shown, one for all that were withheld"


def test_a_frozen_figure_keeps_its_time(people: People) -> None:
    """When it was shown tells nothing of when somebody left."""
    first = ask(people, amounts={**AMOUNTS, "supplier": 40})
    later = ask(people)
    assert (later.state, later.value, later.shown_at) == ("frozen", first.value, first.shown_at)


def test_each_judgement_is_an_event_of_the_one_who_asked(people: People) -> None:
    ask(people)
    ask(people)
    with acting(people.actor(people.zinc)):
        events = list(Payload.objects.filter(kind="access.total_judged"))
    assert len(events) == 2, "also where nothing new was shown"
    for event in events:
        assert (event.service, event.person_id) == ("disclosure", people.zinc.pk)
        assert b'"reads":["notes_note"]' in bytes(event.text)
    with acting(people.actor(people.copper)):
        assert not Payload.objects.filter(kind="access.total_judged").exists()


def test_what_fails_half_way_leaves_nothing(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error, or a kill, after the release was kept and before it is shown."""

    def fail(**_: object) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr(door, "record", fail)
    with pytest.raises(RuntimeError):
        ask(people)
    monkeypatch.undo()
    assert kept() == (0, 0)
    assert ask(people).value == 100


def test_a_caller_that_rolls_back_has_shown_nothing(people: People) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert ask(people).value == 100
        _ = 1 / 0
    assert kept() == (0, 0)
    assert shown(subject="lime", viewer=people.actor(people.zinc)) is None


def test_two_totals_at_once_are_judged_one_after_the_other(transactional_db: None) -> None:
    """Each is harmless by itself, their difference is not: whichever comes second is withheld."""
    people = populate()
    set_rule(actor=people.actor(people.office), percent=10)
    actor = people.actor(people.zinc)
    both: dict[str, Figure | None] = {}
    start = Barrier(2)

    def judge(subject: str, amounts: dict[str, int], who: Actor) -> None:
        start.wait()
        both[subject] = ask(people, subject, amounts, actor=who)
        connections.close_all()

    threads = [
        Thread(target=judge, args=("three", AMOUNTS, actor)),
        Thread(target=judge, args=("four", {**AMOUNTS, "supplier": 40}, actor)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(figure.state for figure in both.values()) == ["shown", "withheld"]
    assert kept() == (1, 2)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s", [door.ONE_AT_A_TIME]
        )
        assert cursor.fetchone() == (0,), "and the lock is free again"
