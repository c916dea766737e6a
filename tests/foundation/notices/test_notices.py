"""Notices reach their person alone, in the language of the moment, on the page and by mail as they wish."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy

from sprega.foundation.access.identity import NOBODY, acting
from sprega.foundation.access.services import acting_as
from sprega.foundation.ledger.models import Payload
from sprega.foundation.mail.models import Mail
from sprega.foundation.notices import actions
from sprega.foundation.notices.models import Notice, NoticeChoice
from sprega.foundation.notices.queries import unread
from sprega.foundation.notices.services import NOTIFIER
from sprega.foundation.organisations.models import Organisation
from sprega.foundation.organisations.services import FOUNDING
from tests.people import People


@pytest.fixture
def told(people: People):
    """Tell the copper works' head something, as the office."""

    def tell(**more) -> Notice:
        office = people.actor(people.office)
        return actions.notify(
            actor=office, person=people.copper, kind="test.told", text=gettext_lazy("Sign in first."), **more
        )

    return tell


def mails(people: People) -> int:
    with acting(people.actor(people.office)):
        return Mail.objects.filter(kind__startswith="notices/").count()


def test_a_notice_is_its_persons_alone(people: People, told) -> None:
    told(url="/notes/")
    for person, sees in ((people.copper, 1), (people.copper_safety, 0), (people.zinc, 0), (people.office, 0)):
        with acting(people.actor(person)) as actor:
            assert (Notice.objects.count(), unread(actor)) == (sees, sees)
    with acting(people.actor(people.zinc)) as actor:
        assert actions.mark_read(actor=actor, notice=Notice.objects.none().first()) == 0
    assert unread(NOBODY) == 0


def test_it_is_read_in_the_language_of_the_moment(people: People, told) -> None:
    notice = told()
    with translation.override("bg"):
        assert str(notice) == "Първо влезте в системата."
    with translation.override("en"):
        assert str(notice) == "Sign in first."


def test_organisations_are_called_as_the_reader_calls_them(people: People) -> None:
    one, other = Organisation(name="Copper", name_bg="Мед"), Organisation(name="Zinc")
    notice = actions.notify(
        actor=people.actor(people.office),
        person=people.copper,
        kind="test.told",
        text=gettext_lazy("Somebody who acted for %(organisations)s has erased their account."),
        arguments={"organisations": [one, other]},
    )
    with translation.override("bg"):
        assert "Zinc, Мед" in str(notice)
    with translation.override("en"):
        assert "Copper, Zinc" in str(notice)


def test_one_about_an_organisation_ends_with_the_representation(people: People, told) -> None:
    told(organisation=people.organisation("copper"))
    with acting_as(FOUNDING, actor=NOBODY):
        people.copper.representations.update(ends_at=timezone.now())
    with acting(people.actor(people.copper, "")):
        assert Notice.objects.count() == 0


@pytest.mark.parametrize("url", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere", "notes"])
def test_it_leads_to_pages_of_ours_only(people: People, told, url: str) -> None:
    with pytest.raises(ValueError, match="leads to a page of ours"):
        told(url=url)
    assert Payload.objects.count() == 0


def test_the_page_lists_opens_and_marks(people: People, told, client: Client) -> None:
    notice = told(url="/notes/")
    people.sign_in(client, people.copper)
    assert b"Sign in first." in client.get(reverse("notices:list")).content
    answer = client.get(reverse("notices:open", args=[notice.pk]))
    assert (answer.status_code, answer.url) == (302, "/notes/")
    with acting(people.actor(people.copper)) as actor:
        assert unread(actor) == 0
    told()
    client.post(reverse("notices:read-all"))
    with acting(people.actor(people.copper)) as actor:
        assert unread(actor) == 0


def test_another_person_cannot_open_it(people: People, told, client: Client) -> None:
    notice = told(url="/notes/")
    people.sign_in(client, people.zinc)
    assert client.get(reverse("notices:open", args=[notice.pk])).status_code == 404
    with acting(people.actor(people.copper)) as actor:
        assert unread(actor) == 1


def test_mails_follow_the_persons_choice(people: People, told, client: Client) -> None:
    people.sign_in(client, people.copper)
    for choice, at_once in (("at_once", 1), ("never", 1), ("daily", 1)):
        answer = client.post(reverse("notices:choice"), {"by_mail": choice})
        assert answer.status_code == 302
        with acting(people.actor(people.copper)):
            assert NoticeChoice.objects.get().by_mail == choice
        told()
        assert mails(people) == at_once
    assert client.post(reverse("notices:choice"), {"by_mail": "hourly"}).status_code == 200


def test_the_notices_of_a_day_come_in_one_mail(people: People, told) -> None:
    told()
    told(organisation=people.organisation("copper"))
    assert actions.send_digests() == 1
    assert mails(people) == 1
    assert actions.send_digests() == 0
    assert mails(people) == 1


def test_what_was_read_or_is_no_longer_seen_is_in_no_mail(people: People, told) -> None:
    told()
    with acting(people.actor(people.copper)) as actor:
        actions.mark_read(actor=actor)
    told(organisation=people.organisation("copper"))
    with acting_as(FOUNDING, actor=NOBODY):
        people.copper.representations.update(ends_at=timezone.now())
    assert actions.send_digests() == 0
    assert mails(people) == 0


def test_old_notices_are_forgotten(people: People, told) -> None:
    told()
    with acting_as(NOTIFIER, actor=NOBODY):
        Notice.objects.update(created_at=timezone.now() - timedelta(days=181))
    told()
    assert actions.forget_old_notices() == 1
    with acting(people.actor(people.copper)):
        assert Notice.objects.count() == 1
