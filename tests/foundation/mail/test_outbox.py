"""A mail is written with what it tells of, in its reader's language; the outbox shows each reader theirs."""

import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, transaction
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from sprega.foundation.access.identity import NOBODY, acting
from sprega.foundation.access.services import acting_as
from sprega.foundation.accounts.models import Person
from sprega.foundation.ledger.models import Payload
from sprega.foundation.mail.actions import queue, send
from sprega.foundation.mail.models import Letter, Mail
from sprega.foundation.mail.services import POSTMAN
from sprega.foundation.mail.write import words_of
from tests.people import People


def letter_of(mail: Mail) -> Letter:
    with acting_as(POSTMAN, actor=NOBODY):
        return Letter.objects.get(pk=mail.pk)


def test_a_letter_speaks_its_readers_language(people: People, written) -> None:
    assert letter_of(written()).text.startswith("Bulgarian: a <meeting>")
    people.copper.language = "bg"
    mail = written()
    letter = letter_of(mail)
    assert mail.language == "bg"
    assert letter.subject.lower().startswith("английски: a <meeting> & more")
    assert "http://127.0.0.1:8000/" in letter.text
    assert "a &lt;meeting&gt; &amp; more" in letter.html
    assert '<a href="http://127.0.0.1:8000/"' in letter.html


def test_an_address_without_a_person_is_written_to_as_asked(written) -> None:
    mail = written(to="new@example.org", language="bg")
    assert (mail.person, mail.language) == (None, "bg")
    assert written(to="new@example.org", language="xx").language == "en"


def test_a_letter_takes_texts_only(people: People, written) -> None:
    for value in (12, people.copper, Person.objects.all(), mark_safe("<b>"), ["a"]):
        with pytest.raises(TypeError, match="texts only"):
            written(context={"what": value})
    assert letter_of(written(context={"what": gettext_lazy("English")})).text.startswith("Bulgarian: English")


def test_no_header_can_be_slipped_in(people: People, written) -> None:
    subject = letter_of(written(context={"what": "x\r\nBcc: all@example.org\u2028"})).subject
    assert subject == "English: x Bcc: all@example.org"
    with pytest.raises(ValidationError):
        written(to="a@example.org\nBcc: all@example.org")
    with acting(people.actor(people.office)) as office:
        words = words_of("a\nb\x00c", "text", "en")
        assert (
            letter_of(queue(actor=office, to=people.copper, kind="k", words=words, language="en")).subject
            == "a b c"
        )


def test_the_ledger_tells_of_it_without_its_content(people: People, written) -> None:
    mail = written(context={"what": "canary"})
    with acting(people.actor(people.office)):
        told = bytes(Payload.objects.get(kind="mail.queued").text).decode()
    assert str(mail.pk) in told
    assert "test/hello" in told
    assert "canary" not in told
    assert "copper@" not in told


def test_what_is_rolled_back_is_not_sent(people: People, written) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        written()
        _ = 1 / 0
    with acting_as(POSTMAN, actor=NOBODY):
        assert not Mail.objects.exists()


def seen(people: People, person: Person) -> tuple[int, int]:
    with acting(people.actor(person)):
        return Mail.objects.count(), Letter.objects.count()


def test_who_sees_envelopes_and_who_letters(people: People, written, settings) -> None:
    written()
    assert seen(people, people.copper) == (1, 1)
    assert seen(people, people.office) == (1, 0), "the office sees where it went, not what it says"
    for other in (people.copper_safety, people.zinc, people.desk, people.supplier, people.outsider):
        assert seen(people, other) == (0, 0)


def test_a_secret_letter_is_read_in_the_mailbox_only(people: People, written) -> None:
    written(secret=True)
    assert seen(people, people.copper) == (1, 0)


def test_the_practice_office_reads_all(people: People, written, practice) -> None:
    written(secret=True)
    assert seen(people, people.office) == (1, 1)
    assert seen(people, people.copper) == (1, 0)
    assert seen(people, people.zinc) == (0, 0)


def test_nobody_writes_or_changes_mails_but_the_postman(people: People, written) -> None:
    mail = written()
    for person in (people.copper, people.office, people.zinc):
        with acting(people.actor(person)):
            assert Mail.objects.filter(pk=mail.pk).update(state="sent") == 0
            assert Mail.objects.filter(pk=mail.pk).delete()[0] == 0
            with pytest.raises(ProgrammingError), transaction.atomic():
                Mail.objects.create(person=person, address=person.email, language="en", message_id="<x@y>")


def test_nobody_yet_may_be_written_to(people: People) -> None:
    """A forgotten password: nobody is signed in."""
    words = words_of("Subject", "Text", "en")
    mail = queue(
        actor=NOBODY, to=people.copper, kind="accounts/reset", words=words, language="en", secret=True
    )
    assert mail.state == Mail.State.WAITING


def test_send_is_for_whoever_acts(people: People) -> None:
    with acting(people.actor(people.zinc)) as zinc:
        mail = send(actor=zinc, to=people.copper, template="test/hello", context={"what": "x"})
        assert not Mail.objects.filter(pk=mail.pk).exists()
