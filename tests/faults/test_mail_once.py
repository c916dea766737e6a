"""The database goes away after the mail server has taken a mail: it does not leave a second time."""

from __future__ import annotations

import psycopg
import pytest
from django.core.mail import get_connection
from django.db import connection

from sprega.foundation.access.identity import NOBODY, acting
from sprega.foundation.access.services import acting_as
from sprega.foundation.mail import actions
from sprega.foundation.mail.actions import deliver, deliver_next, queue
from sprega.foundation.mail.delivery import Outcome
from sprega.foundation.mail.models import Mail
from sprega.foundation.mail.server import SMTP
from sprega.foundation.mail.services import POSTMAN
from sprega.foundation.mail.write import words_of
from tests.conftest import DatabaseServer
from tests.foundation.mail import smtp
from tests.people import populate


def test_a_mail_that_was_taken_leaves_once(
    transactional_db: None, database_server: DatabaseServer, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = populate()
    with acting(people.actor(people.office)) as office:
        words = words_of("Hello", "Hello", "en")
        queue(actor=office, to=people.copper, kind="test/hello", words=words, language="en")
    monkeypatch.setattr(actions, "PAUSES", (0.0, 0.1))

    def take_and_lose(*arguments) -> tuple[Outcome, str]:
        taken = hand_over(*arguments)
        with psycopg.connect(database_server.superuser, autocommit=True) as administrator:
            pid = connection.connection.info.backend_pid
            administrator.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        return taken

    hand_over = actions.hand_over
    monkeypatch.setattr(actions, "hand_over", take_and_lose)
    with smtp.serving() as server:
        settings.EMAIL_BACKEND = SMTP
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 5
        assert deliver_next(get_connection()) == Outcome.SENT
        assert deliver() == 0
        assert len(server.taken) == 1
    with acting_as(POSTMAN, actor=NOBODY):
        kept = Mail.objects.get()
        assert (kept.state, kept.attempts) == (Mail.State.SENT, 1)
