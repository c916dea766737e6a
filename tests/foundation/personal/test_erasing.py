"""After an erasure nothing of the person is left but what was said to stay; the ledger proves the rest."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from time import time

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from sprega.foundation.access.identity import NOBODY, acting
from sprega.foundation.access.queries import looks
from sprega.foundation.access.services import acting_as
from sprega.foundation.accounts.models import Invitation, Person
from sprega.foundation.jobs.actions import perform
from sprega.foundation.jobs.models import Run
from sprega.foundation.ledger.actions import place_commitments
from sprega.foundation.ledger.check import check_ledger
from sprega.foundation.ledger.models import Checkpoint, Payload
from sprega.foundation.notices.models import Notice
from sprega.foundation.organisations.models import Representation
from sprega.foundation.organisations.services import FOUNDING
from sprega.foundation.personal import actions
from sprega.foundation.personal.actions import erase_account
from sprega.foundation.personal.declarations import declarations
from sprega.server.ledger_file import write_ledger
from tests.foundation.personal.somebody import ADDRESS, NAME, Somebody, come_in
from tests.people import People, populate

# Where the name may stand for a while: the page of an erasure says so.
STAYS_FOR_A_WHILE = {"mail_letter", "notices_notice"}  # of others


@pytest.fixture
def people(transactional_db: None) -> People:
    return populate()


def where_found() -> set[str]:
    """Tables in which the person's name or address stands, looked for past all policies."""
    found = set()
    with connections["maintenance"].cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(
                "SELECT column_name, data_type FROM information_schema.columns"
                " WHERE table_schema = 'public' AND table_name = %s",
                [table],
            )
            for column, kind in cursor.fetchall():
                text = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
                words = [NAME, ADDRESS, NAME.split()[0], "zanimira"]
                condition = " OR ".join([f"{text} ILIKE %s"] * len(words))
                cursor.execute(
                    f"SELECT count(*) FROM {table} WHERE {condition}",  # noqa: S608
                    [f"%{word}%" for word in words],
                )
                if cursor.fetchone()[0]:
                    found.add(table)
    return found


def counts() -> dict[str, int]:
    with connections["maintenance"].cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
            found[table] = cursor.fetchone()[0]
    return found


def test_nothing_is_left_of_the_person(people: People, somebody: Somebody) -> None:
    before = where_found()
    assert {"accounts_person", "mail_mail", "accounts_invitation", "api_token"} <= before
    assert erase_account(actor=somebody.actor, confirmed=ADDRESS) > 10
    assert where_found() <= STAYS_FOR_A_WHILE
    person = Person.objects.get(pk=somebody.person.pk)
    assert (person.is_active, person.has_usable_password(), str(person)) == (
        False,
        False,
        "a former representative",
    )
    with translation.override("bg"):
        assert str(person) == "бивш представител"
    with connections["maintenance"].cursor() as cursor:
        for one in declarations():
            if one.stays:
                continue
            for table in one.tables:
                cursor.execute(
                    "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
                    " AND column_name IN ('person_id', 'user_id')",
                    [table],
                )
                for (column,) in cursor.fetchall():
                    cursor.execute(f"SELECT count(*) FROM {table} WHERE {column} = %s", [person.pk])  # noqa: S608
                    assert cursor.fetchone() == (0,), table


def test_the_ledger_goes_on_from_the_root_it_had(people: People, somebody: Somebody) -> None:
    place_commitments()
    kept = Checkpoint.objects.latest().note
    with acting(somebody.actor):
        assert Payload.objects.filter(person=somebody.person).count() > 5
    erase_account(actor=somebody.actor, confirmed=ADDRESS)
    place_commitments()
    file = io.BytesIO()
    write_ledger(file)
    file.seek(0)
    found = check_ledger(file, kept=kept)
    assert found.good, found.findings
    assert found.erased > 5
    assert NAME.encode() not in file.getvalue()


def test_what_others_rely_on_stays(people: People, somebody: Somebody) -> None:
    erase_account(actor=somebody.actor, confirmed=ADDRESS)
    with acting(people.actor(people.copper)):
        look = looks(viewer=people.actor(people.copper)).get()
        assert (str(look.person), look.reason) == ("a former representative", "to check the request")
    with acting(people.actor(people.zinc)):
        ended = Representation.objects.get(person=somebody.person, role="lead")
        assert ended.ends_at <= timezone.now()
        events = Payload.objects.filter(kind="organisations.representation_ended")
        assert events.count() == 1, "the zinc works learn of theirs"


