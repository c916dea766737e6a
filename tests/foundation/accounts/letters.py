"""What stands in the outbox."""

from typing import NamedTuple

from sprega.foundation.access.identity import NOBODY
from sprega.foundation.access.services import acting_as
from sprega.foundation.mail.models import Letter
from sprega.foundation.mail.services import POSTMAN


class Written(NamedTuple):
    """A letter, and to whom."""

    to: str
    subject: str
    text: str
    secret: bool


def letters() -> list[Written]:
    """All letters, the newest last."""
    with acting_as(POSTMAN, actor=NOBODY):
        kept = Letter.objects.select_related("mail").order_by("mail__queued_at")
        return [Written(one.mail.address, one.subject, one.text, one.secret) for one in kept]
