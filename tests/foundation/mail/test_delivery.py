"""Delivery: retries, refusals, two workers, and what comes back."""

from __future__ import annotations

import threading
from datetime import timedelta
from io import BytesIO, TextIOWrapper

import pytest
from django.core import mail as django_mail
from django.core.mail import get_connection
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from sprega.foundation.access.identity import NOBODY, acting
from sprega.foundation.access.services import acting_as
from sprega.foundation.ledger.models import Payload
from sprega.foundation.ledger.services import EXPORT
from sprega.foundation.mail import actions
from sprega.foundation.mail.actions import deliver, deliver_next, note_bounce, queue, try_again
from sprega.foundation.mail.delivery import Outcome
from sprega.foundation.mail.models import Letter, Mail
from sprega.foundation.mail.queries import outbox_health, unreachable
from sprega.foundation.mail.server import NOT_SET
from sprega.foundation.mail.services import POSTMAN
from sprega.foundation.mail.write import words_of
from tests.foundation.mail.smtp import Server
from tests.people import People, populate


def again(mail: Mail) -> Mail:
    with acting_as(POSTMAN, actor=NOBODY):
        return Mail.objects.get(pk=mail.pk)


def due_now(mail: Mail) -> None:
    with acting_as(POSTMAN, actor=NOBODY):
        Mail.objects.filter(pk=mail.pk).update(due_at=timezone.now())


def test_a_mail_is_handed_over_once(written, server: Server) -> None:
    mail = written()
    assert deliver() == 1
    assert deliver() == 0
    (sender, recipient, message), *rest = server.taken
    assert not rest
    assert mail.bounce_token in sender
    assert recipient == "TO:<copper@example.org>"
    assert f"Message-ID: {mail.message_id}" in message
    assert "From: noreply@localhost.localdomain" in message
    assert "text/plain" in message
    assert "text/html" in message
    assert again(mail).state == Mail.State.SENT


def test_a_permanent_refusal_ends_it_and_the_office_may_send_again(
    people: People, written, server: Server
) -> None:
    mail = written()
    server.answers["RCPT"] = "550 5.1.1 no such mailbox"
    deliver()
    kept = again(mail)
    assert (kept.state, kept.problem) == (Mail.State.FAILED, "550 5.1.1 no such mailbox")
    with acting(people.actor(people.office)) as office:
        assert unreachable([people.copper.pk, people.zinc.pk]) == {people.copper.pk: kept.problem}
        server.answers.clear()
        assert try_again(actor=office, mail=mail.pk).state == Mail.State.WAITING
    deliver()
    assert again(mail).state == Mail.State.SENT
    with acting(people.actor(people.office)):
        assert unreachable([people.copper.pk]) == {}


def test_a_temporary_refusal_waits_longer_each_time(written, server: Server, monkeypatch) -> None:
    monkeypatch.setattr(actions, "MOST_ATTEMPTS", 3)
    mail = written()
    server.answers["END"] = "451 4.3.0 full"
    waits = []
    for _attempt in range(2):
        deliver()
        kept = again(mail)
        waits.append(kept.due_at - timezone.now())
        assert deliver() == 0, "not before it is due"
        due_now(mail)
    assert kept.state == Mail.State.WAITING
    assert kept.problem == "451 4.3.0 full"
    assert timedelta(minutes=1) < waits[0] < timedelta(minutes=2) < waits[1]
    deliver()
    assert again(mail).state == Mail.State.FAILED
    assert outbox_health().failed == 1


def test_a_server_that_is_away_stops_the_round_and_refuses_no_mail(written, server: Server) -> None:
    first, second = written(), written()
    server.answers["CONNECT"] = "554 5.7.1 not you"
    assert deliver() == 1
    assert {again(first).state, again(second).state} == {Mail.State.WAITING}
    server.answers.clear()
    due_now(first)
    assert deliver() == 2
    assert {again(first).state, again(second).state} == {Mail.State.SENT}


def test_without_a_server_letters_wait(written, settings) -> None:
    mail = written()
    settings.EMAIL_BACKEND = NOT_SET
    assert deliver() == 0
    assert again(mail).state == Mail.State.WAITING
    health = outbox_health()
    assert (health.server_named, health.waiting) == (False, 1)
    assert health.waiting_since == mail.queued_at


def test_a_kill_after_the_server_accepted_sends_the_same_message_again(written, monkeypatch) -> None:
    mail = written()

    def killed(*_args, **_options) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Mail, "save", killed)
        with pytest.raises(KeyboardInterrupt):
            deliver()
    assert again(mail).state == Mail.State.WAITING
    deliver()
    assert [one.extra_headers["Message-ID"] for one in django_mail.outbox] == [mail.message_id] * 2


