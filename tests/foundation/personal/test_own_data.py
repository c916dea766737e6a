"""A person sees and takes all that is kept about them, and nobody else does; what is past its time goes."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO
from time import time
from zipfile import ZipFile

from allauth.account.internal.userkit import user_id_to_str
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sprega.foundation.access.identity import NOBODY, acting
from sprega.foundation.access.services import acting_as
from sprega.foundation.accounts.models import Invitation, Person
from sprega.foundation.accounts.personal_data import erase_attempts
from sprega.foundation.jobs.actions import perform
from sprega.foundation.jobs.models import Run
from sprega.foundation.ledger.models import Payload
from sprega.foundation.ledger.services import EXPORT
from sprega.foundation.mail.models import Mail
from sprega.foundation.mail.services import POSTMAN
from sprega.foundation.notices.models import Notice
from sprega.foundation.notices.services import NOTIFIER
from sprega.foundation.personal import tasks
from sprega.foundation.personal.actions import ask_for_export, erase_account, forget_all
from sprega.foundation.personal.declarations import declarations
from sprega.foundation.personal.models import Export
from sprega.foundation.personal.queries import erasing_obstacles
from sprega.foundation.personal.services import PERSONAL_DATA
from tests.foundation.personal.somebody import ADDRESS, NAME, Somebody
from tests.people import People

IN_THE_PAST = timedelta(days=800)


def confirmed(people: People, person: Person) -> Client:
    """A browser in which the person has just shown again who they are."""
    client = people.sign_in(Client(), person)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "mfa", "at": time(), "reauthenticated": True, "type": "totp"}
    ]
    session["account_authentication_methods_user"] = user_id_to_str(person)
    session.save()
    return client


def made(people: People, person: Person) -> Export:
    with acting(people.actor(person)) as actor:
        run = ask_for_export(actor=actor)
    assert perform(run.pk) is None
    with acting(people.actor(person)):
        run.refresh_from_db()
        assert (run.state, run.result) == (Run.State.DONE, reverse("personal:mine"))
        return Export.objects.get()


def test_the_page_shows_every_part(people: People, somebody: Somebody) -> None:
    told = somebody.client.get(reverse("personal:mine")).content.decode()
    for one in declarations():
        assert str(one.label).replace("'", "&#x27;") in told
    for kept in (
        NAME,
        ADDRESS,
        "Zinc Works",
        "to check the request",
        "lime is short",
        "our part may be seen",
        "192.0.2.7",
    ):
        assert kept in told
    other = people.sign_in(Client(), people.copper).get(reverse("personal:mine")).content.decode()
    assert not [word for word in (NAME, ADDRESS, "our part may be seen", "192.0.2.7") if word in other]


def test_an_address_that_one_only_gave_opens_nothing(people: People, somebody: Somebody) -> None:
    """Whoever types somebody else's address reads neither their invitations nor their letters."""
    EmailAddress.objects.create(user=people.copper_safety, email="New@example.org", verified=False)
    told = people.sign_in(Client(), people.copper_safety).get(reverse("personal:mine")).content.decode()
    assert "New@example.org".lower() in told, "that they gave it is kept, and said"
    assert told.lower().count("new@example.org") == 1
    erase_account(actor=people.actor(people.copper_safety), confirmed=people.copper_safety.email)
    with acting_as(POSTMAN, actor=NOBODY):
        assert Mail.objects.filter(address="new@example.org").count() == 1
    with acting_as(PERSONAL_DATA, actor=NOBODY):
        assert Invitation.objects.filter(email="new@example.org").count() == 1


def test_nothing_is_taken_without_showing_again_who_one_is(people: People) -> None:
    export = made(people, people.copper)
    client = people.sign_in(Client(), people.copper)
    for method, address in (
        ("post", reverse("personal:export")),
        ("get", reverse("personal:download", args=[export.pk])),
        ("get", reverse("personal:erase")),
        ("post", reverse("personal:erase")),
    ):
        answer = getattr(client, method)(address)
        assert (answer.status_code, answer.url.partition("?")[0]) == (302, reverse("account_reauthenticate"))
    with acting(people.actor(people.copper)):
        assert Run.objects.count() == 1, "the earlier one"
    answer = confirmed(people, people.copper).post(reverse("personal:export"))
    assert answer.url.startswith("/work/")


def test_the_file_holds_all_in_both_languages(people: People, somebody: Somebody) -> None:
    with acting(somebody.actor):
        export = Export.objects.get()
    client = confirmed(people, somebody.person)
    answer = client.get(reverse("personal:download", args=[export.pk]))
    assert answer.headers["Content-Type"] == "application/zip"
    assert "no-store" in answer.headers["Cache-Control"]
    with ZipFile(BytesIO(answer.content)) as book:
        names = book.namelist()
        assert len(names) == 2 * (len(declarations()) + 1)
        for language, word in (
            ("en", "Everything that is kept about you"),
            ("bg", "Всичко, което се пази за Вас"),
        ):
            page = book.read(f"{language}/overview.html").decode()
            assert word in page
            assert f'<html lang="{language}">' in page
            for kept in (NAME, ADDRESS, "to check the request"):
                assert kept in page
            parts = [json.loads(book.read(name)) for name in names if name.startswith(f"{language}/0")]
            assert any(ADDRESS in json.dumps(part, ensure_ascii=False) for part in parts)
        told = b"".join(book.read(name) for name in names).decode()
    assert "copper@example.org" not in told
    with acting(somebody.actor):
        assert Payload.objects.filter(kind="personal.export_downloaded").count() == 1


