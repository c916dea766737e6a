"""One row of any table, made from its model: what the walk over all tables plants for an organisation."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone

from sprega.foundation.access.identity import NOBODY, Actor, acting
from sprega.foundation.access.outside import OUTSIDE_RLS
from sprega.foundation.access.services import Service, acting_as, registered
from sprega.foundation.ledger.leaf import Event, commitment
from sprega.foundation.ledger.models import Commitment, Payload
from sprega.foundation.organisations.models import Organisation
from tests.people import People

# What no type of a field tells: values that its table's constraints ask for.
VALUES: dict[str, dict[str, Any]] = {
    "access_figure": {
        "visibility": "cluster",
        "group": None,
        "state": "shown",
        "low": 7.0,
        "high": 7.0,
        "shown_at": datetime(2027, 1, 1, tzinfo=UTC),
    },
    "accounts_invitation": {
        "role": "training",
        "accepted_at": None,
        "accepted_by": None,
        "withdrawn_at": None,
    },
    "files_file": {"group": None},
    "organisations_organisation": {"standing": "partner", "holding": None},
    "organisations_representation": {"role": "training", "accepted_by": None},
    "organisations_proposal": {"role": "key_holder", "outcome": "open", "decided_by": None},
}


def load_services() -> None:
    """Import all that registers a service identity."""
    for app in apps.get_app_configs():
        for name in ("services", "door", "actions", "jobs", "room"):
            if app.name.startswith(("sprega", "tests")) and find_spec(f"{app.name}.{name}"):
                import_module(f"{app.name}.{name}")


def owned_models() -> list[type[models.Model]]:
    """The models of all tables that must have policies."""
    known = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    return [model for table, model in sorted(known.items()) if table not in OUTSIDE_RLS]


def plant(model: type[models.Model], people: People) -> tuple[models.Model, str]:
    """Insert a row of the copper works, as the first identity that may; the row and who wrote it."""
    load_services()
    row = _row(model, people)
    refusals = []
    for name, identity in _writers(model, people):
        try:
            with identity as actor, transaction.atomic():
                _point(row, actor, people)
                model.objects.bulk_create([row])
                return row, name
        except DatabaseError as refusal:
            refusals.append(f"{name}: {refusal}".partition("\n")[0])
    raise AssertionError(f"nobody may write {model._meta.db_table}: {refusals}")


def _writers(model: type[models.Model], people: People) -> Iterator[tuple[str, Any]]:
    yield "owner", acting(people.actor(people.copper))
    for service in registered():
        if model._meta.db_table in service.writes:
            yield service.name, acting_as(service, actor=NOBODY)
    yield "office", acting(people.actor(people.office))
    yield "desk", acting(people.actor(people.desk))


def _row(model: type[models.Model], people: People) -> models.Model:
    given = VALUES.get(model._meta.db_table, {})
    made = {
        field.name: given[field.name] if field.name in given else _value(field, people)
        for field in model._meta.concrete_fields
        if not isinstance(field, models.AutoField | models.CompositePrimaryKey)
    }
    return model(**made)


def _point(row: models.Model, actor: Actor, people: People) -> None:
    """A row speaks of the copper works' person, or of the one who writes it where only they may."""
    for field in row._meta.concrete_fields:
        if field.name in ("person", "given_by", "invited_by", "proposed_by") and actor.person_id is not None:
            setattr(row, field.attname, actor.person_id)
        if field.name == "service":
            setattr(row, field.name, actor.service)
    if isinstance(row, Payload):
        _commit_to(row)


def _commit_to(row: Payload) -> None:
    """The database takes an event only if its text says what its columns say, and opens its commitment."""
    names = ("person", "organisation", "subject")
    told = {name: str(number) for name in names if (number := getattr(row, f"{name}_id")) is not None}
    row.text = Event(kind=row.kind, at=row.at, service=row.service or None, **told).payload()
    row.commitment = Commitment.objects.create(value=commitment(bytes(row.salt), row.text), at=row.at)


def _value(field: models.Field, people: People) -> Any:
    if isinstance(field, models.ForeignKey):
        to = field.remote_field.model
        if to is Organisation:
            return people.organisation("copper")
        if to is get_user_model():
            return people.copper
        return plant(to, people)[0] if to._meta.db_table not in OUTSIDE_RLS else _outside(to, people)
    if isinstance(field, models.UUIDField):
        return uuid.uuid4()
    if field.choices:
        options = [value for value, _label in field.choices]
        return "organisation" if "organisation" in options else options[0]
    if isinstance(field, models.DateTimeField):
        return None if field.null else timezone.now()
    for kind, value in (
        (models.DateField, date(2027, 1, 1)),
        (models.BooleanField, field.primary_key),
        (models.JSONField, []),
        (models.BinaryField, b"canary".ljust(32)),
        (models.DecimalField, Decimal(7)),
        (models.FloatField, 7.0),
        (models.IntegerField, 7),
        (models.EmailField, "canary@example.org"),
    ):
        if isinstance(field, kind):
            return value
    return f"canary-{uuid.uuid4().hex}"[: field.max_length or 40]


def _outside(model: type[models.Model], people: People) -> models.Model:
    row = _row(model, people)
    model.objects.bulk_create([row])
    return row


def count(table: str) -> int:
    """Rows that whoever is asking sees."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - a table of the catalogue
        return cursor.fetchone()[0]


def blind_changes(model: type[models.Model], row: models.Model) -> dict[str, int]:
    """How many rows an UPDATE and a DELETE reach that ask for no row first, each undone."""
    table = model._meta.db_table
    plain = [f for f in model._meta.concrete_fields if not (f.unique or f.primary_key) and f.column]
    field = next((f for f in plain if not f.remote_field), plain[0] if plain else model._meta.pk)
    value = field.get_db_prep_save(getattr(row, field.attname), connection)
    return {
        "UPDATE": _reached(f'UPDATE {table} SET "{field.column}" = %s', [value]),  # noqa: S608
        "DELETE": _reached(f"DELETE FROM {table}", []),  # noqa: S608
    }


def _reached(statement: str, values: list[Any]) -> int:
    with _undone() as cursor:
        try:
            with transaction.atomic():
                cursor.execute(statement, values)
                return cursor.rowcount
        except DatabaseError as error:
            # refused outright changes nothing; a constraint that was broken was reached by the statement
            return 1 if error.__cause__.sqlstate.startswith("23") else 0


@contextmanager
def _undone() -> Iterator[Any]:
    with transaction.atomic(), connection.cursor() as cursor:
        point = transaction.savepoint()
        yield cursor
        transaction.savepoint_rollback(point)


def as_service(service: Service) -> Any:
    """The service on nobody's behalf."""
    return acting_as(service, actor=NOBODY)
