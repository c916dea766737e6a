# SPDX-License-Identifier: EUPL-1.2
"""Asking for long work, doing it, and trying it again."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sprega.engines.model import EngineError
from sprega.foundation.access.identity import NOBODY, Actor, acting, actor_of
from sprega.foundation.access.services import Service, acting_as, register
from sprega.foundation.jobs.kinds import Kind, kind_of
from sprega.foundation.jobs.models import Run
from sprega.foundation.language import Language
from sprega.foundation.ledger.actions import record
from sprega.foundation.notices.actions import notify
from sprega.foundation.retention import RUNS

if TYPE_CHECKING:
    from django.utils.functional import Promise

log = logging.getLogger(__name__)

FIRST_WAIT = timedelta(seconds=5)
"""Before the second attempt; six times as long before each further one."""
OURS = re.compile(r"/(?![/\\])")
ENDED = {
    Run.State.DONE: gettext_lazy("%(work)s: done."),
    Run.State.FAILED: gettext_lazy("%(work)s: it failed. See what to do."),
    Run.State.REFUSED: gettext_lazy("%(work)s: this is not possible. See why."),
}
"""What an asker is told when their work ends."""
MOST_LOST = 10
"""Workers that may be lost over one piece of work, beside its failed attempts: it may be what kills them."""

WORKER = register(
    Service(
        "worker",
        gettext_lazy("keeps the state of long work, and deletes it once its time is over"),
        reads=("jobs_run",),
        writes=("jobs_run",),
    )
)


def start(kind: Kind, *, actor: Actor, **arguments: str | int) -> Run:
    """Ask for long work; it waits until this transaction is committed.

    The same work asked for again by the same actor, while it is still open, is that work: a double click
    starts one.
    """
    from sprega.foundation.jobs.tasks import run

    same = {
        "kind": kind.name,
        "arguments": arguments,
        "person_id": actor.person_id,
        "organisation_id": actor.organisation_id,
    }
    with transaction.atomic():
        try:
            with transaction.atomic():
                asked = Run.objects.create(**same)
        except IntegrityError:
            # of whatever state: it may have ended between the refusal and this look
            with acting_as(WORKER, actor=actor):
                return Run.objects.filter(**same).latest("asked_at")
        record(kind="jobs.started", actor=actor, about=asked.pk, facts={"kind": kind.name})
        run.defer(identifier=str(asked.pk))
    return asked


def try_again(identifier: UUID, *, actor: Actor) -> Run:
    """Ask once more for work that failed: its asker or the office may."""
    from sprega.foundation.jobs.tasks import run

    with transaction.atomic():
        failed = Run.objects.get(pk=identifier)  # found only by those who may see it
        try:
            with acting_as(WORKER, actor=actor):  # once it waits, the office no longer sees it
                changed = Run.objects.filter(pk=identifier, state=Run.State.FAILED).update(
                    state=Run.State.WAITING, problem="", attempts=0, ended_at=None
                )
        except IntegrityError as error:
            raise ValidationError(
                _("The same work was asked for again in the meantime, and is not over yet.")
            ) from error
        if changed:
            failed.state = Run.State.WAITING
            record(kind="jobs.tried_again", actor=actor, about=failed.pk, facts={"kind": failed.kind})
            run.defer(identifier=str(failed.pk))
    return failed


def cancel(identifier: UUID, *, actor: Actor) -> bool:
    """Let one's own work that still waits not be done; whether that came in time."""
    with acting(actor):
        waiting = Run.objects.filter(pk=identifier, person_id=actor.person_id, state=Run.State.WAITING)
        cancelled = waiting.update(state=Run.State.CANCELLED, again_at=None, ended_at=timezone.now())
        if cancelled:
            record(kind="jobs.cancelled", actor=actor, about=identifier)
    return bool(cancelled)


def forget_old_runs() -> int:
    """Delete what is over and was asked for long ago; how many."""
    with acting_as(WORKER, actor=NOBODY):
        return Run.objects.filter(ended_at__lt=timezone.now() - RUNS).delete()[0]


