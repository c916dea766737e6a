"""Sign-in by a provider: for persons who exist or are invited, at the domains for which it is believed."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.internal import jwtkit
from django.test import Client
from django.urls import reverse

from sprega.engines.model import EngineError
from sprega.foundation.accounts import actions
from sprega.foundation.accounts.adapter import ProviderAdapter
from sprega.foundation.accounts.models import Person
from sprega.foundation.accounts.oidc import providers
from tests.foundation.accounts.letters import letters
from tests.people import People

SERVER = "https://login.example.net/tenant/v2.0"
ENTRY = {
    "id": "entra",
    "name": "Microsoft",
    "client_id": "sprega",
    "secret": "of the provider",
    "server_url": SERVER,
    "domains": ["Example.org"],
}


class Answer:
    status_code = 200
    headers = {"content-type": "application/json"}

    def __init__(self, body: dict) -> None:
        self.body = body
        self.text = json.dumps(body)

    def json(self) -> dict:
        return self.body

    def raise_for_status(self) -> None:
        pass


class Provider:
    """What a provider's server answers."""

    def __init__(self) -> None:
        self.claims: dict[str, object] = {}

    def __enter__(self) -> "Provider":
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def request(self, _method: str, url: str, **_options: object) -> Answer:
        return self.get(url)

    def post(self, url: str, **_options: object) -> Answer:
        return self.get(url)

    def get(self, url: str, **_options: object) -> Answer:
        if url.endswith("openid-configuration"):
            names = ("authorization", "token", "userinfo")
            return Answer(
                {"issuer": SERVER, "jwks_uri": f"{SERVER}/keys"}
                | {f"{name}_endpoint": f"{SERVER}/{name}" for name in names}
            )
        if url.endswith("/token"):
            return Answer({"access_token": "a", "token_type": "bearer", "id_token": "signed"})
        return Answer(self.claims)


@pytest.fixture
def provider(settings, tmp_path, monkeypatch) -> Provider:
    (tmp_path / "oidc.json").write_text(json.dumps([ENTRY]))
    settings.SOCIALACCOUNT_PROVIDERS = providers(tmp_path)
    server = Provider()
    monkeypatch.setattr(ProviderAdapter, "get_requests_session", lambda _self: server)
    monkeypatch.setattr(jwtkit, "verify_and_decode", lambda **_options: server.claims)
    return server


def sign_in(client: Client, provider: Provider, **claims: object):
    """Go to the provider and come back as whoever it says."""
    provider.claims = {"sub": "1", "name": "Neda New", **claims}
    there = client.post(reverse("openid_connect_login", args=["entra"]))
    assert there.status_code == 200
    url = re.search(r"url=(\S+)", there.headers["Refresh"])[1]
    assert url.startswith(f"{SERVER}/authorization")
    asked = parse_qs(urlsplit(url).query)
    assert asked["code_challenge_method"] == ["S256"]
    back = {"code": "c", "state": asked["state"][0]}
    return client.get(reverse("openid_connect_callback", args=["entra"]), back)


def who(client: Client) -> str:
    answer = client.get(reverse("accounts:account"))
    return answer.wsgi_request.user.email if answer.status_code == 200 else ""


def test_it_is_offered(provider: Provider, people: People, client: Client) -> None:
    assert "Sign in with Microsoft" in client.get(reverse("account_login")).content.decode()
    answer = client.get(reverse("openid_connect_login", args=["entra"]))
    assert "You go on to Microsoft" in answer.content.decode(), "nothing happens by a link alone"
    assert client.post(reverse("openid_connect_login", args=["other"])).status_code == 404


def test_a_person_who_exists_signs_in(provider: Provider, people: People, client: Client) -> None:
    answer = sign_in(client, provider, email="Zinc@example.org")
    assert answer.status_code == 302
    assert who(client) == "zinc@example.org"
    # from then on by the provider's own number, whatever the address
    other = Client()
    sign_in(other, provider, email="renamed@example.org")
    assert who(other) == "zinc@example.org"


@pytest.mark.parametrize("claims", [{"email": "zinc@elsewhere.org", "email_verified": True}, {}])
def test_at_other_domains_it_is_not_believed(
    provider: Provider, people: People, client: Client, claims: dict
) -> None:
    Person.objects.create_user("zinc@elsewhere.org", None)
    before = Person.objects.count()
    answer = sign_in(client, provider, sub="2", **claims)
    assert "You need an invitation" in answer.content.decode()
    assert who(client) == ""
    assert Person.objects.count() == before


def test_nobody_signs_up(provider: Provider, people: People, client: Client) -> None:
    answer = sign_in(client, provider, email="unknown@example.org")
    assert "You need an invitation" in answer.content.decode()
    assert not Person.objects.filter(email="unknown@example.org").exists()


def test_an_open_invitation_is_accepted(provider: Provider, people: People, client: Client) -> None:
    actions.invite(
        actor=people.actor(people.copper),
        organisation=people.organisation("copper"),
        role="energy",
        email="new@example.org",
        language="bg",
    )
    assert sign_in(client, provider, email="new@example.org").status_code == 302
    person = Person.objects.get(email="new@example.org")
    assert (person.name, person.language, person.has_usable_password()) == ("Neda New", "bg", False)
    assert people.actor(person, "copper").roles == {"energy"}
    assert who(client) == "new@example.org"
    assert [letter.to for letter in letters()] == ["new@example.org"] * 2


def test_a_provider_that_does_not_answer(
    provider: Provider, people: People, client: Client, monkeypatch
) -> None:

    def away(*_args: object, **_options: object) -> None:
        raise requests.ConnectionError

    monkeypatch.setattr(Provider, "get", away)
    answer = client.post(reverse("openid_connect_login", args=["entra"]))
    assert answer.status_code == 502
    assert "Try again" in answer.content.decode()


@pytest.mark.parametrize(
    "fault",
    [
        {"server_url": "https://login.microsoftonline.com/common/v2.0"},
        {"server_url": "http://login.example.net"},
        {"id": "En tra"},
        {"domains": []},
        {"domains": ["org"]},
        {"domains": None},
    ],
)
def test_faults_of_the_file_are_refused(tmp_path, fault: dict) -> None:
    (tmp_path / "oidc.json").write_text(json.dumps([ENTRY | fault]))
    with pytest.raises(EngineError, match=r"oidc\.json"):
        providers(tmp_path)


def test_no_file_no_provider(tmp_path) -> None:
    assert providers(tmp_path) == {}
    (tmp_path / "oidc.json").write_text("{")
    with pytest.raises(EngineError):
        providers(tmp_path)


def test_the_secret_may_stand_in_the_environment(tmp_path, monkeypatch) -> None:
    entry = {key: value for key, value in ENTRY.items() if key != "secret"}
    (tmp_path / "oidc.json").write_text(json.dumps([entry]))
    monkeypatch.setenv("SPREGA_OIDC_ENTRA_SECRET", "from outside")
    assert "from outside" in str(providers(tmp_path))
