"""The walk of the registry: each service identity reaches the tables that it names, and no other.

The database itself is asked: as each service every table is read, inserted into, updated and emptied, each
time in a savepoint that is undone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import copy
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, models, transaction

from sprega.foundation.access.identity import NOBODY, Actor, acting
from sprega.foundation.access.services import READ_BY_EVERY_SERVICE, Service, acting_as, registered
from tests.foundation.access import planting
from tests.people import People

planting.load_services()
SERVICES = registered()
MODELS = {model._meta.db_table: model for model in planting.owned_models()}
SOURCES = Path(__file__).parents[2] / "src"

# Services that may be entered without an event, each because nobody's figures are computed with.
QUIET = {
    "accept-invitation": "finds the one invitation whose secret was shown; that it was taken is an event",
    "one-purpose-link": "finds the one link whose secret was shown; what is done with it is an event",
    "api-token": "finds the one token whose secret was shown; what is done with it is an event",
    "founding": "tells the doctor whether a cluster has an office; what it founds is an event",
    "worker": "moves runs along; a run as a service is an event",
    "postman": "counts letters that wait; what becomes of each is an event",
    "notifier": "puts notices into the digest of their own reader",
    "storekeeper": "finds where bytes lie, for a file that the viewer's own policies have let through",
    "publisher": "copies what is public already into the index of the search",
    "personal-data": "collects what is kept about one person, for that person; its erasing is an event",
    "forget-mails": "deletes what is older than its retention period",
    "forget-notices": "deletes what is older than its retention period",
}
# The same for one function of a service that is not quiet.
QUIET_FUNCTIONS = {
    "sprega/foundation/access/rule.py told_rule": "how many holdings a total needs, and nobody's figures",
}
# Tables of which a service writes some rows only, not the planted one; their own tests write them.
ONLY_SOME = {
    "accept-invitation": {"organisations_representation", "organisations_proposal"},  # what was promised
}
# Who may make an identity of a service: the one way in, and the worker, who writes the event before.
MAKES_IDENTITIES = {
    "sprega/foundation/access/services.py acting_as",
    "sprega/foundation/jobs/actions.py _identity",
}


@pytest.fixture
def planted(people: People) -> dict[str, models.Model]:
    """A row of the copper works in every table."""
    return {table: planting.plant(model, people)[0] for table, model in MODELS.items()}


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_service_reaches_what_it_names(
    people: People, planted: dict[str, models.Model], service: Service
) -> None:
    with acting(NOBODY):
        open_to_all, added_by_all = reads(), adds(planted, NOBODY, people)
    with acting_as(service, actor=NOBODY) as identity:
        seen = reads()
        added = adds(planted, identity, people)
        changed = {
            table for table, row in planted.items() if any(planting.blind_changes(type(row), row).values())
        }
    beyond = seen - open_to_all - set(service.reads) - set(READ_BY_EVERY_SERVICE)
    assert not beyond, "reads what it does not name"
    assert MODELS.keys() & set(service.reads) <= seen, "names what it cannot read"
    written = (added - added_by_all) | changed
    assert not written - set(service.writes), "writes what it does not name"
    unseen = MODELS.keys() & set(service.writes) - added - changed
    assert unseen <= ONLY_SOME.get(service.name, set()), "names what it cannot write"


def reads() -> set[str]:
    """Tables of which whoever is asking sees a row."""
    return {table for table in MODELS if planting.count(table)}


def adds(planted: dict[str, models.Model], actor: Actor, people: People) -> set[str]:
    """Tables whose policies let whoever is asking insert a row."""
    return {table for table, row in planted.items() if _may_add(copy(row), actor, people)}


def _may_add(row: models.Model, actor: Actor, people: People) -> bool:
    """Whether a copy of a row gets past the policy; there its key, which is taken, stops it."""
    planting._point(row, actor, people)
    fields = [field for field in row._meta.local_concrete_fields if not field.generated]
    try:
        with transaction.atomic():
            type(row)._base_manager._insert([row], fields=fields, using="default")  # without RETURNING
            transaction.set_rollback(True)
    except DatabaseError as error:
        refused, broken = "42501", "23"
        state = error.__cause__.sqlstate
        assert state == refused or state.startswith(broken), error
        return state != refused
    return True


def entrances() -> Iterator[tuple[str, Service | None, ast.FunctionDef]]:
    """Each function of ours that becomes a service, the service where its name stands there, and its text."""
    for path, function in functions():
        for call in _calls(function, "acting_as"):
            service = call.args[0]
            known = None
            if isinstance(service, ast.Name) and service.id.isupper():
                known = getattr(import_module(_home(path, service.id)), service.id)
            yield f"{path.relative_to(SOURCES).as_posix()} {function.name}", known, function


def _home(path: Path, name: str) -> str:
    """The module that a file has a name from: another, or itself."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and any(alias.name == name for alias in node.names):
            return str(node.module)
    return path.relative_to(SOURCES).with_suffix("").as_posix().replace("/", ".")


def functions() -> Iterator[tuple[Path, ast.FunctionDef]]:
    for path in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield path, node


def _calls(tree: ast.AST, *names: str) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")) in names
    ]


def test_whoever_computes_with_others_figures_leaves_an_event() -> None:
    found = list(entrances())
    silent = {
        where
        for where, service, function in found
        if not _calls(function, "record")
        and (service is None or service.name not in QUIET)
        and where not in QUIET_FUNCTIONS
    }
    assert not silent, "record what was read, in the transaction that reads it"
    assert {service.name for _, service, _ in found if service} >= set(QUIET), "gone: needs no reason"
    assert all(QUIET.values())


def test_nobody_becomes_a_service_by_another_way() -> None:
    """Neither by an identity of one's own making, nor by telling the database directly."""
    made = {
        f"{path.relative_to(SOURCES).as_posix()} {function.name}"
        for path, function in functions()
        for call in _calls(function, "Actor", "replace")
        for word in call.keywords
        if word.arg == "service" and not (isinstance(word.value, ast.Constant) and word.value.value == "")
    }
    assert made == MAKES_IDENTITIES
    told = {
        path.relative_to(SOURCES).as_posix()
        for path in SOURCES.rglob("*.py")
        if "migrations" not in path.parts
        and ("sprega.service" in (text := path.read_text(encoding="utf-8")) or "set_config" in text)
    }
    assert told == {"sprega/foundation/access/identity.py"}


@pytest.mark.parametrize("made_up", ["made-up", "", "disclosure"])
def test_only_what_is_registered_is_a_service(db: None, made_up: str) -> None:
    """Not even a registered name with other tables."""
    service = Service(made_up, "", reads=("access_release",))
    with pytest.raises(ValueError, match="registered"), acting_as(service, actor=NOBODY):
        pass


def test_a_name_that_no_policy_knows_opens_nothing(people: People, planted: dict[str, Any]) -> None:
    with acting(NOBODY):
        open_to_all = reads()
    with acting(Actor(service="made-up")):
        assert reads() - open_to_all <= set(READ_BY_EVERY_SERVICE)
        changed = {t for t, row in planted.items() if any(planting.blind_changes(type(row), row).values())}
    assert not changed
