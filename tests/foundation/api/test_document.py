"""The OpenAPI document holds: whatever it allows or forbids is sent, and every answer is as it says."""

from __future__ import annotations

from collections import Counter

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from sprega.foundation.access.identity import acting
from sprega.foundation.jobs.models import Run
from sprega.foundation.notices.actions import notify
from tests.foundation.api.programs import made
from tests.people import People, populate
from tests.rooms.notes.actions import write_note

UNSAID = [positive_data_acceptance]
"""No schema can say that a cursor must be ours, or text free of zero bytes: such are refused rightly."""
EXAMPLES = 15
"""Requests of each route: made to the rules and against them, to made-up things and to real ones."""


@pytest.fixture
def settled(transactional_db: None, settings) -> People:
    """People whose rows are committed; the rates have their own test."""
    settings.ACCOUNT_RATE_LIMITS = {}
    return populate()


def things(people: People) -> dict[str, str]:
    """What really exists, by the name of the parameter that names it."""
    with acting(people.actor(people.copper)) as actor:
        note = write_note(actor=actor, text="Lime", tonnes="7.125")
        notice = notify(actor=actor, person=people.copper, kind="test", text="Lime")
        run = Run.objects.create(
            kind="test", person_id=actor.person_id, organisation_id=actor.organisation_id
        )
    return {"note": str(note.pk), "notice": str(notice.pk), "run": str(run.pk)}


def test_every_answer_is_as_documented(settled: People) -> None:
    headers = {"Authorization": f"Bearer {made(settled, settled.copper)[1]}"}
    real = things(settled)
    config = schemathesis.Config()
    config.projects.default.generation.with_security_parameters = False  # the token is always right here
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application(), config=config)
    asked: Counter[str] = Counter()
    for operation in (found.ok() for found in schema.get_all_operations()):
        kinds = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=st.one_of(kinds))
        def ask(case: Case) -> None:
            asked[case.operation.label] += 1
            case.call_and_validate(headers=headers, excluded_checks=UNSAID)
            if case.path_parameters:
                case.path_parameters = {name: real[name] for name in case.path_parameters}
                case.call_and_validate(headers=headers, excluded_checks=UNSAID)

        ask()
    assert sum(asked.values()) > 8 * EXAMPLES, asked


def test_the_document_tells_what_a_route_needs(db: None, client: Client) -> None:
    document = client.get("/api/v1/openapi.json").json()
    notes = document["paths"]["/api/v1/notes"]
    assert notes["get"]["security"] == [{"PersonalToken": ["read"]}]
    assert notes["post"]["security"] == [{"PersonalToken": ["write"]}]
    assert {"400", "401", "403", "409", "413", "415", "422", "429", "500", "503"} < set(
        notes["post"]["responses"]
    )
    assert "/api/v1/notes/{note}" in document["paths"]
