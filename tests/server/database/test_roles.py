# SPDX-License-Identifier: EUPL-1.2
"""A cluster's three roles can do what they are for, and nothing of another cluster's."""

import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from sprega.server.database.binaries import carried
from sprega.server.database.faults import DatabaseError
from sprega.server.database.launcher import Server
from sprega.server.database.privileges import refuse_privileged
from sprega.server.database.roles import SCRIPT, Addresses, Passwords, addresses, make_cluster_database

PASSWORDS = Passwords("app's pass/word", "owner:pass@word", "maintenance?pass")


def forget(server: Server, *names: str) -> None:
    """Drop databases and their roles."""
    drop_database, drop_role = sql.SQL("DROP DATABASE IF EXISTS {}"), sql.SQL("DROP ROLE IF EXISTS {}")
    with psycopg.connect(server.url(), autocommit=True) as connection:
        for name in names:
            connection.execute(drop_database.format(sql.Identifier(name)))
            for role in ("app", "owner", "maintenance"):
                connection.execute(drop_role.format(sql.Identifier(f"{name}_{role}")))


@pytest.fixture
def cluster(server: Server) -> Iterator[Addresses]:
    """A cluster's database, new for each test."""
    yield make_cluster_database(server.url(), name="srednogorie", passwords=PASSWORDS)
    forget(server, "srednogorie")


def run(url: str, *statements: str) -> list[tuple[object, ...]]:
    """The rows of the last statement."""
    with psycopg.connect(url) as connection:
        for statement in statements:
            cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_policies_bind_app_and_owner_but_not_maintenance(cluster: Addresses) -> None:
    run(
        cluster.owner,
        "CREATE TABLE price (id bigint GENERATED ALWAYS AS IDENTITY, owner text)",
        "ALTER TABLE price ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE price FORCE ROW LEVEL SECURITY",
        "CREATE POLICY own ON price USING (owner = current_setting('sprega.who', true))",
    )
    run(cluster.app, "SET sprega.who = 'A'", "INSERT INTO price (owner) VALUES ('A')")
    assert run(cluster.app, "SET sprega.who = 'B'", "SELECT * FROM price") == []
    assert run(cluster.owner, "SELECT * FROM price") == []
    assert run(cluster.maintenance, "SELECT owner FROM price") == [("A",)]
    assert run(cluster.maintenance, "SELECT setval('price_id_seq', 7)") == [(7,)]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (n int)",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "CREATE DATABASE mine",
        "SET ROLE srednogorie_owner",
        "SET ROLE srednogorie_maintenance",
        "ALTER DATABASE srednogorie SET sprega.app_role = 'me'",
        "COPY (SELECT 1) TO PROGRAM 'cat'",
    ],
)
def test_app_and_maintenance_only_use_tables(cluster: Addresses, statement: str) -> None:
    for url in (cluster.app, cluster.maintenance):
        if "SET ROLE srednogorie_maintenance" in statement and url == cluster.maintenance:
            continue
        with (
            pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidSchemaName)),
            psycopg.connect(url, autocommit=True) as connection,
        ):
            connection.execute(statement)


def test_app_puts_no_table_of_its_own_before_ours(cluster: Addresses) -> None:
    """A temporary one would be found first, by functions of the owner too."""
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run(cluster.app, "CREATE TEMPORARY TABLE price (owner text)", "SELECT 1")


def test_no_role_reaches_another_cluster(server: Server, cluster: Addresses) -> None:
    other = make_cluster_database(server.url(), name="practice-1", passwords=PASSWORDS)
    for url in cluster.environment().values():
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(url, dbname="practice-1")
    run(other.app, "SELECT 1")
    forget(server, "practice-1")


def test_migrations_learn_the_names_of_the_roles(cluster: Addresses) -> None:
    names = "SELECT current_setting('sprega.app_role'), current_setting('sprega.maintenance_role')"
    assert run(cluster.owner, names) == [("srednogorie_app", "srednogorie_maintenance")]


def test_again_mends_what_drifted_and_keeps_what_a_migration_took_back(
    server: Server, cluster: Addresses
) -> None:
    run(cluster.owner, "CREATE TABLE ledger (n int)", "REVOKE UPDATE, DELETE ON ledger FROM srednogorie_app")
    run(
        server.url("srednogorie"),
        "GRANT srednogorie_owner TO srednogorie_app",
        "ALTER ROLE srednogorie_app BYPASSRLS CREATEROLE",
        "GRANT CREATE ON SCHEMA public TO PUBLIC",
        "GRANT CONNECT ON DATABASE srednogorie TO PUBLIC",
    )
    with pytest.raises(DatabaseError):
        refuse_privileged(cluster.app)
    changed = make_cluster_database(
        server.url(), name="srednogorie", passwords=Passwords("new", "newer", "newest")
    )
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(cluster.app)
    refuse_privileged(changed.app)
    rights = "SELECT has_table_privilege('ledger', 'INSERT'), has_table_privilege('ledger', 'UPDATE'), "
    rights += "has_schema_privilege('public', 'CREATE')"
    assert run(changed.app, rights) == [(True, False, False)]


def test_made_at_once_by_several(server: Server) -> None:
    with ThreadPoolExecutor(3) as pool:
        made = pool.map(
            lambda _: make_cluster_database(server.url(), name="raced", passwords=PASSWORDS), range(3)
        )
        assert len(set(made)) == 1
    forget(server, "raced")


