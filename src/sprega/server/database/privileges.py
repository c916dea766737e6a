# SPDX-License-Identifier: EUPL-1.2
"""What the start asks first: that the web's database role is bound by the policies."""

from __future__ import annotations

import psycopg

from sprega.engines.model import Sentence
from sprega.server.database.faults import DatabaseError

# Every role that the app's role is or may become; a right of one of them is a right of the app.
FAULTS = """
    WITH reachable AS (SELECT * FROM pg_roles WHERE pg_has_role(session_user, oid, 'MEMBER')),
         ours AS (SELECT datdba AS owner FROM pg_database WHERE datname = current_database()
                   UNION SELECT relowner FROM pg_class
                          WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND relpersistence <> 't')
    SELECT session_user::text,
           (SELECT rolsuper FROM pg_roles WHERE rolname = session_user),
           (SELECT min(rolname) FROM reachable
             WHERE rolsuper OR rolbypassrls OR rolcreaterole OR rolreplication OR rolname IN
                   ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')),
           (SELECT min(rolname) FROM reachable WHERE oid IN (SELECT owner FROM ours))
"""


def refuse_privileged(url: str) -> None:
    """Refuse an app role that policies would not hold: superuser, BYPASSRLS, owner, or a member of such."""
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            ((role, superuser, mighty, owner),) = connection.execute(FAULTS).fetchall()
    except psycopg.OperationalError as error:
        raise DatabaseError(
            Sentence("The database does not answer: {said}", {"said": str(error).strip()}),
            Sentence("Check DATABASE_URL, and that the server runs."),
        ) from error
    mend = Sentence("Make the three roles with roles.sql, and give DATABASE_URL the role that ends in _app.")
    if superuser:
        raise DatabaseError(
            Sentence(
                "DATABASE_URL signs in as {role}, a superuser: policies do not bind it.", {"role": role}
            ),
            mend,
        )
    if mighty:
        raise DatabaseError(
            Sentence(
                "DATABASE_URL signs in as {role}, which is or may become {mighty}: policies do not bind it.",
                {"role": role, "mighty": mighty},
            ),
            mend,
        )
    if owner:
        raise DatabaseError(
            Sentence(
                "DATABASE_URL signs in as {role}, which is or may become {owner}, the owner of the tables.",
                {"role": role, "owner": owner},
            ),
            mend,
        )