def test_a_file_is_its_persons_alone_and_expires(people: People) -> None:
    export = made(people, people.copper)
    address = reverse("personal:download", args=[export.pk])
    mine = confirmed(people, people.copper)
    assert mine.get(address).status_code == 200
    for other in (people.copper_safety, people.office, people.zinc, people.outsider):
        assert confirmed(people, other).get(address).status_code == 404
    with acting(people.actor(people.copper)) as actor:
        Export.objects.all().delete()
        old = Export.objects.create(person_id=actor.person_id, content=b"1", expires_at=timezone.now())
        assert not Export.objects.exists(), "the database itself hides it"
    assert mine.get(reverse("personal:download", args=[old.pk])).status_code == 404
    assert forget_all()["downloads"] == 1


def test_a_new_file_replaces_the_one_before(people: People) -> None:
    first = made(people, people.copper)
    assert made(people, people.copper).pk != first.pk


def test_letters_whose_link_opens_something_are_not_in_it(people: People, somebody: Somebody) -> None:
    told = somebody.client.get(reverse("personal:mine")).content.decode()
    assert "<td>invitation</td>" in told
    assert "/accounts/invitation/" not in told


def test_what_concerns_an_organisation_left_is_no_longer_told(people: People, somebody: Somebody) -> None:
    with acting_as(NOTIFIER, actor=NOBODY):
        Notice.objects.create(
            person=somebody.person,
            organisation=people.organisation("copper"),
            kind="test",
            text="a matter of the copper works",
        )
    told = somebody.client.get(reverse("personal:mine")).content.decode()
    assert "a matter of the copper works" not in told


def test_what_is_past_its_time_goes_and_is_counted(people: People, somebody: Somebody) -> None:
    before = forget_all()
    assert not any(before.values()), before
    old = timezone.now() - IN_THE_PAST
    with acting_as(POSTMAN, actor=NOBODY):
        Mail.objects.update(queued_at=old, state=Mail.State.SENT)
    with acting_as(NOTIFIER, actor=NOBODY):
        Notice.objects.update(created_at=old)
    with acting(people.actor(people.office)):
        Invitation.objects.update(expires_at=old)
    Session.objects.update(expire_date=old)
    forgotten = forget_all()
    assert {name for name, rows in forgotten.items() if rows} == {
        "mails",
        "notices",
        "invitations",
        "sessions",
    }
    with acting_as(PERSONAL_DATA, actor=NOBODY):
        assert not Mail.objects.exists()
        assert not Notice.objects.exists()
        assert not Invitation.objects.exists()
    with acting_as(EXPORT, actor=NOBODY):
        told = [json.loads(bytes(one.text)) for one in Payload.objects.filter(kind="personal.forgotten")]
    assert {one["facts"]["what"]: one["facts"]["rows"] for one in told} == {
        name: rows for name, rows in forgotten.items() if rows
    }


def test_network_addresses_of_attempts_do_not_stay(people: People) -> None:
    """The cache would keep them until it is full."""
    cache.set("allauth:rl:allauth.account:login:30/60/ip:ip:192.0.2.9", [1], timeout=-1)
    cache.set("allauth:rl:allauth.account:login:30/60/ip:ip:192.0.2.10", [1], timeout=60)
    cache.set(f"allauth:rl:allauth.account:invite:60/3600/user:user:{people.copper.pk}", [1], timeout=60)
    copper = str(people.copper.pk)
    assert ends_of_counts() == {"192.0.2.9", "192.0.2.10", copper}
    told = people.sign_in(Client(), people.copper).get(reverse("personal:mine")).content.decode()
    assert "<td>invite</td>" in told.replace("\n", "")
    forget_all()
    assert ends_of_counts() == {"192.0.2.10", copper}
    with acting_as(PERSONAL_DATA, actor=NOBODY):
        assert erase_attempts(people.copper.pk) == 1
    assert ends_of_counts() == {"192.0.2.10"}


def ends_of_counts() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM accounts_cache")
        return {key.rpartition(":")[2] for (key,) in cursor.fetchall()}


def test_each_night_every_kind_is_asked_for(people: People) -> None:
    tasks.forget_all(timestamp=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT args->>'name' FROM procrastinate_jobs WHERE task_name = 'sprega.forget'")
        asked = {name for (name,) in cursor.fetchall()}
    assert asked == {one.name for one in declarations() if one.forget is not None}
    for name in asked:
        tasks.forget(name=name)


def test_nobody_erases_in_the_practice_cluster_whom_others_look_around_as(people: People) -> None:
    people.mayor.practice_role = Person.PracticeRole.MAYOR
    assert "practice cluster" in erasing_obstacles(people.mayor)[0]
