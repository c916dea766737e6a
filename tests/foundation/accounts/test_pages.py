"""Every page of the account opens for whom it is for, in both languages."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.people import PASSWORD, People

FOR_ALL = ("account_login", "account_reset_password", "account_reset_password_done", "account_signup")
FOR_PERSONS = (
    "accounts:account",
    "accounts:second-factor",
    "account_logout",
    "account_email",
    "account_change_password",
    "account_reauthenticate",
    "mfa_index",
    "usersessions_list",
    "socialaccount_connections",
    "organisations:people",
)
FOR_THE_OFFICE = ("accounts:invitations", "accounts:invite", "organisations:give")


@pytest.mark.parametrize("name", FOR_ALL)
def test_pages_for_all(people: People, client: Client, name: str) -> None:
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", FOR_PERSONS)
def test_pages_for_persons(people: People, client: Client, name: str) -> None:
    answer = client.get(reverse(name))
    assert answer.status_code == 302, "a visitor is sent to sign in"
    client.force_login(people.copper)
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", FOR_THE_OFFICE)
def test_pages_for_the_office(people: People, client: Client, name: str) -> None:
    client.force_login(people.zinc)
    assert client.get(reverse(name)).status_code == 403
    client.force_login(people.office)
    assert client.get(reverse(name)).status_code == 200


def test_signing_in_and_out(people: People, client: Client) -> None:
    answer = client.post(reverse("account_login"), {"login": "COPPER@example.org", "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    assert answer.url == reverse("ui:today")
    answer = client.get(reverse("accounts:account"))
    assert "Copper Works" in answer.content.decode()
    client.post(reverse("account_logout"))
    assert client.get(reverse("accounts:account")).status_code == 302


def test_a_name_has_one_line(people: People, client: Client) -> None:
    """It stands in letters to others: lines of one's own would make it a letter of one's own."""
    client.force_login(people.copper)
    typed = "Vera\r\n\r\nPay here: x.example\u2028\u202eareV"
    client.post(reverse("accounts:account"), {"name": typed, "language": "en", "theme": "system"})
    people.copper.refresh_from_db()
    assert people.copper.name == "Vera Pay here: x.example areV"


def test_nothing_of_a_page_is_left_to_others(people: People, client: Client) -> None:
    """No cache that several share keeps a page, and the browser none once its reader has signed out."""
    client.force_login(people.copper)
    for name in FOR_PERSONS:
        assert "private" in client.get(reverse(name)).headers["Cache-Control"], name
    answer = client.post(reverse("account_logout"))
    assert answer.status_code == 302
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert "_auth_user_id" not in client.session
