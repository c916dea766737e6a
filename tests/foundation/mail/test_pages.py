"""The outbox shows the office where mails went, and what they say to their readers alone."""

import pytest
from django.test import Client
from django.urls import reverse

from sprega.foundation.access.identity import NOBODY, acting
from sprega.foundation.access.services import acting_as
from sprega.foundation.mail.models import Mail
from sprega.foundation.mail.services import POSTMAN
from tests.people import People


def page(client: Client, mail: Mail, name: str = "letter") -> tuple[int, str]:
    answer = client.get(reverse(f"mail:{name}", args=[mail.pk]))
    return answer.status_code, answer.content.decode()


def test_the_office_sees_envelopes_and_the_reader_the_letter(people: People, written, client: Client) -> None:
    mail = written()
    people.sign_in(client, people.office)
    assert "copper@example.org" in client.get(reverse("mail:outbox")).content.decode()
    status, text = page(client, mail)
    assert status == 200
    assert "What this mail says is not shown here" in text
    assert "a &lt;meeting&gt;" not in text
    assert page(client, mail, "html")[0] == 404
    people.sign_in(client, people.copper)
    assert "a &lt;meeting&gt;" in page(client, mail)[1]
    assert page(client, mail, "html")[0] == 200


@pytest.mark.parametrize("who", ["zinc", "sister", "supplier", "outsider"])
def test_nobody_else_sees_any_of_it(people: People, written, client: Client, who: str) -> None:
    mail = written()
    people.sign_in(client, getattr(people, who))
    assert "copper@example.org" not in client.get(reverse("mail:outbox")).content.decode()
    assert page(client, mail)[0] == page(client, mail, "html")[0] == 404


def test_the_office_sends_again_what_came_back(people: People, written, client: Client) -> None:
    mail = written()
    with acting_as(POSTMAN, actor=NOBODY):
        Mail.objects.filter(pk=mail.pk).update(state=Mail.State.BOUNCED, problem="mailbox full")
    people.sign_in(client, people.copper)
    assert client.post(reverse("mail:again", args=[mail.pk])).status_code == 403
    people.sign_in(client, people.office)
    assert "Send again" in page(client, mail)[1]
    assert client.post(reverse("mail:again", args=[mail.pk])).status_code == 302
    with acting(people.actor(people.office)):
        assert Mail.objects.get().state == Mail.State.WAITING
