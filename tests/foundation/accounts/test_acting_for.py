"""For whom a person acts: chosen in the session, never changed behind one's back."""

import re

from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sprega.foundation.access.identity import NOBODY, acting
from sprega.foundation.access.middleware import CHOSEN
from sprega.foundation.access.services import acting_as
from sprega.foundation.accounts.models import Invitation
from sprega.foundation.files.models import File
from sprega.foundation.organisations.models import Representation
from sprega.foundation.organisations.services import FOUNDING
from tests.people import People

Role = Representation.Role
SWITCH = "accounts:switch-organisation"


def give(people: People, person, slug: str, role: str) -> None:
    organisation = people.organisation(slug)
    with acting_as(FOUNDING, actor=NOBODY):
        Representation.objects.create(person=person, organisation=organisation, role=role)


def end(person, slug: str) -> None:
    with acting_as(FOUNDING, actor=NOBODY):
        Representation.objects.filter(person=person, organisation__slug=slug).update(ends_at=timezone.now())


def acts_for(client: Client) -> int | None:
    return client.get(reverse("accounts:account")).wsgi_request.actor.organisation_id


def test_switching(people: People, client: Client) -> None:
    give(people, people.copper, "town", Role.ENVIRONMENT)
    client.force_login(people.copper)
    copper, town, zinc = (people.organisation(slug).pk for slug in ("copper", "town", "zinc"))
    assert acts_for(client) == copper
    answer = client.post(reverse(SWITCH), {"organisation": town, "next": "/accounts/"})
    assert answer.url == "/accounts/"
    assert acts_for(client) == town
    for refused in (zinc, "abc", "9" * 30, "-1"):
        assert client.post(reverse(SWITCH), {"organisation": refused}).status_code == 404
    answer = client.post(reverse(SWITCH), {"organisation": copper, "next": "https://evil.example/"})
    assert answer.url == reverse("ui:today")
    assert acts_for(client) == copper
    assert client.get(reverse(SWITCH)).status_code == 405


def test_what_was_typed_for_one_organisation_is_not_done_for_another(people: People, client: Client) -> None:
    give(people, people.copper, "town", Role.LEAD)
    people.sign_in(client, people.copper, "copper")
    form = client.get(reverse("accounts:invite"))
    assert form.status_code == 200
    end(people.copper, "copper")
    told = {"email": "typed@example.org", "role": "energy", "language": "en", "note": "a long <b>text</b>"}
    answer = client.post(reverse("accounts:invite"), told)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "You no longer act for Copper Works" in page
    assert "typed@example.org" in page
    assert "a long &lt;b&gt;text&lt;/b&gt;" in page
    with acting(people.actor(people.office)):
        assert Invitation.objects.count() == 0
    # reading says the same, until the person chooses
    assert client.get(reverse("organisations:people")).status_code == 403
    client.post(reverse(SWITCH), {"organisation": people.organisation("town").pk})
    assert client.get(reverse("organisations:people")).status_code == 200
    assert client.session[CHOSEN] == people.organisation("town").pk


def test_a_form_counts_for_the_organisation_it_was_opened_for(people: People, client: Client) -> None:
    """Whoever changes it in another window does not tell the one what was meant for the other."""
    give(people, people.copper, "town", Role.LEAD)
    people.sign_in(client, people.copper, "copper")
    address = reverse("files:upload")
    hidden = re.findall(r'name="opened_for" value="(\d+)"', client.get(address).content.decode())
    copper, town = (people.organisation(slug).pk for slug in ("copper", "town"))
    assert set(hidden) == {str(copper)}
    client.post(reverse(SWITCH), {"organisation": town, "opened_for": copper})
    typed = {"opened_for": copper, "description": "Prices of 2027", "seen_by": "cluster"}
    answer = client.post(
        address,
        {**typed, "upload": ContentFile(b"12", "prices.txt")},
        headers={"referer": f"http://testserver{address}"},
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "opened for Copper Works" in page
    assert "Prices of 2027" in page
    with acting(people.actor(people.copper, "town")):
        assert not File.objects.exists()
    # one click leads back to the form, for the organisation that was meant
    back = re.search(r'name="next" value="([^"]+)"', page)[1]
    assert client.post(reverse(SWITCH), {"organisation": copper, "next": back}).url.endswith(address)
    assert client.post(address, {**typed, "upload": ContentFile(b"12", "prices.txt")}).status_code == 302
    with acting(people.actor(people.copper, "copper")):
        assert File.objects.get().organisation_id == copper


def test_whoever_represents_nobody_any_more_can_go_on(people: People, client: Client) -> None:
    client.force_login(people.zinc)
    assert client.get(reverse("organisations:people")).status_code == 200
    end(people.zinc, "zinc")
    assert "Go on without" in client.get(reverse("accounts:account")).content.decode()
    client.post(reverse(SWITCH), {"organisation": ""})
    assert client.get(reverse("accounts:account")).status_code == 200
    assert client.get(reverse("organisations:people")).status_code == 403


def test_a_password_is_not_shown_again(people: People, client: Client) -> None:
    people.sign_in(client, people.zinc)
    client.get(reverse("accounts:account"))
    end(people.zinc, "zinc")
    answer = client.post(reverse("accounts:account"), {"name": "Z", "password": "secret-word"})
    assert "secret-word" not in answer.content.decode()