@pytest.mark.parametrize("name", ["", "postgres", "template1", "Ics", "1st", 'a"b', "a" * 51, "клъстер"])
def test_names_that_cannot_be(server: Server, name: str) -> None:
    with pytest.raises(DatabaseError, match="cannot be a database's name"):
        make_cluster_database(server.url(), name=name, passwords=PASSWORDS)


def test_database_of_somebody_else_is_left_alone(server: Server) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE accounting")
    with pytest.raises(DatabaseError, match="accounting exists and belongs to postgres"):
        make_cluster_database(server.url(), name="accounting", passwords=PASSWORDS)
    roles = "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'accounting%'"
    assert run(server.url(), roles) == [(0,)]
    forget(server, "accounting")


def test_script_by_hand_does_the_same(server: Server, cluster: Addresses) -> None:
    """What psql makes of the script, and what Python makes of it, differ in the names alone."""
    words = ("OWNER_PASSWORD", PASSWORDS.owner), ("APP_PASSWORD", PASSWORDS.app)
    env = {**os.environ, **dict(words), "MAINTENANCE_PASSWORD": PASSWORDS.maintenance}
    psql = [carried()[-1] / "psql", "-X", "-q", "-v", "name=by_hand", "-f", SCRIPT, server.url()]
    for _ in range(2):
        subprocess.run(psql, env=env, check=True, stdout=subprocess.DEVNULL)
    by_hand = addresses(server.url(), name="by_hand", passwords=PASSWORDS)
    refuse_privileged(by_hand.app)
    questions = [
        "SELECT rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles "
        "WHERE rolname LIKE '{}%' ORDER BY rolname",
        "SELECT datacl::text, pg_get_userbyid(datdba), datcollate FROM pg_database WHERE datname = '{}'",
        "SELECT nspacl::text, pg_get_userbyid(nspowner), '{}' FROM pg_namespace WHERE nspname = 'public'",
        "SELECT defaclobjtype, defaclacl::text, '{}' FROM pg_default_acl ORDER BY 1",
        "SELECT setconfig::text, '{}' FROM pg_db_role_setting WHERE setdatabase = "
        "(SELECT oid FROM pg_database WHERE datname = current_database())",
    ]
    for question in questions:
        ours = run(server.url("srednogorie"), question.format("srednogorie"))
        theirs = run(server.url("by_hand"), question.format("by_hand"))
        assert str(ours) == str(theirs).replace("by_hand", "srednogorie")
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE accounting")
    refused = subprocess.run(
        [part if part != "name=by_hand" else "name=accounting" for part in psql],
        env=env, check=False, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert refused.returncode
    assert "belongs to postgres" in refused.stderr
    forget(server, "by_hand", "accounting")


def test_privileged_app_is_refused(server: Server, cluster: Addresses) -> None:
    refuse_privileged(cluster.app)
    for url, said in [
        (server.url("srednogorie"), "postgres, a superuser"),
        (cluster.owner, "srednogorie_owner, the owner of the tables"),
        (cluster.maintenance, "may become srednogorie_maintenance"),
    ]:
        with pytest.raises(DatabaseError, match=said):
            refuse_privileged(url)


@pytest.mark.parametrize(
    ("given", "back", "said"),
    [
        ("GRANT {owner} TO {app}", "REVOKE {owner} FROM {app}", "may become srednogorie_owner"),
        ("ALTER ROLE {app} BYPASSRLS", "ALTER ROLE {app} NOBYPASSRLS", "may become srednogorie_app"),
        ("ALTER ROLE {app} CREATEROLE", "ALTER ROLE {app} NOCREATEROLE", "may become srednogorie_app"),
        (
            "GRANT pg_write_server_files TO {app}",
            "REVOKE pg_write_server_files FROM {app}",
            "may become pg_write_server_files",
        ),
        ("CREATE TABLE t (); ALTER TABLE t OWNER TO {app}", "DROP TABLE t", "srednogorie_app, the owner"),
    ],
)
def test_rights_in_a_roundabout_way_are_seen(
    server: Server, cluster: Addresses, given: str, back: str, said: str
) -> None:
    roles = {"owner": "srednogorie_owner", "app": "srednogorie_app"}
    run(server.url("srednogorie"), given.format(**roles))
    with pytest.raises(DatabaseError, match=said):
        refuse_privileged(cluster.app)
    run(server.url("srednogorie"), back.format(**roles))
    refuse_privileged(cluster.app)


def test_silent_server_is_named_without_the_password() -> None:
    with pytest.raises(DatabaseError, match="does not answer") as caught:
        refuse_privileged("postgresql://app:hidden@127.0.0.1:1/none")
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    ("server_url", "expected"),
    [
        ("postgresql://root:x@db.example.org:6000/postgres?sslmode=verify-full&sslrootcert=/etc/a%20b",
         {"host": "db.example.org", "port": "6000", "sslmode": "verify-full", "sslrootcert": "/etc/a b"}),
        ("postgresql://root@%2Frun%2Fpostgresql/postgres", {"host": "/run/postgresql"}),
        ("host=::1 user=root", {"host": "::1"}),
        ("dbname=postgres", {}),
    ],
)  # fmt: skip
def test_addresses_keep_how_the_server_is_reached(server_url: str, expected: dict[str, str]) -> None:
    known = conninfo_to_dict(addresses(server_url, name="ics", passwords=PASSWORDS).app)
    assert known == {**expected, "user": "ics_app", "password": PASSWORDS.app, "dbname": "ics"}
