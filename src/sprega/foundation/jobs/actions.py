# SPDX-License-Identifier: EUPL-1.2
"""Asking for long work, doing it, and trying it again."""

from __future__ import annotations

import logging
from dataclasses import replace
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from sprega.engines.model import EngineError
from sprega.foundation.access.identity import NOBODY, Actor, actor_of
from sprega.foundation.access.services import Service, acting_as, register
from sprega.foundation.jobs.kinds import Kind, kind_of
from sprega.foundation.jobs.models import Run
from sprega.foundation.language import Language
from sprega.foundation.ledger.actions import record

log = logging.getLogger(__name__)

WORKER = register(
    Service("worker", "keeps the state of long work", reads=("jobs_run",), writes=("jobs_run",))
)


def start(kind: Kind, *, actor: Actor, **arguments: str | int) -> Run:
    """Ask for long work; it waits until this transaction is committed."""
    from sprega.foundation.jobs.tasks import run

    with transaction.atomic():
        asked = Run.objects.create(
            kind=kind.name,
            arguments=arguments,
            person_id=actor.person_id,
            organisation_id=actor.organisation_id,
        )
        record(kind="jobs.started", actor=actor, about=asked.pk, facts={"kind": kind.name})
        run.defer(identifier=str(asked.pk))
    return asked


def try_again(identifier: UUID, *, actor: Actor) -> Run:
    """Ask once more for work that failed: its asker or the office may."""
    from sprega.foundation.jobs.tasks import run

    with transaction.atomic():
        failed = Run.objects.get(pk=identifier)  # found only by those who may see it
        with acting_as(WORKER, actor=actor):  # once it waits, the office no longer sees it
            changed = Run.objects.filter(pk=identifier, state=Run.State.FAILED).update(
                state=Run.State.WAITING, problem="", attempts=0, ended_at=None
            )
        if changed:
            failed.state = Run.State.WAITING
            record(kind="jobs.tried_again", actor=actor, about=failed.pk, facts={"kind": failed.kind})
            run.defer(identifier=str(failed.pk))
    return failed


def perform(identifier: UUID) -> bool:
    """Do the work of a run once; whether it should be tried again."""
    asked = _begin(identifier)
    if asked is None:
        return False
    kind = kind_of(asked.kind)
    if kind is None:
        _end(asked, problem=_("The room that offers this work is not installed."))
        return False
    with translation.override(asked.person.language if asked.person else None):
        return _attempt(asked, kind)


def _attempt(asked: Run, kind: Kind) -> bool:
    """Try the work once, telling its asker of what stops it in their language."""
    try:
        actor = _identity(asked, kind)
        result = kind.work(
            actor=actor, progress=lambda done, steps: _progress(asked, done, steps), **asked.arguments
        )
    except EngineError as refusal:  # what trying again would not help
        _end(asked, problem=Language(translation.get_language()).say(refusal.sentence))
        return False
    except PermissionDenied as refusal:
        _end(asked, problem=str(refusal))
        return False
    except Exception as error:  # noqa: BLE001 - whatever a room's work raises is told to its asker
        # the type only: a message may quote a member's figures
        where = {"run": str(asked.pk), "work": asked.kind, "error": type(error).__name__}
        log.error("work failed", extra=where)
        if asked.attempts < kind.attempts:
            _wait_again(asked)
            return True
        told = _("It failed {attempts} times ({error}). Tell the cluster office.")
        _end(asked, problem=told.format(attempts=asked.attempts, error=where["error"]))
        return False
    _end(asked, result=result)
    return False


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
        asked.state, asked.started_at = Run.State.RUNNING, timezone.now()
        asked.attempts += 1
        asked.steps_done, asked.steps = 0, None
        asked.save()
    return asked


def _progress(asked: Run, done: int, steps: int) -> None:
    """Show how far the work is; seen at once when the work stands outside of a transaction."""
    with acting_as(WORKER, actor=NOBODY):
        Run.objects.filter(pk=asked.pk).update(steps_done=done, steps=steps)


def _wait_again(asked: Run) -> None:
    with acting_as(WORKER, actor=NOBODY):
        Run.objects.filter(pk=asked.pk).update(state=Run.State.WAITING)


def _end(asked: Run, *, result: str = "", problem: str = "") -> None:
    with acting_as(WORKER, actor=NOBODY):
        Run.objects.filter(pk=asked.pk).update(
            state=Run.State.FAILED if problem else Run.State.DONE,
            result=result,
            problem=problem[:500],
            ended_at=timezone.now(),
        )
