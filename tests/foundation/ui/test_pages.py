"""The shell, the first page and Today, as visitors and members see them."""

import pytest
from django.test import Client

from tests.people import People, populate

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return populate()


@pytest.fixture
def member(people: People, client: Client) -> Client:
    client.force_login(people.copper)
    return client


def test_first_page_of_an_empty_cluster(client: Client) -> None:
    page = client.get("/").content.decode()
    assert "Test cluster" in page
    assert page.count('class="promise"') == 9
    assert 'class="fact"' not in page, "nothing is counted that is not there"
