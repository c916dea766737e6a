# SPDX-License-Identifier: EUPL-1.2
"""Row-level security for a room's migrations: who may read and write the rows of a table."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db.migrations.operations import RunSQL

NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
SERVICE = re.compile(r"[a-z][a-z0-9-]*\Z")
OFFICE = "'office' = ANY((SELECT access_roles())::text[])"


def owned_rows(
    table: str,
    *,
    owner: str = "organisation_id",
    visibility: str = "visibility",
    group: str | None = None,
    fixed: str | None = None,
    read_by: Sequence[str] = (),
    written_by: Sequence[str] = (),
    readers: str | None = None,
    writers: str | None = None,
) -> RunSQL:
    """The policies of a table whose rows belong to organisations.

    Parameters
    ----------
    table : str
        Its name in the database.
    owner : str
        Column of the owner's organisation.
    visibility : str
        Column of the row's class (`Visibility`), unless `fixed` names one class for all rows.
    group : str, optional
        Column of the group that may read rows of class *group*.
    fixed : str, optional
        The class of every row.
    read_by, written_by : sequence of str
        Service identities that may read, and write, all rows.
    readers, writers : str, optional
        A further SQL condition under which a row may be read, or written.
    """
    for name in filter(None, (table, owner, visibility, group)):
        if not NAME.match(name):
            raise ValueError(f"not a name of a table or column: {name}")
    for service in (*read_by, *written_by):
        if not SERVICE.match(service):
            raise ValueError(f"not a name of a service: {service}")
    kept = f"'{fixed}'" if fixed else visibility
    mine = f"{owner} = (SELECT access_organisation())"
    reads = [
        mine,
        f"{kept} = 'public'",
        f"({kept} = 'cluster' AND (SELECT access_inside()))",
        f"({kept} = 'desk' AND {owner} = ANY((SELECT access_looks())::bigint[]))",
    ]
    if group:
        reads.append(f"({kept} = 'group' AND {group} = ANY((SELECT access_groups())::bigint[]))")
    writes = [mine]
    reads += [_is_service(read_by)] if read_by else []
    reads += [f"({readers})"] if readers else []
    writes += [_is_service(written_by)] if written_by else []
    writes += [f"({writers})"] if writers else []
    return policies(table, read=" OR ".join(reads), write=" OR ".join(writes))


def policies(
    table: str, *, read: str, write: str, insert: str | None = None, delete: str | None = None
) -> RunSQL:
    """Policies in plain conditions: reading, and writing (inserting and deleting too, unless said apart).

    As a service nothing but what names the service is open: `access_organisation()` is null then.
    """
    if not NAME.match(table):
        raise ValueError(f"not a name of a table: {table}")
    return RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY reading ON {table} FOR SELECT USING ({read});
        CREATE POLICY adding ON {table} FOR INSERT WITH CHECK ({insert or write});
        CREATE POLICY changing ON {table} FOR UPDATE USING ({write}) WITH CHECK ({write});
        CREATE POLICY removing ON {table} FOR DELETE USING ({delete or write});
        """,
        f"""
        DROP POLICY reading ON {table};
        DROP POLICY adding ON {table};
        DROP POLICY changing ON {table};
        DROP POLICY removing ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )


def _is_service(names: Sequence[str]) -> str:
    listed = ", ".join(f"'{name}'" for name in names)
    return f"(SELECT access_service()) IN ({listed})"
