"""Attempts are counted, in a place that all processes share, and the page says what to do."""

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.foundation.accounts.letters import letters
from tests.people import PASSWORD, People


def test_counts_are_kept_in_the_database(db: None) -> None:
    cache.set("a", [1.0], 60)
    assert cache.add("a", 1) is False
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_cache")
        assert cursor.fetchone() == (1,)


def test_guessing_a_password(people: People, client: Client) -> None:
    address, told = reverse("account_login"), {"login": people.copper.email, "password": "guess"}
    for _attempt in range(5):
        page = client.post(address, told).content.decode()
        assert "Address or password is wrong" in page
    page = client.post(address, {**told, "password": PASSWORD}).content.decode()
    assert "too many attempts" in page, "not even the right one now"
    assert people.copper.email in page, "what was typed stays"
    answer = client.post(address, {"login": people.zinc.email, "password": PASSWORD})
    assert answer.status_code == 302, "others are not shut out"


@pytest.mark.parametrize("name", ["account_login", "account_reset_password"])
def test_many_attempts_from_one_place(people: People, client: Client, name: str) -> None:
    told = [{"login": f"x{n}@example.org", "password": "p", "email": f"x{n}@example.org"} for n in range(31)]
    answers = [client.post(reverse(name), one) for one in told]
    assert answers[-1].status_code == 429 or "too many attempts" in answers[-1].content.decode()


def test_the_page_of_too_many(people: People, client: Client) -> None:
    address = reverse("accounts:accept-invitation", args=["made-up"])
    answers = [client.post(address) for _attempt in range(21)]
    assert {answer.status_code for answer in answers[:20]} == {404}
    assert answers[20].status_code == 429
    assert "Wait five minutes" in answers[20].content.decode()


def test_nobody_waits_longer_than_the_page_says() -> None:
    spans = [
        rate.split("/")[1] for rates in settings.ACCOUNT_RATE_LIMITS.values() for rate in rates.split(",")
    ]
    assert spans
    assert set(spans) <= {"m", "5m"}


def test_asking_for_a_new_password_tells_nothing(people: People, client: Client) -> None:
    answers = []
    for email in (people.copper.email, "unknown@example.org"):
        answers.append(client.post(reverse("account_reset_password"), {"email": email}))
    assert answers[0].status_code == answers[1].status_code == 302
    assert answers[0].url == answers[1].url
    assert [letter.to for letter in letters()] == [people.copper.email]


def test_a_new_password_by_letter(people: People, client: Client) -> None:
    people.copper.language = "bg"
    people.copper.save()
    client.post(reverse("account_reset_password"), {"email": people.copper.email})
    letter = letters()[0]
    assert letter.secret
    assert "изберете нова парола" in letter.subject
    address = next(word for word in letter.text.split() if "/password/reset/key/" in word)
    answer = client.get(address, follow=True)
    form = answer.request["PATH_INFO"]
    new = {"password1": "a quiet river under the mill", "password2": "a quiet river under the mill"}
    weak = {"password1": "copper", "password2": "copper"}
    assert client.post(form, weak).status_code == 200
    assert client.post(form, new).status_code == 302
    assert [letter.secret for letter in letters()] == [True, False], "the change is told to its person"
    answer = client.post(
        reverse("account_login"), {"login": people.copper.email, "password": new["password1"]}
    )
    assert answer.status_code == 302
    assert "вече не е валидна" in Client(headers={"accept-language": "bg"}).get(address).content.decode()