def perform(identifier: UUID) -> datetime | None:
    """Do the work of a run once; when it should be tried again, if at all."""
    asked = _begin(identifier)
    if asked is None:
        return None
    with translation.override(asked.person.language if asked.person else None):
        kind = kind_of(asked.kind)
        if kind is None:
            _end(asked, failed=_("The room that offers this work is not installed."))
            return None
        if asked.attempts > kind.attempts + MOST_LOST:
            _end(asked, failed=_("It stopped its worker again and again. Tell the cluster office."))
            return None
        return _attempt(asked, kind)


def _attempt(asked: Run, kind: Kind) -> datetime | None:
    """Try the work once, telling its asker of what stops it in their language."""
    try:
        actor = _identity(asked, kind)
        result = kind.work(
            actor=actor, progress=lambda done, steps: _progress(asked, done, steps), **asked.arguments
        )
    except EngineError as refusal:  # what trying again would not help
        _end(asked, refused=Language(translation.get_language()).say(refusal.sentence))
    except PermissionDenied as refusal:
        _end(asked, refused=str(refusal) or _("You may not do this."))
    except Exception as error:  # noqa: BLE001 - whatever a room's work raises is told to its asker
        # the type only: a message may quote a member's figures
        where = {"run": str(asked.pk), "work": asked.kind, "error": type(error).__name__}
        log.error("work failed", extra=where)
        if asked.attempts < kind.attempts:
            return _wait_again(asked)
        told = _("It failed {attempts} times ({error}). Tell the cluster office.")
        _end(asked, failed=told.format(attempts=asked.attempts, error=where["error"]))
    else:
        _end(asked, result=result)
    return None


def _identity(asked: Run, kind: Kind) -> Actor:
    """Who the work runs as: its asker, as far as the database still lets them act, or the kind's service."""
    actor = NOBODY if asked.person_id is None else actor_of(asked.person_id, asked.organisation_id)
    if asked.organisation_id is not None and actor.organisation_id is None:
        raise PermissionDenied(_("You no longer act for the organisation that asked for this."))
    if kind.service is None:
        return actor
    with acting_as(kind.service, actor=actor) as service, transaction.atomic():
        record(
            kind="access.service_ran",
            actor=service,
            about=asked.pk,
            facts={"service": kind.service.name, "reads": list(kind.service.reads)},
        )
    return replace(actor, service=kind.service.name)


def _begin(identifier: UUID) -> Run | None:
    with acting_as(WORKER, actor=NOBODY):
        asked = Run.objects.select_for_update().filter(pk=identifier).first()
        if asked is None or asked.over:
            return None
        asked.state, asked.started_at, asked.again_at = Run.State.RUNNING, timezone.now(), None
        asked.attempts += 1
        asked.steps_done, asked.steps = 0, None
        asked.save()
    return asked


def _progress(asked: Run, done: int, steps: int) -> None:
    """Show how far the work is; seen at once when the work stands outside of a transaction."""
    with acting_as(WORKER, actor=NOBODY):
        Run.objects.filter(pk=asked.pk).update(steps_done=done, steps=steps)


def _wait_again(asked: Run) -> datetime:
    again_at = timezone.now() + FIRST_WAIT * 6 ** (asked.attempts - 1)
    with acting_as(WORKER, actor=NOBODY):
        Run.objects.filter(pk=asked.pk).update(state=Run.State.WAITING, again_at=again_at)
    return again_at


def _end(asked: Run, *, result: str = "", failed: str = "", refused: str = "") -> None:
    """Keep how it ended, and tell its asker, in one transaction: a kill loses neither or both."""
    state = Run.State.FAILED if failed else Run.State.REFUSED if refused else Run.State.DONE
    with acting_as(WORKER, actor=NOBODY) as worker:
        changed = Run.objects.filter(pk=asked.pk, state=Run.State.RUNNING).update(
            state=state, result=result, problem=(failed or refused)[:500], ended_at=timezone.now()
        )
        if changed and asked.person is not None and asked.person.is_active:
            notify(
                actor=worker,
                person=asked.person,
                organisation=asked.organisation,
                kind=f"jobs.{state.value}",
                text=ENDED[state],
                arguments={"work": _title(asked)},
                url=result if OURS.match(result) else reverse("jobs:run", args=[asked.pk]),
            )


def _title(asked: Run) -> str | Promise:
    """The work's own words, still to be translated."""
    kind = kind_of(asked.kind)
    return asked.kind if kind is None else kind.title