@pytest.mark.usefixtures("transactional_db")
def test_two_workers_never_deliver_one_mail_twice(server: Server) -> None:
    people = populate()
    with acting(people.actor(people.office)) as office:
        for number in range(12):
            words = words_of(f"Letter {number}", "Text", "en")
            queue(actor=office, to=people.copper, kind="test", words=words, language="en")
    server.hold, both = threading.Event(), threading.Barrier(3)
    counts: list[int] = []

    def work() -> None:
        both.wait(5)
        counts.append(deliver())
        connections.close_all()

    workers = [threading.Thread(target=work) for _worker in range(2)]
    for worker in workers:
        worker.start()
    both.wait(5)
    server.hold.set()
    for worker in workers:
        worker.join(20)
    subjects = [line for *_, text in server.taken for line in text.splitlines() if line.startswith("Subject")]
    assert sorted(subjects) == sorted(f"Subject: Letter {number}" for number in range(12))
    assert sum(counts) == 12


@pytest.mark.usefixtures("transactional_db")
def test_a_mail_in_hand_is_passed_over(server: Server) -> None:
    people = populate()
    with acting(people.actor(people.office)) as office:
        words = words_of("Letter", "Text", "en")
        queue(actor=office, to=people.copper, kind="test", words=words, language="en")
    server.hold, found = threading.Event(), []

    def first() -> None:
        found.append(deliver_next(get_connection()))
        connections.close_all()

    worker = threading.Thread(target=first)
    worker.start()
    assert server.busy.wait(5)
    assert deliver_next(get_connection()) is None, "the other worker has it in hand"
    server.hold.set()
    worker.join(10)
    assert found == [Outcome.SENT]
    assert len(server.taken) == 1


REPORT = """\
From: MAILER-DAEMON@mx.example.org
To: {to}
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; copper@example.org
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 unknown
 user

--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}
Subject: hello

--b--
"""


def report(mail: Mail, *, to: str = "", action: str = "failed", message_id: str = "<a@b>") -> bytes:
    address = to or f"bounces+{mail.bounce_token}@localhost.localdomain"
    return REPORT.format(to=address, action=action, message_id=message_id).encode()


def test_what_comes_back_is_noted_once(people: People, written) -> None:
    mail = written()
    deliver()
    assert note_bounce(report(mail, action="delayed")) is None
    assert again(mail).state == Mail.State.SENT
    assert note_bounce(report(mail)).pk == mail.pk
    kept = again(mail)
    assert (kept.state, kept.problem) == (Mail.State.BOUNCED, "5.1.1 550 5.1.1 unknown user")
    note_bounce(report(mail))
    with acting_as(actions.POSTMAN, actor=NOBODY):
        assert Mail.objects.filter(state=Mail.State.BOUNCED).count() == 1
    with acting(people.actor(people.office)):
        assert unreachable([people.copper.pk])


def test_the_message_given_back_names_the_mail_too(written) -> None:
    mail = written()
    deliver()
    assert note_bounce(report(mail, to="postmaster@x", message_id=mail.message_id)).pk == mail.pk
    assert again(mail).state == Mail.State.BOUNCED


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: Out of office\n\nBack on Monday",
        b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nx\n",
        b"To: bounces+000000000000000000000000@x\nContent-Type: multipart/report\n\nnothing",
        REPORT.format(to="bounces+" + "0" * 24 + "@x", action="failed", message_id="<no@no>").encode(),
        REPORT.format(to="=?utf-8?q?=00?=@x", action="failed", message_id="\x00").encode(),
    ],
)
def test_other_mails_are_no_bounces(written, message: bytes) -> None:
    mail = written()
    deliver()
    assert note_bounce(message) is None
    assert again(mail).state == Mail.State.SENT


def test_the_mail_server_calls_a_command(written, monkeypatch, capsys) -> None:
    mail = written()
    deliver()
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(report(mail))))
    call_command("note_bounce")
    assert str(mail.pk) in capsys.readouterr().out
    assert again(mail).state == Mail.State.BOUNCED


def test_letters_are_forgotten_before_envelopes(people: People, written) -> None:
    young, old, ancient, waiting = written(), written(), written(), written()
    with acting_as(POSTMAN, actor=NOBODY):
        now = timezone.now()
        for mail, days in ((old, 181), (ancient, 731), (waiting, 181)):
            Mail.objects.filter(pk=mail.pk).update(
                queued_at=now - timedelta(days=days), state="waiting" if mail is waiting else "sent"
            )
    actions.forget_old_mails()
    with acting_as(POSTMAN, actor=NOBODY):
        assert set(Letter.objects.values_list("pk", flat=True)) == {young.pk, waiting.pk}
        assert set(Mail.objects.values_list("pk", flat=True)) == {young.pk, old.pk, waiting.pk}


def test_failures_stand_in_the_ledger(people: People, written, server: Server) -> None:
    written()
    server.answers["RCPT"] = "550 no"
    deliver()
    with acting_as(EXPORT, actor=NOBODY):
        assert Payload.objects.filter(kind="mail.failed", service="postman").count() == 1
