"""Looking around as one of the prepared persons: in the practice cluster and nowhere else."""

from dataclasses import replace

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from sprega.foundation.accounts.models import Person
from sprega.foundation.accounts.practice import practice_people
from tests.people import People


@pytest.fixture
def prepared(people: People) -> People:
    for name, role in (("zinc", "competitor"), ("office", "office"), ("copper", "purchasing")):
        Person.objects.filter(pk=getattr(people, name).pk).update(practice_role=role)
    return people


@pytest.fixture
def practice(settings) -> None:
    settings.CLUSTER = replace(django_settings.CLUSTER, practice=True)


def test_one_lands_on_today_as_that_person(practice: None, prepared: People, client: Client) -> None:
    assert [person.practice_role for person in practice_people()] == ["office", "purchasing", "competitor"]
    page = client.get(reverse("accounts:look-around")).content.decode()
    assert "Purchasing manager of a competitor" in page
    answer = client.post(reverse("accounts:look-around"), {"person": prepared.zinc.pk})
    assert answer.url == reverse("ui:today")
    answer = client.get(reverse("accounts:account"))
    assert answer.wsgi_request.actor == prepared.actor(prepared.zinc)
    assert "this one" in client.get(reverse("usersessions_list")).content.decode()
    # and on to the competitor, nothing carried over
    client.post(reverse("accounts:look-around"), {"person": prepared.copper.pk})
    answer = client.get(reverse("accounts:account"))
    assert answer.wsgi_request.actor == prepared.actor(prepared.copper)


def test_only_prepared_persons(practice: None, prepared: People, client: Client) -> None:
    for person in (prepared.mayor.pk, 0, "x", ""):
        assert client.post(reverse("accounts:look-around"), {"person": person}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_nowhere_else(prepared: People, client: Client) -> None:
    assert practice_people() == []
    assert client.get(reverse("accounts:look-around")).status_code == 404
    assert client.post(reverse("accounts:look-around"), {"person": prepared.zinc.pk}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_an_empty_practice_cluster_says_so(practice: None, people: People, client: Client) -> None:
    assert "Nobody is prepared yet" in client.get(reverse("accounts:look-around")).content.decode()
