"""One-purpose links: enough for what they are for, never for anything else."""

from datetime import timedelta

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from django.utils import timezone

from sprega.foundation.access.identity import NOBODY, acting
from sprega.foundation.access.services import acting_as
from sprega.foundation.accounts import links
from sprega.foundation.accounts.links import Ended, LinkEnded, by_link, make_link, open_link, withdraw_links
from sprega.foundation.accounts.models import Link
from sprega.foundation.accounts.second_factor import confidential
from sprega.foundation.accounts.services import LINKS
from sprega.server import urls
from tests.people import People
from tests.rooms.notes.models import Note


@by_link("say-come")
def come(request: HttpRequest, link: links.OpenedLink) -> HttpResponse:
    seen, known = Note.objects.count(), request.user.is_authenticated
    return HttpResponse(f"{link.subject} {request.actor} {seen} {known}")


@by_link("say-come")
@confidential
def figures(request: HttpRequest, link: links.OpenedLink) -> HttpResponse:
    return HttpResponse("41 200 EUR")


urlpatterns = [
    path("come/<str:token>/", come),
    path("figures/<str:token>/", figures),
    path("", include(urls)),
]
pytestmark = pytest.mark.urls(__name__)


def made(people: People, **values) -> str:
    values = {
        "purpose": "say-come",
        "subject": "meeting:7",
        "person": people.copper,
        "expires_at": timezone.now() + timedelta(days=7),
    } | values
    return make_link(actor=people.actor(people.office), **values)


def test_it_opens_for_its_purpose(people: People) -> None:
    token = made(people)
    opened = open_link("say-come", token)
    assert (opened.purpose, opened.subject, opened.person_id) == ("say-come", "meeting:7", people.copper.pk)
    assert opened.actor == NOBODY
    with pytest.raises(LinkEnded) as ended:
        open_link("answer-request", token)
    assert ended.value.why == Ended.UNKNOWN


@pytest.mark.parametrize("token", ["", "made-up", "a:b:c", "%00", "é"])
def test_a_made_up_token_opens_nothing(people: People, token: str) -> None:
    with pytest.raises(LinkEnded):
        open_link("say-come", token)


def test_it_expires_is_used_up_and_withdrawn(people: People) -> None:
    late, once, twice = (made(people) for _number in range(3))
    late = made(people, expires_at=timezone.now())
    with pytest.raises(LinkEnded) as ended:
        open_link("say-come", late)
    assert ended.value.why == Ended.EXPIRED
    open_link("say-come", once, used_up=True)
    with pytest.raises(LinkEnded) as ended:
        open_link("say-come", once)
    assert ended.value.why == Ended.USED
    assert withdraw_links(actor=people.actor(people.office), purpose="say-come", subject="meeting:7") == 3
    with pytest.raises(LinkEnded) as ended:
        open_link("say-come", twice)
    assert ended.value.why == Ended.WITHDRAWN


def test_whoever_opens_it_is_nobody(people: People, client: Client) -> None:
    with acting(people.actor(people.copper)):
        Note.objects.create(organisation=people.organisation("copper"), text="canary")
    token = made(people)
    people.sign_in(client, people.copper)
    answer = client.get(f"/come/{token}/").content.decode()
    assert answer == f"meeting:7 {NOBODY} 0 False", "a session lends the link nothing"
    assert client.get("/accounts/").status_code == 200, "and the session is still there"


def test_it_never_opens_a_confidential_page(people: People, client: Client) -> None:
    token = made(people)
    people.sign_in(client, people.copper)
    answer = client.get(f"/figures/{token}/")
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/")


def test_an_ended_link_says_what_to_do(people: People, client: Client) -> None:
    answer = client.get(f"/come/{made(people, expires_at=timezone.now())}/")
    assert answer.status_code == 410
    assert "time is over" in answer.content.decode()


def test_links_are_kept_from_others(people: People) -> None:
    made(people)
    for who, sees in (("copper", 1), ("zinc", 0), ("office", 0), ("outsider", 0)):
        with acting(people.actor(getattr(people, who))):
            assert Link.objects.count() == sees, who
            assert Link.objects.update(subject="other") == 0
    with acting_as(LINKS, actor=NOBODY):
        assert Link.objects.get().subject == "meeting:7"


def test_opening_is_counted(people: People, client: Client) -> None:
    statuses = {client.get("/come/made-up/").status_code for _attempt in range(32)}
    assert statuses == {410, 429}
