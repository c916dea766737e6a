"""Where the attacks go: how each address is reached, and what its owner finds there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from sprega.foundation.access.actions import give_waiver, look_at
from sprega.foundation.access.identity import acting
from sprega.foundation.access.models import Visibility
from sprega.foundation.access.services import acting_as
from sprega.foundation.accounts.actions import invite
from sprega.foundation.files.actions import attach
from sprega.foundation.jobs.actions import WORKER, start
from sprega.foundation.jobs.models import Run
from sprega.foundation.ledger.actions import place_commitments
from sprega.foundation.ledger.models import Checkpoint
from sprega.foundation.mail.actions import queue
from sprega.foundation.mail.models import Mail
from sprega.foundation.mail.write import words_of
from sprega.foundation.notices.actions import notify
from sprega.foundation.organisations.proposals import propose_representation
from sprega.foundation.personal.models import Export
from tests.foundation.api.programs import made
from tests.people import People
from tests.rooms.notes.actions import write_note
from tests.rooms.notes.jobs import add_up_notes

CANARY, FIGURE = "copper-canary", "71342"
ADDRESS = "copper-canary@example.org"


@dataclass(frozen=True)
class Planted:
    """What belongs to the copper works and must reach nobody else."""

    note: Any
    desk_note: Any
    invitation: int
    representation: int
    mail: Any
    letter: Any
    notice: Any
    run: Any
    failed_run: Any
    export: Any
    token: Any
    file: Any
    desk_file: Any
    event: int
    size: int
    waiver: int
    proposal: int


@dataclass(frozen=True)
class Place:
    """One address.

    Attributes
    ----------
    args : callable
        The arguments of the address, from what was planted.
    finds : str
        What the rightful owner must read there; empty where nothing confidential stands.
    owner : str
        Who that is.
    closed : bool
        Others get no page at all: a way to sign in, 403, 404 or 405.
    data : callable
        What an attacker sends.
    asks : str
        What stands behind the address.
    """

    args: Callable[[Planted], dict[str, Any]] = lambda planted: {}
    finds: str = ""
    owner: str = "copper"
    closed: bool = False
    data: Callable[[Planted], dict[str, Any]] = field(default=lambda planted: {})
    asks: str = ""


def plant(people: People) -> Planted:
    """Put canaries into every text, and a figure that stands nowhere else."""
    copper = people.actor(people.copper)
    with acting(copper):
        note = write_note(actor=copper, text=f"{CANARY} note", tonnes=f"{FIGURE}.125")
        desk = write_note(
            actor=copper, text=f"{CANARY} desk", tonnes=f"{FIGURE}.5", visibility=Visibility.DESK
        )
    invitation = invite(
        actor=copper, organisation=people.organisation("copper"), role="energy", email=ADDRESS
    )
    waiver = give_waiver(actor=copper, subject="lime", words=f"{CANARY} waiver")
    with acting(copper):
        representation = people.copper.representations.first()
        notice = notify(
            actor=copper, person=people.copper, kind="notes.told", text=f"{CANARY} notice", url="/notes/"
        )
        words = words_of(f"{CANARY} letter", f"{CANARY} letter", "en")
        content = ContentFile(f"{CANARY} bytes {FIGURE}".encode(), f"{CANARY} file.txt")
        file = attach(actor=copper, upload=content)
        desk_file = attach(actor=copper, upload=content, visibility=Visibility.DESK)
        letter = queue(actor=copper, to=people.copper, kind="notes/letter", words=words, language="en")
    with acting(people.actor(people.office)):
        mail = Mail.objects.get(address=ADDRESS)
    with acting(copper):
        run, failed = start(add_up_notes, actor=copper), start(add_up_notes, actor=copper, again="yes")
        export = Export.objects.create(
            person=people.copper, content=CANARY.encode(), expires_at=timezone.now() + timedelta(days=1)
        )
    with acting_as(WORKER, actor=copper):
        Run.objects.filter(pk=failed.pk).update(state=Run.State.FAILED, problem=f"{CANARY} failed")
    with acting(people.actor(people.desk)) as looking:
        look = look_at(actor=looking, organisation=people.organisation("copper"), reason=f"{CANARY} look")
    proposal = propose_representation(
        actor=people.actor(people.office),
        person=people.copper_safety,
        organisation=people.organisation("copper"),
        role="key_holder",
    )
    token, _sent = made(people, people.copper, name=f"{CANARY} key")
    return Planted(
        note.pk,
        desk.pk,
        invitation.pk,
        representation.pk,
        mail.pk,
        letter.pk,
        notice.pk,
        run.pk,
        failed.pk,
        export.pk,
        token.pk,
        file.pk,
        desk_file.pk,
        look.event_id,
        keep_checkpoint(),
        waiver.pk,
        proposal.pk,
    )


def keep_checkpoint() -> int:
    """Place what happened in the ledger; the size of its latest checkpoint."""
    place_commitments()
    return Checkpoint.objects.latest().size


GENERAL = Place()
"""The same page for everybody, or each person's own: no canary may stand there."""
PLACES: dict[str, Place] = {
    **dict.fromkeys(
        (
            "ui:home",
            "ui:today",
            "ui:gallery",
            "ui:language",
            "ui:theme",
            "accounts:second-factor",
            "accounts:look-around",
            "account_login",
            "account_logout",
            "account_inactive",
            "account_signup",
            "account_reauthenticate",
            "account_email_verification_sent",
            "account_change_password",
            "account_set_password",
            "account_reset_password",
            "account_confirm_login_code",
            "account_reset_password_from_key_done",
            "account_reset_password_done",
            "mfa_activate_totp",
            "mfa_index",
            "mfa_authenticate",
            "mfa_reauthenticate",
            "mfa_deactivate_totp",
            "mfa_view_recovery_codes",
            "mfa_generate_recovery_codes",
            "mfa_download_recovery_codes",
            "usersessions_list",
            "socialaccount_login_cancelled",
            "socialaccount_login_error",
            "socialaccount_signup",
            "socialaccount_connections",
        ),
        GENERAL,
    ),
    "ui:vega": Place(lambda planted: {"number": "1"}),
    "accounts:account": Place(finds="copper@example.org"),
    "account_email": Place(finds="copper@example.org"),
    "accounts:switch-organisation": Place(data=lambda planted: {"organisation": "copper"}),
    "account_confirm_email": Place(lambda planted: {"key": "made-up"}),
    "account_reset_password_from_key": Place(lambda planted: {"uidb36": "1", "key": "made-up"}),
    "openid_connect_login": Place(lambda planted: {"provider_id": "made-up"}, closed=True),
    "openid_connect_callback": Place(lambda planted: {"provider_id": "made-up"}, closed=True),
    "accounts:invitations": Place(finds=ADDRESS),
    "accounts:invite": Place(data=lambda planted: {"email": "spy@example.org", "role": "energy"}),
    "accounts:withdraw-invitation": Place(
        lambda planted: {"invitation": planted.invitation}, finds=ADDRESS, closed=True
    ),
    "accounts:accept-invitation": Place(lambda planted: {"token": "made-up"}),
    "organisations:people": GENERAL,
    "organisations:give": Place(owner="office", closed=True),
    "organisations:end": Place(
        lambda planted: {"representation": planted.representation},
        finds="copper@example.org",
        owner="office",
        closed=True,
        data=lambda planted: {"version": 1},
    ),
    "organisations:proposals": Place(finds="Copper Safety", owner="board", closed=True),
    "organisations:decide": Place(
        lambda planted: {"proposal": planted.proposal},
        finds="copper_safety@example.org",
        owner="board",
        closed=True,
        data=lambda planted: {"decision": "confirm"},
    ),
    "ledger:events": Place(finds=f"{CANARY} look"),
    "ledger:event": Place(lambda planted: {"event": planted.event}, finds=f"{CANARY} look", closed=True),
    "ledger:proof": Place(lambda planted: {"event": planted.event}, finds=f"{CANARY} look", closed=True),
    "ledger:checkpoints": GENERAL,
    "ledger:checkpoint": Place(lambda planted: {"size": planted.size}),
    "ledger:keys": GENERAL,
    "access:totals": GENERAL,
    "access:rule": Place(
        owner="office",
        closed=True,
        data=lambda planted: {
            "threshold": 3,
            "statistics_threshold": 5,
            "colluding": 1,
            "percent": 5,
            "version": 1,
        },
    ),
    "access:looks": Place(finds=f"{CANARY} look"),
    "access:waivers": Place(finds=f"{CANARY} waiver"),
    "access:waive": Place(data=lambda planted: {"total": "notes.tonnes", "agreed": "on"}),
    "access:withdraw": Place(
        lambda planted: {"waiver": planted.waiver}, finds=f"{CANARY} waiver", closed=True
    ),
    "mail:outbox": Place(finds=ADDRESS, owner="office"),
    "mail:letter": Place(lambda planted: {"mail": planted.mail}, finds=ADDRESS, owner="office", closed=True),
    "mail:html": Place(lambda planted: {"mail": planted.letter}, finds=f"{CANARY} letter", closed=True),
    "mail:again": Place(lambda planted: {"mail": planted.mail}, owner="office", closed=True),
    "api:reference": GENERAL,
    "tokens:list": Place(finds=f"{CANARY} key"),
    "tokens:make": Place(data=lambda planted: {"name": "spy", "organisation": "1", "scope": "write"}),
    "tokens:end": Place(lambda planted: {"token": planted.token}, finds=f"{CANARY} key", closed=True),
    "notices:list": Place(finds=f"{CANARY} notice"),
    "notices:open": Place(lambda planted: {"notice": planted.notice}, closed=True),
    "notices:read-all": GENERAL,
    "search:results": Place(finds=f"{CANARY} <mark>note</mark>", asks="?q=note"),
    "notices:choice": Place(data=lambda planted: {"by_mail": "never"}),
    "jobs:list": Place(finds="Adding up the notes"),
    "jobs:failed": Place(owner="office", finds="Adding up the notes", closed=True),
    "jobs:run": Place(lambda planted: {"run": planted.run}, finds="Adding up the notes", closed=True),
    "jobs:progress": Place(lambda planted: {"run": planted.run}, finds="Adding up the notes", closed=True),
    "jobs:cancel": Place(lambda planted: {"run": planted.run}, closed=True),
    "jobs:again": Place(lambda planted: {"run": planted.failed_run}, closed=True),
    "notes:export": GENERAL,
    "personal:kept": GENERAL,
    "personal:mine": Place(finds="copper@example.org"),
    "personal:export": GENERAL,
    "personal:download": Place(lambda planted: {"export": planted.export}, closed=True),
    "personal:erase": Place(data=lambda planted: {"confirmed": "copper@example.org"}),
    "notes:add-up": GENERAL,
    "files:list": Place(finds=f"{CANARY} file"),
    "files:upload": Place(
        data=lambda planted: {"upload": ContentFile(b"forged", "forged.txt"), "seen_by": "organisation"}
    ),
    "files:download": Place(lambda planted: {"file": planted.file}, finds=f"{CANARY} bytes", closed=True),
    "files:of-a-member": Place(
        finds="Copper Works", owner="desk", closed=True, data=lambda planted: {"reason": "none"}
    ),
    "files:look": Place(
        lambda planted: {"file": planted.desk_file},
        finds="Copper Works",
        owner="desk",
        closed=True,
        data=lambda planted: {"reason": "none"},
    ),
    "files:change": Place(
        lambda planted: {"file": planted.file},
        finds=f"{CANARY} file",
        closed=True,
        data=lambda planted: {"description": "forged", "seen_by": "public", "version": 1},
    ),
    "files:delete": Place(
        lambda planted: {"file": planted.file},
        finds=f"{CANARY} file",
        closed=True,
        data=lambda planted: {"version": 1},
    ),
    "notes:list": Place(finds=f"{CANARY} note"),
    "notes:edit": Place(
        lambda planted: {"note": planted.note},
        finds=f"{CANARY} note",
        closed=True,
        data=lambda planted: {"text": "forged", "tonnes": "1", "version": 1},
    ),
}


def names(resolver: URLResolver | None = None, space: str = "") -> Iterator[str]:
    """The name of every address that exists."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}"
        elif pattern.namespace == "v1":
            continue  # the API's routes are attacked by token, in test_api.py
        else:
            yield from names(pattern, space + (f"{pattern.namespace}:" if pattern.namespace else ""))