def test_the_office_is_told_without_a_name(people: People, somebody: Somebody) -> None:
    erase_account(actor=somebody.actor, confirmed=ADDRESS)
    with acting(people.actor(people.office)):
        told = str(Notice.objects.get(kind="personal.erased"))
    assert told == "Somebody who acted for Test cluster, Zinc Works has erased their account."


def test_the_address_is_free(people: People, somebody: Somebody) -> None:
    erase_account(actor=somebody.actor, confirmed=ADDRESS)
    with acting(people.actor(people.office)):
        assert not Invitation.objects.filter(email=ADDRESS).exists()
    assert come_in(people).person.pk != somebody.person.pk


def test_interrupted_anywhere_nothing_is_erased(
    people: People, somebody: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_args: object, **_named: object) -> int:
        raise KeyboardInterrupt

    known, before = declarations(), counts()
    for place in range(len(known) + 1):
        with monkeypatch.context() as patched:
            if place < len(known):
                broken = [*known[:place], replace(known[place], erase=killed), *known[place + 1 :]]
                patched.setattr(actions, "declarations", lambda found=tuple(broken): found)
            else:
                patched.setattr(actions, "notify", killed)
            with pytest.raises(KeyboardInterrupt):
                erase_account(actor=somebody.actor, confirmed=ADDRESS)
        assert counts() == before, place
        assert Person.objects.get(pk=somebody.person.pk).name == NAME


def test_the_only_head_and_the_only_office_do_something_else_first(people: People) -> None:
    for person, says in (
        (people.copper, "You are the only head of Copper Works."),
        (people.office, "You are the only person of the cluster office."),
    ):
        before = counts()
        with pytest.raises(ValidationError, match=says):
            erase_account(actor=people.actor(person), confirmed=person.email)
        assert counts() == before


def test_of_two_heads_who_leave_at_the_same_moment_one_stays(people: People) -> None:
    with acting_as(FOUNDING, actor=NOBODY):
        copper = people.organisation("copper")
        Representation.objects.create(person=people.copper_safety, organisation=copper, role="lead")
    together = Barrier(2)

    def leave(person: Person) -> bool:
        try:
            together.wait(timeout=10)
            erase_account(actor=people.actor(person), confirmed=person.email)
        except ValidationError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as heads:
        assert sorted(heads.map(leave, (people.copper, people.copper_safety))) == [False, True]
    with acting(people.actor(people.zinc)):
        heads_left = Representation.objects.in_force().filter(organisation=copper, role="lead")
        assert heads_left.count() == 1


def test_nobody_erases_by_a_slip(people: People, somebody: Somebody) -> None:
    with pytest.raises(ValidationError, match="This is not your e-mail address"):
        erase_account(actor=somebody.actor, confirmed="copper@example.org")
    assert Person.objects.get(pk=somebody.person.pk).name == NAME


def test_work_that_runs_meanwhile_ends_quietly(people: People, somebody: Somebody) -> None:
    with acting(somebody.actor):
        run = Run.objects.get()
    erase_account(actor=somebody.actor, confirmed=ADDRESS)
    assert perform(run.pk) is None


def test_the_pages_lead_out(people: People, somebody: Somebody) -> None:
    client, other = somebody.client, people.sign_in(Client(), somebody.person)
    address = reverse("personal:erase")
    assert "/accounts/" in client.get(address).url, "asks again who it is"
    confirm(client)
    page = client.get(address).content.decode()
    assert "What goes in part, and what stays of it" in page
    assert "This is not your e-mail address" in client.post(address, {"confirmed": "x"}).content.decode()
    assert "Your account is erased" in client.post(address, {"confirmed": ADDRESS}).content.decode()
    for browser in (client, other):
        assert "/accounts/login" in browser.get(reverse("personal:mine")).url
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_session")
        assert cursor.fetchone()[0] <= 1  # of the anonymous page after it


def confirm(client: Client) -> None:
    """Show again who it is, as the page of allauth does."""
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "mfa", "at": time(), "reauthenticated": True, "type": "totp"}
    ]
    session.save()
