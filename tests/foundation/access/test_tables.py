"""All tables of the database: each has working policies, or stands with its reason among those outside."""

from __future__ import annotations

import pytest
from django.db import connection

from sprega.foundation.access.identity import NOBODY, acting
from sprega.foundation.access.outside import OUTSIDE_RLS
from sprega.foundation.access.services import READ_BY_EVERY_SERVICE, registered
from tests.foundation.access.planting import (
    as_service,
    blind_changes,
    count,
    load_services,
    owned_models,
    plant,
)
from tests.people import People

MODELS = owned_models()
OTHERS = ("zinc", "sister", "supplier", "former", "outsider", "nobody", "office", "board", "desk")
INSIDE = {"zinc", "sister", "office", "board", "desk"}
# Who beside its owner sees a row of the narrowest class; of a table that is not named here nobody does.
SEEN_BY = {
    "organisations_organisation": set(OTHERS),  # names of organisations are public
    "organisations_representation": INSIDE,  # who speaks for whom is what a cluster is for
    "access_group": INSIDE,  # a name; who belongs to it is another table
    "access_groupmember": {"office", "desk"},
    "access_figure": INSIDE,  # what the rule let pass
    "access_look": {"desk"},  # its own
    "access_waiver": {"desk"},  # needs it to prepare a request
    "accounts_invitation": {"office"},
    "organisations_proposal": {"office", "board"},  # who proposes, and who decides
    "search_publictext": set(OTHERS),  # nothing but what is public is copied there
    "mail_mail": {"office"},  # the envelope: where it went, not what it says
}
# Who beside its owner changes such a row.
CHANGED_BY = {
    "organisations_organisation": {"office"},
    "organisations_representation": {"office"},
    "access_group": {"office", "desk"},
    "access_groupmember": {"office", "desk"},
    "accounts_invitation": {"office"},
}
OF_THE_OWNER = {  # functions that see past the policies, each because a policy asks it
    "access_organisation",
    "access_roles",
    "access_inside",
    "access_groups",
    "access_looks",
    "ledger_acting_for",
    "organisations_of_the_office",
    "organisations_uninvited",
    "organisations_is_head",
}


def rows(statement: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def identity(people: People, who: str):
    if who == "nobody":
        return acting(NOBODY)
    return acting(people.actor(getattr(people, who), "copper" if who == "former" else None))


def test_every_table_has_policies_or_a_reason(db: None) -> None:
    tables = {
        name: (enabled and forced, policies)
        for name, enabled, forced, policies in rows(
            "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, array_agg(p.cmd)"
            " FROM pg_class c LEFT JOIN pg_policies p ON p.tablename = c.relname AND p.schemaname = 'public'"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'f') GROUP BY c.oid"
        )
    }
    inside = {table for table in tables if table not in OUTSIDE_RLS}
    unprotected = {table for table in inside if not tables[table][0]}
    assert not unprotected, "give them policies, or a reason in access/outside.py"
    without = {t for t in inside if not {"SELECT", "INSERT", "UPDATE", "DELETE"} <= set(tables[t][1])}
    assert not without, "a policy for each of the four commands"
    assert set(OUTSIDE_RLS) <= set(tables), "a table that is gone needs no reason"
    assert not {table for table in OUTSIDE_RLS if tables[table][0]}, "protected, so not outside"
    assert inside == {model._meta.db_table for model in MODELS}, (
        "each has a model, so that a row can be planted"
    )
    assert all(OUTSIDE_RLS.values())


def test_nothing_goes_round_the_policies(db: None) -> None:
    views = rows(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')"
    )
    assert not views, "a view reads as its owner"
    functions = {
        name
        for (name,) in rows(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
        )
    }
    assert functions == OF_THE_OWNER
    beyond = rows(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
        " WHERE grantee = current_user AND privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')"
    )
    assert not beyond, "TRUNCATE asks no policy"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.db_table)
def test_others_neither_read_nor_change(people: People, model) -> None:
    table = model._meta.db_table
    before = {}
    for who in OTHERS:
        with identity(people, who):
            before[who] = count(table)
    row, writer = plant(model, people)
    seen, changed = set(), set()
    for who in OTHERS:
        with identity(people, who):
            seen |= {who} if count(table) > before[who] else set()
            changed |= {who} if any(blind_changes(model, row).values()) else set()
    allowed = set(SEEN_BY.get(table, ()))
    changers = set(CHANGED_BY.get(table, ()))
    assert seen == allowed, f"written by {writer}"
    assert changed == changers, f"written by {writer}"


def test_a_service_reads_and_writes_what_it_names(people: People) -> None:
    load_services()
    planted = [(model, plant(model, people)[0]) for model in MODELS]
    tables = {model._meta.db_table for model, _ in planted}
    with acting(NOBODY):
        of_nobody = {table: count(table) for table in tables}
    for service in registered():
        assert service.purpose
        with as_service(service):
            reads = {table for table in tables if count(table) > of_nobody[table]}
            writes = {
                model._meta.db_table for model, row in planted if any(blind_changes(model, row).values())
            }
        beyond = reads - set(service.reads) - set(READ_BY_EVERY_SERVICE)
        assert not beyond, f"{service.name} reads what it does not name"
        assert not writes - set(service.writes), f"{service.name} writes what it does not name"
        known = {*service.reads, *service.writes} & set(OUTSIDE_RLS)
        open_to_all = {table for table in service.reads if of_nobody.get(table)}
        assert set(service.reads) <= reads | known | open_to_all, f"{service.name} names what it cannot read"
