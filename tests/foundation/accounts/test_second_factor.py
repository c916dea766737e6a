"""The second factor: before the first confidential figure, and always for office, desk and key holders."""

from dataclasses import replace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path, reverse

from sprega.foundation.accounts.second_factor import confidential
from sprega.server import urls
from tests.people import PASSWORD, SECRET, People


@confidential
def figures(request: HttpRequest) -> HttpResponse:
    return HttpResponse("41 200 EUR")


urlpatterns = [path("figures/", figures, name="figures"), path("", include(urls))]

pytestmark = pytest.mark.urls(__name__)
ASK = "/accounts/second-factor/?next=%2Ffigures%2F%3Flot%3D2"
OFFICE = frozenset({"office", "desk", "key_holder"})


def code_of(secret: str) -> str:
    _before, counter, _after = yield_hotp_counters_from_time()  # the present one lasts longest
    return format_hotp_value(hotp_value(secret, counter))


def sign_in(client: Client, person) -> None:
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})


def test_it_is_set_up_on_the_way_and_one_is_back_where_one_was(people: People, client: Client) -> None:
    assert client.get("/figures/").status_code == 302, "a visitor signs in first"
    sign_in(client, people.copper)
    answer = client.get("/figures/?lot=2")
    assert (answer.status_code, answer.url) == (302, ASK)
    page = client.get(answer.url).content.decode()
    assert "confidential" in page
    assert reverse("mfa_activate_totp") in page

    answer = client.get(reverse("mfa_activate_totp"))
    assert answer.url.startswith(reverse("account_reauthenticate")), "the password once more"
    answer = client.post(answer.url, {"password": PASSWORD})
    page = client.get(answer.url)
    secret = page.context["form"].secret
    assert secret in page.content.decode()
    answer = client.post(answer.url, {"code": "000000"})
    assert answer.status_code == 200
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)}, follow=True)
    assert "/figures/?lot=2" in answer.content.decode(), "the recovery codes show the way back"
    assert client.get("/figures/?lot=2").content == b"41 200 EUR"
    stored = Authenticator.objects.get(user=people.copper, type="totp")
    assert secret not in str(stored.data), "kept encrypted"


def test_a_later_session_shows_it_while_signing_in(people: People, client: Client) -> None:
    people.sign_in(Client(), people.copper)  # sets it up
    answer = client.post(
        reverse("account_login") + "?next=/figures/", {"login": people.copper.email, "password": PASSWORD}
    )
    assert answer.url == reverse("mfa_authenticate")
    assert client.get("/figures/").status_code == 302, "not yet signed in"
    assert client.post(answer.url, {"code": "123"}).status_code == 200
    answer = client.post(reverse("mfa_authenticate"), {"code": code_of(SECRET)})
    assert answer.url == "/figures/"
    assert client.get("/figures/").content == b"41 200 EUR"


def test_a_session_without_it_is_asked_for_the_code(people: People, client: Client) -> None:
    people.sign_in(Client(), people.copper)
    client.force_login(people.copper)
    answer = client.get("/figures/?lot=2")
    assert answer.url == ASK
    page = client.get(answer.url).content.decode()
    assert reverse("mfa_reauthenticate") in page
    there = reverse("mfa_reauthenticate") + "?next=/figures/%3Flot%3D2"
    assert client.get(there).status_code == 200
    answer = client.post(there, {"code": code_of(SECRET)})
    assert answer.url == "/figures/?lot=2"
    assert client.get(answer.url).content == b"41 200 EUR"


def test_the_records_of_one_person_are_not_anothers(people: People, client: Client) -> None:
    people.sign_in(client, people.copper)
    assert client.get("/figures/").status_code == 200
    client.force_login(people.zinc)
    assert client.get("/figures/").status_code == 302


@pytest.mark.parametrize("who", ["office", "desk"])
def test_always_for_office_and_desk(people: People, client: Client, settings, who: str) -> None:
    settings.SECOND_FACTOR_ALWAYS = OFFICE
    person = getattr(people, who)
    client.force_login(person)
    for name in ("ui:today", "organisations:people", "accounts:account"):
        answer = client.get(reverse(name))
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("accounts:second-factor")), name
    assert "In your role" in client.get(reverse("accounts:second-factor")).content.decode()
    assert client.get(reverse("mfa_index")).status_code == 200
    people.sign_in(client, person)
    assert client.get(reverse("organisations:people")).status_code == 200


def test_others_meet_it_only_before_figures(people: People, client: Client, settings) -> None:
    settings.SECOND_FACTOR_ALWAYS = OFFICE
    client.force_login(people.copper)
    assert client.get(reverse("organisations:people")).status_code == 200
    assert client.get("/figures/").status_code == 302


def test_the_practice_cluster_asks_nobody(people: People, client: Client, settings) -> None:
    settings.CLUSTER = replace(django_settings.CLUSTER, practice=True)
    client.force_login(people.copper)
    assert client.get("/figures/").content == b"41 200 EUR"


def test_the_way_back_leads_to_no_other_host(people: People, client: Client) -> None:
    client.force_login(people.copper)
    client.get(reverse("accounts:second-factor") + "?next=https://evil.example/")
    assert client.session["second_factor_back"] == reverse("ui:today")


def test_a_code_works_once_and_a_recovery_code_too(people: People, client: Client) -> None:
    people.sign_in(Client(), people.copper)
    code = code_of(SECRET)
    for number, accepted in enumerate((True, False)):
        browser = Client()
        sign_in(browser, people.copper)
        answer = browser.post(reverse("mfa_authenticate"), {"code": code})
        assert (answer.status_code == 302) is accepted, number


def test_wrong_codes_are_counted(people: People, client: Client) -> None:
    people.sign_in(Client(), people.copper)
    sign_in(client, people.copper)
    for _attempt in range(6):
        answer = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "too many attempts" in answer.content.decode()


@pytest.mark.parametrize("name", ["access:totals", "ledger:events", "personal:mine", "files:list"])
def test_pages_of_the_house_that_show_what_is_confidential_ask_for_it(
    people: People, client: Client, name: str
) -> None:
    """Totals, and what events tell: the name of a file, or a figure that somebody changed."""
    client.force_login(people.copper)
    assert client.get(reverse(name)).url.startswith(reverse("accounts:second-factor"))
    people.sign_in(client, people.copper)
    assert client.get(reverse(name)).status_code == 200
